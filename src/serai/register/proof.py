"""Proof of the catalogue: what its records say about each other. Each check returns what it found wrong."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from serai.kernel.search import is_han, split_words, stem
from serai.register.catalogue import ENTRIES, PRIOR, TRANSLATIONS, Catalogue, languages_to_translate
from serai.register.codes import parse_code
from serai.register.errors import Problem
from serai.register.records import EntryRecord
from serai.register.vocabulary import (
    ALL_SIX_SCOPES,
    LONGEST_TITLE_WORDS,
    STRONGEST_POSITION,
    UNNAMED_SCOPES,
    Kind,
)

Check = Callable[[Catalogue], Iterator[Problem]]


def prove(catalogue: Catalogue) -> list[Problem]:
    """Return every problem that any check finds; an empty list means that the data hold."""
    return [problem for check in CHECKS for problem in check(catalogue)]


def _entry_problem(entry: EntryRecord, field: str, reason: str) -> Problem:
    return Problem(file=ENTRIES, item=entry.id, field=field, reason=reason)


def check_ids(catalogue: Catalogue) -> Iterator[Problem]:
    """Ids are unique everywhere; entries stand in the order of the text and say where they stand."""
    for file, ids in _id_lists(catalogue):
        for item, count in Counter(ids).items():
            if count > 1:
                yield Problem(file=file, item=item, field="id", reason=f"is there {count} times")
    last = None
    for entry in catalogue.entries:
        place = parse_code(entry.id)
        if last is not None and place <= last:
            yield _entry_problem(entry, "id", f"comes after {last.code}, out of the order of the text")
        last = place
        if entry.section != place.section:
            yield _entry_problem(entry, "section", f"is {entry.section}, but the id says {place.section}")
        if entry.section != "S" and entry.paragraph != place.paragraph:
            yield _entry_problem(entry, "paragraph", f"is {entry.paragraph}, but the id says {place.paragraph}")


def _id_lists(catalogue: Catalogue) -> list[tuple[str, list[str]]]:
    return [
        (ENTRIES, [entry.id for entry in catalogue.entries]),
        ("bodies.yaml", [body.id for body in catalogue.bodies]),
        ("events.yaml", [event.id for event in catalogue.events] + [period.id for period in catalogue.periods]),
        ("instruments.yaml", [instrument.id for instrument in catalogue.instruments]),
        (PRIOR, [prior.id for prior in catalogue.prior]),
    ]


def check_coverage(catalogue: Catalogue) -> Iterator[Problem]:
    """Every paragraph has entries; part letters run a, b, c… without a gap; the counts of the file hold."""
    parts: dict[tuple[str, int], list[str]] = {}
    for entry in catalogue.entries:
        place = parse_code(entry.id)
        if place.section != "S":
            parts.setdefault((place.section, place.paragraph), []).append(place.part)
    for (section, paragraph), letters in parts.items():
        expected = [""] if len(letters) == 1 else [chr(ord("a") + number) for number in range(len(letters))]
        if letters != expected:
            found = ", ".join(letter or "none" for letter in letters)
            yield Problem(file=ENTRIES, item=f"{section}.{paragraph}", field="id", reason=f"part letters are {found}")
    paragraphs: dict[str, set[int]] = {}
    for section, paragraph in parts:
        paragraphs.setdefault(section, set()).add(paragraph)
    for section, numbers in paragraphs.items():
        for missing in sorted(set(range(1, max(numbers) + 1)) - numbers):
            yield Problem(file=ENTRIES, item=f"{section}.{missing}", field="paragraph", reason="has no entry")
    yield from _check_count(catalogue.meta, "paragraphs", len(parts), ENTRIES)
    yield from _check_count(catalogue.meta, "entries", len(catalogue.entries), ENTRIES)
    yield from _check_count(catalogue.prior_meta, "entries", len(catalogue.prior), PRIOR)


def _check_count(meta: dict[str, Any], key: str, found: int, file: str) -> Iterator[Problem]:
    if meta.get(key) != found:
        yield Problem(file=file, item="meta", field=key, reason=f"says {meta.get(key)}, but {found} were found")


def check_vocabularies(catalogue: Catalogue) -> Iterator[Problem]:
    """Every value that the records use is in its closed vocabulary."""
    topics, systems = set(catalogue.vocabulary.get("topics", [])), set(catalogue.vocabulary.get("systems", {}))
    for entry in catalogue.entries:
        for topic in entry.topics:
            if topic not in topics:
                yield _entry_problem(entry, "topics", f"“{topic}” is not in vocab.yaml")
        if entry.system is not None and entry.system not in systems:
            yield _entry_problem(entry, "system", f"“{entry.system}” is not in vocab.yaml")
    for prior in catalogue.prior:
        for topic in set(prior.topics) - topics:
            yield Problem(file=PRIOR, item=prior.id, field="topics", reason=f"“{topic}” is not in vocab.yaml")
        for source in set(prior.sources) - set(catalogue.prior_meta.get("sources", {})):
            yield Problem(file=PRIOR, item=prior.id, field="sources", reason=f"“{source}” is not in meta.sources")
    for body in catalogue.bodies:
        if body.type not in catalogue.vocabulary.get("body_types", []):
            yield Problem(file="bodies.yaml", item=body.id, field="type", reason=f"“{body.type}” is not in vocab.yaml")
    for instrument in catalogue.instruments:
        if instrument.type not in catalogue.vocabulary.get("instrument_types", []):
            yield Problem(
                file="instruments.yaml", item=instrument.id, field="type", reason=f"“{instrument.type}” is not in vocab.yaml"
            )


def check_references(catalogue: Catalogue) -> Iterator[Problem]:
    """Entries and catalogue files name each other both ways; nothing is named that does not exist or is unused."""
    used: dict[str, dict[str, list[str]]] = {"bodies": {}, "events": {}, "instruments": {}}
    for entry in catalogue.entries:
        for kind, named in (("bodies", entry.bodies), ("events", entry.events), ("instruments", entry.instruments)):
            for item in named:
                used[kind].setdefault(item, []).append(entry.id)
    declared = {
        "bodies": {body.id: body.mentions for body in catalogue.bodies},
        "events": {event.id: event.entries for event in catalogue.events},
        "instruments": {instrument.id: instrument.entries for instrument in catalogue.instruments},
    }
    for kind, items in declared.items():
        for item in used[kind].keys() - items.keys():
            yield Problem(file=ENTRIES, item=used[kind][item][0], field=kind, reason=f"“{item}” is not in {kind}.yaml")
        for item, entries in items.items():
            named_by = used[kind].get(item, [])
            if not named_by:
                yield Problem(file=f"{kind}.yaml", item=item, field="entries", reason="no entry names it")
            elif sorted(named_by) != sorted(entries):
                difference = ", ".join(sorted(set(named_by) ^ set(entries)))
                yield Problem(file=f"{kind}.yaml", item=item, field="entries", reason=f"does not agree with {difference}")
    known = {entry.id for entry in catalogue.entries}
    for period in catalogue.periods:
        if period.entry not in known:
            yield Problem(file="events.yaml", item=period.id, field="entry", reason=f"there is no entry {period.entry}")


def check_codes(catalogue: Catalogue) -> Iterator[Problem]:
    """What act, strength, kind, scope and dates say fits together (definitions: the method page)."""
    for entry in catalogue.entries:
        if entry.strength == 5 and not entry.dates:
            yield _entry_problem(entry, "strength", "is 5, which needs a date")
        if entry.kind is Kind.POSITION and entry.strength > STRONGEST_POSITION:
            yield _entry_problem(entry, "strength", f"is {entry.strength}; a position has at most {STRONGEST_POSITION}")
        if len(entry.title.split()) > LONGEST_TITLE_WORDS:
            yield _entry_problem(entry, "title", f"has more than {LONGEST_TITLE_WORDS} words")
        if entry.scope in ALL_SIX_SCOPES | UNNAMED_SCOPES and entry.actors != ["all"] and entry.actors != ["SEC"]:
            yield _entry_problem(entry, "actors", f"must be [all] with the scope {entry.scope}")
        if entry.scope not in ALL_SIX_SCOPES | UNNAMED_SCOPES and "all" in entry.actors:
            yield _entry_problem(entry, "actors", f"must name the states with the scope {entry.scope}")
        if len(set(entry.actors)) != len(entry.actors):
            yield _entry_problem(entry, "actors", "names somebody twice")
        for dated in entry.dates:
            if dated.end is not None and dated.end < dated.start:
                yield _entry_problem(entry, "dates", f"ends {dated.end}, before it starts {dated.start}")
    for event in catalogue.events:
        if event.outcome is not None and event.outcome.source.url.startswith("astana-2025:"):
            cited = event.outcome.source.url.partition(":")[2]
            if cited not in event.entries:
                yield Problem(file="events.yaml", item=event.id, field="outcome", reason=f"cites {cited}, which does not name it")


def check_lineage(catalogue: Catalogue) -> Iterator[Problem]:
    """Every entry has one lineage row; every earlier item named exists; undetermined rows name none."""
    rows = Counter(row.astana for row in catalogue.lineage)
    known, prior = {entry.id for entry in catalogue.entries}, {item.id for item in catalogue.prior}
    for item in sorted(known - rows.keys()):
        yield Problem(file="lineage.yaml", item=item, field="astana", reason="has no lineage row")
    for item, count in rows.items():
        if count > 1 or item not in known:
            yield Problem(file="lineage.yaml", item=item, field="astana", reason=f"{count} rows; entry known: {item in known}")
    for row in catalogue.lineage:
        for item in set(row.xian) - prior:
            yield Problem(file="lineage.yaml", item=row.astana, field="xian", reason=f"there is no “{item}”")
        if bool(row.xian) != (row.relation not in {"new", "undetermined"}):
            yield Problem(file="lineage.yaml", item=row.astana, field="relation", reason=f"“{row.relation}” with {row.xian}")
    for successor in catalogue.successors:
        if successor.xian not in prior:
            yield Problem(file="lineage.yaml", item=successor.xian, field="xian", reason="is not in xian-2023.yaml")


def check_labels(catalogue: Catalogue) -> Iterator[Problem]:
    """Each value that a page can show has a short label in each language."""
    vocabulary = catalogue.vocabulary
    wanted: dict[str, Iterable[object]] = {
        "sections": {entry.section for entry in catalogue.entries},
        "topics": vocabulary.get("topics", []),
        "systems": vocabulary.get("systems", {}),
        "acts": vocabulary.get("acts", {}),
        "kinds": vocabulary.get("kinds", {}),
        "scopes": vocabulary.get("scopes", {}),
        "strength": vocabulary.get("strength", {}),
        "body_types": vocabulary.get("body_types", []),
        "instrument_types": vocabulary.get("instrument_types", []),
        "lineage_relations": vocabulary.get("lineage_relations", []),
        "date_roles": vocabulary.get("date_roles", []),
        "indicator_directions": vocabulary.get("indicator_directions", []),
        "source_kinds": vocabulary.get("indicator_source_kinds", {}),
        "lineage_basis": {row.basis for row in catalogue.lineage},
        "lineage_confidence": {row.confidence for row in catalogue.lineage},
        "successor_status": {row.status for row in catalogue.successors},
        "availability": {item.availability for item in catalogue.prior} | {"unavailable"},
    }
    for group, keys in wanted.items():
        for key in keys:
            for language in ("en", *languages_to_translate()):
                if not catalogue.labels.get(group, {}).get(str(key), {}).get(language):
                    yield Problem(file="labels.yaml", item=f"{group}.{key}", field=language, reason="has no label")


def check_translations(catalogue: Catalogue) -> Iterator[Problem]:
    """Each text that a page can show exists in Russian and Chinese, and no translation is left over."""
    for language in languages_to_translate():
        wanted = dict(_texts_to_translate(catalogue))
        for (kind, key, part), english in wanted.items():
            found = catalogue.translated(language, kind, key)
            if part is not None:
                found = found.get(part) if isinstance(found, dict) else None
            if not isinstance(found, str) or not found.strip():
                yield _translation_problem(language, kind, key, part, f"no translation of “{english[:40]}”")
        keys = {(kind, key) for kind, key, _ in wanted}
        for kind in sorted({kind for kind, _ in keys}):
            for key in catalogue.translations[language].get(kind, {}):
                if (kind, key) not in keys:
                    yield _translation_problem(language, kind, key, None, "translates nothing")


def _translation_problem(language: str, kind: str, key: str | int, part: str | None, reason: str) -> Problem:
    return Problem(file=TRANSLATIONS[language], item=f"{kind}.{key}", field=part or "-", reason=reason)


def _texts_to_translate(catalogue: Catalogue) -> Iterator[tuple[tuple[str, str | int, str | None], str]]:
    for entry in catalogue.entries:
        yield ("entries", entry.id, "title"), entry.title
        yield ("entries", entry.id, "summary"), entry.summary
        if entry.indicator is not None:
            yield ("entries", entry.id, "indicator"), entry.indicator.name
            yield ("entries", entry.id, "unit"), entry.indicator.unit
            yield ("indicator_source", entry.id, None), entry.indicator.source
        if entry.note:
            yield ("entry_note", entry.id, None), entry.note
        for dated in entry.dates:
            yield ("entry_date_what", dated.what, None), dated.what
        for place in entry.places:
            yield ("place", place, None), place
    for body in catalogue.bodies:
        yield ("bodies", body.id, None), body.name
        if body.note:
            yield ("body_note", body.id, None), body.note
    for event in catalogue.events:
        yield ("events", event.id, None), event.name
        if event.outside_note:
            yield ("event_outside_note", event.id, None), event.outside_note
        if event.place:
            yield ("event_place", event.id, None), event.place
        if event.recurrence:
            yield ("recurrence", event.recurrence, None), event.recurrence
    for period in catalogue.periods:
        yield ("periods", period.id, None), period.name
    for instrument in catalogue.instruments:
        yield ("instruments", instrument.id, None), instrument.name
        yield ("instrument_stage", instrument.stage_in_text, None), instrument.stage_in_text
        if instrument.outside_number_or_date:
            yield ("instrument_outside", instrument.id, None), instrument.outside_number_or_date
        if instrument.outside_source:
            yield ("instrument_outside_source", instrument.id, None), instrument.outside_source
    for prior in catalogue.prior:
        yield ("xian", prior.id, "title"), prior.title
        yield ("xian", prior.id, "summary"), prior.summary
    for row in catalogue.lineage:
        if row.note:
            yield ("lineage_note", row.astana, None), row.note
    for successor in catalogue.successors:
        yield ("successor_note", successor.xian, None), successor.note
    for number, missing in enumerate(catalogue.unavailable):
        yield ("unavailable", number, None), missing.what


# Terms whose rendering must be the glossary's wherever the English text has them. Others of the glossary have
# several right renderings (a "permit" in a compound, "customs" as an adjective) and are a translator's judgement.
ENFORCED_TERMS: Final[tuple[str, ...]] = (
    "permit",
    "road transport permit",
    "single window",
    "clearance",
    "advance data",
    "risk management",
    "physical inspection",
    "hit rate",
    "irregularity",
    "mutual assistance",
    "cargo",
    "border post",
    "waiting time",
    "corridor",
    "transit time",
    "timetable",
    "regular service",
    "dry port",
    "seaport",
    "median",
    "percentile",
    "register",
    "declaration",
    "indicator",
    "early warning",
    "the parties",
    "relevant parties",
    "Secretariat",
    "theme year",
    "humanitarian consignment",
)


def check_glossary(catalogue: Catalogue) -> Iterator[Problem]:
    """The enforced terms of the glossary are rendered as it says, in titles, summaries and indicators."""
    for language in languages_to_translate():
        glossary = catalogue.translations[language].get("glossary", {})
        for term in ENFORCED_TERMS:
            if term not in glossary:
                yield _translation_problem(language, "glossary", term, None, "the enforced term is missing")
                continue
            for entry in catalogue.entries:
                indicator = (entry.indicator.name, entry.indicator.unit) if entry.indicator else ()
                english = " · ".join((entry.title, entry.summary, *indicator))
                translated = " · ".join((catalogue.translated(language, "entries", entry.id) or {}).values())
                if _has_english(english, term) and not _has_term(translated, glossary[term]):
                    reason = f"“{term}” is not rendered as “{glossary[term]}”"
                    yield _translation_problem(language, "entries", entry.id, None, reason)


def _has_english(text: str, term: str) -> bool:
    """Whether the term stands in the English text, in the singular or plural."""
    return re.search(rf"\b{re.escape(term)}(?:s|es)?\b", text, re.IGNORECASE) is not None


def _has_term(text: str, term: str) -> bool:
    """Whether the words of the term stand in the text side by side, in any inflection."""
    term = re.split(r" \(|（", term)[0]
    if any(is_han(word) for word in split_words(term)):
        return term in text
    words, wanted = _stems(text), _stems(term)
    return any(words[start : start + len(wanted)] == wanted for start in range(len(words)))


def _stems(text: str) -> list[str]:
    return [stem(word) for word in split_words(text)]


CHECKS: Final[tuple[Check, ...]] = (
    check_ids,
    check_coverage,
    check_vocabularies,
    check_references,
    check_codes,
    check_lineage,
    check_labels,
    check_translations,
    check_glossary,
)
