"""What the planner says beside what was published: transit times and lengths, row by row. Pure.

Nothing is fitted. A service of the timetable whose hours were made from the very page that is to be predicted is left out, else
the answer would be read off. Rows that tell of a first trip are predicted, and counted apart. Where a number of the model was
chosen without a source, `leave_one_out` says what choosing it from the other rows would do to a row that was not looked at.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from statistics import fmean, median
from typing import Final

from serai.corridors import tables
from serai.corridors.calibration_routes import CAPE, ROUTES, Route
from serai.corridors.checking import Distance
from serai.corridors.enquiry import Enquiry
from serai.corridors.graph import Ending
from serai.corridors.model import Consignment
from serai.corridors.network import Mode, Network, Service, Terminal
from serai.corridors.tables import Row
from serai.corridors.ways import Way, find_ways

FIRST_TRIP: Final = "first trip:"  # as the note of a row begins
MONDAY: Final = datetime(2026, 11, 30, tzinfo=UTC)
WEEK: Final = 7  # days on each of which a load may be ready: the mean is over them
_FITTED: Final = "published total"  # in the rule of a service whose hours were scaled to one
_COLUMNS: Final = ("name", "from", "to", "metric", "value", "source", "note")
_DAYS: Final = re.compile(r"(\d+)(?:-(\d+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A transit time as it was published, in days; the most is the least where one figure stands."""

    name: str
    start: str
    end: str
    least: float
    most: float
    route: Route
    page: str
    first_trip: str  # why it is of a first trip; empty for a regular service

    @property
    def days(self) -> float:
        return (self.least + self.most) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """A published time and the planner's: the quickest way from loading to unloading, mean over a week and the ends named."""

    published: Published
    days: float
    rail_ends: float  # how often it is loaded or unloaded at a rail terminal
    port_changes: float  # how often it changes between rail and a ship
    crossings: tuple[str, ...]  # of the first way

    @property
    def error(self) -> float:
        return self.days / self.published.days - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How far off predictions are: shares of what was published."""

    count: int
    mape: float  # mean of the absolute errors
    median_ape: float
    bias: float  # mean of the signed errors

    @classmethod
    def of(cls, errors: Sequence[float]) -> "Figures":
        """Return the figures of one error or more.

        >>> Figures.of([0.1, -0.3])
        Figures(count=2, mape=0.2, median_ape=0.2, bias=-0.1)
        """
        sizes = [abs(one) for one in errors]
        return cls(
            count=len(errors),
            mape=round(fmean(sizes), 4),
            median_ape=round(median(sizes), 4),
            bias=round(fmean(errors), 4),
        )


def read_published() -> list[Published]:
    """Return the published transit times. Raises BadTable: for one that is no number of days, or has no way."""
    rows = tables.read_cells(tables.FACTORS / "services.csv", _COLUMNS)
    return [_read(row) for row in rows if row.text("metric") == "transit_days"]


def _read(row: Row) -> Published:
    key = (row.needed("name"), row.needed("from"), row.needed("to"))
    found = _DAYS.fullmatch(row.needed("value"))
    if not found:
        raise row.bad("value", f"“{row.text('value')[:40]}” is no number of days, nor two such as 12-14.")
    if key not in ROUTES:
        raise row.bad("name", "no way is known for it; add one to calibration_routes.py.")
    note = row.text("note")
    return Published(
        name=key[0],
        start=key[1],
        end=key[2],
        least=float(found[1]),
        most=float(found[2] or found[1]),
        route=ROUTES[key],
        page=row.needed("source"),
        first_trip=note.removeprefix(FIRST_TRIP).strip() if note.startswith(FIRST_TRIP) else "",
    )


def without_fitted(network: Network, published: Iterable[Published]) -> Network:
    """Return the network less the services whose hours were scaled to a total that one of these pages published."""
    pages = {one.page for one in published}
    kept = {name: service for name, service in network.services.items() if not _is_fitted(service, pages)}
    return replace(network, services=kept)


def _is_fitted(service: Service, pages: set[str]) -> bool:
    return _FITTED in service.rest.rule and not pages.isdisjoint(re.split(r";\s*", service.rest.source))


def predict(network: Network, published: Published, *, ready: datetime = MONDAY, days: int = WEEK) -> Predicted | None:
    """Return the planner's time; None where it finds no way."""
    route = published.route
    if route.passage == CAPE:
        network = replace(network, sea=[link for link in network.sea if link.via in {"", CAPE}])
    load = network.loads[route.load]
    consignment = Consignment(load=load, cargo_t=load.cargo_t)
    ways = list[Way]()
    for start, end, day in product(route.starts, route.ends, range(days)):
        enquiry = Enquiry(
            origin=start,
            destination=end,
            consignment=consignment,
            ready=ready + timedelta(days=day),
            via=route.via,
            limits=route.limits,
        )
        found = find_ways(network, enquiry).ways
        if not found:
            return None
        ways.append(min(found, key=lambda way: way.hours))
    return Predicted(
        published=published,
        days=fmean(way.hours for way in ways) / 24,
        rail_ends=fmean(_count(way, _is_rail_end) for way in ways),
        port_changes=fmean(_count(way, _is_port_change) for way in ways),
        crossings=tuple(crossing for step in ways[0].steps if (crossing := getattr(step.move.does, "crossing", ""))),
    )


