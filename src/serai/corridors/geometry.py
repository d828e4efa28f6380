"""Where a leg leads on the ground: points of longitude and latitude, in the order they are passed. Pure."""

import json
from collections.abc import Iterator, Sequence
from functools import cache

from serai.corridors.legs import Leg
from serai.corridors.network import Mode, Network, SeaLink
from serai.corridors.runs import Run
from serai.corridors.tables import NETWORK

Point = tuple[float, float]  # longitude, latitude


def path_of(network: Network, leg: Leg) -> list[list[Point]]:
    """Return the stretches of a leg; one for each run of lines in a row, and for each crossing of a sea."""
    found = list[list[Point]]()
    for run in leg.runs:
        points = run_points(network, run)
        if found and found[-1] and points and found[-1][-1] == points[0]:
            found[-1] += points[1:]
        elif points:
            found.append(points)
    return [*found, *(_sea_points(network, link, leg.place) for link in leg.seas)]


def run_points(network: Network, run: Run) -> list[Point]:
    mode, node = Mode(run.start.mode), run.start.node
    found = list[Point]()
    for number in run.lines:
        line = network.lines[mode][number]
        forth = line.a == node
        node = line.b if forth else line.a
        points = line.path if forth else line.path[::-1]
        found += points if not found else points[1:]
    return found


def _sea_points(network: Network, link: SeaLink, place: str) -> list[Point]:
    """Return the lane of a sea link, from the end that is nearer in order; a straight line where none is drawn."""
    lane = _lanes().get((link.a, link.b, link.via), ())
    ends = [(network.places[one].lon, network.places[one].lat) for one in (link.a, link.b)]
    points = list(lane) or ends
    return points[::-1] if place == link.b else points


@cache
def _lanes() -> dict[tuple[str, str, str], Sequence[Point]]:
    features = json.loads((NETWORK / "sea_lanes.geojson").read_bytes())["features"]
    found = dict[tuple[str, str, str], Sequence[Point]]()
    for feature in features:
        about, points = feature["properties"], [(x, y) for x, y in feature["geometry"]["coordinates"]]
        found[about["a"], about["b"], about["via"]] = points
    return found


def nodes_of(network: Network, run: Run) -> Iterator[str]:
    """Give the junctions that a run passes, its ends included."""
    node = run.start.node
    yield node
    for number in run.lines:
        line = network.lines[Mode(run.start.mode)][number]
        node = line.b if line.a == node else line.a
        yield node
