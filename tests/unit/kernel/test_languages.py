"""Dates and figures as each of the three languages writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.kernel.dates import PartialDate
from serai.kernel.languages import (
    HTML_TAGS,
    LANGUAGES,
    OWN_NAMES,
    format_date,
    format_moment,
    format_number,
    known,
)

NARROW = "\u202f"


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "17 June 2025"), ("ru", "17 июня 2025 года"), ("zh-hans", "2025年6月17日")],
)
def test_a_day_is_written_in_words_of_the_language(language: str, written: str) -> None:
    assert format_date(date(2025, 6, 17), language) == written
    assert format_date(PartialDate(2025, 6, 17), language) == written


@pytest.mark.parametrize(
    ("language", "month", "year"),
    [("en", "June 2025", "2025"), ("ru", "июнь 2025 года", "2025 год"), ("zh-hans", "2025年6月", "2025年")],
)
def test_an_inexact_date_stays_as_inexact_as_it_is(language: str, month: str, year: str) -> None:
    assert format_date(PartialDate(2025, 6), language) == month
    assert format_date(PartialDate(2025), language) == year


@pytest.mark.parametrize(
    ("language", "day", "month", "year"),
    [
        ("en", "3 Sep 2026", "September 2026", "2026"),
        ("ru", "3 сент. 2026", "сентябрь 2026", "2026"),
        ("zh-hans", "2026年9月3日", "2026年9月", "2026年"),
    ],
)
def test_a_table_gets_the_short_form(language: str, day: str, month: str, year: str) -> None:
    assert format_date(date(2026, 9, 3), language, short=True) == day
    assert format_date(PartialDate(2026, 9), language, short=True) == month
    assert format_date(PartialDate(2026), language, short=True) == year


@pytest.mark.parametrize("language", LANGUAGES)
def test_twelve_months_have_twelve_names(language: str) -> None:
    long = {format_date(date(2026, month, 1), language) for month in range(1, 13)}
    short = {format_date(date(2026, month, 1), language, short=True) for month in range(1, 13)}

    assert len(long) == len(short) == 12


@pytest.mark.parametrize(
    ("language", "thousands", "decimals"),
    [
        ("en", "1,234,567", "51,907.25"),
        ("ru", f"1{NARROW}234{NARROW}567", f"51{NARROW}907,25"),
        ("zh-hans", f"1{NARROW}234{NARROW}567", f"51{NARROW}907.25"),
    ],
)
def test_figures_are_grouped_as_the_language_groups_them(language: str, thousands: str, decimals: str) -> None:
    assert format_number(1_234_567, language) == thousands
    assert format_number(Decimal("51907.25"), language) == decimals


@given(st.integers(-(10**15), 10**15), st.sampled_from(LANGUAGES))
def test_a_figure_keeps_all_its_digits(value: int, language: str) -> None:
    written = format_number(value, language)

    assert int(written.replace(",", "").replace(NARROW, "")) == value


def test_a_moment_names_its_offset() -> None:
    at = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)

    assert format_moment(at, "en") == "23 November 2026, 06:05 UTC"
    assert format_moment(at, "ru") == "23 ноября 2026 года, 06:05 UTC"


def test_a_language_that_we_lack_becomes_english() -> None:
    assert [known(code) for code in ("ru", "zh-hans", "kk", "")] == ["ru", "zh-hans", "en", "en"]


def test_every_language_has_its_own_name_and_tag() -> None:
    assert list(OWN_NAMES) == list(HTML_TAGS) == list(LANGUAGES)
