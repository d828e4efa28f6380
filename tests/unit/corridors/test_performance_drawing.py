"""The chart of performance: values where they belong, no line over a year without one, texts apart."""

from decimal import Decimal
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from serai.corridors.performance_drawing import HEIGHT, WIDTH, Drawing, Line, draw

YEARS = (2019, 2020, 2021, 2022, 2023)
VALUES = st.dictionaries(
    st.sampled_from(YEARS), st.decimals(min_value=0, max_value=100_000, places=1, allow_nan=False), min_size=1
)


def drawn(*lines: dict[int, str], names: tuple[str, ...] = ("Rail", "Road")) -> Drawing:
    rows = [
        Line(name=names[place], shape=place + 1, values={year: Decimal(value) for year, value in line.items()})
        for place, line in enumerate(lines)
    ]
    return draw(rows, YEARS, unit="hours", write=str)


def test_line_never_bridges_a_year_without_a_value() -> None:
    chart = drawn({2019: "1", 2020: "2", 2022: "3", 2023: "4"})

    assert [line.count("L") for line in chart.drawn[0].lines] == [1, 1]
    assert len(chart.drawn[0].markers) == 4
    assert len(chart.bands) == 1


def test_year_is_hatched_only_when_no_line_has_a_value() -> None:
    assert drawn({2019: "1", 2020: "2"}, {2021: "3", 2022: "4", 2023: "5"}).bands == []


def test_axis_starts_at_zero_and_writes_plain_numbers() -> None:
    texts = [label.text for label in drawn({2019: "51.9"}).labels]

    assert texts[1:5] == ["0", "20", "40", "60"]


def test_value_near_the_axis_stands_above_its_point_where_there_is_room() -> None:
    chart = drawn({2019: "67.4"}, {2019: "4.3"})
    close = drawn({2019: "4.9", 2020: "67"}, {2019: "4.3"})

    apart = next(label for label in chart.labels if label.text == "4.3")
    beside = next(label for label in close.labels if label.text == "4.3")
    assert (apart.anchor, beside.anchor) == ("middle", "start")


def test_long_names_stay_on_the_drawing() -> None:
    for names in (("Железная дорога", "Автодорога"), ("铁路", "公路"), ("Rail", "Road")):
        chart = drawn({2019: "1"}, {2020: "1"}, names=names)
        name = next(label for label in chart.labels if label.text == names[0])

        assert float(name.x) + len(names[0]) * 8.6 <= WIDTH


@given(VALUES, VALUES)
def test_everything_stays_on_the_drawing_and_names_stay_apart(
    rail: dict[int, Decimal], road: dict[int, Decimal]
) -> None:
    lines = [Line(name="Rail", shape=1, values=rail), Line(name="Road", shape=2, values=road)]

    chart = draw(lines, YEARS, unit="h", write=str)

    assert all(0 <= float(label.x) <= WIDTH and 0 <= float(label.y) <= HEIGHT for label in chart.labels)
    assert sum(len(row.markers) for row in chart.drawn) == len(rail) + len(road)
    names = [float(label.y) for label in chart.labels if label.text in {"Rail", "Road"}]
    assert all(abs(one - other) >= 16 for one, other in combinations(names, 2))
