"""From the legs of an itinerary to the steps whose hours are drawn (`reliability.py`). Pure.

A piece scatters by its own rate: a border by its own spread, running and handling by what is assumed. The hours of a timetable are
shared out among the pieces that it passes, as the model would have them, so that a slow border delays a train as it does a wagon.
"""

from collections.abc import Iterator, Sequence

from serai.corridors.legs import Kind, Leg
from serai.corridors.model import Piece, What
from serai.corridors.reliability import Step


def steps_of(legs: Sequence[Leg]) -> tuple[Step, ...]:
    """Return the steps of an itinerary, each told to which of its legs it belongs."""
    return tuple(step for number, leg in enumerate(legs) for step in _steps(number, leg))


def _steps(number: int, leg: Leg) -> Iterator[Step]:
    if leg.kind is Kind.WAIT:
        yield from _waiting(number, leg)
        return
    counted = sum(piece.hours for piece in leg.pieces)
    share = leg.hours / counted if counted else 0.0
    for piece in leg.pieces:
        yield Step(leg=number, key=_key(piece, leg), hours=piece.hours * share, cv=piece.rate.cv)


def _waiting(number: int, leg: Leg) -> Iterator[Step]:
    key = f"service:{leg.service or leg.place}:{leg.place}"
    if leg.departures:
        yield Step(leg=number, key=key, hours=0.0, cv=0.0, departures=leg.departures)
    if leg.headway_h:
        yield Step(leg=number, key=key, hours=0.0, cv=0.0, headway_h=leg.headway_h)
    if leg.cutoff_h:
        yield Step(leg=number, key=f"{key}:cutoff", hours=leg.cutoff_h, cv=0.0)


def _key(piece: Piece, leg: Leg) -> str:
    """Return what is drawn: the same at every date, and for all that pass there."""
    rate = piece.rate
    if rate.what is What.BORDER:
        return f"border:{rate.where}:{'forth' if leg.is_forward else 'back'}"
    if rate.what is What.RUNNING:
        return f"run:{rate.mode}:{rate.where}"
    return f"{rate.what}:{rate.where or leg.place}:{rate.mode}"
