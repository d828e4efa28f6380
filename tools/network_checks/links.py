"""Checks of the rail and the road network: nodes, links, lengths, countries, and what is only planned."""

import re
from collections.abc import Iterable
from typing import Final

from network_checks.files import DISTANCES, LINKS, NODES, PLACES
from network_checks.geometry import distance_km, find_components, make_neighbours, point_of, positions, shortest_km
from network_checks.tables import Data, Outcome, Row, count, first, index, over

KINDS: Final = ("osm", "osm+stitch", "access", "supplement", "patch", "planned")
NOTED: Final = ("supplement", "patch", "planned")  # kinds that say in a note what they rest on
SLACK_KM: Final = 0.35  # lengths are kept to 0.1 km, and access links to a moved place can be this much short
ENDS_KM: Final = 0.1  # a line's points are kept to 0.001 degrees
AT_PLACE_KM: Final = 0.05
_PLANS: Final = re.compile(r"\bCKU\b|\bINSTC\b|planned|under construction")


def running(links: Iterable[Row]) -> list[Row]:
    """Return the links in service: those that are not planned."""
    return [link for link in links if link["kind"] != "planned"]


def plain_gauges(data: Data) -> dict[str, set[str]]:
    """Return the gauges that meet at each rail node in service; a link that changes gauge counts for none."""
    gauges: dict[str, set[str]] = {}
    for link in running(data[LINKS["rail"]]):
        if "/" not in link["gauge"]:
            for end in "ab":
                gauges.setdefault(link[end], set()).add(link["gauge"])
    return gauges


def check_component(data: Data, *, mode: str) -> Outcome:
    """The whole network hangs together."""
    links = data[LINKS[mode]]
    parts = find_components((row["node_id"] for row in data[NODES[mode]]), links)
    faults = [f"{NODES[mode]}: {len(part)} nodes around {min(part)} hang on nothing." for part in parts[1:]]
    return Outcome(checked=len(links), faults=tuple(faults))


def check_running_component(data: Data, *, mode: str) -> Outcome:
    """Without planned links it still hangs together, but for nodes that only planned links reach."""
    links = data[LINKS[mode]]
    in_service = running(links)
    reached = {link[end] for link in in_service for end in "ab"}
    parts = find_components(reached, in_service)
    faults = [
        f"{LINKS[mode]}: only planned links reach the {len(part)} nodes around {min(part)}." for part in parts[1:]
    ]
    return Outcome(checked=len(in_service), faults=tuple(faults))


def check_nodes(data: Data, *, mode: str) -> Outcome:
    """Nodes are unique; one that is a place has the place's id, country and coordinates."""
    places, ids = index(data[PLACES], "id"), count(data[NODES[mode]], "node_id")

    def find(row: Row) -> str | None:
        node = row["node_id"]
        twice = (ids[(node,)] > 1, f"the node {node} stands twice.")
        if not row["place_id"]:
            return first(twice, (node in places, f"{node} is a place, but place_id is empty."))
        place = places.get(row["place_id"])
        if place is None:
            return f"{row['place_id']} is no place."
        away = distance_km(point_of(row), point_of(place))
        return first(
            twice,
            (node != place["id"], f"{node} is not the id of its place {place['id']}."),
            (row["country"] != place["country"], f"{node} lies in {row['country']}, its place in {place['country']}."),
            (away > AT_PLACE_KM, f"{node} lies {away:.2f} km from its place."),
        )

    return over(data[NODES[mode]], find)


def check_ends(data: Data, *, mode: str) -> Outcome:
    """Link ids are unique, both ends are nodes, and no link leads back to where it starts."""
    nodes, ids = index(data[NODES[mode]], "node_id"), count(data[LINKS[mode]], "id")

    def find(row: Row) -> str | None:
        if ids[(row["id"],)] > 1:
            return f"the link {row['id']} stands twice."
        for end in "ab":
            if row[end] not in nodes:
                return f"link {row['id']} ends at {row[end]}, which is no node."
        return f"link {row['id']} leads from {row['a']} back to it." if row["a"] == row["b"] else None

    return over(data[LINKS[mode]], find)


