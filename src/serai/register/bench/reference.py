"""The benchmark's reference: what a list must answer, found by a plain scan of all rows. Slow, and easy to see right.

It shares with the register only the rules themselves: the state of an entry and how text turns into words. It knows
neither the bits of `facets.py` nor the full-text tables.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from serai.kernel.fulltext import WEIGHTS, Document
from serai.kernel.search import Term, is_han, mend, split_words, stem, terms_of, tokens_of
from serai.register.index import facts_of
from serai.register.models import Entry
from serai.register.states import decide_state
from serai.register.vocabulary import UNNAMED_SCOPES

Choice = Mapping[str, Sequence[str]]
Counts = Mapping[str, Mapping[str, int]]

_PART: Final = re.compile(r"[a-z]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a list answers: how many fit, how many have each value of each facet, and the page's entries in order."""

    total: int
    counts: Counts
    codes: Sequence[str]


def find_differences(asked: str, found: Listing, expected: Listing) -> list[str]:
    """Say, one sentence each, where a list and the reference differ. A count that is not there is zero."""
    faults = []
    if found.total != expected.total:
        faults.append(f"{asked}: {found.total} entries, {expected.total} by the reference")
    for facet in sorted(found.counts.keys() | expected.counts.keys()):
        ours, theirs = found.counts.get(facet, {}), expected.counts.get(facet, {})
        faults += [
            f"{asked}: {facet}={value} counts {ours.get(value, 0)}, {theirs.get(value, 0)} by the reference"
            for value in sorted(ours.keys() | theirs.keys())
            if ours.get(value, 0) != theirs.get(value, 0)
        ]
    if list(found.codes) != list(expected.codes):
        faults.append(f"{asked}: shows {_few(found.codes)}, {_few(expected.codes)} by the reference")
    return faults


def _few(codes: Sequence[str]) -> str:
    return ", ".join(codes[:5]) + (" …" if len(codes) > 5 else "") if codes else "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainRow:
    """One entry as a list sees it."""

    code: str
    values: Mapping[str, frozenset[str]]


def read_rows(day: date) -> list[PlainRow]:
    """Return all entries in the order of the declaration, straight from the tables."""
    entries = Entry.objects.select_related("indicator").prefetch_related("events", "bodies").order_by("position")
    return [PlainRow(code=entry.code, values=_values(entry, day)) for entry in entries]


def _values(entry: Entry, day: date) -> dict[str, frozenset[str]]:
    values: dict[str, Iterable[str]] = {
        "topic": entry.topics,
        "act": [entry.act],
        "strength": [str(entry.strength)],
        "state": [decide_state(facts_of(entry), today=day)],
        "actor": ["unnamed"] if entry.scope in UNNAMED_SCOPES else entry.actors,
        "indicator": [entry.indicator.source_kind if hasattr(entry, "indicator") else "none"],
        "system": [entry.system] if entry.system else [],
        "kind": [entry.kind],
        "section": [entry.section],
        "body": [body.slug for body in entry.bodies.all()],
        "due": [entry.due[:4] or "none"],
    }
    return {facet: frozenset(found) for facet, found in values.items()}


class PlainText:
    """Search by looking into every document. Only tokens that one of the known queries asks for are kept."""

    def __init__(self, documents: Sequence[Document], queries: Iterable[str]) -> None:
        self._words: Counter[str] = Counter()
        for document in documents:
            self._words.update({word for text in document.fields() for word in split_words(text) if not is_han(word)})
        self._stems = {stem(word) for word in self._words}
        self._terms = {query: terms_of(self._mend(word) for word in split_words(query)) for query in queries}
        terms = [term for found in self._terms.values() for term in found]
        exact = frozenset(token for term in terms if not term.prefix for token in term.tokens)
        starts = tuple({term.tokens[-1] for term in terms if term.prefix})
        self._held = [
            tuple(
                frozenset(token for token in tokens_of(text) if token in exact or token.startswith(starts))
                for text in document.fields()
            )
            for document in documents
        ]

    def _mend(self, word: str) -> str:
        if is_han(word) or word in self._words or stem(word) in self._stems:
            return word
        return mend(word, list(self._words.items())) or word

    def find(self, query: str) -> dict[int, int]:
        """Return position → score of the entries that hold every word, or, when none does, at least one."""
        terms = self._terms[query]
        if not terms:
            return {}
        scores = [[_score(term, fields) for term in terms] for fields in self._held]
        having_all = {position: sum(found) for position, found in enumerate(scores) if all(found)}
        return having_all or {position: sum(found) for position, found in enumerate(scores) if any(found)}


def _score(term: Term, fields: Sequence[frozenset[str]]) -> int:
    """Return the weight of the best field that holds the term; the lowest weight when only all together do."""
    for weight, tokens in zip(WEIGHTS, fields, strict=True):
        if _holds(term, tokens):
            return weight
    return WEIGHTS[-1] if _holds(term, frozenset().union(*fields)) else 0


def _holds(term: Term, tokens: frozenset[str]) -> bool:
    if term.prefix:
        return any(token.startswith(term.tokens[-1]) for token in tokens)
    return all(token in tokens for token in term.tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainRegister:
    """All rows and documents, to be scanned."""

    rows: Sequence[PlainRow]
    text: PlainText

    def count(self, choice: Choice, query: str) -> int:
        """Return how many entries fit."""
        return len(self._find(choice, self._scores(query)))

    def list_page(self, choice: Choice, query: str, *, page: int, size: int) -> Listing:
        """Return what a list must answer. A page beyond the last is the last."""
        scores = self._scores(query)
        found = self._find(choice, scores)
        counts: dict[str, Counter[str]] = {}
        for number in scores:
            _count(self.rows[number], choice, counts)
        page = min(page, max(1, -(-len(found) // size)))
        shown = found[(page - 1) * size : page * size]
        return Listing(total=len(found), counts=counts, codes=[self.rows[number].code for number in shown])

    def _find(self, choice: Choice, scores: Mapping[int, int]) -> list[int]:
        """Return the entries that fit: the best score first, equal ones in the order of the declaration."""
        found = [number for number in scores if not _missed(self.rows[number], choice)]
        return sorted(found, key=lambda number: (-scores[number], number))

    def _scores(self, query: str) -> Mapping[int, int]:
        if not query:
            return dict.fromkeys(range(len(self.rows)), 0)
        return self._by_number(query) or self.text.find(query)

    def _by_number(self, query: str) -> dict[int, int]:
        """Return the entry of this number, else the parts of this paragraph."""
        wanted = query.casefold()
        codes = [row.code.casefold() for row in self.rows]
        exact = {number: 1 for number, code in enumerate(codes) if code == wanted}
        return exact or {number: 1 for number, code in enumerate(codes) if _PART.sub("", code) == wanted}


def _missed(row: PlainRow, choice: Choice) -> list[str]:
    """Return the facets of the choice that the row does not fit."""
    return [facet for facet, values in choice.items() if values and row.values[facet].isdisjoint(values)]


def _count(row: PlainRow, choice: Choice, counts: dict[str, Counter[str]]) -> None:
    """Count a row for the facets whose counts it belongs to: all of them, or only the one facet that it misses."""
    missed = _missed(row, choice)
    if len(missed) > 1:
        return
    for facet in missed or row.values:
        counts.setdefault(facet, Counter()).update(row.values[facet])
