"""The address of a question: what was understood, written so that the same address gives the same answer tomorrow.

The page's links are made from the enquiry and not from what was typed, so that a limit is found again however it was written.
"""

from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from serai.corridors.calendar import zone_of
from serai.corridors.enquiry import Enquiry
from serai.corridors.errors import UnknownPlace
from serai.corridors.finding import find_place
from serai.corridors.network import Mode, Network

_GROUPS: Final = {
    "avoid_country": "countries",
    "avoid_place": "places",
    "avoid_mode": "modes",
    "avoid_crossing": "crossings",
}


def write_place(network: Network, place: str, language: str) -> str:
    """Return how a place is written in the form: its name in the reader's language where that is of no other, else its id."""
    name = network.places[place].name(language)
    try:
        return name if find_place(network, name).id == place else place
    except UnknownPlace:
        return place


def query_of(network: Network, enquiry: Enquiry, language: str, **more: str) -> str:
    """Return the query of an enquiry, its day included; `more` is added to it."""
    load, places = enquiry.consignment.load, network.places
    pairs = [
        ("from", write_place(network, enquiry.origin, language)),
        ("to", write_place(network, enquiry.destination, language)),
        ("load", load.id),
    ]
    if enquiry.consignment.cargo_t != load.cargo_t:
        pairs.append(("cargo_t", f"{enquiry.consignment.cargo_t:g}"))
    if enquiry.consignment.hs_chapter:
        pairs.append(("hs_chapter", enquiry.consignment.hs_chapter))
    ready = enquiry.ready.astimezone(zone_of(places[enquiry.origin].country))
    pairs.append(("ready", f"{ready:%Y-%m-%dT%H:%M}"))
    if enquiry.window_days is not None:
        pairs.append(("window_days", str(enquiry.window_days)))
    if enquiry.arrive_by:
        latest = enquiry.arrive_by.astimezone(zone_of(places[enquiry.destination].country))
        pairs.append(("arrive_by", f"{latest:%Y-%m-%dT%H:%M}"))
    return urlencode([*pairs, *_limits(network, enquiry, language), *more.items()])


def _limits(network: Network, enquiry: Enquiry, language: str) -> list[tuple[str, str]]:
    pairs = []
    for via in enquiry.via:
        kind, _colon, name = via.partition(":")
        pairs.append(("via", write_place(network, name, language) if kind == "place" else via))
    for field, group in _GROUPS.items():
        named = sorted(getattr(enquiry.limits, group))
        if field == "avoid_mode" and Mode.FERRY in named:
            named = [one for one in named if one != Mode.RAIL_FERRY]
        pairs += [(field, write_place(network, one, language) if group == "places" else one) for one in named]
    return [*pairs, *(("scenario", one) for one in sorted(enquiry.limits.scenarios))]


def avoiding(enquiry: Enquiry, crossing: str) -> Enquiry:
    """Return the enquiry with one more crossing to be avoided: what if it closes."""
    limits = replace(enquiry.limits, crossings=enquiry.limits.crossings | {crossing})
    return replace(enquiry, limits=limits)


def without(enquiry: Enquiry, constraint: str) -> Enquiry:
    """Return the enquiry less one of its constraints; those by ferry go together, as they came."""
    if constraint == "scenario":
        return replace(enquiry, limits=replace(enquiry.limits, scenarios=frozenset()))
    if constraint == f"mode:{Mode.FERRY}" and Mode.RAIL_FERRY in enquiry.limits.modes:
        enquiry = enquiry.without(f"mode:{Mode.RAIL_FERRY}")
    return enquiry.without(constraint)
