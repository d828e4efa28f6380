"""A register of any size for the benchmark, made from the shipped one. Never for a node that somebody uses.

Each made entry takes its text from one shipped entry, its act from a second, who acts from a third, and so on, so that
combinations of facets are many. Half of its words are drawn anew from the words of the whole register. Since a register
that grows also uses more words, some are coined: two halves of known words, joined.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final, NamedTuple

from django.db import transaction

from serai.kernel import fulltext
from serai.kernel.fulltext import Document
from serai.kernel.languages import CHINESE, ENGLISH, LANGUAGES
from serai.kernel.revision import bump_revision
from serai.register.catalogue import Catalogue
from serai.register.codes import SECTION_ORDER
from serai.register.documents import SEARCH_INDEX, search_documents
from serai.register.loader import ASTANA, PUBLISHER
from serai.register.models import CatalogueVersion, Entry, EntryRevision, Indicator, Lineage, Period
from serai.register.records import EntryRecord
from serai.register.revisions import REGISTER

Texts = dict[str, dict[str, str]]

_MOST_PARAGRAPHS: Final = 980  # in a section; entry numbers have three figures
_MOST_PARTS: Final = 26
_SHARE_REDRAWN: Final = 0.5
_SHARE_COINED: Final = 0.2  # of the words that are drawn anew
_HAN_PIECE: Final = 2
_BATCH: Final = 500


class Donor(NamedTuple):
    """A shipped entry: its record and its row."""

    record: EntryRecord
    row: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A made entry, and the shipped rows from which its parts were taken."""

    record: EntryRecord
    texts: Texts
    dates: list[dict[str, Any]]
    indicator: Indicator | None
    lineage: Lineage | None


def read_donors(catalogue: Catalogue) -> list[Donor]:
    """Return the shipped entries; the node must hold exactly them."""
    rows = Entry.objects.select_related("indicator", "lineage").prefetch_related("lineage__prior")
    by_code = {row.code: row for row in rows}
    return [Donor(record, by_code[record.id]) for record in catalogue.entries]


