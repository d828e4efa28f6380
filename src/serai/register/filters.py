"""The filters of the list as a page shows them: labels, counts, and what takes a filter off."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from serai.kernel.countries import STATES, sort_parties
from serai.kernel.languages import format_number
from serai.register.choices import defined_values
from serai.register.codes import SECTION_ORDER
from serai.register.index import NO_DUE, NO_INDICATOR, UNNAMED, get_index
from serai.register.labels import label
from serai.register.present import actor_label, indicator_label, section_label
from serai.register.states import RULE_OF, RULES, State

_OPEN_FACETS: Final = ("topic", "act", "strength", "state", "actor", "indicator", "system")
_SHOWN_VALUES: Final = 6


@dataclass(frozen=True, slots=True)
class FacetLabel:
    """What does not change between requests of a value's box: escaped once, since a page has a hundred of them."""

    before: str
    after: str

    @classmethod
    def make(cls, facet: str, value: str, text: str) -> "FacetLabel":
        before = format_html('<label class="facet"><input type="checkbox" name="{}" value="{}"', facet, value)
        after = format_html('><span>{}</span><span class="num">', text)
        return cls(before, after)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One box to tick, with how many entries it would show."""

    value: str
    label: FacetLabel
    count: int
    shown_count: str
    chosen: bool

    def __str__(self) -> SafeString:
        """Return the box as HTML: a template shows a value through `str`, which keeps what is safe."""
        checked = " checked" if self.chosen else ""
        return SafeString(f"{self.label.before}{checked}{self.label.after}{self.shown_count}</span></label>")


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


def value_label(facet: str, value: str, language: str) -> str:
    """Return what a value of a facet is called."""
    makers: dict[str, Callable[[], str]] = {
        "strength": lambda: _("%(n)s of 5") % {"n": value},
        "state": lambda: _(RULE_OF[State(value)].label),
        "actor": lambda: actor_label(value, language),
        "indicator": lambda: indicator_label(value),
        "body": lambda: get_index().body_names[language].get(value, value),
        "due": lambda: _("No date stated") if value == NO_DUE else value,
        "section": lambda: section_label(value, language),
    }
    found = makers[facet]() if facet in makers else label(f"{facet}s", value, language)
    return found[:1].upper() + found[1:]


@lru_cache(maxsize=256)
def _labels(facet: str, language: str, _revision: int) -> dict[str, FacetLabel]:
    """Return value → label in the order of the page; kept until the register changes."""
    values = {*get_index().facets.bits.get(facet, {}), *defined_values(facet)}
    return {
        value: FacetLabel.make(facet, value, value_label(facet, value, language))
        for value in _ordered(facet, values, language)
    }


def group_facets(
    counts: Mapping[str, Mapping[str, int]], choice: Mapping[str, Sequence[str]], language: str
) -> list[FacetGroup]:
    """Return the facets in the order of the page. A value that would find nothing is left out unless chosen."""
    groups = []
    revision = get_index().revision
    for name in (*_OPEN_FACETS, "kind", "section", "body", "due"):
        chosen, found = choice.get(name, ()), counts.get(name, {})
        labels = _labels(name, language, revision)
        labels = labels | {value: FacetLabel.make(name, value, value) for value in chosen if value not in labels}
        values = [
            FacetValue(value, text, count, format_number(count, language), value in chosen)
            for value, text in labels.items()
            if (count := found.get(value, 0)) or value in chosen
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


def _ordered(name: str, values: Iterable[str], language: str) -> list[str]:
    """Put the values of a facet in the order of the page."""
    orders: dict[str, Sequence[str]] = {
        "state": [rule.state for rule in RULES],
        "actor": ["all", UNNAMED, *sort_parties([*STATES, "SEC"], language)],
        "indicator": ["platform", "declared", "public", NO_INDICATOR],
        "section": list(SECTION_ORDER),
        "body": list(get_index().body_names[language]),
    }
    if name == "strength":
        return sorted(values, reverse=True)
    order = orders.get(name) or defined_values(name)
    return sorted(values, key=lambda value: (order.index(value) if value in order else len(order), value))


def chosen_filters(choice: Mapping[str, Sequence[str]], query: QueryDict, language: str) -> list[ChosenFilter]:
    """Return the filters in force, each with the query string that takes it off."""
    filters = []
    for facet, values in choice.items():
        for value in values:
            rest = query.copy()
            rest.pop("page", None)
            rest.setlist(facet, [other for other in rest.getlist(facet) if other != value])
            name = f"{facet_title(facet)}: {value_label(facet, value, language)}"
            filters.append(ChosenFilter(label=name, query=rest.urlencode()))
    return filters
