"""Proof of the translations: complete, nothing left over, and the glossary's terms used as it says."""

import re
from collections.abc import Iterator
from typing import Final

from serai.kernel.search import is_han, split_words, stem
from serai.register.catalogue import TRANSLATIONS, Catalogue, languages_to_translate
from serai.register.errors import Problem
from serai.register.records import EntryRecord
from serai.register.units import split_units


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


def check_units(catalogue: Catalogue) -> Iterator[Problem]:
    """An indicator has as many units in each language: a figure names its unit by its place among them."""
    for entry in catalogue.entries:
        if entry.indicator is None:
            continue
        wanted = len(split_units(entry.indicator.unit))
        for language in languages_to_translate():
            unit = (catalogue.translated(language, "entries", entry.id) or {}).get("unit", "")
            if unit and len(split_units(unit)) != wanted:
                reason = f"“{unit}” is not {wanted} unit(s), parted by “;”"
                yield _translation_problem(language, "entries", entry.id, "unit", reason)


def _translation_problem(language: str, kind: str, key: str | int, part: str | None, reason: str) -> Problem:
    return Problem(file=TRANSLATIONS[language], item=f"{kind}.{key}", field=part or "-", reason=reason)


_Text = tuple[tuple[str, str | int, str | None], str]


def _texts_to_translate(catalogue: Catalogue) -> Iterator[_Text]:
    """Yield kind, key and part of every text that a page can show, with its English."""
    for entry in catalogue.entries:
        yield from _texts_of_entry(entry)
    for body in catalogue.bodies:
        yield ("bodies", body.id, None), body.name
        yield from _optional("body_note", body.id, body.note)
    for event in catalogue.events:
        yield ("events", event.id, None), event.name
        yield from _optional("event_outside_note", event.id, event.outside_note)
        yield from _optional("event_place", event.id, event.place)
        yield from _optional("recurrence", event.recurrence, event.recurrence)
    for period in catalogue.periods:
        yield ("periods", period.id, None), period.name
    for item in catalogue.instruments:
        yield ("instruments", item.id, None), item.name
        yield ("instrument_stage", item.stage_in_text, None), item.stage_in_text
        yield from _optional("instrument_outside", item.id, item.outside_number_or_date)
        yield from _optional("instrument_outside_source", item.id, item.outside_source)
    yield from _texts_of_lineage(catalogue)


def _texts_of_entry(entry: EntryRecord) -> Iterator[_Text]:
    yield ("entries", entry.id, "title"), entry.title
    yield ("entries", entry.id, "summary"), entry.summary
    if entry.indicator is not None:
        yield ("entries", entry.id, "indicator"), entry.indicator.name
        yield ("entries", entry.id, "unit"), entry.indicator.unit
        yield ("indicator_source", entry.id, None), entry.indicator.source
    yield from _optional("entry_note", entry.id, entry.note)
    for dated in entry.dates:
        yield ("entry_date_what", dated.what, None), dated.what
    for place in entry.places:
        yield ("place", place, None), place


def _texts_of_lineage(catalogue: Catalogue) -> Iterator[_Text]:
    for prior in catalogue.prior:
        yield ("xian", prior.id, "title"), prior.title
        yield ("xian", prior.id, "summary"), prior.summary
    for row in catalogue.lineage:
        yield from _optional("lineage_note", row.astana, row.note)
    for successor in catalogue.successors:
        yield ("successor_note", successor.xian, None), successor.note
    for number, missing in enumerate(catalogue.unavailable):
        yield ("unavailable", number, None), missing.what


def _optional(kind: str, key: str | None, english: str | None) -> Iterator[_Text]:
    if english and key:
        yield (kind, key, None), english


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
