"""The register's list in memory: facets as bits, built from the tables once per revision and day.

A reader asks the database for one number, the context's revision; only when that or the day has changed is the index
built again. So every process of a node sees a change with its next request.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from serai.kernel import clock, fulltext
from serai.kernel.dates import PartialDate
from serai.kernel.languages import LANGUAGES
from serai.kernel.revision import get_revision
from serai.register.actions import CONTEXT
from serai.register.documents import SEARCH_INDEX
from serai.register.facets import FacetIndex
from serai.register.models import Body, Entry
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
    revision, day = get_revision(CONTEXT), clock.today()
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
    events = list(entry.events.all())
    return Facts(
        kind=Kind(entry.kind),
        strength=entry.strength,
        has_indicator=hasattr(entry, "indicator"),
        is_measured=False,  # measurements come with follow-up; until then nothing is measured, and the page says so
        due=PartialDate.parse(entry.due) if entry.due else None,
        event_ends=tuple(PartialDate.parse(event.end or event.start) for event in events),
        outcomes=tuple(Outcome(event.outcome["result"]) if event.outcome else None for event in events),
    )


def _build(revision: int, day: date) -> EntryIndex:
    entries = list(
        Entry.objects.select_related("indicator")
        .prefetch_related("events", "bodies")
        .defer("texts", "dates", "indicator__texts")
        .order_by("position")
    )
    states = [decide_state(facts_of(entry), today=day) for entry in entries]
    bodies = list(Body.objects.order_by("position"))
    vocabulary = fulltext.read_vocabulary(SEARCH_INDEX)
    return EntryIndex(
        revision=revision,
        day=day,
        facets=FacetIndex.build(_facet_row(entry, state) for entry, state in zip(entries, states, strict=True)),
        keys=tuple(entry.pk for entry in entries),
        codes=tuple(entry.code for entry in entries),
        strengths=tuple(entry.strength for entry in entries),
        dues=tuple(entry.due for entry in entries),
        states=tuple(states),
        sections=tuple(entry.section for entry in entries),
        source_kinds=tuple(_source_kind(entry) for entry in entries),
        vocabulary=tuple(vocabulary.items()),
        words=frozenset(vocabulary),
        body_names={language: {body.pk: body.text("name", language) for body in bodies} for language in LANGUAGES},
    )


def _source_kind(entry: Entry) -> str:
    return entry.indicator.source_kind if hasattr(entry, "indicator") else NO_INDICATOR


def _facet_row(entry: Entry, state: State) -> dict[str, list[str]]:
    return {
        "topic": entry.topics,
        "act": [entry.act],
        "strength": [str(entry.strength)],
        "state": [state],
        "actor": actors_facet(entry),
        "indicator": [_source_kind(entry)],
        "system": [entry.system] if entry.system else [],
        "kind": [entry.kind],
        "section": [entry.section],
        "body": [body.pk for body in entry.bodies.all()],
        "due": [entry.due[:4] if entry.due else NO_DUE],
    }


def actors_facet(entry: Entry) -> list[str]:
    """Return who acts, as a filter sees it: `all` for all six, `unnamed` for a subset that the text does not name."""
    return [UNNAMED] if entry.scope in UNNAMED_SCOPES else list(entry.actors)
