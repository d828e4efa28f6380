"""Checks of border crossings: the pairs of posts, their place on the networks, their gauges, figures and names."""

import math
from functools import cache
from typing import Final

from network_checks.files import CROSSING_NAMES, CROSSING_SURVEY, CROSSINGS, LINKS, NODES, PLACES, SURVEY
from network_checks.geometry import distance_km, distance_to_line_km, make_neighbours, point_of, shortest_km
from network_checks.links import plain_gauges, running
from network_checks.places import CONFIDENCES, find_missing_name, is_other_script
from network_checks.tables import Data, Outcome, Row, count, first, index, over

STATUSES: Final = ("open", "restricted", "temporary")
INDICATORS: Final = {"TFI1": "hours", "TFI2": "USD", "gauge_change_cost": "USD", "max_wait": "hours"}
DIRECTIONS: Final = ("both", "inbound", "outbound")
SIDES: Final = ("a", "b")
OFF_LINE_KM: Final = 25.0  # posts are known to 10 km, and lines between junctions are drawn straight


def check_pairs(data: Data) -> Outcome:
    """Ids are unique and made of both posts and the mode; the posts are places of two countries."""
    places, ids = index(data[PLACES], "id"), count(data[CROSSINGS], "bcp_id")

    def find(row: Row) -> str | None:
        bcp_id = row["bcp_id"]
        return first(
            (ids[(bcp_id,)] > 1, f"the id {bcp_id} stands twice."),
            (
                bcp_id != f"{row['place_a']}--{row['place_b']}--{row['mode']}",
                f"{bcp_id} is not made of posts and mode.",
            ),
            (row["country_a"] == row["country_b"], f"{bcp_id} has both posts in one country."),
            (row["mode"] not in LINKS, f"the mode {row['mode']} is neither rail nor road."),
            (row["status"] not in STATUSES, f"the status {row['status']} is none of {', '.join(STATUSES)}."),
            (row["confidence"] not in CONFIDENCES, f"the confidence of {bcp_id} is not known."),
            *(_find_post(row, side, places) for side in SIDES),
        )

    return over(data[CROSSINGS], find)


def _find_post(row: Row, side: str, places: dict[str, Row]) -> tuple[bool, str]:
    place = places.get(row[f"place_{side}"])
    if place is None:
        return True, f"{row[f'place_{side}']} is no place."
    same = (place["country"], place["name"]) == (row[f"country_{side}"], row[f"name_{side}"])
    return not same, f"name or country of {place['id']} differ from places.csv."


def check_posts_on_network(data: Data) -> Outcome:
    """Both posts are nodes of the mode's network, and link_km is the length between them within their countries."""
    nodes = {mode: index(data[path], "node_id") for mode, path in NODES.items()}
    neighbours = cache(lambda mode, sides: make_neighbours(_links_within(data, mode, sides)))

    def find(row: Row) -> str | None:
        mode = row["mode"]
        if mode not in LINKS:
            return None
        off = [row[f"place_{side}"] for side in SIDES if row[f"place_{side}"] not in nodes[mode]]
        if off:
            return f"{', '.join(off)} is no node of the {mode} network."
        sides = frozenset(row[f"country_{side}"] for side in SIDES)
        km = shortest_km(neighbours(mode, sides), row["place_a"], row["place_b"])
        return first(
            (math.isinf(km), f"no line of {' or '.join(sorted(sides))} joins the posts of {row['bcp_id']}."),
            (abs(km - row.number("link_km")) > 0.3, f"link_km is {row['link_km']}, the network has {km:.1f}."),
        )

    return over(data[CROSSINGS], find)


def _links_within(data: Data, mode: str, countries: frozenset[str]) -> list[Row]:
    """Return the links in service that touch no other country."""
    there = {row["node_id"] for row in data[NODES[mode]] if row["country"] in countries}
    return [link for link in running(data[LINKS[mode]]) if link["a"] in there and link["b"] in there]


