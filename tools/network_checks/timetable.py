"""Checks of the timetable: stops, offsets, speeds and days of each service."""

import math
from collections import defaultdict
from itertools import pairwise
from typing import Final

from network_checks.files import LINKS, NODES, PLACES, SPEEDS, TIMETABLE
from network_checks.geometry import Neighbours, distance_km, point_of, shortest_km
from network_checks.links import running
from network_checks.tables import Data, Outcome, Row, count, first, index, over

FASTEST_KMH: Final = 85.0  # in a straight line, so that no leg is faster than any train or truck here
HASTE: Final = 0.9  # of the hours that the speeds make: lengths and speeds are not known better
LEG_MODES: Final = ("rail", "road", "sea_feeder_caspian", "sea_feeder_blacksea", "sea_ocean", "ferry_caspian")
OF_THE_SERVICE: Final = ("operator", "name", "mode", "departures_per_week", "weekdays", "capacity_teu")
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NO_DAYS: Final = "no fixed days"


def check_stops(data: Data) -> Outcome:
    """Stops are places of the mode they are reached by, numbered from one; a service says the same at each stop."""
    places, keys = index(data[PLACES], "id"), count(data[TIMETABLE], "service_id", "stop_seq")
    before = _stops_before(data)
    nodes = {mode: index(data[path], "node_id") for mode, path in NODES.items()}

    def find(row: Row) -> str | None:
        place, last = places.get(row["place_id"]), before.get(row.where)
        if place is None:
            return f"{row['place_id']} is no place."
        expected = last.number("stop_seq") + 1 if last else 1
        off = row["place_id"] not in nodes.get(row["leg_mode"], {row["place_id"]})
        ashore = row["leg_mode"].startswith(("sea", "ferry")) and "port" not in place["kinds"].split(";")
        return first(
            (keys[row["service_id"], row["stop_seq"]] > 1, f"stop {row['stop_seq']} stands twice."),
            (row.number("stop_seq") != expected, f"stop {row['stop_seq']} of {row['service_id']} is not in its turn."),
            (off, f"{row['place_id']} is not on the {row['leg_mode']} network."),
            (ashore, f"{row['place_id']} is no port."),
            (
                last is not None and any(row[name] != last[name] for name in OF_THE_SERVICE),
                "the stops tell of two services.",
            ),
        )

    return over(data[TIMETABLE], find)


def _stops_before(data: Data) -> dict[str, Row]:
    """Return the stop before each stop but the first, by where the later one stands."""
    pairs = pairwise(data[TIMETABLE])
    return {row.where: before for before, row in pairs if row["service_id"] == before["service_id"]}


def check_offsets(data: Data) -> Outcome:
    """Offsets start at zero and increase: no arrival before the departure it follows, no departure before arrival."""
    before = _stops_before(data)
    after = {row.where for row in before.values()}
    return over(data[TIMETABLE], lambda row: _find_offset(row, before.get(row.where), is_last=row.where not in after))


def _find_offset(row: Row, last: Row | None, *, is_last: bool) -> str | None:
    arrival, departure = row.number("arr_offset_h"), row.number("dep_offset_h")
    if last is None:
        return first(
            (bool(row["arr_offset_h"] or row["leg_mode"]), "the first stop is reached from nowhere."),
            (departure != 0, "the first departure is not at hour 0."),
        )
    return first(
        (row["leg_mode"] not in LEG_MODES, f"the leg mode {row['leg_mode']} is not known."),
        (not row["arr_offset_h"], f"the stop at {row['place_id']} has no arrival."),
        (bool(row["dep_offset_h"]) == is_last, f"the stop at {row['place_id']} has a departure where none is due."),
        (arrival <= last.number("dep_offset_h"), f"the train or ship is at {row['place_id']} before it left."),
        (departure < arrival, f"it leaves {row['place_id']} before it is there."),
    )


def check_speeds(data: Data) -> Outcome:
    """No leg is faster than 85 km/h in a straight line."""
    before, places = _stops_before(data), index(data[PLACES], "id")

    def find(row: Row) -> str | None:
        last = before[row.where]
        if row["place_id"] not in places or last["place_id"] not in places:
            return None
        km = distance_km(point_of(places[last["place_id"]]), point_of(places[row["place_id"]]))
        hours = row.number("arr_offset_h") - last.number("dep_offset_h")
        return first((hours > 0 and km > FASTEST_KMH * hours, f"{km:.0f} km in {hours:g} hours is too fast."))

    return over([row for row in data[TIMETABLE] if row.where in before], find)


def check_running_hours(data: Data) -> Outcome:
    """No train or lorry is there much sooner than the speeds of the countries on its way, and the hours of a day, allow."""
    before = _stops_before(data)
    hours = {mode: _hours_between(data, mode) for mode in LINKS}

    def find(row: Row) -> str | None:
        least = shortest_km(hours[row["leg_mode"]], before[row.where]["place_id"], row["place_id"])
        stated = row.number("arr_offset_h") - before[row.where].number("dep_offset_h")
        is_hasty = least < math.inf and stated < HASTE * least
        return f"{stated:.1f} hours to {row['place_id']}, by the speeds {least:.1f}." if is_hasty else None

    return over([row for row in data[TIMETABLE] if row.where in before and row["leg_mode"] in LINKS], find)


def _hours_between(data: Data, mode: str) -> Neighbours:
    """Return who is linked with whom, and how many hours apart."""
    pace = {
        row["country"]: 24 / row.number("hours_per_day") / row.number("planner_kmh")
        for row in data[SPEEDS]
        if row["mode"] == mode
    }
    lands = {row["node_id"]: row["country"] for row in data[NODES[mode]]}
    found = defaultdict[str, list[tuple[str, float]]](list)
    for link in running(data[LINKS[mode]]):
        paces = [pace.get(lands.get(link[end], ""), pace.get("*", math.nan)) for end in "ab"]
        hours = link.number("km") * sum(paces) / 2
        if hours >= 0:
            found[link["a"]].append((link["b"], hours))
            found[link["b"]].append((link["a"], hours))
    return found


def check_days(data: Data) -> Outcome:
    """The days named are as many as the departures in a week, unless days are not fixed."""
    return over(
        data[TIMETABLE],
        lambda row: first(
            (
                row["weekdays"] != NO_DAYS and row.number("departures_per_week") != count_days(row["weekdays"]),
                f"{row['weekdays']} is not {row['departures_per_week']} departures a week.",
            )
        ),
    )


def count_days(text: str) -> int:
    """Return the number of days in a week, 0 for a text that names none.

    >>> count_days("daily"), count_days("Mon-Fri"), count_days("Tue,Thu,Sat"), count_days("often")
    (7, 5, 3, 0)
    """
    if text == "daily":
        return 7
    ends = text.split("-")
    if len(ends) == 2 and set(ends) <= set(WEEKDAYS):
        return WEEKDAYS.index(ends[1]) - WEEKDAYS.index(ends[0]) + 1
    days = text.split(",")
    return len(days) if len(set(days) & set(WEEKDAYS)) == len(days) else 0
