"""What pages show, made ready in the reader's language: facets, who acts, dates, marks. No database here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from serai.kernel.countries import STATES, name_party, sort_parties
from serai.kernel.dates import PartialDate
from serai.kernel.languages import format_date
from serai.register.codes import SECTION_ORDER
from serai.register.index import NO_DUE, NO_INDICATOR, UNNAMED
from serai.register.labels import definition, keys, label
from serai.register.models import Entry, Event
from serai.register.states import RULE_OF, RULES, State
from serai.register.vocabulary import UNNAMED_SCOPES, Act, Kind, Outcome

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


def actor_label(value: str, language: str) -> str:
    if value == "all":
        return _("All six states")
    if value == UNNAMED:
        return _("Participants not named in the text")
    return name_party(value, language)


def indicator_label(value: str) -> str:
    labels = {
        "platform": _("From this platform"),
        "public": _("Public statistics"),
        "declared": _("Entered by a ministry or body"),
        NO_INDICATOR: _("None called for"),
    }
    return labels[value]


def section_label(section: str, language: str) -> str:
    """Return a section's number and name; the opening and the signatures have no number."""
    name = label("sections", section, language)
    return name if section in {"0", "S"} else f"{section} {name}"


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
            for value, count in _ordered(name, counts.get(name, {}), language)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Actors:
    """Who is bound by an entry, in words."""

    phrase: str
    states: str
    caution: str


def actors_of(entry: Entry, language: str) -> Actors:
    """Say who acts. A subset that the text does not name is never shown as the six."""
    scope = label("scopes", entry.scope, language)
    if entry.scope in UNNAMED_SCOPES:
        return Actors(
            phrase=_("Participants not named in the text"),
            states="",
            caution=_("The text says “%(scope)s” without naming them. This is not a commitment of all six states.")
            % {"scope": scope},
        )
    joint = "、" if language == "zh-hans" else ", "
    if entry.actors == ["all"]:
        states = joint.join(name_party(code, language) for code in sort_parties(STATES, language))
        return Actors(phrase=_("All six states"), states=states, caution="")
    names = joint.join(name_party(code, language) for code in sort_parties(entry.actors, language))
    caution = "" if entry.scope == "named" else definition("scopes", entry.scope, language)
    return Actors(phrase=names, states="", caution=caution)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One row of the tally: a section and a mark for each of its entries, as SVG paths by kind of source."""

    section: str
    number: str
    name: str
    count: int
    width: int
    paths: Mapping[str, str]


_STEP: Final = 16
_SHAPES: Final = {
    "platform": "M{x} 0h13v13h-13z",
    "declared": "M{x1} 1h11v11h-11z",
    "public": "M{x} 13l6.5-13 6.5 13z",
    NO_INDICATOR: "M{x4}.5 4.5h4v4h-4z",
}


def tally(sections: Sequence[str], source_kinds: Sequence[str], language: str) -> list[Mark]:
    """Return one row a section, one mark an entry."""
    by_section: dict[str, list[str]] = {}
    for section, source_kind in zip(sections, source_kinds, strict=True):
        by_section.setdefault(section, []).append(source_kind)
    widest = max((len(kinds) for kinds in by_section.values()), default=1)
    return [
        Mark(
            section=section,
            number="–" if section in {"0", "S"} else section,
            name=label("sections", section, language),
            count=len(kinds),
            width=widest * _STEP - 3,
            paths=_paths(kinds),
        )
        for section, kinds in by_section.items()
    ]


def _paths(kinds: Iterable[str]) -> dict[str, str]:
    paths: dict[str, str] = {}
    for place, kind in enumerate(kinds):
        x = place * _STEP
        paths[kind] = paths.get(kind, "") + _SHAPES[kind].format(x=x, x1=x + 1, x4=x + 4)
    return {"none" if kind == NO_INDICATOR else kind: path for kind, path in paths.items()}


def span_of(start: str, end: str | None, language: str) -> str:
    """Write a span of dates: `29–31 May 2025` is written out as two dates, which no language misreads."""
    first = PartialDate.parse(start)
    if not end or end == start:
        return format_date(first, language)
    if end in {"open", "recurring"}:
        since = _("from %(date)s") % {"date": format_date(first, language)}
        return since if end == "open" else _("%(since)s, recurring") % {"since": since}
    return f"{format_date(first, language)} – {format_date(PartialDate.parse(end), language)}"


def in_window(event: Event, start: date, end: date) -> bool:
    """Whether an event may fall between two days, as inexact as its date is."""
    first, last = PartialDate.parse(event.start).first_day, PartialDate.parse(event.end or event.start).last_day
    return first <= end and last >= start


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One part of the bar of relations, in thousandths of its width."""

    relation: str
    count: int
    x: float
    width: float
    css: str