class Words:
    """The words of one language, as often as the register uses them, and coined ones."""

    def __init__(self, texts: Sequence[str], *, language: str, growth: float, random: Random) -> None:
        self._random = random
        self._is_han = language == CHINESE
        self.pool = [piece for text in texts for piece in self._split(text)]
        known = sorted(set(self.pool))
        self.coined = [self._coin(known) for _ in range(round(len(known) * (growth - 1)))]

    def vary(self, text: str) -> str:
        """Return the text with about half of its words drawn anew."""
        return ("" if self._is_han else " ").join(self._redraw(piece) for piece in self._split(text))

    def _split(self, text: str) -> list[str]:
        if self._is_han:
            return [text[i : i + _HAN_PIECE] for i in range(0, len(text), _HAN_PIECE)]
        return text.split()

    def _redraw(self, piece: str) -> str:
        if self._random.random() >= _SHARE_REDRAWN:
            return piece
        if self.coined and self._random.random() < _SHARE_COINED:
            return self._random.choice(self.coined)
        return self._random.choice(self.pool)

    def _coin(self, known: Sequence[str]) -> str:
        first, second = self._random.choice(known), self._random.choice(known)
        return first[: (len(first) + 1) // 2] + second[len(second) // 2 :]


def make_entries(donors: Sequence[Donor], *, size: int, seed: int) -> list[Made]:
    """Return entries in the order of the declaration. The same size and seed give the same entries."""
    random = Random(f"{size} {seed}")  # noqa: S311  # a workload, not a secret
    # Heaps' law: the number of different words grows about as the square root of the text.
    growth = max(1.0, (size / len(donors)) ** 0.5)
    words = {
        language: Words(_texts_in(donors, language), language=language, growth=growth, random=random)
        for language in LANGUAGES
    }
    by_text = sorted(random.choices(donors, k=size), key=lambda donor: SECTION_ORDER[donor.record.section])
    codes = _number([donor.record.section for donor in by_text], random)
    return [
        _make(code, paragraph, [donor, *random.choices(donors, k=5)], words)
        for donor, (code, paragraph) in zip(by_text, codes, strict=True)
    ]


def _texts_in(donors: Sequence[Donor], language: str) -> list[str]:
    return [
        text for donor in donors for text in (donor.row.texts[language]["title"], donor.row.texts[language]["summary"])
    ]


def _number(sections: Sequence[str], random: Random) -> list[tuple[str, int]]:
    """Return code and paragraph for each entry: parts run a, b, c … inside a paragraph, as in the shipped register."""
    found: list[tuple[str, int]] = []
    for section in dict.fromkeys(sections):
        count, paragraph = sections.count(section), 0
        mean = max(3, -(-count // _MOST_PARAGRAPHS))
        while count:
            paragraph += 1
            parts = min(count, _MOST_PARTS, random.randint(mean - 2, mean + 2))
            letters = [""] if parts == 1 else [chr(ord("a") + number) for number in range(parts)]
            found += [(f"{section}.{paragraph}{letter}", paragraph) for letter in letters]
            count -= parts
    return found


def _make(code: str, paragraph: int, donors: Sequence[Donor], words: dict[str, Words]) -> Made:
    text, act, who, about, dated, measure = donors
    texts = {
        language: fields | {field: words[language].vary(fields[field]) for field in ("title", "summary")}
        for language, fields in text.row.texts.items()
    }
    record = text.record.model_copy(
        update={
            "id": code,
            "paragraph": None if text.record.paragraph is None else paragraph,
            "title": texts[ENGLISH]["title"],
            "summary": texts[ENGLISH]["summary"],
            **_taken(act.record, "act", "strength", "kind"),
            **_taken(who.record, "actors", "scope"),
            **_taken(about.record, "topics", "bodies", "sdg"),
            **_taken(dated.record, "due", "dates", "events"),
            **_taken(measure.record, "indicator", "system"),
        }
    )
    return Made(
        record=record,
        texts=texts,
        dates=dated.row.dates,
        indicator=getattr(measure.row, "indicator", None),
        lineage=getattr(text.row, "lineage", None),
    )


def _taken(record: EntryRecord, *fields: str) -> dict[str, Any]:
    return {field: getattr(record, field) for field in fields}


def describe(catalogue: Catalogue, made: Sequence[Made]) -> list[Document]:
    """Return what the made entries are found by, through the register's own rule for it."""
    translations = {}
    for language in LANGUAGES[1:]:
        entries = {
            entry.record.id: entry.texts[language] | {"indicator": _indicator_name(entry, language)} for entry in made
        }
        notes = {entry.record.id: entry.texts[language].get("note", "") for entry in made}
        translations[language] = catalogue.translations[language] | {"entries": entries, "entry_note": notes}
    records = [entry.record for entry in made]
    return search_documents(replace(catalogue, entries=records, translations=translations))


def _indicator_name(entry: Made, language: str) -> str:
    return entry.indicator.text("name", language) if entry.indicator else ""


@transaction.atomic
def store(made: Sequence[Made], documents: Iterable[Document]) -> None:
    """Put the made entries in place of all that the register of this node holds."""
    version = CatalogueVersion.objects.latest("number")
    _clear()
    entries = Entry.objects.bulk_create(
        [_row(position, entry, version.number) for position, entry in enumerate(made)], batch_size=_BATCH
    )
    EntryRevision.objects.bulk_create(
        (
            EntryRevision(entry=row, version=version, record=entry.record.model_dump(mode="json"))
            for row, entry in zip(entries, made, strict=True)
        ),
        batch_size=_BATCH,
    )
    rows = list(zip(entries, made, strict=True))
    _link(Entry.bodies.through, "body_id", ((row.pk, key) for row, entry in rows for key in entry.record.bodies))
    _link(Entry.events.through, "event_id", ((row.pk, key) for row, entry in rows for key in entry.record.events))
    _link(
        Entry.instruments.through,
        "instrument_id",
        ((row.pk, key) for row, entry in rows for key in entry.record.instruments),
    )
    _store_indicators(entries, made)
    _store_lineage(entries, made)
    fulltext.replace_documents(SEARCH_INDEX, documents)
    bump_revision(REGISTER)


def _clear() -> None:
    """Delete all entries and what belongs to them, the dependent rows first."""
    Lineage.objects.all().delete()
    Period.objects.all().delete()
    Indicator.objects.all().delete()
    EntryRevision.objects.all().delete()
    Entry.objects.all().delete()


def _row(position: int, made: Made, version: int) -> Entry:
    record = made.record
    return Entry(
        code=record.id,
        declaration_id=ASTANA,
        position=position,
        owner_node=PUBLISHER,
        version=version,
        texts=made.texts,
        system=record.system or "",
        due=record.due or "",
        locator=record.text_check,
        dates=made.dates,
        **_taken(record, "section", "paragraph", "act", "strength", "kind", "scope", "actors", "topics", "sdg"),
    )


def _link(through: Any, other: str, pairs: Iterable[tuple[int, str]], *, mine: str = "entry_id") -> None:
    """Fill a many-to-many table in bulk; pairs are the keys of its two sides."""
    through.objects.bulk_create((through(**{mine: key, other: value}) for key, value in pairs), batch_size=_BATCH)


def _store_indicators(entries: Sequence[Entry], made: Sequence[Made]) -> None:
    Indicator.objects.bulk_create(
        (
            Indicator(
                entry=row,
                version=row.version,
                owner_node=PUBLISHER,
                texts=donor.texts,
                direction=donor.direction,
                source_kind=donor.source_kind,
            )
            for row, entry in zip(entries, made, strict=True)
            if (donor := entry.indicator)
        ),
        batch_size=_BATCH,
    )


def _store_lineage(entries: Sequence[Entry], made: Sequence[Made]) -> None:
    donors = [(row, entry.lineage) for row, entry in zip(entries, made, strict=True) if entry.lineage]
    Lineage.objects.bulk_create(
        (
            Lineage(
                entry=row,
                version=row.version,
                owner_node=PUBLISHER,
                texts=donor.texts,
                relation=donor.relation,
                basis=donor.basis,
                confidence=donor.confidence,
            )
            for row, donor in donors
        ),
        batch_size=_BATCH,
    )
    pairs = ((row.pk, prior.pk) for row, donor in donors for prior in donor.prior.all())
    _link(Lineage.prior.through, "priorentry_id", pairs, mine="lineage_id")