def _count(way: Way, is_it: Callable[[object], bool]) -> int:
    return sum(is_it(step.move.does) for step in way.steps)


def _is_rail_end(does: object) -> bool:
    return isinstance(does, Ending) and does.mode is Mode.RAIL


def _is_port_change(does: object) -> bool:
    return isinstance(does, Terminal) and {does.mode_from, does.mode_to} == {Mode.RAIL, Mode.SEA}


@dataclass(frozen=True, slots=True, kw_only=True)
class Knob:
    """A number of the model that no source prints: its hours, others it could have been, and how often a way meets it."""

    name: str
    hours: float
    choices: tuple[float, ...]
    times: Callable[[Predicted], float]

    def error(self, one: Predicted, hours: float) -> float:
        """Return a prediction's error, had the number been another. The way stays the same."""
        return (one.days + self.times(one) * (hours - self.hours) / 24) / one.published.days - 1

    def best(self, rows: Sequence[Predicted]) -> float:
        """Return the choice by which these rows are the least off; of several the nearest to the model's."""
        return min(self.choices, key=lambda hours: (_mape(self, rows, hours), abs(hours - self.hours)))


def _mape(knob: Knob, rows: Sequence[Predicted], hours: float) -> float:
    return round(fmean(abs(knob.error(one, hours)) for one in rows), 9)


KNOBS: Final = (
    Knob(
        name="hours at the rail terminal of each end",
        hours=12.0,
        choices=(0.0, 6.0, 12.0, 18.0, 24.0, 36.0),
        times=lambda one: one.rail_ends,
    ),
    Knob(
        name="hours between rail and ship in a port",
        hours=48.0,
        choices=(12.0, 24.0, 36.0, 48.0, 60.0, 72.0),
        times=lambda one: one.port_changes,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What a knob does to rows that had no part in its choice."""

    knob: Knob
    chosen: tuple[float, ...]  # for each row, from the others
    as_is: Figures
    unseen: Figures


def leave_one_out(knob: Knob, rows: Sequence[Predicted]) -> LeftOut:
    """Choose a number for each row from all others, and return how far off that row then is."""
    chosen = [knob.best([*rows[:at], *rows[at + 1 :]]) for at in range(len(rows))]
    return LeftOut(
        knob=knob,
        chosen=tuple(chosen),
        as_is=Figures.of([one.error for one in rows]),
        unseen=Figures.of([knob.error(one, hours) for one, hours in zip(rows, chosen, strict=True)]),
    )


def distance_figures(distances: Iterable[Distance]) -> Figures:
    """Return how far off the network's lengths are."""
    return Figures.of([one.error for one in distances])
