"""The network as it is: places, junctions, links, crossings, terminals, services, and the factors that price them. Pure.

What a question closes or opens is not decided here but in `graph.py`; the network is read once and never changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from serai.corridors import tables
from serai.corridors.figures import Basis, Rest
from serai.corridors.tables import Line, Row, Table, read_lines, read_rows

PLANNED: Final = "planned"
LANGUAGES: Final = ("en", "ru", "zh-hans")


class Mode(StrEnum):
    RAIL = "rail"
    ROAD = "road"
    SEA = "sea"
    FERRY = "ferry"  # a lorry on a ferry
    RAIL_FERRY = "rail_ferry"  # a wagon on a ferry


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    id: str
    country: str
    lat: float
    lon: float
    kinds: frozenset[str]
    confidence: str
    unlocode: str
    names: Mapping[str, str]  # language → name; English always

    def name(self, language: str = "en") -> str:
        return self.names.get(language) or self.names["en"]


@dataclass(frozen=True, slots=True)
class Junction:
    """A node of the rail or road network."""

    id: str
    lat: float
    lon: float
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """What a crossing costs in one direction. Hours are lognormal with this mean and coefficient of variation."""

    crossing: str
    country_from: str
    country_to: str
    hours: float
    cv: float
    cost_usd: float  # for a unit of 20 t
    has_gauge_change: bool  # in the hours
    rest: Rest
    cost_rest: Rest
    year: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """A listed pair of posts of one mode, and its names by language."""

    id: str
    mode: Mode
    places: tuple[str, str]
    countries: tuple[str, str]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing(Posts):
    """A pair of posts, where it is, and what it takes to cross there."""

    lat: float
    lon: float
    status: str  # open, restricted, temporary
    borders: tuple[Border, Border]  # from the first country to the second, and back


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where a load changes mode or gauge, in one direction."""

    id: str
    place: str
    mode_from: Mode
    mode_to: Mode
    gauge_from: int  # mm; 0 when not by rail
    gauge_to: int
    hours: float
    cost_usd: float  # for a container
    is_in_border_time: bool
    rest: Rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    place: str
    leg_mode: str  # how it is reached; empty at the first
    arrival_h: float  # from the departure at the first stop
    departure_h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A train or ship with a timetable. Without days it leaves when full: then only how often a week is known."""

    id: str
    operator: str
    name: str
    stops: tuple[Stop, ...]
    per_week: float
    days: tuple[int, ...]  # 0 is Monday; empty when there are no fixed days
    cutoff_h: float
    rest: Rest
    frequency_rest: Rest  # of how often, and on which days, it leaves


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaLink:
    a: str
    b: str
    basin: str
    via: str
    km: float


@dataclass(frozen=True, slots=True)
class Speed:
    kmh: float
    hours_per_day: float
    rest: Rest

    def hours(self, km: float) -> float:
        return km / self.kmh * 24 / self.hours_per_day


@dataclass(frozen=True, slots=True)
class Factor:
    """A price or an emission factor."""

    value: float
    rest: Rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A reference consignment: a container or a lorry."""

    id: str
    name: str
    is_truck: bool
    teu: float
    price_share: float  # of a 40 ft container
    cargo_t: float
    most_t: float  # cargo
    reefer_kw: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """All of it. Made by `Network.load`; the same only as itself, so that what is computed from it can be kept."""

    places: Mapping[str, Place]
    junctions: Mapping[Mode, Mapping[str, Junction]]  # of rail and road
    lines: Mapping[Mode, Sequence[Line]]  # of rail and road
    sea: Sequence[SeaLink]
    crossings: Mapping[str, Crossing]
    terminals: Sequence[Terminal]
    services: Mapping[str, Service]
    speeds: Mapping[tuple[str, str], Speed]
    costs: Mapping[tuple[str, str, str], Factor]
    emissions: Mapping[tuple[str, str], Factor]
    loads: Mapping[str, Load]

    @staticmethod
    def load(overrides: Path | None = None, *, without: frozenset[str] = frozenset()) -> "Network":
        """Read the shipped tables, with a folder of the same that replaces or adds rows, less some of its files. Raises BadTable."""
        return _load_shipped() if overrides is None else _load(overrides, without)

    def speed(self, mode: str, country: str) -> Speed:
        return self.speeds.get((mode, country)) or self.speeds[mode, "*"]

    def emission(self, mode: str, country: str) -> Factor:
        return self.emissions.get((mode, country)) or self.emissions[mode, "*"]

    def cost(self, item: str, mode: str, country: str = "*") -> Factor:
        return self.costs.get((item, mode, country)) or self.costs[item, mode, "*"]


@cache
def _load_shipped() -> Network:
    return _load(None)


