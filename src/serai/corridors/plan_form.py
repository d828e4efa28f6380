"""The form of the planner: what its address asks for, and its lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from serai.corridors import plan_words as words
from serai.corridors.countries import name_country, sort_countries
from serai.corridors.naming import crossing_name
from serai.corridors.network import Mode, Network

LISTS: Final = {
    "via": "via", "avoid_country": "avoid_countries", "avoid_place": "avoid_places", "avoid_mode": "avoid_modes",
    "avoid_crossing": "avoid_crossings", "scenario": "scenarios",
}  # fmt: skip
FIELDS: Final = {
    "from": "origin", "to": "destination", "load": "load", "cargo_t": "cargo_t", "hs_chapter": "hs_chapter", "ready": "ready",
    "window_days": "window_days", "arrive_by": "arrive_by",
}  # fmt: skip
_MOST: Final = 60  # values of one list that are read


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    value: str
    name: str
    is_chosen: bool


def asked_fields(query: QueryDict) -> dict[str, Any]:
    """Return what an address asks for, by the names of `asking.Asked`; empty fields are left out."""
    found: dict[str, Any] = {field: query.get(name, "").strip()[:200] for name, field in FIELDS.items()}
    found = {field: value for field, value in found.items() if value or field in {"origin", "destination"}}
    lists = {field: [one[:120] for one in query.getlist(name)[:_MOST] if one.strip()] for name, field in LISTS.items()}
    return found | lists


def is_asked(query: QueryDict) -> bool:
    return bool(query.get("from", "").strip() and query.get("to", "").strip())


def make_form(network: Network, query: QueryDict, language: str) -> Mapping[str, Any]:
    """Return the form's values and lists, as they were asked."""
    chosen = {name: {one for one in query.getlist(name) if one.strip()} for name in LISTS}
    countries = sort_countries({place.country for place in network.places.values()}, language)
    return {
        "values": {name: query.get(name, "")[:200] for name in FIELDS},
        "loads": [
            Option(
                value=one.id, name=words.name_load(one.id, one.name), is_chosen=query.get("load", "c40dry") == one.id
            )
            for one in network.loads.values()
        ],
        "modes": [
            Option(value=mode, name=words.name_mode(mode), is_chosen=mode in chosen["avoid_mode"])
            for mode in (Mode.RAIL, Mode.ROAD, Mode.SEA, Mode.FERRY)
        ],
        "countries": [
            Option(value=code, name=name_country(code, language), is_chosen=code in chosen["avoid_country"])
            for code in countries
        ],
        "crossings": [
            Option(
                value=one,
                name=f"{crossing_name(network, one, language)} ({words.name_mode(network.crossings[one].mode)})",
                is_chosen=True,
            )
            for one in sorted(chosen["avoid_crossing"] & network.crossings.keys())
        ],
        "all_crossings": _crossings(network, language),
        "vias": sorted(chosen["via"]),
        "avoid_places": sorted(chosen["avoid_place"]),
        "takes_planned": "planned" in chosen["scenario"],
        "has_more": any(chosen.values())
        or any(query.get(name) for name in ("cargo_t", "hs_chapter", "window_days", "arrive_by")),
        "names": _names(network, language),
    }


def _crossings(network: Network, language: str) -> Sequence[Option]:
    options = [
        Option(
            value=one.id,
            name=f"{crossing_name(network, one.id, language)} ({words.name_mode(one.mode)})",
            is_chosen=False,
        )
        for one in network.crossings.values()
    ]
    return sorted(
        options,
        key=lambda option: option.name.encode("gb18030") if language == "zh-hans" else option.name.casefold().encode(),
    )


def _names(network: Network, language: str) -> list[str]:
    """Return the names that the fields of places offer."""
    return sorted({place.name(language) for place in network.places.values()})
