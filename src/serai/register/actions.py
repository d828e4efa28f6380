"""Every write of the register."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from serai.kernel import audit, clock, fulltext
from serai.kernel.fulltext import Document
from serai.kernel.languages import ENGLISH, LANGUAGES
from serai.kernel.locks import take_lock
from serai.kernel.revision import bump_revision
from serai.kernel.roles import Actor
from serai.register.catalogue import ENTRIES, SHIPPED, Catalogue, digest_of, fingerprint, read_catalogue
from serai.register.errors import BrokenCatalogue, Problem
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
    Owned,
    Period,
    PriorEntry,
)
from serai.register.proof import prove
from serai.register.records import EntryRecord

CONTEXT: Final = "register"
SEARCH_INDEX: Final = "register_entry_search"
PUBLISHER: Final = "SEC"  # the Secretariat's node publishes the catalogue; every other node holds a copy
ASTANA: Final = "astana-2025"
XIAN: Final = "xian-2023"
_BUILD: Final = "1"  # raise when the same files must fill the tables differently

# How a catalogue file names a row, where that is not its slug.
_KEYS: Final[dict[type[Owned], str]] = {Entry: "code", Indicator: "entry_id", Lineage: "entry_id"}

Values = dict[str, Any]
Texts = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """What a load did."""

    version: int
    entries: int
    changed: int
    is_new: bool


def load_catalogue(
    *, actor: Actor, folder: Path = SHIPPED, progress: Callable[[str], None] = lambda _: None
) -> LoadResult:
    """Bring the register to the state of a folder of catalogue files; do nothing when it is there already.

    Raises BrokenCatalogue, with every fault found, before anything is written.
    """
    last = CatalogueVersion.objects.order_by("-number").first()
    if last is not None and last.digest == _stamp(fingerprint(folder)):
        return LoadResult(version=last.number, entries=last.entries, changed=0, is_new=False)
    progress("Reading the catalogue")
    catalogue = read_catalogue(folder)
    progress("Proving it")
    problems = prove(catalogue)
    if problems:
        raise BrokenCatalogue(problems)
    progress("Loading it")
    with transaction.atomic():
        take_lock("register-load")
        return _load(catalogue, actor=actor)


def _stamp(digest: str) -> str:
    return f"{_BUILD}-{digest}"[:64]


def _load(catalogue: Catalogue, *, actor: Actor) -> LoadResult:
    digest = _stamp(catalogue.digest)
    last = CatalogueVersion.objects.order_by("-number").first()
    if last is not None and last.digest == digest:
        return LoadResult(version=last.number, entries=last.entries, changed=0, is_new=False)
    _check_nothing_vanishes(catalogue)
    version = CatalogueVersion.objects.create(
        number=last.number + 1 if last else 1,
        digest=digest,
        loaded_at=clock.now(),
        owner_node=PUBLISHER,
        entries=len(catalogue.entries),
        changed=0,
    )
    loader = _Loader(catalogue, version)
    loader.load()
    version.changed = loader.changed
    version.save(update_fields=["changed"])
    fulltext.replace_documents(SEARCH_INDEX, search_documents(catalogue))
    bump_revision(CONTEXT)
    audit.record(
        "register:catalogue:load",
        subject=f"catalogue version {version.number}",
        actor=actor,
        digest=digest,
        entries=version.entries,
        changed=version.changed,
    )
    return LoadResult(version=version.number, entries=version.entries, changed=version.changed, is_new=True)


def _check_nothing_vanishes(catalogue: Catalogue) -> None:
    """An id that was published is cited somewhere: it may change, but not go."""
    kept: dict[type[Owned], set[str]] = {
        Entry: {entry.id for entry in catalogue.entries},
        Body: {body.id for body in catalogue.bodies},
        Event: {event.id for event in catalogue.events},
        Instrument: {instrument.id for instrument in catalogue.instruments},
        PriorEntry: {prior.id for prior in catalogue.prior},
    }
    problems = [
        Problem(file=ENTRIES, item=key, field="id", reason="was published in an earlier version and is missing now")
        for model, ids in kept.items()
        for key in sorted(set(model._default_manager.values_list(_KEYS.get(model, "slug"), flat=True)) - ids)
    ]
    if problems:
        raise BrokenCatalogue(problems)


class _Loader:
    """Writes a proved catalogue into the tables; touches only rows that differ."""

    def __init__(self, catalogue: Catalogue, version: CatalogueVersion) -> None:
        self.catalogue = catalogue
        self.version = version
        self.changed = 0

    def load(self) -> None:
        self._load_declarations()
        self._load_bodies()
        self._load_instruments()
        self._load_events()
        self._load_entries()
        self._load_periods()
        self._load_prior()
        self._load_lineage()

    def _store(self, model: type[Owned], key: str, values: Values) -> Any:
        """Create or update one row; `version` moves only when something in it differs."""
        name = _KEYS.get(model, "slug")
        row = model._default_manager.filter(**{name: key}).first()
        if row is None:
            return model._default_manager.create(
                **{name: key}, owner_node=PUBLISHER, version=self.version.number, **values
            )
        if any(getattr(row, field) != value for field, value in values.items()):
            for field, value in values.items():
                setattr(row, field, value)
            row.version = self.version.number
            row.save()
        return row

    def _texts(self, english: str, kind: str, key: str | int, *, field: str = "name") -> Texts:
        """Return one text in all languages under `field`."""
        texts = {ENGLISH: {field: english}}
        for language in LANGUAGES[1:]:
            found = self.catalogue.translated(language, kind, key)
            texts[language] = {field: str(found) if found else english}
        return texts

    def _load_declarations(self) -> None:
        for slug, meta in ((ASTANA, self.catalogue.meta), (XIAN, self.catalogue.prior_meta)):
            texts: Texts = {ENGLISH: {"title": str(meta["document"]), "place": str(meta["place"])}}
            for language in LANGUAGES[1:]:
                found = self.catalogue.translated(language, "declaration", slug) or {}
                texts[language] = {part: str(text) for part, text in found.items()}
            facts: Values = {}
            if slug == XIAN:
                texts[ENGLISH]["completeness"] = str(meta["completeness"])
                facts = {
                    "sources": {key: str(value) for key, value in meta["sources"].items()},
                    "unavailable": [
                        self._texts(missing.what, "unavailable", number, field="what")
                        for number, missing in enumerate(self.catalogue.unavailable)
                    ],
                }
            self._store(
                Declaration,
                slug,
                {
                    "adopted": self.catalogue.adopted.fromisoformat(str(meta["adopted"])),
                    "paragraphs": int(meta.get("paragraphs", 0)),
                    "facts": facts,
                    "texts": texts,
                },
            )

    def _load_bodies(self) -> None:
        for position, body in enumerate(self.catalogue.bodies):
            texts = self._texts(body.name, "bodies", body.id)
            if body.note:
                _merge(texts, self._texts(body.note, "body_note", body.id, field="note"))
            values = {"position": position, "type": body.type, "host": body.host or "", "texts": texts}
            self._store(Body, body.id, values)

    def _load_instruments(self) -> None:
        for position, item in enumerate(self.catalogue.instruments):
            texts = self._texts(item.name, "instruments", item.id)
            _merge(texts, self._texts(item.stage_in_text, "instrument_stage", item.stage_in_text, field="stage"))
            if item.outside_number_or_date:
                outside = self._texts(item.outside_number_or_date, "instrument_outside", item.id, field="outside")
                _merge(texts, outside)
            if item.outside_source:
                source = self._texts(item.outside_source, "instrument_outside_source", item.id, field="outside_source")
                _merge(texts, source)
            initiator = item.initiator or ""
            if initiator and len(initiator) > 2:
                _merge(texts, self._texts(initiator, "instrument_initiator_text", initiator, field="initiator"))
                initiator = ""
            values = {
                "position": position,
                "type": item.type,
                "number": item.number_in_text or "",
                "adopted": item.date_in_text or "",
                "initiator": initiator,
                "texts": texts,
            }
            self._store(Instrument, item.id, values)

    def _load_events(self) -> None:
        for event in self.catalogue.events:
            texts = self._texts(event.name, "events", event.id)
            for text, kind, key, field in (
                (event.place, "event_place", event.id, "place"),
                (event.outside_note, "event_outside_note", event.id, "note"),
                (event.recurrence, "recurrence", event.recurrence or "", "recurrence"),
            ):
                if text:
                    _merge(texts, self._texts(text, kind, key, field=field))
            values = {
                "start": event.start,
                "end": event.end or "",
                "host": event.host or "",
                "outcome": event.outcome.model_dump(mode="json") if event.outcome else None,
                "announced": event.announced.model_dump(mode="json") if event.announced else None,
                "texts": texts,
            }
            self._store(Event, event.id, values)

    def _load_entries(self) -> None:
        declaration = Declaration.objects.get(pk=ASTANA)
        for position, record in enumerate(self.catalogue.entries):
            texts = self._entry_texts(record)
            digest = digest_of(record, texts)
            before = Entry.objects.filter(code=record.id).values_list("digest", flat=True).first()
            entry = self._store(
                Entry,
                record.id,
                {
                    "declaration": declaration,
                    "position": position,
                    "section": record.section,
                    "paragraph": record.paragraph,
                    "act": str(record.act),
                    "strength": record.strength,
                    "kind": str(record.kind),
                    "scope": str(record.scope),
                    "system": record.system or "",
                    "due": record.due or "",
                    "locator": record.text_check,
                    "actors": list(record.actors),
                    "topics": list(record.topics),
                    "sdg": list(record.sdg),
                    "dates": [
                        {
                            "start": dated.start,
                            "end": dated.end,
                            "role": dated.role,
                            "what": {
                                language: texts["what"]
                                for language, texts in self._texts(
                                    dated.what, "entry_date_what", dated.what, field="what"
                                ).items()
                            },
                        }
                        for dated in record.dates
                    ],
                    "digest": digest,
                    "texts": texts,
                },
            )
            if before != digest:
                self._relate(entry, record)
                self._remember(entry, record)

    def _entry_texts(self, record: EntryRecord) -> Texts:
        texts: Texts = {ENGLISH: {"title": record.title, "summary": record.summary}}
        for language in LANGUAGES[1:]:
            found = self.catalogue.translated(language, "entries", record.id)
            texts[language] = {"title": found["title"], "summary": found["summary"]}
        if record.note:
            _merge(texts, self._texts(record.note, "entry_note", record.id, field="note"))
        if record.places:
            for language in LANGUAGES:
                names = [
                    place if language == ENGLISH else str(self.catalogue.translated(language, "place", place))
                    for place in record.places
                ]
                texts[language]["places"] = (", ", "、")[language == "zh-hans"].join(names)
        return texts

    def _relate(self, entry: Entry, record: EntryRecord) -> None:
        entry.bodies.set(Body.objects.filter(pk__in=record.bodies))
        entry.events.set(Event.objects.filter(pk__in=record.events))
        entry.instruments.set(Instrument.objects.filter(pk__in=record.instruments))
        if record.indicator is None:
            Indicator.objects.filter(pk=entry.pk).delete()
            return
        texts: Texts = {
            ENGLISH: {
                "name": record.indicator.name,
                "unit": record.indicator.unit,
                "source": record.indicator.source,
            }
        }
        for language in LANGUAGES[1:]:
            found = self.catalogue.translated(language, "entries", record.id)
            source = self.catalogue.translated(language, "indicator_source", record.id)
            texts[language] = {"name": found["indicator"], "unit": found["unit"], "source": source}
        values = {
            "direction": record.indicator.direction,
            "source_kind": record.indicator.source_kind,
            "texts": texts,
        }
        self._store(Indicator, str(entry.pk), values)

    def _remember(self, entry: Entry, record: EntryRecord) -> None:
        last = entry.revisions.order_by("-version").first()
        now = record.model_dump(mode="json")
        before = last.record if last else {}
        changed = sorted(field for field in now if before.get(field) != now[field]) if last else []
        EntryRevision.objects.create(
            entry=entry, version=self.version, changed=changed or (["translations"] if last else []), record=now
        )
        self.changed += 1

    def _load_periods(self) -> None:
        entries = dict(Entry.objects.values_list("code", "pk"))
        for period in self.catalogue.periods:
            values = {
                "start": period.start,
                "end": period.end,
                "entry_id": entries[period.entry],
                "texts": self._texts(period.name, "periods", period.id),
            }
            self._store(Period, period.id, values)

    def _load_prior(self) -> None:
        successors = {item.xian: item for item in self.catalogue.successors}
        declaration = Declaration.objects.get(pk=XIAN)
        for position, prior in enumerate(self.catalogue.prior):
            texts: Texts = {ENGLISH: {"title": prior.title, "summary": prior.summary}}
            for language in LANGUAGES[1:]:
                texts[language] = dict(self.catalogue.translated(language, "xian", prior.id))
            successor = successors.get(prior.id)
            if successor:
                _merge(texts, self._texts(successor.note, "successor_note", prior.id, field="note"))
            self._store(
                PriorEntry,
                prior.id,
                {
                    "declaration": declaration,
                    "position": position,
                    "act": str(prior.act),
                    "strength": prior.strength,
                    "actors": list(prior.actors),
                    "topics": list(prior.topics),
                    "availability": prior.availability,
                    "sources": list(prior.sources),
                    "successor": successor.status if successor else "",
                    "texts": texts,
                },
            )

    def _load_lineage(self) -> None:
        entries = dict(Entry.objects.values_list("code", "pk"))
        for row in self.catalogue.lineage:
            texts = self._texts(row.note, "lineage_note", row.astana, field="note") if row.note else {}
            values = {
                "relation": str(row.relation),
                "basis": row.basis,
                "confidence": row.confidence,
                "texts": texts,
            }
            lineage = self._store(Lineage, str(entries[row.astana]), values)
            lineage.prior.set(PriorEntry.objects.filter(pk__in=row.xian))


def _merge(texts: Texts, more: Texts) -> None:
    for language, fields in more.items():
        texts.setdefault(language, {}).update(fields)


def search_documents(catalogue: Catalogue) -> list[Document]:
    """Return what each entry has to be found by, all languages together; keys are positions in the declaration."""
    bodies = {body.id: body for body in catalogue.bodies}
    events = {event.id: event for event in catalogue.events}
    instruments = {item.id: item for item in catalogue.instruments}
    documents = []
    for position, entry in enumerate(catalogue.entries):
        titles, texts, context = [entry.title], [entry.summary, entry.note or ""], list(entry.places)
        context += [bodies[key].name for key in entry.bodies] + [events[key].name for key in entry.events]
        context += [f"{instruments[key].name} {instruments[key].number_in_text or ''}" for key in entry.instruments]
        if entry.indicator:
            context.append(entry.indicator.name)
        for language in LANGUAGES:
            context += [catalogue.label("topics", topic, language) for topic in entry.topics]
            context.append(catalogue.label("sections", entry.section, language))
            if entry.system:
                context.append(catalogue.label("systems", entry.system, language))
        for language in LANGUAGES[1:]:
            found = catalogue.translated(language, "entries", entry.id)
            titles.append(found["title"])
            texts += [found["summary"], catalogue.translated(language, "entry_note", entry.id) or ""]
            context.append(found.get("indicator", ""))
            for kind, keys in (
                ("bodies", entry.bodies),
                ("events", entry.events),
                ("instruments", entry.instruments),
                ("place", entry.places),
            ):
                context += [str(catalogue.translated(language, kind, key)) for key in keys]
        documents.append(
            Document(key=position, title="\n".join(titles), body="\n".join(texts), context="\n".join(context))
        )
    return documents
