"""Checks of the sea links and of the lines drawn for them."""

from typing import Final

from network_checks.files import PLACES, SEA_LANES, SEA_LINKS
from network_checks.geometry import distance_km, point_of
from network_checks.tables import Data, Outcome, Point, Row, count, first, index, over

BASINS: Final = ("ocean", "Caspian", "Black Sea")
WAYS: Final = {"suez": (32.4, 30.6), "cape": (19.0, -35.0)}  # longitude and latitude
SLACK_KM: Final = 1.0  # lengths are kept to a kilometre
PASSING_KM: Final = 400.0
HARBOUR_KM: Final = 1.0  # lines are kept to 0.01 degrees


def check_ends(data: Data) -> Outcome:
    """Ids are unique, both ends are ports, and no two links join the same ports the same way."""
    ports = {row["id"] for row in data[PLACES] if "port" in row["kinds"].split(";")}
    ids, ways = count(data[SEA_LINKS], "id"), count(data[SEA_LINKS], "a", "b", "via")
    return over(
        data[SEA_LINKS],
        lambda row: first(
            (ids[(row["id"],)] > 1, f"the id {row['id']} stands twice."),
            *((row[end] not in ports, f"{row[end]} is no port.") for end in "ab"),
            (row["a"] == row["b"], f"link {row['id']} leads from {row['a']} back to it."),
            (ways[row["a"], row["b"], row["via"]] > 1, f"{row['a']} and {row['b']} are linked twice the same way."),
            (row["basin"] not in BASINS, f"the basin {row['basin']} is none of {', '.join(BASINS)}."),
            (row["via"] not in {"", *WAYS}, f"the way {row['via']} is not known."),
        ),
    )


def check_lengths(data: Data) -> Outcome:
    """No link is shorter than the straight distance of its ports."""
    places = index(data[PLACES], "id")

    def find(row: Row) -> str | None:
        if row["a"] not in places or row["b"] not in places:
            return None
        straight = distance_km(point_of(places[row["a"]]), point_of(places[row["b"]]))
        return first(
            (row.number("km") < straight - SLACK_KM, f"{row['id']} is shorter than the {straight:.0f} km between.")
        )

    return over(data[SEA_LINKS], find)


def check_lanes(data: Data) -> Outcome:
    """Every link has one lane with the same ends, length, basin and way; its line ends at the ports."""
    lanes, ids = index(data[SEA_LANES], "id"), count(data[SEA_LANES], "id")
    places = index(data[PLACES], "id")

    def find(row: Row) -> str | None:
        lane = lanes.get(row["id"])
        if lane is None or ids[(row["id"],)] > 1:
            return f"link {row['id']} has not one lane."
        differ = [name for name in ("a", "b", "km", "basin", "via") if lane[name] != row[name]]
        ends = zip("ab", (lane.points[0], lane.points[-1]), strict=True)
        far = [row[end] for end, point in ends if _is_far(point, places.get(row[end]))]
        return first(
            (bool(differ), f"the lane of {row['id']} has another {', '.join(differ)}."),
            (bool(far), f"the lane of {row['id']} does not end at {', '.join(far)}."),
        )

    links = over(data[SEA_LINKS], find)
    known = index(data[SEA_LINKS], "id")
    strange = over(data[SEA_LANES], lambda row: first((row["id"] not in known, f"lane {row['id']} has no link.")))
    return Outcome(checked=links.checked, faults=links.faults + strange.faults)


def check_ways(data: Data) -> Outcome:
    """A lane names the canal or the cape exactly when it passes it, and never both."""
    return over(data[SEA_LANES], _find_way)


def _find_way(row: Row) -> str | None:
    passed = [name for name, point in WAYS.items() if passes(row, point)]
    said = [row["via"]] if row["via"] else []
    return first((passed != said, f"lane {row['id']} says {said or 'neither'}, but passes {passed or 'neither'}."))


def passes(row: Row, point: Point) -> bool:
    """Say whether a line comes near a point."""
    return any(distance_km(point, other) <= PASSING_KM for other in row.points)


def _is_far(point: Point, port: Row | None) -> bool:
    return port is not None and distance_km(point, point_of(port)) > HARBOUR_KM
