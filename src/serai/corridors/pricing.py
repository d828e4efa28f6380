"""A graph in whole numbers, as the search wants it: minutes, money and grams.

Money is in 1/14,400 US dollar: a tenth of a dollar a day is one unit a minute, so that hire and waiting are whole, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from serai.corridors.graph import Graph, Move, Ride
from serai.corridors.model import What
from serai.corridors.search.problem import NO_TIMETABLE, WEEK, Arcs

MONEY: Final = 14_400  # units of a US dollar
GRAMS: Final = 1000
_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class _Rates:
    """Units of money a minute."""

    hire: int  # whatever the load does
    waiting: int  # while it stands


def price_graph(graph: Graph, *, near: datetime) -> Arcs:
    """Return the graph in whole numbers. Clocks stand as they do at a moment: the offset of a time zone is taken then."""
    rates = _Rates(round(graph.model.hire_usd_day * 10), round(graph.model.waiting_usd_day * 10))
    weeks = [_minutes_of_week(move, near) for move in graph.moves]
    rows = count()
    return Arcs(
        nodes=len(graph.vertices),
        tail=_whole(move.start for move in graph.moves),
        head=_whole(move.end for move in graph.moves),
        minutes=_whole(_going(move) + _standing_before(move) for move in graph.moves),
        cost=_whole(_cost(move, rates) for move in graph.moves),
        co2e=_whole(round(sum(piece.co2e_kg for piece in move.pieces) * GRAMS) for move in graph.moves),
        timetable=_whole(next(rows) if week else NO_TIMETABLE for week in weeks),
        first=np.cumsum([0, *(len(week) for week in weeks if week)], dtype=np.int64),
        departures=_whole(minute for week in weeks for minute in week),
        storage=np.full(len(graph.vertices), rates.waiting, dtype=np.int64),
    )


def _whole(values: object) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.fromiter(values, dtype=np.int64)  # type: ignore[call-overload, no-any-return]


def _going(move: Move) -> int:
    """Return the minutes that a move takes, without what comes before its departure."""
    hours = move.what.hours if isinstance(move.what, Ride) else sum(piece.hours for piece in move.pieces)
    return round(hours * 60)


def _standing_before(move: Move) -> int:
    """Return the minutes between handing over and departure that do not depend on the day."""
    cutoff_h = move.what.service.cutoff_h if isinstance(move.what, Ride) and move.days else 0.0
    return round((move.wait_h + cutoff_h) * 60)


def _standing_on_the_way(move: Move) -> int:
    """Return the minutes of a move in which the load stands: at borders and terminals. A ride's are in its timetable."""
    if isinstance(move.what, Ride):
        return 0
    return round(sum(piece.hours for piece in move.pieces if piece.what is not What.RUNNING) * 60)


def _cost(move: Move, rates: _Rates) -> int:
    stands = _standing_before(move) + _standing_on_the_way(move)
    minutes = _going(move) + _standing_before(move)
    paid = round(sum(piece.usd for piece in move.pieces) * MONEY)
    return paid + rates.hire * minutes + (rates.waiting - rates.hire) * stands


def _minutes_of_week(move: Move, near: datetime) -> Sequence[int]:
    """Return when a move may be entered, in minutes of the UTC week; nothing for one that has no fixed days."""
    if not move.days:
        return ()
    offset = ZoneInfo(move.zone).utcoffset(near.replace(tzinfo=None))
    shift = round(move.departs_h * 60) - (int(offset.total_seconds() // 60) if offset else 0)
    return sorted({(day * _DAY + shift) % WEEK for day in move.days})
