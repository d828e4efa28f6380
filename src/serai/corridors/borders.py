"""Where lines cross a border: which listed crossing a line belongs to, and how lines that wind along a border are counted once. Pure.

A border is crossed only at a listed crossing. Lines between two countries near one crossing are taken together: whatever way
they wind, a load that goes over pays for the crossing once. A line that leaves a country and comes back soon is no crossing. For
a few pairs of states railways and roads are known to wind so. Between others it is the outline that is coarse: junctions got
their country by borders drawn at 1:50 million, which cut the Turksib at Merke in three; such a stretch counts as at home.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import cos, hypot, radians
from typing import Final

from serai.corridors.network import Crossing, Junction
from serai.corridors.tables import Line

# Members of the European Union's customs territory, and of Schengen: no goods are stopped at the borders between them.
UNION: Final = frozenset(
    "AT BE BG CH CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()
)
WINDING: Final = frozenset({("KG", "UZ"), ("KZ", "RU"), ("TJ", "UZ"), ("TM", "UZ")})
NEAR_KM: Final = 40.0  # from a crossing to the lines that are counted to it
ZONE_KM: Final = 60.0  # around a crossing: within it lines may wind
MOST_ABROAD_KM: Final = 120.0  # of a line that winds through another country
MOST_ASIDE_KM: Final = 60.0  # of a line that an outline cuts
_KM_A_DEGREE: Final = 111.2


def territory(country: str) -> str:
    """Return what a load may move in without a border: a country, or the union."""
    return "EU" if country in UNION else country


@dataclass(frozen=True, slots=True)
class Step:
    """A way over lines: its lines in order, and the kilometres in all."""

    km: float
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """From one junction to another: over a crossing, or abroad and back when there is none."""

    start: str
    end: str
    step: Step
    crossing: str = ""
    is_aside: bool = False  # abroad by the outline alone


class Lines:
    """The lines of one mode, and the territory of each end."""

    def __init__(self, lines: Sequence[Line], junctions: Mapping[str, Junction]) -> None:
        self.lines, self.junctions = lines, junctions
        self.at = defaultdict[str, list[int]](list)
        for number, line in enumerate(lines):
            self.at[line.a].append(number)
            self.at[line.b].append(number)

    def land(self, node: str) -> str:
        return territory(self.junctions[node].country)

    def lands(self, number: int) -> tuple[str, str]:
        return self.land(self.lines[number].a), self.land(self.lines[number].b)

    def is_border(self, number: int) -> bool:
        first, second = self.lands(number)
        return first != second

    def other(self, number: int, node: str) -> str:
        line = self.lines[number]
        return line.b if node == line.a else line.a


def distance_km(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Return the distance of two points (longitude, latitude) that are not far apart.

    >>> round(distance_km((69.0, 41.0), (69.0, 41.5)), 1)
    55.6
    """
    wide = cos(radians((first[1] + second[1]) / 2))
    return hypot((first[0] - second[0]) * wide, first[1] - second[1]) * _KM_A_DEGREE


def _distance_to_line(line: Line, lon: float, lat: float) -> float:
    """Return how far a point is from the nearest point of a line."""
    wide = cos(radians(lat))
    points = [((x - lon) * wide, y - lat) for x, y in line.path]
    return min(_to_segment(*points[at], *points[at + 1]) for at in range(len(points) - 1)) * _KM_A_DEGREE


def _to_segment(ax: float, ay: float, bx: float, by: float) -> float:
    """Return how far the origin is from a segment."""
    dx, dy = bx - ax, by - ay
    size = dx * dx + dy * dy
    along = max(0.0, min(1.0, -(ax * dx + ay * dy) / size)) if size else 0.0
    return hypot(ax + along * dx, ay + along * dy)


def assign(lines: Lines, crossings: Iterable[Crossing]) -> dict[str, list[int]]:
    """Return the border lines of each crossing: each line goes to the nearest crossing of its two countries."""
    by_pair = defaultdict[frozenset[str], list[Crossing]](list)
    for crossing in crossings:
        by_pair[frozenset(map(territory, crossing.countries))].append(crossing)
    found = defaultdict[str, list[int]](list)
    for number, line in enumerate(lines.lines):
        near = by_pair.get(frozenset(lines.lands(number)), []) if lines.is_border(number) else []
        ranked = [(_distance_to_line(line, one.lon, one.lat), one.id) for one in near]
        if ranked and min(ranked)[0] <= NEAR_KM:
            found[min(ranked)[1]].append(number)
    return dict(found)


def ways_over(lines: Lines, crossing: Crossing, border: Sequence[int]) -> Iterator[Way]:
    """Give the ways over a crossing, from each junction where its lines begin on one side to each where they end on the other.

    A way that would first run inside its own country, or last inside the other, is left out: it is two ways in a row.
    """
    ends = {node for number in border for node in (lines.lines[number].a, lines.lines[number].b)}
    inside = _inside_zone(lines, crossing, ends)
    for start in sorted(ends):
        usable = lambda number, node: number in border or (number in inside and node != start)  # noqa: B023, E731
        for end, step in _spread(lines, start, usable).items():
            if end in ends and lines.land(end) != lines.land(start) and step.lines[-1] in border:
                yield Way(start, end, step, crossing.id)


def _inside_zone(lines: Lines, crossing: Crossing, ends: Iterable[str]) -> set[int]:
    """Return the lines within a country that lie near a crossing, as far as they hang together with its border lines."""
    found, left = set[int](), list(ends)
    while left:
        node = left.pop()
        for number in lines.at[node]:
            other = lines.junctions[lines.other(number, node)]
            is_near = distance_km((other.lon, other.lat), (crossing.lon, crossing.lat)) <= ZONE_KM
            if number not in found and not lines.is_border(number) and is_near:
                found.add(number)
                left.append(other.id)
    return found


def ways_abroad(lines: Lines) -> Iterator[Way]:
    """Give the ways that leave a country and come back to it soon."""
    for number in range(len(lines.lines)):
        if lines.is_border(number):
            for home in lines.lands(number):
                yield from _ways_from(lines, number, home)


def _ways_from(lines: Lines, number: int, home: str) -> Iterator[Way]:
    line = lines.lines[number]
    start = line.a if lines.land(line.a) == home else line.b
    first = lines.other(number, start)
    abroad = lines.land(first)
    winds = tuple(sorted((home, abroad))) in WINDING
    most_km = (MOST_ABROAD_KM if winds else MOST_ASIDE_KM) - line.km

    def is_usable(other: int, node: str) -> bool:
        return (
            lines.land(node) == abroad
            and set(lines.lands(other)) <= {home, abroad}
            and lines.lines[other].gauge == line.gauge
        )

    for end, step in _spread(lines, first, is_usable, most_km=most_km).items():
        if lines.land(end) == home and end != start:
            yield Way(start, end, Step(step.km + line.km, (number, *step.lines)), is_aside=not winds)


def _spread(
    lines: Lines, start: str, is_usable: Callable[[int, str], bool], *, most_km: float = float("inf")
) -> dict[str, Step]:
    """Return the shortest way from a junction to each that is reached over usable lines (Dijkstra)."""
    found = dict[str, Step]()
    queue: list[tuple[float, str, tuple[int, ...]]] = [(0.0, start, ())]
    while queue:
        km, node, way = heappop(queue)
        if node in found:
            continue
        found[node] = Step(km, way)
        for number in lines.at[node]:
            other, further = lines.other(number, node), km + lines.lines[number].km
            if other not in found and further <= most_km and is_usable(number, node):
                heappush(queue, (further, other, (*way, number)))
    del found[start]
    return found
