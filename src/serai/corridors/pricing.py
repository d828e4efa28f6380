"""A graph in whole numbers, as the search wants it: minutes, money and grams, of one consignment.

Money is in 1/14,400 US dollar: a tenth of a dollar a day is one unit a minute, so that hire and waiting are whole, too.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from serai.corridors.calendar import DAY, offset_minutes
from serai.corridors.graph import Graph, Move
from serai.corridors.model import Consignment, What, hire_of, waiting_of
from serai.corridors.network import Load
from serai.corridors.rides import Ride
from serai.corridors.search.problem import NO_TIMETABLE, WEEK, Arcs

if TYPE_CHECKING:
    from numpy.typing import NDArray

MONEY: Final = 14_400  # units of a US dollar
GRAMS: Final = 1000


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of all moves in one row after another: the move, the rate, and kilometres."""

    move: "NDArray[np.int64]"
    rate: "NDArray[np.int64]"
    km: "NDArray[np.float64]"

    def sums(self, values: "NDArray[np.float64]", moves: int) -> "NDArray[np.float64]":
        return np.bincount(self.move, weights=values, minlength=moves).astype(np.float64)


@lru_cache(maxsize=6)
def _parts_of(graph: Graph) -> _Parts:
    rows = [(number, rate, km) for number, move in enumerate(graph.moves) for rate, km in move.parts]
    move, rate, km = (np.array(column) for column in zip(*rows, strict=True))
    return _Parts(move.astype(np.int64), rate.astype(np.int64), km.astype(np.float64))


@dataclass(frozen=True, slots=True)
class Prices:
    """What each move takes: whole minutes, of which it stands so many; money and, for a tonne, grams."""

    minutes: "NDArray[np.int64]"
    cost: "NDArray[np.int64]"
    grams_t: "NDArray[np.float64]"
    waiting: int  # units of money a minute of standing


@lru_cache(maxsize=24)
def prices_of(graph: Graph, load: Load) -> Prices:
    """Return the prices of all moves for a kind of load."""
    parts, rates, moves = _parts_of(graph), graph.rates.found, len(graph.moves)
    hours = _each(rates, "hours")[parts.rate] + parts.km * _each(rates, "hours_km")[parts.rate]
    is_standing = np.array([rate.what is not What.RUNNING for rate in rates])[parts.rate]
    share = np.array([rate.share(load) for rate in rates])[parts.rate]
    usd = (_each(rates, "usd")[parts.rate] + parts.km * _each(rates, "usd_km")[parts.rate]) * share
    before = np.rint(np.array([standing_before_h(move) for move in graph.moves]) * 60)
    by_timetable = np.array([move.does.hours if isinstance(move.does, Ride) else -1.0 for move in graph.moves])
    going = np.rint(np.where(by_timetable >= 0, by_timetable, parts.sums(hours, moves)) * 60)
    stands = before + np.where(by_timetable >= 0, 0, np.rint(parts.sums(hours * is_standing, moves) * 60))
    hire, waiting = (round(find(graph.network, load).value * 10) for find in (hire_of, waiting_of))
    paid = np.rint(parts.sums(usd, moves) * MONEY) + hire * (going + before) + (waiting - hire) * stands
    grams_t = parts.sums(parts.km * _each(rates, "grams_tkm")[parts.rate], moves)
    return Prices((going + before).astype(np.int64), paid.astype(np.int64), grams_t, waiting)


def _each(rates: object, name: str) -> "NDArray[np.float64]":
    return np.array([getattr(rate, name) for rate in rates])  # type: ignore[attr-defined]


def standing_before_h(move: Move) -> float:
    """Return the hours between handing over and departure that do not depend on the day: cut-off, and the mean wait."""
    return move.cutoff_h + move.headway_h / 2


@dataclass(frozen=True, slots=True)
class _Ends:
    tail: "NDArray[np.int64]"
    head: "NDArray[np.int64]"
    timed: tuple[int, ...]  # the moves that have fixed days


@lru_cache(maxsize=6)
def _ends_of(graph: Graph) -> _Ends:
    ends = np.array([(move.start, move.end) for move in graph.moves], dtype=np.int64)
    timed = tuple(number for number, move in enumerate(graph.moves) if move.service is not None and move.service.days)
    return _Ends(ends[:, 0].copy(), ends[:, 1].copy(), timed)


def price_graph(graph: Graph, consignment: Consignment, *, near: datetime) -> Arcs:
    """Return the graph in whole numbers. Clocks stand as they do at a moment: the offset of a time zone is taken then."""
    prices, ends = prices_of(graph, consignment.load), _ends_of(graph)
    weeks = [departures_of(graph, graph.moves[number], near) for number in ends.timed]
    timetable = np.full(len(graph.moves), NO_TIMETABLE, dtype=np.int64)
    timetable[list(ends.timed)] = np.arange(len(weeks))
    return Arcs(
        nodes=len(graph.vertices),
        tail=ends.tail,
        head=ends.head,
        minutes=prices.minutes,
        cost=prices.cost,
        co2e=np.rint(prices.grams_t * consignment.cargo_t).astype(np.int64),
        timetable=timetable,
        first=np.cumsum([0, *map(len, weeks)], dtype=np.int64),
        departures=np.array([minute for week in weeks for minute in week], dtype=np.int64),
        storage=np.full(len(graph.vertices), prices.waiting, dtype=np.int64),
    )


def departures_of(graph: Graph, move: Move, near: datetime) -> tuple[int, ...]:
    """Return when a move may be entered at the latest, in minutes of the UTC week; nothing for one without fixed days."""
    service = move.service
    if service is None or not service.days or not isinstance(move.does, Ride):
        return ()
    first, stop = service.stops[0], service.stops[move.does.first]
    shift = round((stop.departure_h - service.cutoff_h) * 60) - offset_minutes(
        graph.network.places[first.place].country, near
    )
    return tuple(sorted({(day * DAY + shift) % WEEK for day in service.days}))
