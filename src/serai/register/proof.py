"""Proof of the catalogue: what its records say about each other. Each check returns what it found wrong."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from serai.register.catalogue import ENTRIES, PRIOR, Catalogue, languages_to_translate
from serai.register.codes import parse_code
from serai.register.errors import Problem
from serai.register.records import EntryRecord
from serai.register.translations import check_glossary, check_translations
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
    for file, item, field, values, group in _uses(catalogue):
        for value in values:
            if value not in catalogue.vocabulary.get(group, ()):
                yield Problem(file=file, item=item, field=field, reason=f"“{value}” is not in vocab.yaml")
    known = set(catalogue.prior_meta.get("sources", {}))
    for prior in catalogue.prior:
        for source in set(prior.sources) - known:
            yield Problem(file=PRIOR, item=prior.id, field="sources", reason=f"“{source}” is not in meta.sources")


def _uses(catalogue: Catalogue) -> Iterator[tuple[str, str, str, list[str], str]]:
    """Yield file, item, field, the values there, and the vocabulary that they must be in."""
    for entry in catalogue.entries:
        yield ENTRIES, entry.id, "topics", entry.topics, "topics"
        yield ENTRIES, entry.id, "system", [entry.system] if entry.system else [], "systems"
    for prior in catalogue.prior:
        yield PRIOR, prior.id, "topics", prior.topics, "topics"
    for body in catalogue.bodies:
        yield "bodies.yaml", body.id, "type", [body.type], "body_types"
    for instrument in catalogue.instruments:
        yield "instruments.yaml", instrument.id, "type", [instrument.type], "instrument_types"


def check_references(catalogue: Catalogue) -> Iterator[Problem]:
    """Entries and catalogue files name each other both ways; nothing is named that does not exist or is unused."""
    declared = {
        "bodies": {body.id: body.mentions for body in catalogue.bodies},
        "events": {event.id: event.entries for event in catalogue.events},
        "instruments": {instrument.id: instrument.entries for instrument in catalogue.instruments},
    }
    for kind, items in declared.items():
        used: dict[str, list[str]] = {}
        for entry in catalogue.entries:
            for item in getattr(entry, kind):
                used.setdefault(item, []).append(entry.id)
        yield from _compare(kind, items, used)
    known = {entry.id for entry in catalogue.entries}
    for period in catalogue.periods:
        if period.entry not in known:
            yield Problem(file="events.yaml", item=period.id, field="entry", reason=f"there is no entry {period.entry}")


def _compare(kind: str, declared: dict[str, list[str]], used: dict[str, list[str]]) -> Iterator[Problem]:
    for item in used.keys() - declared.keys():
        yield Problem(file=ENTRIES, item=used[item][0], field=kind, reason=f"“{item}” is not in {kind}.yaml")
    for item, entries in declared.items():
        named_by = used.get(item, [])
        if not named_by:
            yield Problem(file=f"{kind}.yaml", item=item, field="entries", reason="no entry names it")
        elif sorted(named_by) != sorted(entries):
            difference = ", ".join(sorted(set(named_by) ^ set(entries)))
            yield Problem(file=f"{kind}.yaml", item=item, field="entries", reason=f"does not agree with {difference}")


def check_codes(catalogue: Catalogue) -> Iterator[Problem]:
    """What act, strength, kind and dates of an entry say fits together (definitions: the method page)."""
    for entry in catalogue.entries:
        if entry.strength == 5 and not entry.dates:
            yield _entry_problem(entry, "strength", "is 5, which needs a date")
        if entry.kind is Kind.POSITION and entry.strength > STRONGEST_POSITION:
            yield _entry_problem(entry, "strength", f"is {entry.strength}; a position has at most {STRONGEST_POSITION}")
        if len(entry.title.split()) > LONGEST_TITLE_WORDS:
            yield _entry_problem(entry, "title", f"has more than {LONGEST_TITLE_WORDS} words")
        for dated in entry.dates:
            if dated.end is not None and dated.end < dated.start:
                yield _entry_problem(entry, "dates", f"ends {dated.end}, before it starts {dated.start}")


def check_actors(catalogue: Catalogue) -> Iterator[Problem]:
    """Who acts fits the scope: `all` only where the text binds all six, or a part of them that it does not name."""
    for entry in catalogue.entries:
        is_all = entry.scope in ALL_SIX_SCOPES | UNNAMED_SCOPES
        if is_all and list(entry.actors) not in (["all"], ["SEC"]):
            yield _entry_problem(entry, "actors", f"must be [all] with the scope {entry.scope}")
        if not is_all and "all" in entry.actors:
            yield _entry_problem(entry, "actors", f"must name the states with the scope {entry.scope}")
        if len(set(entry.actors)) != len(entry.actors):
            yield _entry_problem(entry, "actors", "names somebody twice")


def check_outcomes(catalogue: Catalogue) -> Iterator[Problem]:
    """An outcome that cites the declaration cites an entry that names the event."""
    for event in catalogue.events:
        if event.outcome is not None and event.outcome.source.url.startswith("astana-2025:"):
            cited = event.outcome.source.url.partition(":")[2]
            if cited not in event.entries:
                reason = f"cites {cited}, which does not name it"
                yield Problem(file="events.yaml", item=event.id, field="outcome", reason=reason)


def check_lineage(catalogue: Catalogue) -> Iterator[Problem]:
    """Every entry has one lineage row; every earlier item named exists; undetermined rows name none."""
    rows = Counter(row.astana for row in catalogue.lineage)
    known, prior = {entry.id for entry in catalogue.entries}, {item.id for item in catalogue.prior}
    for item in sorted(known - rows.keys()):
        yield Problem(file="lineage.yaml", item=item, field="astana", reason="has no lineage row")
    for item, count in rows.items():
        if count > 1 or item not in known:
            yield Problem(
                file="lineage.yaml", item=item, field="astana", reason=f"{count} rows; entry known: {item in known}"
            )
    for row in catalogue.lineage:
        for item in set(row.xian) - prior:
            yield Problem(file="lineage.yaml", item=row.astana, field="xian", reason=f"there is no “{item}”")
        if bool(row.xian) != (row.relation not in {"new", "undetermined"}):
            yield Problem(
                file="lineage.yaml", item=row.astana, field="relation", reason=f"“{row.relation}” with {row.xian}"
            )
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


CHECKS: Final[tuple[Check, ...]] = (
    check_ids,
    check_coverage,
    check_vocabularies,
    check_references,
    check_codes,
    check_actors,
    check_outcomes,
    check_lineage,
    check_labels,
    check_translations,
    check_glossary,
)
