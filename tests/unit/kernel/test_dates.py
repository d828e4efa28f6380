"""Dates known to the year, the month or the day keep what is known, and nothing that is no date gets in."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.kernel.dates import PartialDate

DAYS = st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 30))


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    """A date cut off at the year, the month or the day."""
    day = draw(DAYS)
    parts = (day.year, day.month, day.day)[: draw(st.integers(1, 3))]
    return PartialDate(*parts)


@given(partial_dates())
def test_a_date_is_read_back_as_it_was_written(value: PartialDate) -> None:
    text = str(value)

    assert PartialDate.parse(text) == value


@given(DAYS)
def test_a_full_date_begins_and_ends_on_its_day(day: date) -> None:
    value = PartialDate.parse(day.isoformat())

    assert value.is_day
    assert (value.first_day, value.last_day) == (day, day)


@given(DAYS)
def test_the_day_after_a_month_belongs_to_the_next_month(day: date) -> None:
    month = PartialDate(day.year, day.month)

    after = month.last_day + timedelta(days=1)

    assert month.first_day <= day <= month.last_day
    assert not month.is_day
    assert (after.month, after.day) == (day.month % 12 + 1, 1)


def test_a_year_runs_from_new_year_to_its_last_day() -> None:
    year = PartialDate.parse("2026")

    assert (year.first_day, year.last_day) == (date(2026, 1, 1), date(2026, 12, 31))


def test_february_ends_on_the_29th_in_a_leap_year() -> None:
    assert PartialDate.parse("2028-02").last_day == date(2028, 2, 29)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-6",
        "25-06-17",
        "17.06.2025",
        "2025/06/17",
        "2025-06-17T00:00",
        " 2025",
        "2025\n",
        "-2025",
        "２０２５",
        "٢٠٢٥",
    ],
)
def test_another_form_is_refused_with_a_sentence_that_names_the_right_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a date: write YYYY, YYYY-MM or YYYY-MM-DD$"):
        PartialDate.parse(text)


@pytest.mark.parametrize("text", ["0000", "2025-00", "2025-13", "2025-02-29", "2025-04-31", "2025-06-00"])
def test_a_day_that_no_calendar_has_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=rf"'{text}' is not a date that exists"):
        PartialDate.parse(text)


@given(st.text(alphabet="0123456789-٣３ .", max_size=12))
def test_what_is_read_is_written_back_letter_for_letter(text: str) -> None:
    try:
        value = PartialDate.parse(text)
    except ValueError:
        return

    assert str(value) == text
