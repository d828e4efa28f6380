"""Distances on the sphere and shortest paths on a network. Pure."""

import heapq
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from network_checks.tables import Point, Row

EARTH_KM: Final = 6371.0
KM_A_DEGREE: Final = 111.2
Neighbours = Mapping[str, list[tuple[str, float]]]  # node -> (node, km)


def distance_km(start: Point, end: Point) -> float:
    """Return the great-circle distance in kilometres.

    >>> round(distance_km((0.0, 0.0), (0.0, 1.0)), 1)
    111.2
    """
    (lon_a, lat_a), (lon_b, lat_b) = start, end
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half = math.sin((phi_b - phi_a) / 2) ** 2
    half += math.cos(phi_a) * math.cos(phi_b) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    # NaN stays NaN here: min and max keep their first value when neither is the smaller.
    return 2 * EARTH_KM * math.asin(math.sqrt(min(max(half, 0.0), 1.0)))


def point_of(row: Row) -> Point:
    """Return the position a row gives in its columns lon and lat."""
    return row.number("lon"), row.number("lat")


def positions(rows: Iterable[Row], column: str) -> dict[str, Point]:
    """Return where each place or node lies, by its id in this column."""
    return {row[column]: point_of(row) for row in rows}


def distance_to_line_km(point: Point, line: Sequence[Point]) -> float:
    """Return how far a point is from the nearest point of a line that is not far away.

    >>> round(distance_to_line_km((70.0, 40.5), [(69.0, 40.0), (71.0, 40.0)]), 1)
    55.6
    """
    wide = math.cos(math.radians(point[1]))
    shifted = [((lon - point[0]) * wide, lat - point[1]) for lon, lat in line]
    return min(_to_segment_km(start, end) for start, end in pairwise(shifted))


def _to_segment_km(start: Point, end: Point) -> float:
    """Return how far the origin is from a segment."""
    (ax, ay), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
    size = dx * dx + dy * dy
    along = max(0.0, min(1.0, -(ax * dx + ay * dy) / size)) if size else 0.0
    return math.hypot(ax + along * dx, ay + along * dy) * KM_A_DEGREE


def find_components(nodes: Iterable[str], links: Iterable[Row]) -> list[set[str]]:
    """Return the connected parts of a network, the largest first."""
    neighbours: dict[str, list[str]] = {node: [] for node in nodes}
    for link in links:
        neighbours.setdefault(link["a"], []).append(link["b"])
        neighbours.setdefault(link["b"], []).append(link["a"])
    left, parts = set(neighbours), []
    while left:
        part, waiting = set(), [left.pop()]
        while waiting:
            node = waiting.pop()
            part.add(node)
            new = left.intersection(neighbours[node])
            left -= new
            waiting += new
        parts.append(part)
    return sorted(parts, key=len, reverse=True)


def make_neighbours(links: Iterable[Row]) -> Neighbours:
    """Return who is linked with whom, and over how many kilometres; a length that is no number is no link."""
    neighbours: dict[str, list[tuple[str, float]]] = {}
    for link in links:
        km = link.number("km")
        if km >= 0:
            neighbours.setdefault(link["a"], []).append((link["b"], km))
            neighbours.setdefault(link["b"], []).append((link["a"], km))
    return neighbours


def shortest_km(neighbours: Neighbours, start: str, end: str) -> float:
    """Return the length of the shortest path in kilometres, infinity where there is none."""
    best, done = {start: 0.0}, set()
    waiting = [(0.0, start)]
    while waiting:
        km, node = heapq.heappop(waiting)
        if node == end:
            return km
        if node in done:
            continue
        done.add(node)
        for other, further in neighbours.get(node, ()):
            if km + further < best.get(other, math.inf):
                best[other] = km + further
                heapq.heappush(waiting, (km + further, other))
    return math.inf