_RELATION_CSS: Final = {
    "new": "f-3",
    "repeated": "f-1",
    "concretised": "f-4",
    "strengthened": "f-2",
    "weakened": "f-ink",
    "undetermined": "f-none",
}


def relation_bar(counts: Mapping[str, int]) -> list[Bar]:
    """Return the parts of the bar, each with a gap of two thousandths behind it."""
    total = sum(counts.values()) or 1
    bars, x = [], 0.0
    for relation, css in _RELATION_CSS.items():
        count = counts.get(relation, 0)
        width = count * 1000 / total
        bars.append(Bar(relation=relation, count=count, x=round(x, 1), width=round(max(0.0, width - 2), 1), css=css))
        x += width
    return bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One mark of an entry's timeline."""

    day: date
    when: str
    title: str
    text: str = ""
    source: Mapping[str, str] | None = None
    css: str = ""


def timeline_of(entry: Entry, *, state: State, today: date, language: str) -> list[Moment]:
    """Return what happened to an entry and what is ahead, in order of time; today stands between them."""
    adopted = entry.declaration.adopted
    moments = [
        Moment(
            day=adopted,
            when=format_date(adopted, language),
            title=_("Declared in Astana"),
            text=entry.declaration.text("title", language),
        )
    ]
    moments += [_dated(dated, today, language) for dated in entry.dates]
    for event in entry.events.all():
        moments += _event_moments(event, language)
    moments.append(Moment(day=today, when=format_date(today, language), title=_(RULE_OF[state].label), css="is-now"))
    if state is State.DATE_AHEAD and entry.due:
        last = PartialDate.parse(entry.due).last_day
        text = _("The text gives a year or a month; the last day of it counts.")
        moments.append(
            Moment(
                day=last,
                when=format_date(last, language),
                title=_("Last day of the stated date"),
                text=text,
                css="is-next",
            )
        )
    return sorted(moments, key=lambda moment: moment.day)


def _dated(dated: Mapping[str, Any], today: date, language: str) -> Moment:
    first = PartialDate.parse(dated["start"])
    when = span_of(dated["start"], dated["end"], language)
    what = dated["what"].get(language) or dated["what"]["en"]
    role = label("date_roles", dated["role"], language)
    return Moment(
        day=first.first_day,
        when=when if first.is_day or dated["end"] else f"{when} · {_('day not stated')}",
        title=what[:1].upper() + what[1:],
        text=f"{role[:1].upper()}{role[1:]} · {_('date of the Declaration')}",
        css="is-next" if first.first_day > today else "",
    )


def _event_moments(event: Event, language: str) -> list[Moment]:
    name = event.text("name", language)
    moments = []
    if event.outcome:
        is_held = event.outcome["result"] == Outcome.HELD
        title = _("Held: %(name)s") if is_held else _("Reported not held: %(name)s")
        moments.append(_sourced(event.outcome, title % {"name": name}, language))
    if event.announced:
        title = _("Dates announced elsewhere: %(name)s") % {"name": name}
        text = _("An announcement, not evidence that it took place.")
        moments.append(_sourced(event.announced, title, language, text=text, css="is-next"))
    return moments


def _sourced(item: Mapping[str, Any], title: str, language: str, *, text: str = "", css: str = "") -> Moment:
    return Moment(
        day=PartialDate.parse(item["start"]).first_day,
        when=span_of(item["start"], item["end"], language),
        title=title,
        text=text,
        source=item["source"],
        css=css,
    )
