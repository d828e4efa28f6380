"""The form of the planner: what its address asks for, its fields with what is wrong at each, and its lists."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from serai.corridors import plan_words as words
from serai.corridors.countries import name_country, sort_countries
from serai.corridors.enquiry import MOST_VIAS
from serai.corridors.network import Mode, Network
from serai.corridors.plan_faults import DEFAULT_LOAD, Fault
from serai.corridors.planned import SCENARIO

LISTS: Final = {
    "via": "via", "avoid_country": "avoid_countries", "avoid_place": "avoid_places", "avoid_mode": "avoid_modes",
    "avoid_crossing": "avoid_crossings", "scenario": "scenarios",
}  # fmt: skip
FIELDS: Final = {
    "from": "origin", "to": "destination", "load": "load", "cargo_t": "cargo_t", "hs_chapter": "hs_chapter", "ready": "ready",
    "window_days": "window_days", "arrive_by": "arrive_by",
}  # fmt: skip
_MOST: Final = 60  # values of one list that are read
_MORE: Final = ("cargo_t", "hs_chapter", "window_days", "arrive_by", "via")
_AVOID: Final = ("avoid_mode", "avoid_country", "avoid_crossing", "avoid_place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One input. `kind` is place, moment, whole or decimal; `key` its id, as a name may be there several times."""

    name: str
    key: str
    label: str
    value: str
    kind: str
    longest: int = 100
    is_needed: bool = False
    fault: Fault | None = None


def asked_fields(query: QueryDict) -> dict[str, Any]:
    """Return what an address asks for, by the names of `asking.Asked`; empty fields are left out."""
    found: dict[str, Any] = {field: query.get(name, "").strip()[:200] for name, field in FIELDS.items()}
    found = {field: value for field, value in found.items() if value or field in {"origin", "destination"}}
    lists = {field: [one[:120] for one in query.getlist(name)[:_MOST] if one.strip()] for name, field in LISTS.items()}
    return found | lists


def missing_end(query: QueryDict) -> Fault | None:
    """Return what is wrong when something is asked, and an end of the way is not told."""
    lacking = [name for name in ("from", "to") if not query.get(name, "").strip()]
    return Fault(field=lacking[0], sentence=_("Say from where and to where.")) if lacking and query else None


def make_form(network: Network, query: QueryDict, language: str, fault: Fault | None = None) -> Mapping[str, Any]:
    """Return the fields and lists as they were asked."""
    chosen = {name: [one for one in query.getlist(name) if one.strip()] for name in LISTS}
    at = fault.field if fault else ""
    return {
        "ends": [
            _field(query, "from", _("From"), "place", fault, is_needed=True),
            _field(query, "to", _("To"), "place", fault, is_needed=True),
        ],
        "ready": _field(query, "ready", _("Ready from (local time)"), "moment", fault),
        "more": [
            _field(query, "cargo_t", _("Tonnes"), "decimal", fault, longest=8),
            _field(query, "hs_chapter", _("HS chapter"), "whole", fault, longest=2),
            _field(query, "window_days", _("Days more to hand over"), "whole", fault, longest=2),
            _field(query, "arrive_by", _("Arrive by (local time)"), "moment", fault),
            *_several("via", _("Pass through"), chosen["via"], MOST_VIAS, fault),
        ],
        "avoid_places": list(_several("avoid_place", _("Avoid a place"), chosen["avoid_place"], _MOST, fault)),
        "loads": [
            Option(
                value=one.id,
                name=words.name_load(one.id, one.name),
                is_chosen=query.get("load", DEFAULT_LOAD) == one.id,
            )
            for one in network.loads.values()
        ],
        "modes": [
            Option(value=mode, name=words.name_mode(mode), is_chosen=mode in chosen["avoid_mode"])
            for mode in (Mode.RAIL, Mode.ROAD, Mode.SEA, Mode.FERRY)
        ],
        "countries": [
            Option(value=code, name=name_country(code, language), is_chosen=code in chosen["avoid_country"])
            for code in sort_countries({place.country for place in network.places.values()}, language)
        ],
        "crossings": [
            Option(value=one, name=words.name_crossing(network, one, language), is_chosen=True)
            for one in chosen["avoid_crossing"]
            if one in network.crossings
        ],
        "all_crossings": _crossings(network, language),
        "takes_planned": SCENARIO in chosen["scenario"],
        "has_more": at in _MORE or any(query.get(name, "").strip() for name in _MORE),
        "has_avoid": at in _AVOID or any(chosen[name] for name in (*_AVOID, "scenario")),
        "names": sorted({place.name(language) for place in network.places.values()}),
        "fault": fault,
    }


def _field(
    query: QueryDict,
    name: str,
    label: str,
    kind: str,
    fault: Fault | None,
    *,
    longest: int = 100,
    is_needed: bool = False,
) -> Field:
    return Field(
        name=name,
        key=name,
        label=label,
        value=query.get(name, "")[:200],
        kind=kind,
        longest=longest,
        is_needed=is_needed,
        fault=fault if fault and fault.field == name else None,
    )


def _several(name: str, label: str, values: Sequence[str], most: int, fault: Fault | None) -> Iterator[Field]:
    """Give an input for each value, and an empty one while there may be more. What is wrong stands at the first."""
    given = [*values, ""] if len(values) < most else values[: most + 1]
    for number, value in enumerate(given, start=1):
        yield Field(
            name=name,
            key=name if number == 1 else f"{name}-{number}",
            label=label if number == 1 else _("%(label)s, %(n)s") % {"label": label, "n": number},
            value=value[:120],
            kind="place",
            fault=fault if fault and fault.field == name and number == 1 else None,
        )


def _crossings(network: Network, language: str) -> Sequence[Option]:
    options = [
        Option(value=one, name=words.name_crossing(network, one, language), is_chosen=False)
        for one in network.crossings
    ]
    return sorted(options, key=lambda option: words.alphabetical(option.name, language))
