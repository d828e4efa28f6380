"""What pages show, made ready in the reader's language: facets, who acts, dates, marks. No database here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from serai.kernel.countries import STATES, name_party, sort_parties
from serai.kernel.dates import PartialDate
from serai.kernel.languages import CHINESE, format_date
from serai.register.index import NO_INDICATOR, UNNAMED
from serai.register.labels import definition, label
from serai.register.models import Entry, Event
from serai.register.vocabulary import UNNAMED_SCOPES


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
    dash = " 至 " if language == CHINESE else " – "
    return format_date(first, language) + dash + format_date(PartialDate.parse(end), language)


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