def check_lines(data: Data, *, mode: str) -> Outcome:
    """A link's line begins at the coordinates of node a and ends at those of node b."""
    nodes = positions(data[NODES[mode]], "node_id")

    def find(row: Row) -> str | None:
        for end, point in (("a", row.points[0]), ("b", row.points[-1])):
            km = distance_km(point, nodes[row[end]]) if row[end] in nodes else 0.0
            if km > ENDS_KM:
                return f"the line of {row['id']} ends {km:.2f} km from node {row[end]}."
        return None

    return over(data[LINKS[mode]], find)


def check_lengths(data: Data, *, mode: str) -> Outcome:
    """No link is shorter than the straight distance of its ends."""
    nodes = positions(data[NODES[mode]], "node_id")

    def find(row: Row) -> str | None:
        if row["a"] not in nodes or row["b"] not in nodes:
            return None
        straight, km = distance_km(nodes[row["a"]], nodes[row["b"]]), row.number("km")
        if km < straight - SLACK_KM:
            return f"link {row['id']} has {km:g} km, its ends lie {straight:.1f} apart."
        return None

    return over(data[LINKS[mode]], find)


def check_countries(data: Data, *, mode: str) -> Outcome:
    """A link's country is that of both ends, or both countries in alphabetical order."""
    nodes = index(data[NODES[mode]], "node_id")

    def find(row: Row) -> str | None:
        if row["a"] not in nodes or row["b"] not in nodes:
            return None
        ends = "-".join(sorted({nodes[row["a"]]["country"], nodes[row["b"]]["country"]}))
        return f"link {row['id']} says {row['cc']}, its ends lie in {ends}." if row["cc"] != ends else None

    return over(data[LINKS[mode]], find)


def check_kinds(data: Data, *, mode: str) -> Outcome:
    """Kinds are known; patches, supplements and plans have a note, closed gaps a length, access links a place."""
    return over(data[LINKS[mode]], _find_kind)


def _find_kind(row: Row) -> str | None:
    link, kind = row["id"], row["kind"]
    to_place = any("-" in row[end] for end in "ab")
    return first(
        (kind not in KINDS, f"the kind {kind} of link {link} is none of {', '.join(KINDS)}."),
        (kind in NOTED and not row["note"], f"link {link} is of kind {kind} and has no note."),
        (
            (kind == "osm+stitch") != bool(row["stitch_km"]),
            f"link {link} is of kind {kind}, stitch_km does not fit it.",
        ),
        (kind == "access" and not to_place, f"link {link} gives access to no place."),
    )


def check_plans(data: Data, *, mode: str) -> Outcome:
    """What is planned is of that kind only: no other link tells of a plan, runs beside one or leads to a planned place."""
    links = data[LINKS[mode]]
    pairs = {frozenset((row["a"], row["b"])) for row in links if row["kind"] == "planned"}
    places = {row["id"] for row in data[PLACES] if {"planned", mode} <= set(row["kinds"].split(";"))}

    def find(row: Row) -> str | None:
        ends = {row["a"], row["b"]}
        if _PLANS.search(row["note"]):
            return f"the note of link {row['id']} tells of a plan, but its kind does not."
        if ends in pairs:
            return f"link {row['id']} runs beside a planned link, but is not planned."
        return None if places.isdisjoint(ends) else f"link {row['id']} leads to a planned place, but is not planned."

    return over(running(links), find)


def check_distances(data: Data) -> Outcome:
    """Each printed network length is the shortest path in service, and the difference to the reference is right."""
    neighbours = {mode: make_neighbours(running(data[path])) for mode, path in LINKS.items()}

    def find(row: Row) -> str | None:
        if row["mode"] not in LINKS:
            return f"the mode {row['mode']} is neither rail nor road."
        km = shortest_km(neighbours[row["mode"]], row["from"], row["to"])
        reference = row.number("reference_km")
        stated = reference * (1 + row.number("diff_pct") / 100)
        return first(
            (abs(km - row.number("network_km")) > 1.0, f"network_km is {row['network_km']}, the path has {km:.0f}."),
            (
                abs(row.number("network_km") - stated) > reference / 100,
                f"diff_pct is {row['diff_pct']}, which makes {stated:.0f} km.",
            ),
        )

    return over(data[DISTANCES], find)
