"""Every read that a page, the API or the command line needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from django.db.models import Prefetch, QuerySet

from serai.kernel import fulltext
from serai.kernel.errors import BadFilter
from serai.kernel.search import Term, is_han, mend, split_words, stem, terms_of
from serai.register.choices import is_known
from serai.register.codes import parse_code
from serai.register.documents import SEARCH_INDEX
from serai.register.errors import NoSuchBody, NoSuchEntry, NoSuchInstrument
from serai.register.facets import bits_of, positions
from serai.register.index import FACETS, EntryIndex, facts_of, get_index
from serai.register.models import (
    Body,
    CatalogueVersion,
    Declaration,
    Entry,
    EntryRevision,
    Event,
    Indicator,
    Instrument,
    Lineage,
    Period,
    PriorEntry,
)
from serai.register.states import State, decide_state

MOST_ROWS: Final = 200
LONGEST_QUERY: Final = 200


class Order(StrEnum):
    DECLARATION = "declaration"
    RELEVANCE = "relevance"
    STRENGTH = "strength"
    DUE = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """What somebody asks of the list of entries."""

    text: str = ""
    choice: Mapping[str, Sequence[str]] = field(default_factory=dict)
    order: Order | None = None
    page: int = 1
    size: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSearch:
    """How the words of a query were understood."""

    searched_for: str = ""  # differs from what was typed when a slip was mended
    any_word: bool = False  # no entry has all the words; these have at least one
    scores: Mapping[int, int] = field(default_factory=dict)  # position → score


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryList:
    """One page of entries, how many there are, and the counts of every facet."""

    entries: Sequence[Entry]
    states: Mapping[int, State]
    total: int
    of: int
    page: int
    pages: int
    size: int
    order: Order
    counts: Mapping[str, Mapping[str, int]]
    search: TextSearch | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Selection:
    """The positions that fit a request, in order; `within` are those that its words found, as bits."""

    found: list[int]
    order: Order
    search: TextSearch | None
    within: int | None


def _select(request: ListRequest, index: EntryIndex) -> _Selection:
    _check_choice(index, request.choice)
    search = search_entries(request.text, index) if request.text.strip() else None
    within = _bits(search.scores, index) if search else None
    order = request.order or (Order.RELEVANCE if search else Order.DECLARATION)
    found = positions(index.facets.select(request.choice, within=within))
    return _Selection(found=_sort(found, order, index, search), order=order, search=search, within=within)


def list_entries(request: ListRequest) -> EntryList:
    """Return a page of the entries that fit, with facet counts. A page beyond the last is the last."""
    index = get_index()
    selection = _select(request, index)
    found = selection.found
    pages = max(1, -(-len(found) // request.size))
    page = min(max(1, request.page), pages)
    shown = found[(page - 1) * request.size : page * request.size]
    return EntryList(
        entries=get_rows(shown, index),
        states={index.keys[position]: index.states[position] for position in shown},
        total=len(found),
        of=index.facets.size,
        page=page,
        pages=pages,
        size=request.size,
        order=selection.order,
        counts=index.facets.count(request.choice, within=selection.within),
        search=selection.search,
    )


def count_entries(request: ListRequest) -> int:
    """Return how many entries fit."""
    return len(_select(request, get_index()).found)


def find_entries(request: ListRequest) -> tuple[Sequence[Entry], Mapping[int, State]]:
    """Return all entries that fit, in order, for a download."""
    index = get_index()
    found = _select(request, index).found
    return get_rows(found, index), {index.keys[position]: index.states[position] for position in found}


def _check_choice(index: EntryIndex, choice: Mapping[str, Sequence[str]]) -> None:
    for facet, values in choice.items():
        if facet not in FACETS:
            raise BadFilter(filter=facet, value=", ".join(values))
        for value in values:
            if facet == "body" and not is_known(facet, value, index):
                raise NoSuchBody(body=value[:64])
            if not is_known(facet, value, index):
                raise BadFilter(filter=facet, value=value[:60])


def _bits(scores: Mapping[int, int], index: EntryIndex) -> int:
    return bits_of((position for position in scores if position < index.facets.size), index.facets.size)


def _sort(found: list[int], order: Order, index: EntryIndex, search: TextSearch | None) -> list[int]:
    if order is Order.STRENGTH:
        return sorted(found, key=lambda position: -index.strengths[position])
    if order is Order.DUE:
        return sorted(found, key=lambda position: index.dues[position] or "9999")
    if order is Order.RELEVANCE and search is not None:
        scores = search.scores
        return sorted(found, key=lambda position: -scores[position])
    return found


def get_rows(shown: Sequence[int], index: EntryIndex) -> list[Entry]:
    """Return the entries at these positions, in this order, with their indicators."""
    rows = Entry.objects.select_related("indicator").in_bulk([index.keys[position] for position in shown])
    return [rows[index.keys[position]] for position in shown]


def search_entries(text: str, index: EntryIndex) -> TextSearch:
    """Find entries by number or by words; mend one-letter slips when a word is nowhere in the register."""
    text = text.strip()[:LONGEST_QUERY]
    if scores := _by_number(text, index):
        return TextSearch(searched_for=text, scores=scores)
    words = [_mended(word, index) for word in split_words(text)]
    terms = terms_of(words)
    if not terms:
        return TextSearch(searched_for=text)
    scores = fulltext.find_documents(SEARCH_INDEX, terms)
    any_word = not scores and len(terms) > 1
    if any_word:
        scores = fulltext.find_documents(SEARCH_INDEX, terms, every=False)
    return TextSearch(searched_for=_spell(text, words), any_word=any_word, scores=scores)


def _by_number(text: str, index: EntryIndex) -> dict[int, int]:
    """Return the entry with this number, or all parts of a paragraph (`VI.13`) or section (`VI.`)."""
    try:
        place = parse_code(text)
    except ValueError:
        return {}
    exact = {position: 1 for position, code in enumerate(index.codes) if code == place.code}
    if exact or place.part:
        return exact
    parts = {f"{place.code}{chr(letter)}" for letter in range(ord("a"), ord("z") + 1)}
    return {position: 1 for position, code in enumerate(index.codes) if code in parts}


def _mended(word: str, index: EntryIndex) -> str:
    if is_han(word) or word in index.words:
        return word
    if fulltext.find_documents(SEARCH_INDEX, [Term(word, (f"~{stem(word)}",))]):
        return word
    return mend(word, index.vocabulary) or word


def _spell(text: str, words: Sequence[str]) -> str:
    return text if list(words) == split_words(text) else " ".join(words)


def get_entry(code: str) -> Entry:
    """Return one entry with everything its page shows; raise NoSuchEntry."""
    try:
        wanted = parse_code(code).code
    except ValueError:
        raise NoSuchEntry(entry=code[:40]) from None
    entry = (
        Entry.objects.select_related("indicator", "declaration", "lineage")
        .prefetch_related("bodies", "events", "instruments", "periods", "lineage__prior", _revisions())
        .filter(code=wanted)
        .first()
    )
    if entry is None:
        raise NoSuchEntry(entry=wanted)
    return entry


def find_revisions(entry: Entry) -> list[EntryRevision]:
    """Return the versions of an entry with their whole records, the oldest first."""
    return list(EntryRevision.objects.select_related("version").filter(entry=entry).order_by("version"))


def _revisions() -> "Prefetch[str, QuerySet[EntryRevision], str]":
    return Prefetch("revisions", EntryRevision.objects.select_related("version").defer("record").order_by("version"))


def with_relations(entries: Sequence[Entry]) -> list[Entry]:
    """Return the same entries, in the same order, with all that belongs to them."""
    rows = (
        Entry.objects.select_related("indicator", "lineage")
        .prefetch_related("bodies", "instruments", "events", "lineage__prior")
        .in_bulk([entry.pk for entry in entries])
    )
    return [rows[entry.pk] for entry in entries]


def state_of(entry: Entry) -> State:
    """Return where an entry stands today."""
    return decide_state(facts_of(entry), today=get_index().day)


def get_neighbours(entry: Entry) -> tuple[Entry | None, Entry | None]:
    """Return the entries before and after in the declaration."""
    around = {
        other.position: other
        for other in Entry.objects.filter(position__in=[entry.position - 1, entry.position + 1]).only(
            "code", "texts", "position"
        )
    }
    return around.get(entry.position - 1), around.get(entry.position + 1)


def find_bodies() -> list[tuple[Body, int]]:
    """Return all bodies with the number of entries that name each."""
    counts = get_index().facets.bits.get("body", {})
    return [(body, counts.get(body.pk, 0).bit_count()) for body in Body.objects.order_by("position")]


def bodies_with_codes() -> list[tuple[Body, list[str]]]:
    """Return all bodies with the numbers of the entries that name each."""
    index = get_index()
    bits = index.facets.bits.get("body", {})
    return [
        (body, [index.codes[position] for position in positions(bits.get(body.pk, 0))])
        for body in Body.objects.order_by("position")
    ]


def get_body(slug: str) -> Body:
    body = Body.objects.filter(pk=slug).first()
    if body is None:
        raise NoSuchBody(body=slug[:64])
    return body


def entries_of_body(body: Body) -> tuple[Sequence[Entry], Mapping[int, State]]:
    return find_entries(ListRequest(choice={"body": [body.pk]}))


def find_instruments() -> QuerySet[Instrument]:
    return Instrument.objects.prefetch_related("entries").order_by("position")


def get_instrument(slug: str) -> Instrument:
    instrument = find_instruments().filter(pk=slug).first()
    if instrument is None:
        raise NoSuchInstrument(instrument=slug[:64])
    return instrument


def find_events() -> list[Event]:
    """Return all events, the earliest first."""
    return list(Event.objects.prefetch_related("entries").order_by("start", "pk"))


def find_periods() -> list[Period]:
    return list(Period.objects.select_related("entry").order_by("start", "pk"))


def find_indicators() -> list[Indicator]:
    """Return all indicators, in the order of the declaration."""
    return list(Indicator.objects.select_related("entry").order_by("entry__position"))


def find_lineage(relation: str = "", section: str = "") -> list[Lineage]:
    """Return lineage rows, in the order of the declaration."""
    rows = Lineage.objects.select_related("entry").prefetch_related("prior").order_by("entry__position")
    if relation:
        rows = rows.filter(relation=relation)
    if section:
        rows = rows.filter(entry__section=section)
    return list(rows)


def count_relations() -> dict[str, int]:
    counts: dict[str, int] = {}
    for relation in Lineage.objects.values_list("relation", flat=True):
        counts[relation] = counts.get(relation, 0) + 1
    return counts


def find_without_successor() -> list[PriorEntry]:
    return list(PriorEntry.objects.exclude(successor="").order_by("position"))


def get_declaration(slug: str) -> Declaration:
    return Declaration.objects.get(pk=slug)


def find_versions() -> QuerySet[CatalogueVersion]:
    return CatalogueVersion.objects.order_by("-number")


def get_version() -> CatalogueVersion | None:
    """Return the newest catalogue version; None before the first load."""
    return CatalogueVersion.objects.order_by("-number").first()
