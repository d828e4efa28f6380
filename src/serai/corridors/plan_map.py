"""The map of an answer as coordinates for a template: coast, lakes, boundaries, routes, posts, names. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Final

from serai.corridors.drawing_path import XY, write_path
from serai.corridors.geometry import Point, path_of
from serai.corridors.itinerary import MOVING, Itinerary
from serai.corridors.legs import Kind
from serai.corridors.network import Network
from serai.corridors.plan_map_base import MEMBERS, base_lines
from serai.corridors.plan_map_names import Mark, Want, place_names

WIDTH: Final = 1000.0
_LOWEST, _HIGHEST = 360.0, 620.0
_MARGIN: Final = 0.08  # of the span, on each side
_LEAST_SPAN: Final = 6.0  # degrees
_AROUND: Final = 60.0  # units beyond the frame to which land is drawn
_SLACK: Final = 0.6  # units by which a line may leave its course
_POINTS: Final = 6_000  # of the land that are drawn finely; the more there are, the more coarsely it is begun
_BUDGET: Final = 36_000  # letters of the land under the routes; what takes more is drawn more coarsely
_CSS: Final = {Kind.RAIL: "m-rail", Kind.ROAD: "m-road", Kind.SEA: "m-sea", Kind.FERRY: "m-sea"}
Lettered = Sequence[tuple[str, Itinerary]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """Paths and marks as the template writes them."""

    width: str
    height: str
    water: str
    coast: str
    borders: str
    states: Sequence[Mark]
    routes: Sequence[tuple[str, str]]  # css, path
    posts: Sequence[str]
    places: Sequence[Mark]
    badges: Sequence[tuple[str, str, str]]  # x, y, letter


@dataclass(frozen=True, slots=True)
class _Frame:
    west: float
    north: float
    scale: float
    wide: float  # how much a degree of longitude is narrower than one of latitude
    height: float

    def at(self, point: Point) -> XY:
        return (point[0] - self.west) * self.wide * self.scale, (self.north - point[1]) * self.scale

    def holds(self, point: Point, around: float = _AROUND) -> bool:
        x, y = self.at(point)
        return -around <= x <= WIDTH + around and -around <= y <= self.height + around


def draw_map(network: Network, itineraries: Lettered, language: str, state_names: Sequence[tuple[str, str]]) -> Map:
    """Draw itineraries, each under its letter. `state_names` are the members' codes and names."""
    stretches = [
        (letter, leg.kind, points)
        for letter, one in itineraries
        for leg in one.legs
        if leg.kind in MOVING
        for points in path_of(network, leg)
    ]
    frame = _frame([point for _, _, points in stretches for point in points])
    water, coast, borders = _land(frame)
    routes = dict.fromkeys(
        (_CSS[kind], write_path([list(map(frame.at, points))], _SLACK, keeps_tiny=True))
        for _, kind, points in stretches
    )
    inside = [(MEMBERS[code][1], name) for code, name in state_names if frame.holds(MEMBERS[code][1], -40)]
    states = [Want(*frame.at(at), name) for at, name in inside]
    badges = _badges(stretches, frame)
    wanted = list(_wanted(network, itineraries, frame, language))
    named = place_names(states, wanted, [(float(x), float(y)) for x, y, _ in badges], width=WIDTH)
    return Map(
        width=f"{WIDTH:g}",
        height=f"{frame.height:.0f}",
        water=water,
        coast=coast,
        borders=borders,
        states=named.states,
        routes=[(css, path) for css, path in routes if path],
        posts=_posts(network, itineraries, frame),
        places=named.places,
        badges=badges,
    )


def _frame(points: Sequence[Point]) -> _Frame:
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    wide = cos(radians((south + north) / 2))
    spread = max((east - west) * (1 + 2 * _MARGIN), _LEAST_SPAN)
    scale = WIDTH / (spread * wide)
    height = min(max((north - south) * (1 + 2 * _MARGIN) * scale, _LOWEST), _HIGHEST)
    if (north - south) * scale * (1 + 2 * _MARGIN) > _HIGHEST:
        scale = _HIGHEST / ((north - south) * (1 + 2 * _MARGIN))
        spread = WIDTH / (scale * wide)
    return _Frame((west + east - spread) / 2, (south + north) / 2 + height / scale / 2, scale, wide, height)


@lru_cache(maxsize=32)
def _land(frame: _Frame) -> tuple[str, str, str]:
    """Return water, coast and boundaries, as finely as the budget allows."""
    base = base_lines()
    water = [list(map(frame.at, ring)) for ring in base["water"] if any(map(frame.holds, ring))]
    coast = [list(map(frame.at, line)) for line in _within(base["coast"], frame)]
    borders = [list(map(frame.at, line)) for line in _within(base["borders"], frame)]
    slack = _SLACK * max(1.0, sum(map(len, (*coast, *borders))) / _POINTS)
    while True:
        paths = (
            write_path(water, slack, is_closed=True),
            write_path(coast, slack),
            write_path(borders, slack, keeps_tiny=True),
        )
        if sum(map(len, paths)) <= _BUDGET:
            return paths
        slack *= 1.5


def _within(lines: Iterable[Sequence[Point]], frame: _Frame) -> Iterator[list[Point]]:
    """Give the parts of lines that lie in the frame."""
    for line in lines:
        run = list[Point]()
        for point in line:
            if frame.holds(point):
                run.append(point)
            elif len(run) > 1:
                yield run
                run = []
            else:
                run = []
        if len(run) > 1:
            yield run


def _text(frame: _Frame, point: Point) -> tuple[str, str]:
    x, y = frame.at(point)
    return f"{x:.1f}", f"{y:.1f}"


def _posts(network: Network, itineraries: Lettered, frame: _Frame) -> list[str]:
    found = []
    for crossing in dict.fromkeys(crossing for _, one in itineraries for crossing in one.crossings):
        x, y = frame.at((network.crossings[crossing].lon, network.crossings[crossing].lat))
        found.append(f"M{x:.1f} {y - 5:.1f}l5 5-5 5-5-5z")
    return found


def _wanted(network: Network, itineraries: Lettered, frame: _Frame, language: str) -> Iterator[Want]:
    """Give the ends of the ways, then where they change or cross a border, in the order in which they get their names."""
    ends = dict.fromkeys(place for _, one in itineraries for place in (one.legs[0].place, one.legs[-1].to))
    changes = dict.fromkeys(
        leg.place
        for _, one in itineraries
        for leg in one.legs
        if leg.kind in {Kind.TRANSFER, Kind.BORDER, Kind.SHUNTING}
    )
    for place in [*ends, *(one for one in changes if one and one not in ends)]:
        known = network.places[place]
        yield Want(*frame.at((known.lon, known.lat)), known.name(language), is_end=place in ends)


def _badges(stretches: Sequence[tuple[str, Kind, list[Point]]], frame: _Frame) -> list[tuple[str, str, str]]:
    """Put each letter on its way, at another share of it, so that letters on a common stretch stand apart."""
    found = []
    letters = list(dict.fromkeys(letter for letter, _, _ in stretches))
    for number, letter in enumerate(letters):
        points = [point for other, _, line in stretches if other == letter for point in line]
        share = 0.3 + 0.4 * number / max(1, len(letters) - 1) if len(letters) > 1 else 0.5
        found.append((*_text(frame, points[int(share * (len(points) - 1))]), letter))
    return found
