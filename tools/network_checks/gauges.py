"""Checks of the gauge: it changes only where a link, a crossing or a terminal says so."""

from collections import defaultdict
from typing import Final

from network_checks.crossings import SIDES
from network_checks.files import BORDER_TIMES, CROSSINGS, LINKS, NODES, PLACES, TERMINALS
from network_checks.geometry import distance_km, point_of
from network_checks.links import plain_gauges, running
from network_checks.tables import Data, Outcome, Row, first, index, over

GAUGES: Final = ("1435", "1520", "1676")  # millimetres
BORDER_KM: Final = 60.0  # from a yard whose work is part of the border time to that border


def check_nodes(data: Data) -> Outcome:
    """The links in service that meet at a node have one gauge, or those that an inland yard there joins."""
    gauges, joined = plain_gauges(data), defaultdict[str, set[str]](set)
    for row in _inland_yards(data):
        joined[row["place_id"]] |= {row["gauge_from_mm"], row["gauge_to_mm"]}

    def find(row: Row) -> str | None:
        there = gauges.get(row["node_id"], set())
        is_apart = len(there) > 1 and not there <= joined[row["node_id"]]
        return f"links of {' and '.join(sorted(there))} mm meet at {row['node_id']}." if is_apart else None

    return over(data[NODES["rail"]], find)


def check_breaks(data: Data) -> Outcome:
    """Gauges are known; a link that changes gauge fits its ends and lies on a border: inland, a yard does the work."""
    gauges = plain_gauges(data)

    def find(row: Row) -> str | None:
        stated = row["gauge"].split("/")
        link = row["id"]
        if not set(stated) <= set(GAUGES) or len(stated) != len(set(stated)) or len(stated) > 2:
            return f"the gauge {row['gauge']} of link {link} is not known."
        if len(stated) == 1:
            return None
        fits = (gauges.get(row[end], {gauge}) == {gauge} for end, gauge in zip("ab", stated, strict=True))
        return first(
            (not all(fits), f"the gauge {row['gauge']} of link {link} is not that of its ends, a before b."),
            ("-" not in row["cc"], f"link {link} changes gauge inside {row['cc']}; only a yard can."),
        )

    return over(running(data[LINKS["rail"]]), find)


def _yards(data: Data) -> set[str]:
    """Return the places with a terminal that changes gauge."""
    return {row["place_id"] for row in data[TERMINALS] if row["from_mode"] == row["to_mode"] == "rail"}


def _inland_yards(data: Data) -> list[Row]:
    """Return the changes of gauge whose hours no border time includes."""
    return [
        row
        for row in data[TERMINALS]
        if row["from_mode"] == row["to_mode"] == "rail" and row["included_in_border_time"] == "no"
    ]


def check_inland_yards(data: Data) -> Outcome:
    """A yard inside a country has a line of both of its gauges: else one side hangs loose."""
    gauges = plain_gauges(data)

    def find(row: Row) -> str | None:
        missing = {row["gauge_from_mm"], row["gauge_to_mm"]} - gauges.get(row["place_id"], set())
        return f"no line of {', '.join(sorted(missing))} mm leads to {row['place_id']}." if missing else None

    return over(_inland_yards(data), find)


def check_crossings(data: Data) -> Outcome:
    """Where a crossing changes gauge, a post has a terminal for it; the border time says whether it is included."""
    crossings, yards = index(data[CROSSINGS], "bcp_id"), _yards(data)

    def find(row: Row) -> str | None:
        crossing = crossings.get(row["bcp_id"])
        if crossing is None:
            return None
        changes = crossing["gauge_a_mm"] != crossing["gauge_b_mm"]
        posts = {crossing[f"place_{side}"] for side in SIDES}
        return first(
            (row["includes_gauge_change"] not in {"yes", "no"}, "includes_gauge_change is neither yes nor no."),
            (changes != (row["includes_gauge_change"] == "yes"), f"{row['bcp_id']} says wrongly if the gauge changes."),
            (changes and yards.isdisjoint(posts), f"{row['bcp_id']} changes gauge, but no post has a terminal for it."),
        )

    return over(data[BORDER_TIMES], find)


def check_terminals(data: Data) -> Outcome:
    """A terminal's rail side has the gauge of the network there, or of the change of gauge that stands there."""
    gauges = plain_gauges(data)
    for row in data[TERMINALS]:
        if row["from_mode"] == row["to_mode"] == "rail" and row["place_id"] in gauges:
            gauges[row["place_id"]] |= {row["gauge_from_mm"], row["gauge_to_mm"]}

    def find(row: Row) -> str | None:
        stated = {row["gauge_from_mm"], row["gauge_to_mm"]} - {""}
        there = gauges.get(row["place_id"], stated)
        return first((not stated <= there, f"{row['terminal_id']} has another gauge than the network there."))

    return over(data[TERMINALS], find)


def check_yards(data: Data) -> Outcome:
    """A change of gauge that a border time includes stands near a crossing that changes gauge."""
    places = index(data[PLACES], "id")
    borders = [point_of(row) for row in data[CROSSINGS] if row["gauge_a_mm"] != row["gauge_b_mm"]]

    def find(row: Row) -> str | None:
        place = places.get(row["place_id"])
        if place is None or row["included_in_border_time"] != "yes":
            return None
        near = any(distance_km(point_of(place), border) <= BORDER_KM for border in borders)
        return first((not near, f"{row['terminal_id']} is in a border time, but no such border is near."))

    return over(data[TERMINALS], find)
