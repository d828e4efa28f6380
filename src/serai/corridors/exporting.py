"""An answer to take away: GeoJSON of the ways, and a calendar of one. The table of legs is in `telling.py`. Pure."""

import json
from collections.abc import Sequence
from typing import Any

from serai.corridors.calendar import moment_of
from serai.corridors.geometry import path_of
from serai.corridors.itinerary import MOVING
from serai.corridors.legs import Kind, Leg
from serai.corridors.network import Network
from serai.corridors.planning import Answer
from serai.corridors.telling import leg_data, letter_of

ATTRIBUTION = "Lines © OpenStreetMap contributors, ODbL 1.0"


def to_geojson(answer: Answer, *, realm: str) -> bytes:
    """Return all ways, a feature for each leg that moves and each border (RFC 7946)."""
    features = [
        _feature(answer.network, letter_of(number), leg)
        for number, one in enumerate(answer.itineraries)
        for leg in one.legs
        if leg.kind in MOVING or leg.kind is Kind.BORDER
    ]
    found = {"type": "FeatureCollection", "attribution": ATTRIBUTION, "realm": realm, "features": features}
    return json.dumps(found, ensure_ascii=False).encode()


def _feature(network: Network, way: str, leg: Leg) -> dict[str, Any]:
    data = leg_data(network, leg)
    properties = {name: data[name] for name in data if name not in {"rests", "passed", "borders"}}
    if leg.kind is Kind.BORDER:
        crossing = network.crossings[leg.crossing]
        geometry: dict[str, Any] = {"type": "Point", "coordinates": [crossing.lon, crossing.lat]}
    else:
        lines = [[[round(x, 4), round(y, 4)] for x, y in line] for line in path_of(network, leg)]
        geometry = {"type": "MultiLineString", "coordinates": lines}
    return {"type": "Feature", "properties": {"way": way} | properties, "geometry": geometry}


def to_calendar(answer: Answer, number: int, title: str, told: Sequence[str]) -> bytes:
    """Return one way as a calendar, an event for each leg (RFC 5545), each under what is told of it."""
    from icalendar import Calendar, Event

    one = answer.itineraries[number]
    calendar = Calendar()
    calendar.add("prodid", "-//Serai//corridors//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    for at, leg in enumerate(one.legs):
        event = Event()
        event.add("uid", f"{answer.enquiry.origin}-{answer.enquiry.destination}-{one.departs}-{number}-{at}@serai")
        event.add("summary", told[at])
        event.add("dtstamp", moment_of(one.departs))
        event.add("dtstart", moment_of(leg.starts))
        event.add("dtend", moment_of(leg.ends))
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
