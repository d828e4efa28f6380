"""The filters of the list as a page shows them: labels, counts, and what takes a filter off."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from serai.kernel.countries import STATES, sort_parties
from serai.register.codes import SECTION_ORDER
from serai.register.index import NO_DUE, NO_INDICATOR, UNNAMED
from serai.register.labels import keys, label
from serai.register.present import actor_label, indicator_label, section_label
from serai.register.states import RULE_OF, RULES, State
from serai.register.vocabulary import Act, Kind

_OPEN_FACETS: Final = ("topic", "act", "strength", "state", "actor", "indicator", "system")
_SHOWN_VALUES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetGroup:
    """One facet of the list: the values to tick, the commonest first where there are many."""

    name: str
    label: str
    shown: Sequence[FacetValue]
    more: Sequence[FacetValue]
    more_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenFilter:
    """A filter in force, and the query without it."""

    label: str
    query: str


def facet_title(name: str) -> str:
    titles = {
        "topic": _("Topic"),
        "act": _("Act"),
        "strength": _("Strength"),
        "state": _("Where it stands"),
        "actor": _("Who"),
        "indicator": _("Indicator"),
        "system": _("System"),
        "kind": _("Kind"),
        "section": _("Section"),
        "body": _("Body"),
        "due": _("Due"),
    }
    return titles[name]


def value_label(facet: str, value: str, language: str, bodies: Mapping[str, str]) -> str:
    """Return what a value of a facet is called."""
    makers: dict[str, Callable[[], str]] = {
        "strength": lambda: _("%(n)s of 5") % {"n": value},
        "state": lambda: _(RULE_OF[State(value)].label),
        "actor": lambda: actor_label(value, language),
        "indicator": lambda: indicator_label(value),
        "body": lambda: bodies.get(value, value),
        "due": lambda: _("No date stated") if value == NO_DUE else value,
        "section": lambda: section_label(value, language),
    }
    found = makers[facet]() if facet in makers else label(f"{facet}s", value, language)
    return found[:1].upper() + found[1:]


def group_facets(
    counts: Mapping[str, Mapping[str, int]],
    choice: Mapping[str, Sequence[str]],
    language: str,
    bodies: Mapping[str, str],
) -> list[FacetGroup]:
    """Return the facets in the order of the page. A value that would find nothing is left out unless chosen."""
    groups = []
    for name in (*_OPEN_FACETS, "kind", "section", "body", "due"):
        chosen = choice.get(name, ())
        values = [
            FacetValue(
                value=value, label=value_label(name, value, language, bodies), count=count, chosen=value in chosen
            )
            for value, count in _ordered(name, {**dict.fromkeys(chosen, 0), **counts.get(name, {})}, language)
            if count or value in chosen
        ]
        shown, more = _split(values)
        more_label = _("All %(n)s") % {"n": len(values)}
        groups.append(FacetGroup(name=name, label=facet_title(name), shown=shown, more=more, more_label=more_label))
    return groups


def _split(values: list[FacetValue]) -> tuple[list[FacetValue], list[FacetValue]]:
    if len(values) <= _SHOWN_VALUES + 2:
        return values, []
    ranked = sorted(values, key=lambda value: (not value.chosen, -value.count))
    first = ranked[: max(_SHOWN_VALUES, sum(value.chosen for value in values))]
    return first, [value for value in values if value not in first]


def _ordered(name: str, counts: Mapping[str, int], language: str) -> list[tuple[str, int]]:
    if name == "strength":
        order = sorted(counts, reverse=True)
    elif name == "state":
        order = [rule.state for rule in RULES]
    elif name == "actor":
        order = ["all", UNNAMED, *sort_parties([*STATES, "SEC"], language)]
    elif name == "act":
        order = list(Act)
    elif name == "kind":
        order = list(Kind)
    elif name == "section":
        order = sorted(counts, key=lambda section: SECTION_ORDER[section])
    elif name == "indicator":
        order = ["platform", "declared", "public", NO_INDICATOR]
    elif name == "due":
        order = sorted(counts)
    elif name in {"topic", "system"}:
        order = keys(f"{name}s")
    else:
        order = list(counts)
    return [(value, counts[value]) for value in order if value in counts]


def chosen_filters(
    choice: Mapping[str, Sequence[str]], query: QueryDict, language: str, bodies: Mapping[str, str]
) -> list[ChosenFilter]:
    """Return the filters in force, each with the query string that takes it off."""
    filters = []
    for facet, values in choice.items():
        for value in values:
            rest = query.copy()
            rest.pop("page", None)
            rest.setlist(facet, [other for other in rest.getlist(facet) if other != value])
            name = f"{facet_title(facet)}: {value_label(facet, value, language, bodies)}"
            filters.append(ChosenFilter(label=name, query=rest.urlencode()))
    return filters
