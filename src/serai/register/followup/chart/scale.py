"""Where a moment and a value stand on the drawing, and which values the axis names."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Final

from serai.kernel.errors import gettext_noop
from serai.register.followup.chart.points import Point
from serai.register.units import UnitKind, UnitRule

_ZERO: Final = Decimal(0)
_MOST_STEPS: Final = 5
_CLEAR: Final = Decimal("0.6")  # of a step: nearer to an end of the axis a tick is left out
_SCALES: Final = (
    (Decimal(10) ** 12, gettext_noop("{unit}, in trillions")),
    (Decimal(10) ** 9, gettext_noop("{unit}, in billions")),
    (Decimal(10) ** 6, gettext_noop("{unit}, in millions")),
)
_DIGITS: Final = 5  # of a value printed beside its point; the table has all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeScale:
    """Days since the year 1, spread evenly: equal times are equally long."""

    first: int
    end: int
    left: float
    right: float

    @classmethod
    def over(cls, points: Sequence[Point], left: float, right: float) -> "TimeScale":
        first = min(point.period_start for point in points).toordinal()
        end = max(point.period_end for point in points).toordinal() + 1
        return cls(first=first, end=end, left=left, right=right)

    def x(self, day: float) -> float:
        return self.left + (day - self.first) / (self.end - self.first) * (self.right - self.left)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueScale:
    """The span of the axis and the values it names; `factor` is what figures are divided by, `pattern` says so."""

    low: Decimal
    high: Decimal
    ticks: tuple[Decimal, ...]
    factor: Decimal = Decimal(1)
    pattern: str = "{unit}"

    def share(self, value: Decimal) -> float:
        """Return how far up the axis a value stands, from 0 to 1."""
        return float((value - self.low) / (self.high - self.low))

    def scaled(self, value: Decimal) -> Decimal:
        return value / self.factor

    def rounded(self, value: Decimal) -> Decimal:
        """Return the value as it is printed beside its point: in the axis' unit, with at most five digits and six places.

        >>> str(ValueScale(low=_ZERO, high=Decimal(1), ticks=()).rounded(Decimal("1234.5678")))
        '1234.6'
        """
        scaled = self.scaled(value)
        places = max(0, min(6, _DIGITS - 1 - scaled.adjusted()))
        return scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def nice_step(span: Decimal, *, is_whole: bool) -> Decimal:
    """Return the smallest of 1, 2, 5, 10, 20 … that parts the span into at most five.

    >>> int(nice_step(Decimal(60), is_whole=False)), str(nice_step(Decimal("0.7"), is_whole=False))
    (20, '0.2')
    >>> int(nice_step(Decimal(3), is_whole=True))
    1
    """
    raw = span / _MOST_STEPS
    base = Decimal(1).scaleb(raw.adjusted())
    step = next(base * times for times in (1, 2, 5, 10) if base * times >= raw)
    return max(step, Decimal(1)) if is_whole else step


def value_scale(values: Sequence[Decimal], rule: UnitRule) -> ValueScale:
    """Return the axis for these values. Amounts and counts stand on zero; what has known ends is shown between them."""
    if rule.most is not None and max(values) <= rule.most and min(values) >= rule.least:
        return _between(rule.least, rule.most, is_whole=rule.is_whole or rule.kind is UnitKind.SHARE)
    return _from_zero(min(*values, _ZERO), max(*values, _ZERO), is_whole=rule.is_whole)


def _between(least: Decimal, most: Decimal, *, is_whole: bool) -> ValueScale:
    step = nice_step(most - least, is_whole=is_whole)
    first = (least / step).to_integral_value(ROUND_CEILING)
    inner = [(first + number) * step for number in range(_MOST_STEPS + 1)]
    kept = [tick for tick in inner if least + step * _CLEAR < tick < most - step * _CLEAR]
    return ValueScale(low=least, high=most, ticks=(least, *kept, most))


def _from_zero(least: Decimal, most: Decimal, *, is_whole: bool) -> ValueScale:
    step = nice_step(most - least or Decimal(1), is_whole=is_whole)
    lowest = -((-least / step).to_integral_value(ROUND_CEILING))
    highest = max((most / step).to_integral_value(ROUND_CEILING), lowest + 1)
    ticks = tuple(number * step for number in range(int(lowest), int(highest) + 1))
    farthest = max(abs(ticks[0]), abs(ticks[-1]))
    factor, pattern = next((row for row in _SCALES if farthest >= row[0]), (Decimal(1), "{unit}"))
    return ValueScale(low=ticks[0], high=ticks[-1], ticks=ticks, factor=factor, pattern=pattern)
