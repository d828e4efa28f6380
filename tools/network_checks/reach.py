"""Checks of what can be reached when borders are crossed only where a crossing is listed."""

from collections import defaultdict
from typing import Final

from network_checks.files import CROSSINGS, LINKS, NODES
from network_checks.geometry import distance_to_line_km, find_components, point_of
from network_checks.known import APART, LOOSE
from network_checks.links import running
from network_checks.tables import Data, Outcome, Point, Row, index, over

# Between the members of the European Union's customs territory, and of Schengen, no goods are stopped.
UNION: Final = frozenset(
    "AT BE BG CH CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()
)
# States whose lines wind over their border and back.
WINDING: Final = frozenset(map(frozenset, (("KG", "UZ"), ("KZ", "RU"), ("TJ", "UZ"), ("TM", "UZ"))))
NEAR_KM: Final = 40.0  # from a crossing to the lines that are counted to it


def territory(country: str) -> str:
    """Return what goods move in without a border: a country, or the union."""
    return "EU" if country in UNION else country


def check_own_country(data: Data, *, mode: str) -> Outcome:
    """A place on the network hangs on a line of its own country, so that it is more than a bridgehead."""
    lands = {row["node_id"]: territory(row["country"]) for row in data[NODES[mode]]}
    served, at_home = set[str](), set[str]()
    for link in running(data[LINKS[mode]]):
        ends = {link["a"], link["b"]}
        served |= ends
        at_home |= ends if len({lands.get(end) for end in ends}) == 1 else set()
    known = {row[side] for row in data[CROSSINGS] if row["bcp_id"] in LOOSE for side in ("place_a", "place_b")}

    def find(row: Row) -> str | None:
        node = row["node_id"]
        is_loose = node in served and node not in at_home | known
        return f"every line at {node} leads out of {row['country']}." if is_loose else None

    return over([row for row in data[NODES[mode]] if row["place_id"]], find)


def check_lone_junctions(data: Data, *, mode: str) -> Outcome:
    """No junction lies abroad, all by itself: its country was read from a coarse outline, and the line there is closed."""
    lands = {row["node_id"]: territory(row["country"]) for row in data[NODES[mode]]}
    around = defaultdict[str, list[str]](list)
    for link in data[LINKS[mode]]:
        around[link["a"]].append(lands.get(link["b"], ""))
        around[link["b"]].append(lands.get(link["a"], ""))
    listed = {frozenset(territory(row[f"country_{side}"]) for side in "ab") for row in data[CROSSINGS]}

    def find(row: Row) -> str | None:
        near, land = around[row["node_id"]], lands[row["node_id"]]
        is_lone = len(near) > 1 and len(set(near)) == 1 and near[0] != land
        is_known = frozenset((land, *near)) in listed | WINDING
        return (
            f"{row['node_id']} lies in {land}, all its neighbours in {near[0]}." if is_lone and not is_known else None
        )

    return over([row for row in data[NODES[mode]] if not row["place_id"]], find)


def check_reach(data: Data, *, mode: str) -> Outcome:
    """Whoever crosses borders only at listed crossings reaches every place, but for those that are known to lie apart."""
    nodes = index(data[NODES[mode]], "node_id")
    is_open = _Open(data, mode)
    links = [link for link in running(data[LINKS[mode]]) if is_open(link, nodes)]
    served = {link[end] for link in running(data[LINKS[mode]]) for end in "ab"}
    parts = find_components((row for row in nodes if row in served), links)
    reached = parts[0] if parts else set()
    known = APART[mode]

    def find(row: Row) -> str | None:
        place = row["node_id"]
        if place in reached and place in known:
            return f"{place} is reached, but counts as one that is not."
        return None if place in reached or place in known else f"no listed crossing leads to {place}."

    return over([row for row in data[NODES[mode]] if row["place_id"] and row["node_id"] in served], find)


class _Open:
    """Tells whether a link may be used: within a territory, at a listed crossing, or where lines wind."""

    def __init__(self, data: Data, mode: str) -> None:
        self.points = defaultdict[frozenset[str], list[Point]](list)
        for row in data[CROSSINGS]:
            if row["mode"] == mode:
                self.points[frozenset(territory(row[f"country_{side}"]) for side in "ab")].append(point_of(row))

    def __call__(self, link: Row, nodes: dict[str, Row]) -> bool:
        if link["a"] not in nodes or link["b"] not in nodes:
            return False
        lands = frozenset(territory(nodes[link[end]]["country"]) for end in "ab")
        if len(lands) == 1 or lands in WINDING:
            return True
        return any(distance_to_line_km(point, link.points) <= NEAR_KM for point in self.points[lands])
