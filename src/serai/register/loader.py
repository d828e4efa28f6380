"""Fills the register's tables from a proved catalogue; touches only rows that differ."""

from typing import Any, Final

from django.db.models import F

from serai.kernel.languages import ENGLISH, LANGUAGES
from serai.register.catalogue import Catalogue, digest_of
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
from serai.register.records import EntryRecord

PUBLISHER: Final = "SEC"  # the Secretariat's node publishes the catalogue; every other node holds a copy
ASTANA: Final = "astana-2025"
XIAN: Final = "xian-2023"

# How a catalogue file names a row, where that is not its slug.
KEYS: Final[dict[type[Owned], str]] = {Entry: "code", Indicator: "entry_id", Lineage: "entry_id"}

Values = dict[str, Any]
Texts = dict[str, dict[str, str]]


class Loader:
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
        name = KEYS.get(model, "slug")
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
        self._free_places()
        for position, record in enumerate(self.catalogue.entries):
            texts, dates = self._entry_texts(record), self._dates(record)
            digest = digest_of(record, texts, dates, self._indicator_texts(record))
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
                    "dates": dates,
                    "digest": digest,
                    "texts": texts,
                },
            )
            if before != digest:
                self._relate(entry, record)
                self._remember(entry, record)

    def _free_places(self) -> None:
        """Let entries that move give their places up first: a new entry moves all behind it, and a place is held once."""
        places = {record.id: position for position, record in enumerate(self.catalogue.entries)}
        held = Entry.objects.values_list("code", "position")
        moved = [code for code, position in held if places[code] != position]
        Entry.objects.filter(code__in=moved).update(position=-1 - F("position"))

    def _dates(self, record: EntryRecord) -> list[Values]:
        dates = []
        for dated in record.dates:
            texts = self._texts(dated.what, "entry_date_what", dated.what, field="what")
            what = {language: fields["what"] for language, fields in texts.items()}
            dates.append({"start": dated.start, "end": dated.end, "role": dated.role, "what": what})
        return dates

    def _indicator_texts(self, record: EntryRecord) -> Texts:
        if record.indicator is None:
            return {}
        english = {"name": record.indicator.name, "unit": record.indicator.unit, "source": record.indicator.source}
        texts: Texts = {ENGLISH: english}
        for language in LANGUAGES[1:]:
            found = self.catalogue.translated(language, "entries", record.id)
            source = self.catalogue.translated(language, "indicator_source", record.id)
            texts[language] = {"name": found["indicator"], "unit": found["unit"], "source": source}
        return texts

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
        values = {
            "direction": record.indicator.direction,
            "source_kind": record.indicator.source_kind,
            "texts": self._indicator_texts(record),
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
