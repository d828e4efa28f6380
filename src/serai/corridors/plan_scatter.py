"""Time against cost, a point for each way, as coordinates for a template. Pure: words come from outside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, sqrt
from typing import Final

from serai.corridors.itinerary import Itinerary
from serai.corridors.performance_drawing import nice_step

WIDTH: Final = 560
HEIGHT: Final = 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 72.0, 540.0, 26.0, 280.0
Write = Callable[[float], str]


_LETTERED: Final = (10.0, 16.0)  # radius of the least and the most CO2e
_PLAIN: Final = (4.0, 9.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A way. Its size tells its CO2e; it is hollow when another is as soon and as cheap, and better in one of the two."""

    x: str
    y: str
    radius: str
    letter: str
    is_shown: bool
    is_beaten: bool
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    days: Sequence[tuple[str, str]]  # x and words
    dollars: Sequence[tuple[str, str]]  # y and words
    front: str
    dots: Sequence[Dot]
    left: str = f"{_LEFT:g}"
    right: str = f"{_RIGHT:g}"
    top: str = f"{_TOP:g}"
    bottom: str = f"{_BOTTOM:g}"
    width: int = WIDTH
    height: int = HEIGHT


def draw_scatter(ways: Sequence[tuple[str, Itinerary, str]], write: Write) -> Scatter:
    """Draw ways, each with its letter and what is told of it."""
    days = _axis([one.hours / 24 for _, one, _ in ways])
    dollars = _axis([one.usd for _, one, _ in ways])

    def x(hours: float) -> float:
        return _LEFT + (hours / 24 - days[0]) / (days[-1] - days[0]) * (_RIGHT - _LEFT)

    def y(usd: float) -> float:
        return _BOTTOM - (usd - dollars[0]) / (dollars[-1] - dollars[0]) * (_BOTTOM - _TOP)

    steps = _front([one for _, one, _ in ways])
    corners = [f"{x(steps[0].hours):.1f} {_TOP:g}"]
    for number, one in enumerate(steps):
        below = steps[number + 1].hours if number + 1 < len(steps) else days[-1] * 24
        corners += [f"{x(one.hours):.1f} {y(one.usd):.1f}", f"{x(below):.1f} {y(one.usd):.1f}"]
    size = _sizes([one.co2e_kg for _, one, _ in ways])
    unbeaten = {(one.hours, one.usd) for one in steps}
    dots = [
        Dot(
            x=f"{x(one.hours):.1f}",
            y=f"{y(one.usd):.1f}",
            radius=f"{size(one.co2e_kg, _LETTERED if one.is_shown else _PLAIN):.1f}",
            letter=letter,
            is_shown=one.is_shown,
            is_beaten=(one.hours, one.usd) not in unbeaten,
            title=title,
        )
        for letter, one, title in ways
    ]
    return Scatter(
        days=[(f"{x(day * 24):.1f}", write(day)) for day in days],
        dollars=[(f"{y(usd):.1f}", write(usd)) for usd in dollars],
        front="M" + "L".join(corners),
        dots=sorted(dots, key=lambda dot: (dot.is_shown, -float(dot.radius))),
    )


def _sizes(values: Sequence[float]) -> Callable[[float, tuple[float, float]], float]:
    """Return how large a value is drawn between two radii: the area grows as the value does."""
    low, span = min(values), (max(values) - min(values)) or 1.0

    def size(value: float, radii: tuple[float, float]) -> float:
        least, most = radii
        return sqrt(least**2 + (value - low) / span * (most**2 - least**2))

    return size


def _axis(values: Sequence[float]) -> list[float]:
    """Return ticks around values, in steps of 1, 2 or 5."""
    low, high = min(values), max(values)
    step = float(nice_step(Decimal(str(max(high - low, high * 0.1, 0.5)))))
    first, last = floor(low / step - 0.01), ceil(high / step + 0.01)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def _front(ways: Sequence[Itinerary]) -> list[Itinerary]:
    """Return the ways that none beats in time and cost, by time."""
    kept = list[Itinerary]()
    for one in sorted(ways, key=lambda each: (each.hours, each.usd)):
        if not kept or one.usd < kept[-1].usd:
            kept.append(one)
    return kept
