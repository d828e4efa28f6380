"""The tables of performance: read whole or refused by file, line, column and reason; asked without filling anything in."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from serai.corridors.errors import BadTable
from serai.corridors.network import Mode
from serai.corridors.performance import (
    MODES,
    Choice,
    Direction,
    Indicator,
    Performance,
    Scope,
    read_performance,
    shipped,
)
from serai.corridors.tables import DATA

HEADER = "year,mode,scope,name,indicator,direction,value,unit,source,note"
GOOD = "2021,road,country,KZ,TFI1,both,4.2,hours,https://example.org/2022-report/kz Table 3.7,"
OF_POST = "2021,road,bcp,Dusti,TFI1,inbound,2.8,hours,https://example.org/2022-report/tj Table 3.16,"
POST_HEADER = "bcp_id,side_country,cpmm_name,year,indicator,direction,value,unit,source,note"
CROSSING = "tj-dusti--uz-saryasia--road"
POST = f"{CROSSING},TJ,Dusti,2021,TFI1,inbound,2.8,hours,https://example.org/2022-report/tj Table 3.16,"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Tables with one figure of a country and one of a post, beside the shipped crossings."""
    for name in ("network/border_crossings.csv", "network/crossing_names.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(DATA / name, tmp_path / name)
    (tmp_path / "factors").mkdir()
    write_figures(tmp_path, GOOD, OF_POST)
    write_posts(tmp_path, POST)
    return tmp_path


def write_figures(folder: Path, *rows: str, header: str = HEADER) -> None:
    (folder / "factors" / "cpmm.csv").write_text("\n".join([header, *rows]) + "\n")


def write_posts(folder: Path, *rows: str) -> None:
    (folder / "network" / "border_crossings_cpmm.csv").write_text("\n".join([POST_HEADER, *rows]) + "\n")


def test_good_tables_are_read_with_source_and_side(folder: Path) -> None:
    read = read_performance(folder)

    country, post = read.figures
    assert (country.place, country.value, country.unit) == ("KZ", Decimal("4.2"), "hours")
    assert (country.host, country.link) == ("example.org", "https://example.org/2022-report/kz")
    assert (country.report, country.table) == (2022, "3.7")
    assert (post.place, post.printed, post.side) == (CROSSING, "Dusti", "TJ")
    assert read.crossings[CROSSING].names["ru"] == "Дусти – Сариасия"


@pytest.mark.parametrize(
    ("old", "new", "column", "reason"),
    [
        ("2021,", "21,", "year", "“21” is no year from 2000 to 2099."),
        ("2021,", "²021,", "year", "“²021” is no year from 2000 to 2099."),
        ("road", "air", "mode", "“air” is none of: rail, road."),
        ("country", "state", "scope", "“state” is none of: bcp, corridor, country, region."),
        ("KZ,", "XX,", "name", "“XX” is none of: AE, "),
        ("KZ,", ",", "name", "the cell is empty; fill it."),
        ("TFI1", "TFI9", "indicator", "“TFI9” is none of: SWD, SWOD, TFI1, "),
        ("both", "north", "direction", "“north” is none of: both, inbound, outbound."),
        ("4.2", "n/a", "value", "“n/a” is no number."),
        ("4.2", "", "value", "the cell is empty; fill it."),
        ("4.2", "-1", "value", "“-1” is no amount of zero or more."),
        ("4.2", "NaN", "value", "“NaN” is no amount of zero or more."),
        ("4.2", "Infinity", "value", "“Infinity” is no amount of zero or more."),
        ("hours", "days", "unit", "TFI1 is counted in hours, not in “days”."),
        ("https://", "see ", "source", "begins with no https address; name where it was published."),
        (",hours", "", "–", "the row has 9 cells, the header 10."),
    ],
)
def test_bad_row_is_refused_by_file_line_column_and_reason(
    folder: Path, old: str, new: str, column: str, reason: str
) -> None:
    write_figures(folder, OF_POST, GOOD.replace(old, new, 1))

    with pytest.raises(BadTable) as caught:
        read_performance(folder)

    assert str(caught.value).startswith(f"cpmm.csv, line 3, column {column}: ")
    assert reason in str(caught.value)


def test_row_that_stands_twice_is_refused(folder: Path) -> None:
    write_figures(folder, GOOD, OF_POST, GOOD)

    with pytest.raises(BadTable, match=r"cpmm\.csv, line 4, column name: the same figure stands on line 2; keep one\."):
        read_performance(folder)


def test_missing_column_is_refused(folder: Path) -> None:
    write_figures(folder, GOOD, header=HEADER.replace("source", "origin"))

    with pytest.raises(BadTable, match=r"cpmm\.csv, line 1, column source: the column is missing\."):
        read_performance(folder)


def test_table_without_a_row_and_file_that_is_not_there_are_refused(folder: Path) -> None:
    write_figures(folder)
    write_posts(folder)
    with pytest.raises(BadTable, match=r"cpmm\.csv, line 1, column –: the table has no row\."):
        read_performance(folder)

    (folder / "factors" / "cpmm.csv").unlink()
    with pytest.raises(BadTable, match=r"cpmm\.csv, line 0, column –: it cannot be read"):
        read_performance(folder)


@pytest.mark.parametrize(
    ("old", "new", "column", "reason"),
    [
        (CROSSING, "tj-nowhere", "bcp_id", "border_crossings.csv has no crossing “tj-nowhere”."),
        ("TJ", "KZ", "side_country", "“KZ” is none of: TJ, UZ."),
        ("2.8", "2.9", "value", "cpmm.csv has no such figure; put it there, too."),
    ],
)
def test_post_without_its_crossing_side_or_figure_is_refused(
    folder: Path, old: str, new: str, column: str, reason: str
) -> None:
    write_posts(folder, POST.replace(old, new, 1))

    with pytest.raises(BadTable) as caught:
        read_performance(folder)

    assert str(caught.value) == f"border_crossings_cpmm.csv, line 2, column {column}: {reason}"


def test_shipped_tables_are_whole() -> None:
    tables = shipped()

    assert len(tables.figures) == 575
    assert tables.years == (2019, 2020, 2021, 2022, 2023)
    assert sum(len(series.figures) for series in tables.find(Choice(indicator=None))) == 575
    assert sum(bool(figure.side) for figure in tables.figures) == 101
    assert shipped() is tables


def test_each_filter_narrows_and_all_of_them_together_find_one_figure() -> None:
    tables = shipped()

    found = tables.find(
        Choice(
            indicator=Indicator.BORDER_TIME,
            scope=Scope.REGION,
            place="CAREC",
            mode=Mode.RAIL,
            direction=Direction.BOTH,
            year=2021,
        )
    )

    assert [(row.place, row.mode, [figure.value for figure in row.figures]) for row in found] == [
        ("CAREC", Mode.RAIL, [Decimal("51.9")])
    ]


@pytest.mark.parametrize("choice", [Choice(indicator=item, mode=mode) for item in (None, *Indicator) for mode in MODES])
def test_every_figure_found_is_one_that_was_asked_for(choice: Choice) -> None:
    found = [figure for series in shipped().find(choice) for figure in series.figures]

    expected = [
        figure
        for figure in shipped().figures
        if figure.mode is choice.mode and (choice.indicator is None or figure.indicator is choice.indicator)
    ]
    assert sorted(map(str, found)) == sorted(map(str, expected))


def test_year_that_was_not_published_has_no_figure_and_no_zero() -> None:
    (rail,) = shipped().find(Choice(scope=Scope.REGION, mode=Mode.RAIL))

    assert rail.in_year(2023) == []
    assert Decimal(0) not in {figure.value for figure in shipped().figures}


def test_two_reports_that_differ_stand_side_by_side_the_newer_first() -> None:
    choice = Choice(place="tj-panji-poyon-nizhniy-pyanj--af-sherkhan-bandar--road", direction=Direction.INBOUND)

    (row,) = shipped().find(choice)

    assert [(figure.value, figure.report) for figure in row.in_year(2020)] == [
        (Decimal("7.5"), 2022),
        (Decimal("4.8"), 2020),
    ]


def test_posts_of_two_countries_at_one_crossing_are_two_series() -> None:
    found = shipped().find(Choice(place=CROSSING))

    assert {(row.printed, row.side) for row in found} == {("Dusti", "TJ"), ("Saryasia", "UZ")}


def test_unknown_values_are_named_and_not_used() -> None:
    choice, unknown = shipped().choose({"indicator": "TFI9", "mode": "rail", "year": "1066", "place": "", "page": "3"})

    assert choice == Choice(mode=Mode.RAIL)
    assert unknown == {"indicator": "TFI9", "year": "1066"}


def test_all_indicators_are_asked_for_by_a_word_of_their_own() -> None:
    choice, unknown = shipped().choose({"indicator": "all"})

    assert (choice.indicator, unknown) == (None, {})


def test_what_is_missing_is_counted_from_the_tables(folder: Path) -> None:
    small = read_performance(folder)

    assert shipped().members_without(Indicator.BORDER_TIME) == {"MN", "PK"}
    assert "KZ" not in small.members_without(Indicator.BORDER_TIME)
    assert "KZ" in small.members_without(Indicator.COST)
    assert (small.crossings_with(Indicator.BORDER_TIME), small.crossings_with(Indicator.COST)) == (1, 0)


def test_no_figure_at_all_has_no_years() -> None:
    assert Performance(figures=(), crossings={}).years == ()
