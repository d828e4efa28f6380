"""Where a series has no figure: a line never bridges such a place, and the chart says in words that nothing is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median_low
from typing import Final

from serai.register.followup.chart.points import Point, Series, in_order

_SHORTEST_PERIOD_DAYS: Final = 28
# A month is 28 to 31 days and a year 365 or 366: only what is clearly longer than the rhythm is a gap.
_LONGER: Final = 1.5
_UNCOVERED: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Days without a figure between two points: from `start` up to, not including, `end` (days since the year 1)."""

    start: int
    end: int
    before: Point
    after: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A part of the time axis in which series lack figures. `names` is empty when all that run there do."""

    start: int
    end: int
    names: tuple[str, ...]


def rhythm_of(points: Sequence[Point]) -> float:
    """Return the usual days from one figure to the next: the median of the spacings.

    Two figures alone show no rhythm. If their periods are a month or longer, the periods are taken to follow each
    other; counts of single days are taken to come as they come.
    """
    starts = sorted({point.period_start.toordinal() for point in points})
    spacings = [after - before for before, after in pairwise(starts)]
    if len(spacings) > 1:
        return median_low(spacings)
    longest = max((point.days for point in points), default=0)
    if spacings and longest < _SHORTEST_PERIOD_DAYS:
        return spacings[0]
    return longest


def find_gaps(points: Sequence[Point]) -> list[Gap]:
    """Return the places where the rhythm says that a period is missing, as time runs."""
    ordered = in_order(points)
    rhythm = rhythm_of(ordered)
    return [
        Gap(start=before.period_end.toordinal() + 1, end=after.period_start.toordinal(), before=before, after=after)
        for before, after in pairwise(ordered)
        if _is_gap(before, after, rhythm)
    ]


def _is_gap(before: Point, after: Point, rhythm: float) -> bool:
    uncovered = after.period_start.toordinal() - before.period_end.toordinal() - 1
    spacing = after.period_start.toordinal() - before.period_start.toordinal()
    return uncovered >= max(1, rhythm * _UNCOVERED) and spacing > rhythm * _LONGER


def split_runs(points: Sequence[Point]) -> list[list[Point]]:
    """Part the points at every gap; each run may be joined by a line."""
    runs: list[list[Point]] = []
    ends = {id(gap.before) for gap in find_gaps(points)}
    for point in in_order(points):
        if not runs or id(runs[-1][-1]) in ends:
            runs.append([])
        runs[-1].append(point)
    return runs


def find_bands(series: Sequence[Series]) -> list[Band]:
    """Return the parts of the time axis that lack figures, each with the series that lack them."""
    gaps = [(place, gap) for place, row in enumerate(series) for gap in find_gaps(row.points)]
    edges = sorted({edge for _, gap in gaps for edge in (gap.start, gap.end)})
    bands: list[Band] = []
    for start, end in pairwise(edges):
        lacking = {place for place, gap in gaps if gap.start <= start and end <= gap.end}
        if not lacking:
            continue
        running = {place for place, row in enumerate(series) if _runs_over(row, start, end)}
        names = () if lacking == running else tuple(series[place].name for place in sorted(lacking))
        if bands and bands[-1].end == start and bands[-1].names == names:
            start = bands.pop().start  # noqa: PLW2901  # the band goes on
        bands.append(Band(start=start, end=end, names=names))
    return bands


def _runs_over(row: Series, start: int, end: int) -> bool:
    first = min(point.period_start for point in row.points).toordinal()
    last = max(point.period_end for point in row.points).toordinal()
    return first <= start and end <= last + 1