def _load(overrides: Path | None, without: frozenset[str] = frozenset()) -> Network:
    if overrides is not None:
        tables.check_overrides(overrides, without)
    rows = _Rows(overrides, without)
    places = _read_places(rows)
    return Network(
        places=places,
        junctions={
            Mode.RAIL: _read_junctions(rows, tables.RAIL_NODES),
            Mode.ROAD: _read_junctions(rows, tables.ROAD_NODES),
        },
        lines={Mode.RAIL: read_lines(tables.RAIL_LINES), Mode.ROAD: read_lines(tables.ROADS)},
        sea=[_read_sea(row, places) for row in rows(tables.SEA_LINKS)],
        crossings=_read_crossings(rows, places),
        terminals=[_read_terminal(row, places) for row in rows(tables.TERMINALS)],
        services=_read_services(rows(tables.TIMETABLE), places),
        speeds={(row.needed("mode"), row.needed("country")): _read_speed(row) for row in rows(tables.SPEEDS)},
        costs={
            (row.needed("item"), row.needed("mode"), row.needed("country")): _read_factor(row, "value")
            for row in rows(tables.COSTS)
        },
        emissions={
            (row.needed("mode"), row.needed("country")): _read_factor(row, "wtw_g_tkm")
            for row in rows(tables.EMISSIONS)
        },
        loads={row.needed("load_id"): _read_load(row) for row in rows(tables.LOADS)},
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    overrides: Path | None
    without: frozenset[str] = frozenset()

    def __call__(self, table: Table) -> list[Row]:
        return read_rows(table, None if table.name in self.without else self.overrides)


def _by_language(rows: Iterable[Row], key: str) -> dict[str, dict[str, str]]:
    found = defaultdict[str, dict[str, str]](dict)
    for row in rows:
        found[row.needed(key)][row.needed("lang")] = row.needed("name")
    return found


def _read_places(rows: _Rows) -> dict[str, Place]:
    names = _by_language(rows(tables.NAMES), "place_id")
    return {
        row.needed("id"): Place(
            id=row.needed("id"),
            country=row.needed("country"),
            lat=row.number("lat", least=-90, most=90),
            lon=row.number("lon", least=-180, most=180),
            kinds=frozenset(row.text("kinds").split(";")),
            confidence=row.text("confidence"),
            unlocode=row.text("unlocode"),
            names=names.get(row.needed("id"), {}) | {"en": row.needed("name")},
        )
        for row in rows(tables.PLACES)
    }


def _read_junctions(rows: _Rows, table: Table) -> dict[str, Junction]:
    return {
        row.needed("node_id"): Junction(
            row.needed("node_id"),
            row.number("lat", least=-90, most=90),
            row.number("lon", least=-180, most=180),
            row.needed("country"),
        )
        for row in rows(table)
    }


def _place_of(row: Row, column: str, places: Mapping[str, Place]) -> str:
    found = row.needed(column)
    if found not in places:
        raise row.bad(column, f"there is no place “{found[:60]}” in places.csv.")
    return found


def _read_sea(row: Row, places: Mapping[str, Place]) -> SeaLink:
    return SeaLink(
        a=_place_of(row, "a", places),
        b=_place_of(row, "b", places),
        basin=row.needed("basin"),
        via=row.text("via"),
        km=row.number("km", least=0.1, most=40_000),
    )


def read_posts(folder: Path) -> dict[str, Posts]:
    """Read the listed pairs of posts of a folder laid out like `data/network`, without what they take. Raises BadTable."""
    names = _by_language(read_rows(replace(tables.CROSSING_NAMES, folder=folder)), "bcp_id")
    return {row.needed("bcp_id"): _read_pair(row, names) for row in read_rows(replace(tables.CROSSINGS, folder=folder))}


def _read_pair(row: Row, names: Mapping[str, Mapping[str, str]]) -> Posts:
    found = row.needed("bcp_id")
    return Posts(
        id=found,
        mode=Mode(row.one_of("mode", (Mode.RAIL, Mode.ROAD))),
        places=(row.needed("place_a"), row.needed("place_b")),
        countries=(row.needed("country_a"), row.needed("country_b")),
        names={"en": f"{row.needed('name_a')} – {row.needed('name_b')}"} | dict(names.get(found, {})),
    )


def _read_crossings(rows: _Rows, places: Mapping[str, Place]) -> dict[str, Crossing]:
    names = _by_language(rows(tables.CROSSING_NAMES), "bcp_id")
    borders = {(row.needed("bcp_id"), row.needed("direction")): _read_border(row) for row in rows(tables.BORDER_TIMES)}
    return {row.needed("bcp_id"): _read_crossing(row, places, names, borders) for row in rows(tables.CROSSINGS)}


def _read_crossing(
    row: Row,
    places: Mapping[str, Place],
    names: Mapping[str, Mapping[str, str]],
    borders: Mapping[tuple[str, str], Border],
) -> Crossing:
    pair = _read_pair(row, names)
    for direction in ("a_to_b", "b_to_a"):
        if (pair.id, direction) not in borders:
            raise row.bad("bcp_id", f"border_times.csv has no row for {pair.id} {direction}.")
    return Crossing(
        id=pair.id,
        mode=pair.mode,
        places=(_place_of(row, "place_a", places), _place_of(row, "place_b", places)),
        countries=pair.countries,
        names=pair.names,
        lat=row.number("lat", least=-90, most=90),
        lon=row.number("lon", least=-180, most=180),
        status=row.one_of("status", ("open", "restricted", "temporary", "closed")),
        borders=(borders[pair.id, "a_to_b"], borders[pair.id, "b_to_a"]),
    )


def _read_border(row: Row) -> Border:
    return Border(
        crossing=row.needed("bcp_id"),
        country_from=row.needed("from_country"),
        country_to=row.needed("to_country"),
        hours=row.number("hours_mean", most=10_000),
        cv=row.number("cv", most=10),
        cost_usd=row.number("cost_usd", most=10**6),
        has_gauge_change=row.flag("includes_gauge_change") if row.text("includes_gauge_change") else False,
        rest=row.rest(),
        cost_rest=Rest(
            type(row.rest().basis)(row.text("cost_basis") or row.text("basis")), row.text("source"), row.text("rule")
        ),
        year=row.text("year"),
    )


def _read_terminal(row: Row, places: Mapping[str, Place]) -> Terminal:
    return Terminal(
        id=row.needed("terminal_id"),
        place=_place_of(row, "place_id", places),
        mode_from=Mode(row.one_of("from_mode", [*Mode])),
        mode_to=Mode(row.one_of("to_mode", [*Mode])),
        gauge_from=row.whole("gauge_from_mm") if row.text("gauge_from_mm") else 0,
        gauge_to=row.whole("gauge_to_mm") if row.text("gauge_to_mm") else 0,
        hours=row.number("hours", most=10_000),
        cost_usd=row.number("cost_usd_per_container", most=10**6),
        is_in_border_time=row.flag("included_in_border_time"),
        rest=row.rest(),
    )


_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _read_days(row: Row) -> tuple[int, ...]:
    """Return the weekdays of a cell such as “daily”, “Mon-Sat” or “Tue,Fri”; none for “no fixed days”."""
    written = row.needed("weekdays")
    if written == "no fixed days":
        return ()
    if written == "daily":
        return tuple(range(7))
    first, _, last = written.partition("-")
    names = [first, last] if last else written.split(",")
    if any(name not in _DAYS for name in names):
        raise row.bad(
            "weekdays",
            f"“{written[:40]}” is neither daily, no fixed days, a span such as Mon-Sat nor a list such as Tue,Fri.",
        )
    days = [_DAYS.index(name) for name in names]
    return tuple(range(days[0], days[1] + 1)) if last else tuple(sorted(set(days)))


def _read_services(rows: Sequence[Row], places: Mapping[str, Place]) -> dict[str, Service]:
    by_service = defaultdict[str, list[Row]](list)
    for row in rows:
        by_service[row.needed("service_id")].append(row)
    return {name: _read_service(stops, places) for name, stops in by_service.items()}


def _read_service(rows: Sequence[Row], places: Mapping[str, Place]) -> Service:
    rows = sorted(rows, key=lambda row: row.whole("stop_seq", least=1))
    first = rows[0]
    return Service(
        id=first.needed("service_id"),
        operator=first.text("operator"),
        name=first.needed("name"),
        stops=tuple(_read_stops(rows, places)),
        per_week=first.number("departures_per_week", most=1000),
        days=_read_days(first),
        cutoff_h=first.number("cutoff_h", most=1000),
        rest=first.rest(),
        frequency_rest=Rest(Basis(first.one_of("frequency_basis", [*Basis])), first.text("source"), first.text("rule")),
    )


def _read_stops(rows: Sequence[Row], places: Mapping[str, Place]) -> Iterator[Stop]:
    before = 0.0
    for number, row in enumerate(rows):
        arrival = row.optional("arr_offset_h", most=10_000)
        departure = row.optional("dep_offset_h", most=10_000)
        if number and arrival is None:
            raise row.bad("arr_offset_h", "a stop after the first needs the hours to its arrival.")
        arrives = before if arrival is None else arrival
        leaves = arrives if departure is None else departure
        if arrives < before or leaves < arrives:
            raise row.bad("arr_offset_h", "the hours go back; each stop is later than the one before.")
        before = leaves
        yield Stop(
            place=_place_of(row, "place_id", places),
            leg_mode=row.text("leg_mode"),
            arrival_h=arrives,
            departure_h=leaves,
        )


def _read_speed(row: Row) -> Speed:
    return Speed(
        row.number("planner_kmh", least=0.1, most=1000), row.number("hours_per_day", least=0.1, most=24), row.rest()
    )


def _read_factor(row: Row, column: str) -> Factor:
    return Factor(row.number(column, most=10**6), row.rest())


def _read_load(row: Row) -> Load:
    return Load(
        id=row.needed("load_id"),
        name=row.needed("name"),
        is_truck=row.one_of("unit", ("container", "truck")) == "truck",
        teu=row.number("teu"),
        price_share=row.number("feu_equiv"),
        cargo_t=row.number("cargo_t"),
        most_t=row.number("max_gross_t") - row.number("tare_t"),
        reefer_kw=row.number("reefer_kw"),
    )
