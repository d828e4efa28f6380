"""A chart of figures by year, rail and road on one axis, as coordinates for a template. Pure: words come from outside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final
from unicodedata import east_asian_width

WIDTH: Final = 640
HEIGHT: Final = 340
_LEFT: Final = 64.0
_NAME_PX: Final = 8.8  # of a letter in a name, rather too much; Han signs are wider
_HAN_PX: Final = 13.0
_TOP: Final = 46.0
_BOTTOM: Final = 300.0
_STEPS: Final = 5  # at most so many on the axis
_APART: Final = 17.0  # between two names at the lines' ends
_AWAY: Final = 10.0  # from a point to the value above it
_BELOW: Final = 22.0  # to the baseline of the value below it
_CLEAR: Final = 36.0  # from a point up to another, so that a value fits between them
Write = Callable[[Decimal], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The figures of one mode: a value a year, where there is one. `shape` is its colour and marker, 1 or 2."""

    name: str
    shape: int
    values: Mapping[int, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text on the drawing."""

    x: str
    y: str
    text: str
    anchor: str = "middle"
    css: str = "c-text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A year for which none of the lines has a value."""

    x: str
    width: str
    middle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A line with its markers, and where its name stands."""

    name: str
    css: str
    lines: Sequence[str]
    markers: Sequence[str]
    sample: str  # the marker of the legend


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Coordinates and texts as the template writes them."""

    grid: Sequence[str]
    labels: Sequence[Label]
    bands: Sequence[Band]
    drawn: Sequence[Drawn]
    ends: Sequence[tuple[str, str]]  # colour and marker beside each name
    right: str
    width: int = WIDTH
    height: int = HEIGHT
    left: str = f"{_LEFT:g}"
    top: str = f"{_TOP:g}"
    tall: str = f"{_BOTTOM - _TOP:g}"
    axis: str = f"{_BOTTOM:g}"


def nice_step(most: Decimal) -> Decimal:
    """Return the smallest of 1, 2, 5, 10, 20 … that parts the way from zero into at most five.

    >>> int(nice_step(Decimal("51.9"))), str(nice_step(Decimal("1.3")))
    (20, '0.5')
    """
    raw = (most or Decimal(1)) / _STEPS
    base = Decimal(1).scaleb(raw.adjusted())
    return next(base * times for times in (1, 2, 5, 10) if base * times >= raw)


def draw(lines: Sequence[Line], years: Sequence[int], *, unit: str, write: Write) -> Drawing:
    """Draw the lines, each with at least one value, over all the years. `write` writes values as the reader does."""
    most = max(value for line in lines for value in line.values.values())
    step = nice_step(most)
    count = int((most / step).to_integral_value(ROUND_CEILING)) or 1
    scale = _Scale(years=years, high=step * count, right=WIDTH - 36 - max(_width(line.name) for line in lines))
    ticks = [_plain(step * number) for number in range(count + 1)]
    names, ends = _names(lines, scale)
    return Drawing(
        grid=[f"{scale.y(tick):.1f}" for tick in ticks],
        labels=[
            Label(x="0", y="16", text=unit, anchor="start"),
            *(_tick(scale.y(tick), write(tick)) for tick in ticks),
            *(Label(x=f"{scale.x(year):.1f}", y=f"{_BOTTOM + 24:g}", text=str(year)) for year in years),
            *_values(lines, scale, write),
            *names,
        ],
        bands=[scale.band(year) for year in years if not any(year in line.values for line in lines)],
        drawn=[_drawn(line, scale) for line in lines],
        ends=ends,
        right=f"{scale.right:.1f}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    years: Sequence[int]
    high: Decimal
    right: float

    @property
    def _wide(self) -> float:
        return (self.right - _LEFT) / len(self.years)

    def x(self, year: int) -> float:
        return _LEFT + (self.years.index(year) + 0.5) * self._wide

    def y(self, value: Decimal) -> float:
        return _BOTTOM - float(value / self.high) * (_BOTTOM - _TOP)

    def band(self, year: int) -> Band:
        x = self.x(year)
        return Band(x=f"{x - self._wide / 2:.1f}", width=f"{self._wide:.1f}", middle=f"{x:.1f}")


def _width(name: str) -> float:
    """Guess how wide a name is, since nobody can measure the reader's fonts."""
    return sum(_HAN_PX if east_asian_width(char) in {"W", "F"} else _NAME_PX for char in name)


def _plain(value: Decimal) -> Decimal:
    """Return a tick without trailing zeros: 20, not 2E+1 and not 20.0."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _tick(y: float, words: str) -> Label:
    return Label(x=f"{_LEFT - 8:g}", y=f"{y + 4:.1f}", text=words, anchor="end")


def _drawn(line: Line, scale: _Scale) -> Drawn:
    places = {year: (scale.x(year), scale.y(line.values[year])) for year in scale.years if year in line.values}
    runs: list[list[tuple[float, float]]] = [[]]
    for year in scale.years:
        if year in places:
            runs[-1].append(places[year])
        elif runs[-1]:
            runs.append([])  # a line never bridges a year without a value
    return Drawn(
        name=line.name,
        css=f"c-{line.shape}",
        lines=["M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in run) for run in runs if len(run) > 1],
        markers=[_marker(line.shape, x, y) for x, y in places.values()],
        sample=_marker(line.shape, 13, 6),
    )


def _marker(shape: int, x: float, y: float) -> str:
    """Return a circle for the first line and a square for the second."""
    if shape == 1:
        return f"M{x - 4.5:.1f} {y:.1f}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z"
    return f"M{x - 4:.1f} {y - 4:.1f}h8v8h-8z"


def _values(lines: Sequence[Line], scale: _Scale, write: Write) -> list[Label]:
    """Print each value: of two in a year the higher above its point, the lower below, so that they never meet."""
    labels = []
    for year in scale.years:
        above = _TOP - _CLEAR
        for value in sorted((line.values[year] for line in lines if year in line.values), reverse=True):
            y = scale.y(value)
            labels.append(_value(scale.x(year), y, write(value), room=y - above, is_upper=above < _TOP))
            above = y
    return labels


def _value(x: float, y: float, words: str, *, room: float, is_upper: bool) -> Label:
    """Put a value above its point or below it; where the axis is near and another point close above, beside it."""
    has_room_below = y + _BELOW < _BOTTOM - 2
    if is_upper or (not has_room_below and room >= _CLEAR):
        return Label(x=f"{x:.1f}", y=f"{y - _AWAY:.1f}", text=words, css="c-strong")
    if has_room_below:
        return Label(x=f"{x:.1f}", y=f"{y + _BELOW:.1f}", text=words, css="c-strong")
    return Label(x=f"{x + _AWAY:.1f}", y=f"{y - 2:.1f}", text=words, anchor="start", css="c-strong")


def _names(lines: Sequence[Line], scale: _Scale) -> tuple[list[Label], list[tuple[str, str]]]:
    """Put the names right of the drawing, at the height of each line's last point, pushed apart where two meet."""
    ends = sorted((scale.y(line.values[max(line.values)]), place) for place, line in enumerate(lines))
    labels, marks, lowest = [], [], _TOP
    for number, (y, place) in enumerate(ends):
        room = (len(ends) - 1 - number) * _APART
        at = min(max(y, lowest), _BOTTOM - room)
        lowest = at + _APART
        line = lines[place]
        labels.append(
            Label(x=f"{scale.right + 28:.1f}", y=f"{at + 4:.1f}", text=line.name, anchor="start", css="c-strong c-wide")
        )
        marks.append((f"c-{line.shape}", _marker(line.shape, scale.right + 14, at)))
    return labels, marks
