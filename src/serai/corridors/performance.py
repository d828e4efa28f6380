"""What CAREC published of its corridors' performance (CPMM): reading the tables, and asking them. Pure.

Each figure keeps where it was printed. Nothing is averaged, filled in or carried on; a row that cannot be used is
refused with file, line, column and reason.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

from serai.corridors.countries import CODES
from serai.corridors.errors import BadTable
from serai.corridors.network import Mode, Posts, read_posts
from serai.corridors.tables import CROSSINGS, DATA, Row, read_cells

_FIGURES: Final = Path("factors") / "cpmm.csv"
_OF_CROSSINGS: Final = Path("network") / "border_crossings_cpmm.csv"
_FIGURE_COLUMNS: Final = "year mode scope name indicator direction value unit source note".split()
_POST_COLUMNS: Final = "bcp_id side_country cpmm_name year indicator direction value unit source".split()
PUBLISHER: Final = "CAREC CPMM"


class Indicator(StrEnum):
    """What is counted. TFI4 is a speed in two readings: without and with the delays on the way."""

    BORDER_TIME = "TFI1"
    BORDER_COST = "TFI2"
    COST = "TFI3"
    SPEED = "SWOD"
    SPEED_WITH_DELAY = "SWD"
    GAUGE_CHANGE_COST = "gauge_change_cost"  # told by the reports beside their indicators
    LONGEST_WAIT = "max_wait"


UNITS: Final = {
    Indicator.BORDER_TIME: "hours",
    Indicator.BORDER_COST: "USD",
    Indicator.COST: "USD per 500 km per 20 t",
    Indicator.SPEED: "km/h",
    Indicator.SPEED_WITH_DELAY: "km/h",
    Indicator.GAUGE_CHANGE_COST: "USD",
    Indicator.LONGEST_WAIT: "hours",
}


class Scope(StrEnum):
    """What a figure is of, the widest first."""

    REGION = "region"
    CORRIDOR = "corridor"
    COUNTRY = "country"
    CROSSING = "crossing"


class Direction(StrEnum):
    BOTH = "both"
    INBOUND = "inbound"
    OUTBOUND = "outbound"


MODES: Final = (Mode.RAIL, Mode.ROAD)
REGION: Final = "CAREC"
MEMBERS: Final = frozenset("AF AZ CN GE KZ KG MN PK TJ TM UZ".split())  # of CAREC, when the figures were published
_SCOPES: Final = {"region": Scope.REGION, "corridor": Scope.CORRIDOR, "country": Scope.COUNTRY, "bcp": Scope.CROSSING}
_REPORT: Final = re.compile(r"\b(20\d\d)[- ]report\b")
_TABLE: Final = re.compile(r"\bTable (\d+\.\d+)$")
_YEARS: Final = range(2000, 2100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One printed value. `printed` is the name that the report uses, `side` the country whose post is meant."""

    scope: Scope
    place: str  # a country's code, a crossing's id, or the printed name
    printed: str
    side: str
    mode: Mode
    indicator: Indicator
    direction: Direction
    year: int
    value: Decimal
    source: str
    note: str

    @property
    def unit(self) -> str:
        return UNITS[self.indicator]

    @property
    def link(self) -> str:
        return self.source.split()[0]

    @property
    def host(self) -> str:
        return self.link.split("/")[2]

    @property
    def report(self) -> int | None:
        """The year of the report, where the source tells it."""
        found = _REPORT.search(self.source)
        return int(found[1]) if found else None

    @property
    def table(self) -> str:
        """The number of the report's table; empty where the figure stands in a text."""
        found = _TABLE.search(self.source)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The figures of one thing over the years: of a year two, where a later report prints another value."""

    indicator: Indicator
    scope: Scope
    place: str
    printed: str
    side: str
    mode: Mode
    direction: Direction
    figures: tuple[Figure, ...]  # as time runs, of a year the newest report first

    def in_year(self, year: int) -> list[Figure]:
        return [figure for figure in self.figures if figure.year == year]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is asked for; None and empty ask for all."""

    indicator: Indicator | None = Indicator.BORDER_TIME
    scope: Scope | None = None
    place: str = ""
    mode: Mode | None = None
    direction: Direction | None = None
    year: int | None = None

    def takes(self, figure: Figure) -> bool:
        return (
            self.indicator in {None, figure.indicator}
            and self.scope in {None, figure.scope}
            and self.place in {"", figure.place}
            and self.mode in {None, figure.mode}
            and self.direction in {None, figure.direction}
            and self.year in {None, figure.year}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """All figures, and the crossings that they may speak of."""

    figures: tuple[Figure, ...]
    crossings: Mapping[str, Posts]
    years: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        years = {figure.year for figure in self.figures}
        object.__setattr__(self, "years", tuple(range(min(years), max(years) + 1)) if years else ())

    def find(self, choice: Choice) -> list[Series]:
        """Return what fits, series by series, in the order of the tables."""
        groups: dict[tuple[str, ...], list[Figure]] = {}
        for figure in filter(choice.takes, self.figures):
            groups.setdefault(_series_of(figure), []).append(figure)
        return [_make_series(rows) for rows in groups.values()]

    def places(self, scope: Scope) -> set[str]:
        """Return the places of a kind that have a figure."""
        return {figure.place for figure in self.figures if figure.scope is scope}

    def members_without(self, indicator: Indicator | None) -> set[str]:
        """Return the members of CAREC for which, as a country, no figure is published."""
        found = self.find(Choice(indicator=indicator, scope=Scope.COUNTRY))
        return set(MEMBERS - {series.place for series in found})

    def crossings_with(self, indicator: Indicator | None) -> int:
        """Return for how many of the listed crossings a figure is published."""
        found = self.find(Choice(indicator=indicator, scope=Scope.CROSSING))
        return len({series.place for series in found} & self.crossings.keys())

    def known(self, name: str) -> Sequence[str]:
        """Return the values that a filter takes, besides none at all."""
        known: dict[str, Sequence[str]] = {
            "indicator": (*Indicator, ALL),
            "scope": tuple(Scope),
            "place": tuple(sorted({figure.place for figure in self.figures})),
            "mode": MODES,
            "direction": tuple(Direction),
            "year": tuple(map(str, self.years)),
        }
        return known[name]

    def choose(self, given: Mapping[str, str]) -> tuple[Choice, dict[str, str]]:
        """Return what is asked for, and filter → value for those that are not known and so not used."""
        wanted = {name: given[name] for name in FILTERS if given.get(name)}
        unknown = {name: value for name, value in wanted.items() if value not in self.known(name)}
        used = {name: value for name, value in wanted.items() if name not in unknown}
        return _make_choice(used), unknown


FILTERS: Final = ("indicator", "place", "scope", "mode", "direction", "year")
ALL: Final = "all"


def _make_choice(used: Mapping[str, str]) -> Choice:
    indicator = used.get("indicator", Indicator.BORDER_TIME)
    return Choice(
        indicator=None if indicator == ALL else Indicator(indicator),
        scope=Scope(used["scope"]) if "scope" in used else None,
        place=used.get("place", ""),
        mode=Mode(used["mode"]) if "mode" in used else None,
        direction=Direction(used["direction"]) if "direction" in used else None,
        year=int(used["year"]) if "year" in used else None,
    )


def _series_of(figure: Figure) -> tuple[str, ...]:
    return (figure.indicator, figure.scope, figure.place, figure.printed, figure.side, figure.mode, figure.direction)


def _make_series(rows: Sequence[Figure]) -> Series:
    first = rows[0]
    return Series(
        indicator=first.indicator,
        scope=first.scope,
        place=first.place,
        printed=first.printed,
        side=first.side,
        mode=first.mode,
        direction=first.direction,
        figures=tuple(sorted(rows, key=lambda row: (row.year, -(row.report or 0)))),
    )


@lru_cache(maxsize=1)
def shipped() -> Performance:
    """Return the shipped tables, read once a process."""
    return read_performance(DATA)


def read_performance(folder: Path) -> Performance:
    """Read the tables of a folder laid out like the shipped one. Raises BadTable."""
    crossings = read_posts(folder / "network")
    sides = _read_sides(folder, crossings)
    figures: dict[Figure, Row] = {}
    for row in read_cells(folder / _FIGURES, _FIGURE_COLUMNS):
        figure = _read_figure(row, sides)
        if figure in figures:
            raise row.bad("name", f"the same figure stands on line {figures[figure].line}; keep one.")
        figures[figure] = row
    if not figures:
        raise BadTable(file=_FIGURES.name, line=1, column="–", reason="the table has no row.")
    for left in sides.values():
        raise left.row.bad("value", f"{_FIGURES.name} has no such figure; put it there, too.")
    return Performance(figures=tuple(figures), crossings=crossings)


@dataclass(frozen=True, slots=True)
class _Side:
    """Which post of which crossing a figure is of."""

    crossing: str
    country: str
    row: Row


def _read_sides(folder: Path, crossings: Mapping[str, Posts]) -> dict[tuple[str, ...], _Side]:
    """Return what tells a figure of a post → the post."""
    found = {}
    for row in read_cells(folder / _OF_CROSSINGS, _POST_COLUMNS):
        key = row.needed("bcp_id")
        if key not in crossings:
            raise row.bad("bcp_id", f"{CROSSINGS.name} has no crossing “{key[:60]}”.")
        country = row.one_of("side_country", sorted(CODES.intersection(crossings[key].countries)))
        found[_mark(row, crossings[key].mode, row.needed("cpmm_name"))] = _Side(key, country, row)
    return found


def _mark(row: Row, mode: str, name: str) -> tuple[str, ...]:
    values = (str(_read_year(row)), _read_indicator(row), row.needed("direction"), str(_read_value(row)))
    return (mode, name, *values, _read_source(row))


def _read_figure(row: Row, sides: dict[tuple[str, ...], _Side]) -> Figure:
    """Read a row of the figures; what was said of its post is taken out of `sides`."""
    scope = _SCOPES[row.one_of("scope", sorted(_SCOPES))]
    name = row.one_of("name", sorted(CODES)) if scope is Scope.COUNTRY else row.needed("name")
    indicator = _read_indicator(row)
    _check_unit(row, indicator)
    mode = Mode(row.one_of("mode", MODES))
    side = sides.pop(_mark(row, mode, name), None) if scope is Scope.CROSSING else None
    return Figure(
        scope=scope,
        place=side.crossing if side else name,
        printed=name,
        side=side.country if side else "",
        mode=mode,
        indicator=indicator,
        direction=Direction(row.one_of("direction", sorted(Direction))),
        year=_read_year(row),
        value=_read_value(row),
        source=_read_source(row),
        note=row.text("note"),
    )


def _read_indicator(row: Row) -> Indicator:
    return Indicator(row.one_of("indicator", sorted(Indicator)))


def _read_year(row: Row) -> int:
    written = row.needed("year")
    if not (written.isascii() and written.isdigit() and int(written[:9]) in _YEARS):
        raise row.bad("year", f"“{written[:40]}” is no year from {_YEARS[0]} to {_YEARS[-1]}.")
    return int(written)


def _read_value(row: Row) -> Decimal:
    """Return the value as it is printed: a decimal, so that 4.80 stays apart from 4.8."""
    written = row.needed("value")
    try:
        found = Decimal(written)
    except InvalidOperation:
        raise row.bad("value", f"“{written[:40]}” is no number.") from None
    if not found.is_finite() or found < 0:
        raise row.bad("value", f"“{written[:40]}” is no amount of zero or more.")
    return found


def _read_source(row: Row) -> str:
    found = row.needed("source")
    if not re.match(r"https://[^/\s]+/", found):
        raise row.bad("source", f"“{found[:40]}” begins with no https address; name where it was published.")
    return found


def _check_unit(row: Row, indicator: Indicator) -> None:
    if (found := row.needed("unit")) != UNITS[indicator]:
        raise row.bad("unit", f"{indicator} is counted in {UNITS[indicator]}, not in “{found[:40]}”.")
