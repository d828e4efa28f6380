"""The map of an answer as coordinates for a template: coast, lakes, boundaries between members, routes, posts, names. Pure.

Boundaries are drawn only between members, all alike. What lies between other states is not drawn, so nothing is said of it.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import cos, radians
from typing import Any, Final

from serai.corridors.geometry import Point, path_of
from serai.corridors.itinerary import MOVING, Itinerary
from serai.corridors.legs import Kind
from serai.corridors.network import Network
from serai.corridors.tables import BASEMAP

WIDTH: Final = 1000.0
_LOWEST, _HIGHEST = 360.0, 620.0
_MARGIN: Final = 0.08  # of the span, on each side
_LEAST_SPAN: Final = 6.0  # degrees
_COARSE: Final = 1.4  # units between two points of a line at least
MEMBERS: Final = {
    "CN": ("156", (101.0, 36.5)), "KZ": ("398", (67.0, 48.3)), "KG": ("417", (74.6, 41.6)), "TJ": ("762", (71.0, 38.6)),
    "TM": ("795", (59.0, 39.3)), "UZ": ("860", (63.8, 42.2)),
}  # fmt: skip
_CSS: Final = {Kind.RAIL: "m-rail", Kind.ROAD: "m-road", Kind.SEA: "m-sea", Kind.FERRY: "m-sea"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place on the map with its name."""

    x: str
    y: str
    name: str
    css: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """Paths and marks as the template writes them."""

    width: str
    height: str
    water: str
    coast: str
    borders: str
    states: Sequence[tuple[str, str, str]]  # x, y, country code
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

    def at(self, point: Point) -> tuple[float, float]:
        return (point[0] - self.west) * self.wide * self.scale, (self.north - point[1]) * self.scale

    def holds(self, point: Point) -> bool:
        x, y = self.at(point)
        return -60 <= x <= WIDTH + 60 and -60 <= y <= self.height + 60


