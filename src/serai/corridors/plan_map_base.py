"""What lies under a map of ways: seas and lakes, coasts, and boundaries between members, all alike. Pure.

What lies between other states is not drawn, so nothing is said of it.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Final

from serai.corridors.geometry import Point
from serai.corridors.tables import BASEMAP

# ISO 3166-1 numeric, and where the name stands.
MEMBERS: Final = {
    "CN": ("156", (101.0, 36.5)), "KZ": ("398", (67.0, 48.3)), "KG": ("417", (74.6, 41.6)), "TJ": ("762", (71.0, 38.6)),
    "TM": ("795", (59.0, 39.3)), "UZ": ("860", (63.8, 42.2)),
}  # fmt: skip


@cache
def base_lines() -> dict[str, list[list[Point]]]:
    """Return lakes and seas as rings; coasts and boundaries between members as lines."""
    rings = dict[str, list[list[Point]]]()
    for feature in _features("countries.geojson"):
        rings.setdefault(feature["properties"]["iso_n3"], []).extend(_rings(feature["geometry"]))
    members = {code for code, _ in MEMBERS.values()}
    all_edges = Counter(edge for each in rings.values() for ring in each for edge in _edges(ring))
    between = Counter(edge for code in members for ring in rings.get(code, []) for edge in _edges(ring))
    outer = {edge for edge, times in all_edges.items() if times == 1}
    coast = [line for each in rings.values() for ring in each for line in _runs(ring, outer)]
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