def check_points_on_lines(data: Data) -> Outcome:
    """The point on the border lies at a line that joins the two countries."""
    nodes = {mode: index(data[path], "node_id") for mode, path in NODES.items()}
    over_borders = {mode: [row for row in running(data[path]) if "-" in row["cc"]] for mode, path in LINKS.items()}

    def find(row: Row) -> str | None:
        mode, sides = row["mode"], {row[f"country_{side}"] for side in SIDES}
        lines = [
            link.points
            for link in over_borders.get(mode, ())
            if {nodes[mode][link[end]]["country"] for end in "ab" if link[end] in nodes[mode]} == sides
        ]
        away = min((distance_to_line_km(point_of(row), line) for line in lines), default=math.inf)
        return first((away > OFF_LINE_KM, f"no line over the border is within {OFF_LINE_KM:g} km of {row['bcp_id']}."))

    return over(data[CROSSINGS], find)


def check_points(data: Data) -> Outcome:
    """The point on the border lies between the posts: not further round than the link between them is long."""
    places = index(data[PLACES], "id")

    def find(row: Row) -> str | None:
        posts = [places[row[f"place_{side}"]] for side in SIDES if row[f"place_{side}"] in places]
        round_km = math.fsum(distance_km(point_of(row), point_of(post)) for post in posts)
        limit = row.number("link_km") * 1.05 + 5.0
        return first((round_km > limit, f"the point on the border of {row['bcp_id']} lies {round_km:.0f} km round."))

    return over(data[CROSSINGS], find)


def check_gauges(data: Data) -> Outcome:
    """A rail crossing states the gauge of the network at each post; a road crossing states none."""
    gauges = plain_gauges(data)

    def find(row: Row) -> str | None:
        stated = [(row[f"place_{side}"], row[f"gauge_{side}_mm"]) for side in SIDES]
        if row["mode"] != "rail":
            return first((any(gauge for _, gauge in stated), f"{row['bcp_id']} is no railway but has a gauge."))
        return first(
            *(
                (gauges.get(place, {gauge}) != {gauge}, f"{place} has not the gauge {gauge} on the network.")
                for place, gauge in stated
            )
        )

    return over(data[CROSSINGS], find)


def check_survey(data: Data) -> Outcome:
    """Survey values are of listed crossings and one of their countries, with the unit; the survey's table has them too."""
    crossings = index(data[CROSSINGS], "bcp_id")
    surveyed = count(data[SURVEY], "name", "year", "indicator", "direction", "value")

    def find(row: Row) -> str | None:
        crossing = crossings.get(row["bcp_id"])
        if crossing is None:
            return f"{row['bcp_id']} is no crossing."
        key = tuple(row[name] for name in ("cpmm_name", "year", "indicator", "direction", "value"))
        countries = (crossing["country_a"], crossing["country_b"])
        return first(
            (row["side_country"] not in countries, f"{row['side_country']} is no side of {row['bcp_id']}."),
            (INDICATORS.get(row["indicator"]) != row["unit"], f"{row['indicator']} is not given in {row['unit']}."),
            (row["direction"] not in DIRECTIONS, f"the direction {row['direction']} is not known."),
            (not surveyed[key], f"{row['cpmm_name']} has no such value in cpmm.csv."),
        )

    return over(data[CROSSING_SURVEY], find)


def check_crossings_named(data: Data) -> Outcome:
    """Every crossing has a name in Russian and in Chinese."""
    named = count(data[CROSSING_NAMES], "bcp_id", "lang")
    return over(data[CROSSINGS], lambda row: find_missing_name(row["bcp_id"], named))


def check_name_rows(data: Data) -> Outcome:
    """Names are of listed crossings, one for a language, in its script."""
    crossings, keys = index(data[CROSSINGS], "bcp_id"), count(data[CROSSING_NAMES], "bcp_id", "lang")
    return over(
        data[CROSSING_NAMES],
        lambda row: first(
            (row["bcp_id"] not in crossings, f"{row['bcp_id']} is no crossing."),
            (keys[row["bcp_id"], row["lang"]] > 1, f"{row['bcp_id']} has two names in {row['lang']}."),
            (is_other_script(row), f"{row['name']} is not written in the script of {row['lang']}."),
        ),
    )