def draw_map(network: Network, itineraries: Sequence[tuple[str, Itinerary]], language: str) -> Map:
    """Draw itineraries, each under its letter."""
    stretches = [
        (letter, leg.kind, points)
        for letter, one in itineraries
        for leg in one.legs
        if leg.kind in MOVING
        for points in path_of(network, leg)
    ]
    frame = _frame([point for _, _, points in stretches for point in points])
    base = _base()
    drawn = dict.fromkeys((_CSS[kind], _path([points], frame)) for _, kind, points in stretches)
    return Map(
        width=f"{WIDTH:g}",
        height=f"{frame.height:.0f}",
        water=_path((ring for ring in base["water"] if any(map(frame.holds, ring))), frame, is_closed=True),
        coast=_path(_within(base["coast"], frame), frame),
        borders=_path(_within(base["borders"], frame), frame),
        states=[(*_text(frame, at), code) for code, (_, at) in MEMBERS.items() if frame.holds(at)],
        routes=list(drawn),
        posts=_posts(network, itineraries, frame),
        places=list(_places(network, itineraries, frame, language)),
        badges=_badges(stretches, frame),
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


@cache
def _base() -> dict[str, list[list[Point]]]:
    """Return lakes and seas as rings; coasts and boundaries between members as lines."""
    rings = dict[str, list[list[Point]]]()
    for feature in _features("countries.geojson"):
        rings.setdefault(feature["properties"]["iso_n3"], []).extend(_rings(feature["geometry"]))
    members = {code for code, _ in MEMBERS.values()}
    all_edges = Counter(edge for each in rings.values() for ring in each for edge in _edges(ring))
    between = Counter(edge for code in members for ring in rings.get(code, []) for edge in _edges(ring))
    coast = [
        line
        for each in rings.values()
        for ring in each
        for line in _runs(ring, {e for e, n in all_edges.items() if n == 1})
    ]
    shared = {edge for edge, times in between.items() if times > 1}
    borders = [line for code in sorted(members) for ring in rings.get(code, []) for line in _runs(ring, shared)]
    water = [ring for feature in _features("lakes.geojson") for ring in _rings(feature["geometry"])]
    return {"coast": coast, "borders": borders, "water": water}


def _features(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((BASEMAP / name).read_bytes())["features"]
    return found


def _rings(geometry: Mapping[str, Any]) -> Iterator[list[Point]]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        for ring in polygon:
            yield [(x, y) for x, y in ring]


def _edges(ring: Sequence[Point]) -> Iterator[frozenset[Point]]:
    for first, second in pairwise(ring):
        yield frozenset((first, second))


def _runs(ring: Sequence[Point], wanted: set[frozenset[Point]]) -> Iterator[list[Point]]:
    """Give the parts of a ring whose edges are wanted."""
    run = list[Point]()
    for first, second in pairwise(ring):
        if frozenset((first, second)) in wanted:
            run = [*(run or [first]), second]
        elif run:
            yield run
            run = []
    if run:
        yield run


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


def _path(lines: Iterable[Sequence[Point]], frame: _Frame, *, is_closed: bool = False) -> str:
    """Write lines as one path; points that hardly differ are left out."""
    parts = list[str]()
    for line in lines:
        kept = list[tuple[float, float]]()
        for x, y in map(frame.at, line):
            if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= _COARSE:
                kept.append((x, y))
        if line and kept[-1] != frame.at(line[-1]):
            kept.append(frame.at(line[-1]))
        if len(kept) > 1:
            parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + ("z" if is_closed else ""))
    return "".join(parts)


def _text(frame: _Frame, point: Point) -> tuple[str, str]:
    x, y = frame.at(point)
    return f"{x:.1f}", f"{y:.1f}"


def _posts(network: Network, itineraries: Sequence[tuple[str, Itinerary]], frame: _Frame) -> list[str]:
    crossings = dict.fromkeys(crossing for _, one in itineraries for crossing in one.crossings)
    found = []
    for crossing in crossings:
        x, y = frame.at((network.crossings[crossing].lon, network.crossings[crossing].lat))
        found.append(f"M{x:.1f} {y - 5:.1f}l5 5-5 5-5-5z")
    return found


def _places(
    network: Network, itineraries: Sequence[tuple[str, Itinerary]], frame: _Frame, language: str
) -> Iterator[Mark]:
    """Give the ends of the ways, then where they change; a name that would lie over another is left out."""
    ends = dict.fromkeys(place for _, one in itineraries for place in (one.legs[0].place, one.legs[-1].to))
    changes = dict.fromkeys(
        leg.place
        for _, one in itineraries
        for leg in one.legs
        if leg.kind in {Kind.TRANSFER, Kind.BORDER, Kind.SHUNTING}
    )
    taken = list[tuple[float, float]]()
    for place in [*ends, *(one for one in changes if one and one not in ends)]:
        x, y = frame.at((network.places[place].lon, network.places[place].lat))
        is_free = all(abs(x - a) > 110 or abs(y - b) > 18 for a, b in taken)
        if is_free:
            taken.append((x, y))
        name = network.places[place].name(language) if is_free else ""
        css = "m-label m-label--end" if place in ends else "m-label m-label--minor"
        is_right = x > WIDTH - 160
        yield Mark(x=f"{x:.1f}", y=f"{y:.1f}", name=name, css=css, anchor="end" if is_right else "start")


def _badges(stretches: Sequence[tuple[str, Kind, list[Point]]], frame: _Frame) -> list[tuple[str, str, str]]:
    """Put each letter on its way, at another share of it, so that letters on a common stretch stand apart."""
    found = []
    letters = list(dict.fromkeys(letter for letter, _, _ in stretches))
    for number, letter in enumerate(letters):
        points = [point for other, _, line in stretches if other == letter for point in line]
        share = 0.3 + 0.4 * number / max(1, len(letters) - 1) if len(letters) > 1 else 0.5
        found.append((*_text(frame, points[int(share * (len(points) - 1))]), letter))
    return found
