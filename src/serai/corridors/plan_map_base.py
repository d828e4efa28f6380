"""What lies under a map of ways: seas and lakes, coasts, and boundaries between members, all alike. Pure.

What lies between other states is not drawn, so nothing is said of it.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations, pairwise
from math import hypot
from typing import TYPE_CHECKING, Any, Final

from serai.corridors.geometry import Point
from serai.corridors.tables import BASEMAP

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# ISO 3166-1 numeric, and where the name stands.
MEMBERS: Final = {
    "CN": ("156", (101.0, 36.5)), "KZ": ("398", (67.0, 48.3)), "KG": ("417", (74.6, 41.6)), "TJ": ("762", (71.0, 38.6)),
    "TM": ("795", (59.0, 39.3)), "UZ": ("860", (63.8, 42.2)),
}  # fmt: skip
_OFF: Final = 0.25  # degrees off a coast, where no other country may be
_BESIDE: Final = 0.08  # degrees off a boundary, where the neighbour is
_CUT: Final = 0.02  # degrees from the edge of the file, where outlines are cut and not at the sea
Edge = frozenset[Point]
Ring = list[Point]


@cache
def base_lines() -> Mapping[str, Sequence[Ring]]:
    """Return lakes and seas as rings; coasts and boundaries between members as lines."""
    rings = dict[str, list[Ring]]()
    for feature in _features("countries.geojson"):
        rings.setdefault(feature["properties"]["iso_n3"], []).extend(_rings(feature["geometry"]))
    shores = _shores([ring for each in rings.values() for ring in each])
    coast = [line for each in rings.values() for ring in each for line in _runs(ring, shores)]
    members = [rings[number] for number in sorted(number for number, _ in MEMBERS.values())]
    borders = [line for first, second in combinations(members, 2) for line in _between(first, second)]
    water = [ring for feature in _features("lakes.geojson") for ring in _rings(feature["geometry"])]
    return {"coast": coast, "borders": borders, "water": water}


def _between(first: Sequence[Ring], second: Sequence[Ring]) -> Iterator[Ring]:
    """Give the parts of the first country's outline that have the second a little off them; of two outlines one is drawn."""
    import numpy as np

    others = [np.array(ring) for ring in second]
    for ring in first:
        edges = list(pairwise(ring))
        off = np.array([side for edge in edges for side in _sides(*edge, _BESIDE)])
        meets = np.zeros(len(off), dtype=np.bool_)
        for other in others:
            meets |= _within(other, off)
        yield from _runs(ring, {frozenset(edges[at]) for at in np.flatnonzero(meets.reshape(-1, 2).any(axis=1))})


def _shores(rings: Sequence[Ring]) -> set[Edge]:
    """Return the edges at the sea: of one country alone, with no other a little off it on either side.

    Outlines of neighbours do not meet everywhere, so an edge of one country alone may still be a boundary. It must not be drawn.
    """
    import numpy as np

    times = Counter(edge for ring in rings for edge in _edges(ring))
    left, right = (pick(x for ring in rings for x, _ in ring) for pick in (min, max))
    low, high = (pick(y for ring in rings for _, y in ring) for pick in (min, max))
    alone = [
        (number, first, second)
        for number, ring in enumerate(rings)
        for first, second in pairwise(ring)
        if times[frozenset((first, second))] == 1 and not _is_cut((first, second), (left, low, right, high))
    ]
    own = np.array([number for number, _, _ in alone])
    off = np.array(
        [side for _, first, second in alone for far in (_BESIDE, _OFF) for side in _sides(first, second, far)]
    )
    meets = np.zeros(len(alone), dtype=np.bool_)
    for number, ring in enumerate(rings):
        inside = _within(np.array(ring), off).reshape(-1, 4).any(axis=1)
        meets |= inside & (own != number)
    return {frozenset(alone[at][1:]) for at in np.flatnonzero(~meets)}


def _is_cut(edge: tuple[Point, Point], box: tuple[float, float, float, float]) -> bool:
    """Return whether an edge runs along the edge of the file."""
    xs, ys = zip(*edge, strict=True)
    lines = ((xs, box[0]), (ys, box[1]), (xs, box[2]), (ys, box[3]))
    return any(all(abs(value - line) < _CUT for value in values) for values, line in lines)


def _sides(first: Point, second: Point, off: float) -> Iterator[Point]:
    """Give the points a little off the middle of an edge, on either side."""
    dx, dy = second[0] - first[0], second[1] - first[1]
    size = hypot(dx, dy) or 1.0
    x, y = (first[0] + second[0]) / 2, (first[1] + second[1]) / 2
    for sign in (1, -1):
        yield x - sign * dy / size * off, y + sign * dx / size * off


def _within(ring: "NDArray[np.float64]", points: "NDArray[np.float64]") -> "NDArray[np.bool_]":
    """Return which points lie within a ring: those from which a ray crosses it an odd number of times."""
    import numpy as np

    (left, low), (right, high) = ring.min(axis=0), ring.max(axis=0)
    x, y = points[:, 0], points[:, 1]
    near = np.flatnonzero((x >= left) & (x <= right) & (y >= low) & (y <= high))
    found = np.zeros(len(points), dtype=np.bool_)
    px, py, inside = x[near], y[near], np.zeros(len(near), dtype=np.bool_)
    for (ax, ay), (bx, by) in pairwise(ring.tolist()):
        if ay != by:
            inside ^= ((ay > py) != (by > py)) & (px < (bx - ax) * (py - ay) / (by - ay) + ax)
    found[near] = inside
    return found


def _features(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((BASEMAP / name).read_bytes())["features"]
    return found


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        for ring in polygon:
            yield [(x, y) for x, y in ring]


def _edges(ring: Sequence[Point]) -> Iterator[Edge]:
    for first, second in pairwise(ring):
        yield frozenset((first, second))


def _runs(ring: Sequence[Point], wanted: set[Edge]) -> Iterator[Ring]:
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
