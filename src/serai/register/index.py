"""The register's list in memory: facets as bits, built from the tables once per revision and day.

A reader asks the database for one number, the context's revision; only when that or the day has changed is the index
built again. So every process of a node sees a change with its next request.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Model

from serai.kernel import clock, fulltext
from serai.kernel.dates import PartialDate
from serai.kernel.languages import LANGUAGES
from serai.kernel.revision import get_revision
from serai.register.documents import SEARCH_INDEX
from serai.register.facets import FacetIndex
from serai.register.followup.queries import is_measured, measured_entries
from serai.register.models import Body, Entry, Event
from serai.register.revisions import REGISTER
from serai.register.states import Facts, State, decide_state
from serai.register.vocabulary import UNNAMED_SCOPES, Kind, Outcome

FACETS: Final = ("topic", "act", "strength", "state", "actor", "indicator", "system", "kind", "section", "body", "due")
NO_DUE: Final = "none"
UNNAMED: Final = "unnamed"
NO_INDICATOR: Final = "none"


@dataclass(frozen=True, slots=True)
class EntryIndex:
    """What a list needs of every entry without asking the database; arrays are in the order of the declaration."""

    revision: int
    day: date
    facets: FacetIndex
    keys: tuple[int, ...]
    codes: tuple[str, ...]
    strengths: tuple[int, ...]
    dues: tuple[str, ...]
    states: tuple[State, ...]
    sections: tuple[str, ...]
    source_kinds: tuple[str, ...]
    vocabulary: tuple[tuple[str, int], ...]
    words: frozenset[str]
    body_names: Mapping[str, Mapping[str, str]]  # language → body → name


_lock = threading.Lock()
_latest: EntryIndex | None = None


def get_index() -> EntryIndex:
    """Return the index as of now."""
    global _latest
    revision, day = get_revision(REGISTER), clock.today()
    index = _latest
    if index is None or (index.revision, index.day) != (revision, day):
        with _lock:
            index = _latest
            if index is None or (index.revision, index.day) != (revision, day):
                index = _latest = _build(revision, day)
    return index


def forget_index() -> None:
    """Drop the index, for tests that roll the database back."""
    global _latest
    _latest = None


def facts_of(entry: Entry) -> Facts:
    """Return all that the state of an entry depends on; `events` and `indicator` should be prefetched."""
    return _make_facts(
        kind=entry.kind,
        strength=entry.strength,
        has_indicator=hasattr(entry, "indicator"),
        is_measured=is_measured(entry.pk),
        due=entry.due,
        events=list(entry.events.all()),
    )


def _make_facts(
    *, kind: str, strength: int, has_indicator: bool, is_measured: bool, due: str, events: Sequence[Event]
) -> Facts:
    return Facts(
        kind=Kind(kind),
        strength=strength,
        has_indicator=has_indicator,
        is_measured=is_measured,
        due=PartialDate.parse(due) if due else None,
        event_ends=tuple(PartialDate.parse(event.end or event.start) for event in events),
        outcomes=tuple(Outcome(event.outcome["result"]) if event.outcome else None for event in events),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What the index needs of one entry."""

    key: int
    code: str
    strength: int
    due: str
    state: State
    section: str
    source_kind: str
    facets: dict[str, list[str]]


_COLUMNS: Final = ("pk", "code", "kind", "strength", "due", "section", "act", "scope", "system", "topics", "actors")


def _build(revision: int, day: date) -> EntryIndex:
    rows = _read_rows(day)
    bodies = list(Body.objects.order_by("position"))
    vocabulary = fulltext.read_vocabulary(SEARCH_INDEX)
    return EntryIndex(
        revision=revision,
        day=day,
        facets=FacetIndex.build(row.facets for row in rows),
        keys=tuple(row.key for row in rows),
        codes=tuple(row.code for row in rows),
        strengths=tuple(row.strength for row in rows),
        dues=tuple(row.due for row in rows),
        states=tuple(row.state for row in rows),
        sections=tuple(row.section for row in rows),
        source_kinds=tuple(row.source_kind for row in rows),
        vocabulary=tuple(vocabulary.items()),
        words=frozenset(vocabulary),
        body_names={language: {body.pk: body.text("name", language) for body in bodies} for language in LANGUAGES},
    )


def _read_rows(day: date) -> list[_Row]:
    """Read the entries as plain values: making a model object of each would cost most of the build."""
    events = {event.pk: event for event in Event.objects.defer("texts")}
    events_of, bodies_of = _read_links(Entry.events.through, "event_id"), _read_links(Entry.bodies.through, "body_id")
    measured = measured_entries()
    return [
        _make_row(
            values,
            events=[events[key] for key in events_of.get(values["pk"], ())],
            bodies=bodies_of.get(values["pk"], []),
            is_measured=values["pk"] in measured,
            day=day,
        )
        for values in Entry.objects.order_by("position").values(*_COLUMNS, "indicator__source_kind")
    ]


def _read_links(table: type[Model], other: str) -> dict[int, list[str]]:
    """Return entry → the keys that it is linked to."""
    links: dict[int, list[str]] = {}
    for entry, key in table._default_manager.values_list("entry_id", other).order_by("entry_id", other):
        links.setdefault(entry, []).append(key)
    return links


def _make_row(
    values: Mapping[str, Any], *, events: Sequence[Event], bodies: list[str], is_measured: bool, day: date
) -> _Row:
    source_kind = values["indicator__source_kind"] or NO_INDICATOR
    facts = _make_facts(
        kind=values["kind"],
        strength=values["strength"],
        has_indicator=source_kind != NO_INDICATOR,
        is_measured=is_measured,
        due=values["due"],
        events=events,
    )
    state = decide_state(facts, today=day)
    facets = {
        "topic": values["topics"],
        "act": [values["act"]],
        "strength": [str(values["strength"])],
        "state": [state],
        "actor": _name_actors(values["scope"], values["actors"]),
        "indicator": [source_kind],
        "system": [values["system"]] if values["system"] else [],
        "kind": [values["kind"]],
        "section": [values["section"]],
        "body": bodies,
        "due": [values["due"][:4] or NO_DUE],
    }
    return _Row(
        key=values["pk"],
        code=values["code"],
        strength=values["strength"],
        due=values["due"],
        state=state,
        section=values["section"],
        source_kind=source_kind,
        facets=facets,
    )


def _name_actors(scope: str, actors: list[str]) -> list[str]:
    """Return who acts, as a filter sees it: `all` for all six, `unnamed` for a subset that the text does not name."""
    return [UNNAMED] if scope in UNNAMED_SCOPES else actors
