"""Charts: a line never bridges a gap, every figure is there, amounts stand on zero, and no text covers another."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from statistics import median_low

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.register.followup.chart import Chart, Point, Series, make_chart
from serai.register.followup.chart.text import NARROW_PX, WIDE_PX, Box, Text
from serai.register.followup.domain import Period, Provenance
from serai.register.units import rule_of_unit

HOURS = rule_of_unit("hours")
LANGUAGES = st.sampled_from(["en", "ru", "zh-hans"])
VALUES = st.decimals(min_value=0, max_value=10**13, places=2, allow_nan=False, allow_infinity=False)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=80)


def month(number: int) -> str:
    return f"{2015 + number // 12}-{number % 12 + 1:02}"


def point(period: str, value: object, *, number: int = 1, language: str = "en", coverage: str | None = None) -> Point:
    read = Period.parse(period)
    return Point(
        period_start=read.start,
        period_end=read.end,
        label=read.in_words(language),
        value=Decimal(str(value)),
        provenance=Provenance.MEASURED,
        coverage=None if coverage is None else Decimal(coverage),
        submission_id=number,
    )


def series(name: str, figures: Sequence[tuple[str, object]], *, language: str = "en") -> Series:
    points = [point(period, value, number=place, language=language) for place, (period, value) in enumerate(figures, 1)]
    return Series(key=name, name=name, points=points)


def chart(*rows: Series, unit: str = "hours", language: str = "en") -> Chart:
    return make_chart(rows, name="Waiting time", unit=unit, rule=rule_of_unit(unit), language=language)


def places(path: str) -> list[tuple[float, float]]:
    """The corners of a line, as the browser draws it."""
    return [(float(x), float(y)) for x, y in re.findall(r"([-\d.]+) ([-\d.]+)", path)]


def centre(marker: str) -> tuple[float, float]:
    """The middle of a circle, the marker of the first series."""
    x, y, radius = re.match(r"M([-\d.]+) ([-\d.]+)a([\d.]+)", marker).groups()  # type: ignore[union-attr]  # ours
    return round(float(x) + float(radius), 1), float(y)


def nearest(spots: Sequence[float], x: float) -> int:
    """The number of the marker at a corner of a line; both are rounded."""
    found = min(range(len(spots)), key=lambda place: abs(spots[place] - x))
    assert abs(spots[found] - x) < 0.2
    return found


def words(drawn: Chart) -> list[str]:
    return [" ".join(text.lines) for text in drawn.drawing.texts]


def overlapping(texts: Sequence[Text], px: float) -> list[tuple[object, object]]:
    """Pairs of texts that cover each other; touching is not covering."""
    boxes = [(text.lines, text.box(px)) for text in texts]
    return [
        (one, other)
        for (one, a), (other, b) in combinations(boxes, 2)
        if min(a.right, b.right) - max(a.left, b.left) > 0.5 and min(a.bottom, b.bottom) - max(a.top, b.top) > 0.5
    ]


@given(st.sets(st.integers(0, 60), min_size=1, max_size=30), st.data())
def test_no_line_bridges_a_gap_and_no_neighbours_are_parted(months: set[int], data: st.DataObject) -> None:
    ordered = sorted(months)
    figures = [(month(number), data.draw(st.integers(0, 99))) for number in ordered]
    spacings = [after - before for before, after in pairwise(ordered)]
    rhythm = median_low(spacings) if len(spacings) > 1 else 1
    joined = {pair for pair in pairwise(ordered) if pair[1] - pair[0] <= rhythm * 1.5}

    drawn = chart(series("", figures)).drawing.drawn[0]

    spots = [centre(marker)[0] for marker in drawn.markers]
    lines = {
        (ordered[nearest(spots, a[0])], ordered[nearest(spots, b[0])])
        for line in drawn.lines
        for a, b in pairwise(places(line))
    }
    # Months have 28 to 31 days: a spacing that is exactly one and a half of the rhythm may fall on either side.
    unsure = {pair for pair in pairwise(ordered) if rhythm * 1.4 < pair[1] - pair[0] < rhythm * 1.6}
    assert lines - unsure == joined - unsure


@given(
    st.lists(
        st.tuples(NAMES, st.dictionaries(st.integers(0, 60), VALUES, min_size=1, max_size=13)), min_size=1, max_size=6
    ),
    st.sampled_from(
        ["hours", "count", "% of requests", "count of 95", "median hours per post and cargo class", "yes/no"]
    ),
    LANGUAGES,
)
def test_whatever_is_drawn_is_whole_and_inside(
    rows: list[tuple[str, dict[int, Decimal]]], unit: str, language: str
) -> None:
    rule = rule_of_unit(unit)
    most = rule.most or Decimal(10**13)
    given_rows = [
        series(
            name,
            [
                (month(number), (min(value, most) // 1 if rule.is_whole else min(value, most)))
                for number, value in figures.items()
            ],
            language=language,
        )
        for name, figures in rows
    ]

    drawn = chart(*given_rows, unit=unit, language=language)

    picture = drawn.drawing
    assert [len(row.markers) for row in picture.drawn] == [len(row.points) for row in given_rows[:4]]
    assert len([row for row in drawn.rows if not row.is_gap]) == sum(len(row.points) for row in given_rows)
    for row in picture.drawn:
        for path in row.lines:
            assert all(0 <= x <= 640 and 0 <= y <= 340 for x, y in places(path))
        for marker in row.markers:
            x, y = places(marker)[0]
            assert (0 <= x <= 640, 0 <= y <= 340) == (True, True)
    for px, texts in (
        (WIDE_PX, picture.texts),
        (NARROW_PX, [text for text in picture.texts if "c-wide" not in text.css]),
    ):
        assert overlapping(texts, px) == []
        for text in texts:
            box = text.box(px)
            assert box.is_within(Box(-0.5, -0.5, 640.5, 340.5)), text


@given(st.lists(VALUES, min_size=1, max_size=20), st.sampled_from(["hours", "count", "% of requests"]))
def test_amounts_counts_and_shares_stand_on_zero(values: list[Decimal], unit: str) -> None:
    rule = rule_of_unit(unit)
    kept = [min(value, rule.most or value) // 1 for value in values]

    picture = chart(series("", [(month(n), value) for n, value in enumerate(kept)]), unit=unit).drawing

    zero = [text for text in picture.texts if text.lines == ("0",) and text.anchor == "end" and text.css == "c-text"]
    assert [f"{text.y:.1f}" for text in zero] == [picture.axis]


@given(
    st.lists(st.integers(0, 10**6), min_size=2, max_size=12), st.lists(st.integers(1, 400), min_size=11, max_size=11)
)
def test_distances_on_the_time_axis_are_those_of_time(values: list[int], days: list[int]) -> None:
    starts = [date(2020, 1, 1)]
    for step in days[: len(values) - 1]:
        starts.append(starts[-1] + timedelta(days=step))

    drawn = chart(series("", [(start.isoformat(), value) for start, value in zip(starts, values, strict=True)]))

    found = [centre(marker)[0] for marker in drawn.drawing.drawn[0].markers]
    per_day = (found[-1] - found[0]) / (starts[-1] - starts[0]).days
    for (a, b), (start, end) in zip(pairwise(found), pairwise(starts), strict=True):
        assert b - a == pytest.approx((end - start).days * per_day, abs=0.2)


def test_a_missing_year_is_a_band_with_words_where_the_year_would_be() -> None:
    drawn = chart(series("", [("2019", 1), ("2020", 2), ("2021", 3), ("2023", 4)]))

    [(x, width)] = drawn.drawing.bands
    left, right = float(drawn.drawing.left), float(drawn.drawing.right)
    a_year = (right - left) * 365 / (5 * 365 + 1)
    assert float(width) == pytest.approx(a_year, abs=0.5)
    assert float(x) == pytest.approx(right - 2 * a_year, abs=0.5)
    assert "no figure" in words(drawn)
    assert "No figure between 2021 and 2023." in drawn.description
    assert [row.value for row in drawn.rows] == ["1", "2", "3", "no figure", "4"]


def test_two_years_apart_are_not_joined_but_single_days_a_year_apart_are() -> None:
    years = chart(series("", [("2019", 1), ("2022", 2)]))
    days = chart(series("", [("2020-12-31", 1), ("2021-12-31", 2)]))

    assert (len(years.drawing.drawn[0].lines), len(years.drawing.bands)) == (0, 1)
    assert (len(days.drawing.drawn[0].lines), len(days.drawing.bands)) == (1, 0)


def test_a_survey_of_every_third_year_has_no_gap() -> None:
    drawn = chart(series("", [("2016", 1), ("2019", 2), ("2022", 3)]))

    assert (len(drawn.drawing.drawn[0].lines), drawn.drawing.bands) == (1, [])


def test_a_band_of_one_series_among_others_names_it() -> None:
    full = series("Road", [(str(year), 1) for year in range(2019, 2024)])
    broken = series("Rail", [("2019", 9), ("2020", 9), ("2022", 9), ("2023", 9)])

    drawn = chart(full, broken)

    assert "Rail: no figure" in words(drawn)
    assert "no figure" not in words(drawn)
    assert "Rail: no figure between 2020 and 2022." in drawn.description
    assert [len(row.lines) for row in drawn.drawing.drawn] == [1, 2]


def test_among_several_series_one_without_a_name_is_told_apart_in_words() -> None:
    drawn = chart(series("", [("2025", 1)]), series("Rail", [("2025", 9)]))

    assert drawn.description[:2] == ["series without a name: 1 (2025).", "Rail: 9 (2025)."]
    assert [item.name for item in drawn.drawing.legend] == ["series without a name", "Rail"]


def test_a_single_figure_is_a_marker_without_a_line() -> None:
    drawn = chart(series("", [("2025", "12.2")]))

    assert drawn.title == "Waiting time, hours: 12.2 (2025)"
    assert (len(drawn.drawing.drawn[0].markers), drawn.drawing.drawn[0].lines) == (1, ())
    assert "12.2" in words(drawn)


def test_every_value_of_a_year_of_months_is_printed() -> None:
    values = [20, 23, 51, 40, 33, 35, 36, 30, 28, 41, 44, 39]

    drawn = chart(series("", [(f"2025-{n:02}", value) for n, value in enumerate(values, 1)]))

    assert set(map(str, values)) <= set(words(drawn))
    assert drawn.notes == []


def test_values_of_more_than_twelve_points_are_not_printed() -> None:
    drawn = chart(series("", [(month(n), 1001 + n) for n in range(13)]))

    assert not {f"{1001 + n:,}" for n in range(13)} & set(words(drawn))


def test_a_value_that_could_be_taken_for_anothers_is_left_to_the_table() -> None:
    rows = [series(f"S{shift}", [("2024", 100 + shift), ("2025", 100 + shift)]) for shift in range(3)]

    drawn = chart(*rows)

    assert "101" not in words(drawn)  # its marker lies between two others
    assert any("too close" in note for note in drawn.notes)
    assert [row.value for row in drawn.rows] == ["100", "100", "101", "101", "102", "102"]


def test_yes_and_no_are_two_levels_in_words() -> None:
    drawn = chart(series("", [("2023", 0), ("2024", 0), ("2025", 1)]), unit="yes/no")

    heights = [centre(marker)[1] for marker in drawn.drawing.drawn[0].markers]
    assert heights[0] == heights[1] > heights[2]
    assert {"Yes", "No"} <= set(words(drawn))
    assert not {"0", "1"} & set(words(drawn))
    assert drawn.title == "Waiting time: No (2023), Yes (2025)"
    assert [row.value for row in drawn.rows] == ["No", "No", "Yes"]
    corners = places(drawn.drawing.drawn[0].lines[0])
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(corners))  # steps, never a slope


def test_series_that_agree_on_yes_are_both_seen() -> None:
    drawn = chart(series("A", [("2025", 1)]), series("B", [("2025", 1)]), unit="yes/no")

    first, second = (places(row.lines[0])[0][1] for row in drawn.drawing.drawn)
    assert abs(first - second) > 10


def test_shares_are_shown_between_nothing_and_all() -> None:
    drawn = chart(series("", [("2024", 45), ("2025", 47)]), unit="% of requests")

    assert {"0", "20", "40", "60", "80", "100\u00a0%"} <= set(words(drawn))


def test_a_fifth_series_is_named_as_only_in_the_table() -> None:
    rows = [series(f"Post {number}", [("2025", number)]) for number in range(1, 6)]

    drawn = chart(*rows)

    assert len(drawn.drawing.drawn) == 4
    assert drawn.notes[0] == "The chart shows the first 4 series; these are only in the table below: Post 5."
    assert drawn.rows[-1].series == "Post 5"


def test_series_differ_in_marker_and_not_only_in_colour() -> None:
    rows = [series(f"S{number}", [("2025", 5)]) for number in range(4)]

    drawn = chart(*rows)

    shapes = {re.sub(r"[-\d.]+", "", row.markers[0]) + str(len(places(row.markers[0]))) for row in drawn.drawing.drawn}
    corners = [len(places(row.markers[0])) for row in drawn.drawing.drawn]
    assert len(shapes) == 3  # square and diamond both have four corners
    assert places(drawn.drawing.drawn[1].markers[0])[0][1] == places(drawn.drawing.drawn[1].markers[0])[1][1]
    assert places(drawn.drawing.drawn[2].markers[0])[0][1] != places(drawn.drawing.drawn[2].markers[0])[1][1]
    assert corners[1:] == [4, 4, 3]


def test_coverage_is_told_below_the_title_and_in_the_table() -> None:
    points = [
        point("2023", 1, number=1, coverage="10"),
        point("2024", 2, number=2, coverage="45.5"),
        point("2025", 3, number=3),
    ]

    drawn = chart(Series(key="", name="", points=points))

    assert "Coverage: 10\u00a0% to 45.5\u00a0%." in drawn.description
    assert "Coverage is not stated for 1 of 3 figures." in drawn.description
    assert [row.coverage for row in drawn.rows] == ["10\u00a0%", "45.5\u00a0%", "not stated"]


def test_coverage_that_nobody_stated_is_told_too() -> None:
    assert "Coverage: not stated." in chart(series("", [("2025", 1)])).description


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "1,234.5"), ("ru", "1\u202f234,5"), ("zh-hans", "1\u202f234.5")]
)
def test_figures_are_written_as_the_reader_does(language: str, shown: str) -> None:
    drawn = chart(series("", [("2025", "1234.5")], language=language), language=language)

    assert shown in words(drawn)
    assert drawn.rows[0].value == shown


def test_large_amounts_are_counted_in_millions_on_the_drawing_and_in_full_in_the_table() -> None:
    drawn = chart(series("", [("2025", 12345678)]), unit="tonnes")

    assert "tonnes, in millions" in words(drawn)
    assert "12.346" in words(drawn)
    assert drawn.rows[0].value == "12,345,678"


def test_sentences_are_translated_through_what_was_given() -> None:
    row = series("", [("2019", 1), ("2020", 1), ("2022", 0)])

    drawn = make_chart(
        [row], name="N", unit="yes/no", rule=rule_of_unit("yes/no"), language="en", translate=lambda text: f"⟦{text}⟧"
    )

    said = [drawn.title, *drawn.description, *words(drawn), *(row.value for row in drawn.rows)]
    assert all("⟦" in text for text in said if not re.fullmatch(r"[\d ]+", text))


def test_without_a_figure_there_is_no_chart() -> None:
    with pytest.raises(ValueError, match="needs a figure"):
        chart(Series(key="", name="", points=[]))


def test_twelve_months_of_three_series_with_russian_names_print_without_overlap() -> None:
    names = ("Автомобильный транспорт", "Железная дорога", "Морской транспорт")
    rows = [
        series(name, [(f"2025-{n:02}", 1000 + 900 * place + (n * 37) % 90) for n in range(1, 13)], language="ru")
        for place, name in enumerate(names)
    ]

    drawn = chart(*rows, language="ru")

    printed = [text for text in words(drawn) if re.fullmatch(r"[1-3]\u202f\d{3}", text)]
    assert len(printed) >= 33  # of 36
    assert overlapping(drawn.drawing.texts, WIDE_PX) == []
    assert {"Железная дорога", "Морской транспорт"} <= set(words(drawn))
