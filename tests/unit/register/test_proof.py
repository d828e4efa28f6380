"""The shipped catalogue holds, and each fault that can be planted in its records is found and named."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from serai.register.catalogue import Catalogue
from serai.register.proof import CHECKS, prove
from serai.register.records import DatedItem
from serai.register.vocabulary import Act, Kind, Scope
from tests.catalogue import find_row, twice, with_row, without_row

Plant = Callable[[Catalogue], Catalogue]
ENTRIES = "astana-2025.yaml"
# The glossary's check takes longer than all others and has its tests in test_proof_texts.py.
QUICK_CHECKS = [check for check in CHECKS if check.__name__ != "check_glossary"]
LATE = DatedItem(start="2026-05", end="2025", role="period", what="second summit")


def moved(catalogue: Catalogue, code: str, *, behind: str) -> Catalogue:
    """Put one entry behind another."""
    entry = find_row(catalogue, "entries", code)
    rows = [row for row in catalogue.entries if row is not entry]
    place = next(number for number, row in enumerate(rows) if row.id == behind)
    return replace(catalogue, entries=[*rows[: place + 1], entry, *rows[place + 1 :]])


def with_meta(catalogue: Catalogue, name: str, **values: object) -> Catalogue:
    """Change what a file says of itself."""
    change: dict[str, Any] = {name: {**deepcopy(getattr(catalogue, name)), **values}}
    return replace(catalogue, **change)


def without_paragraph(catalogue: Catalogue, section: str, paragraph: int) -> Catalogue:
    kept = [entry for entry in catalogue.entries if (entry.section, entry.paragraph) != (section, paragraph)]
    return replace(catalogue, entries=kept)


FAULTS: dict[str, tuple[Plant, str, str, str]] = {
    # Ids and order
    "an entry twice": (lambda c: twice(c, "entries", "VI.13a"), ENTRIES, "VI.13a", "id"),
    "a body twice": (lambda c: twice(c, "bodies", "customs-dg"), "bodies.yaml", "customs-dg", "id"),
    "an event twice": (lambda c: twice(c, "events", "lldc3"), "events.yaml", "lldc3", "id"),
    "a period with an event's id": (
        lambda c: with_row(c, "periods", "sco-chair", id="lldc3"),
        "events.yaml",
        "lldc3",
        "id",
    ),
    "an earlier entry twice": (lambda c: twice(c, "prior", "xa-0.1"), "xian-2023.yaml", "xa-0.1", "id"),
    "entries out of order": (lambda c: moved(c, "VI.2a", behind="VI.13a"), ENTRIES, "VI.2a", "id"),
    "a wrong section": (lambda c: with_row(c, "entries", "VI.13a", section="VII"), ENTRIES, "VI.13a", "section"),
    "a wrong paragraph": (lambda c: with_row(c, "entries", "VI.13a", paragraph=12), ENTRIES, "VI.13a", "paragraph"),
    # Coverage and counts
    "a gap in the letters": (lambda c: without_row(c, "entries", "VI.8b"), ENTRIES, "VI.8", "id"),
    "a letter without need": (lambda c: without_row(c, "entries", "VI.13b"), ENTRIES, "VI.13", "id"),
    "a paragraph without entries": (lambda c: without_paragraph(c, "VI", 12), ENTRIES, "VI.12", "paragraph"),
    "a wrong count of entries": (lambda c: with_meta(c, "meta", entries=229), ENTRIES, "meta", "entries"),
    "a wrong count of paragraphs": (lambda c: with_meta(c, "meta", paragraphs=104), ENTRIES, "meta", "paragraphs"),
    "a wrong count of earlier entries": (
        lambda c: with_meta(c, "prior_meta", entries=57),
        "xian-2023.yaml",
        "meta",
        "entries",
    ),
    # Closed vocabularies
    "an unknown topic": (lambda c: with_row(c, "entries", "VI.13a", topics=["roads"]), ENTRIES, "VI.13a", "topics"),
    "an unknown system": (lambda c: with_row(c, "entries", "VI.13a", system="e-visa"), ENTRIES, "VI.13a", "system"),
    "an unknown topic of old": (
        lambda c: with_row(c, "prior", "xa-0.1", topics=["roads"]),
        "xian-2023.yaml",
        "xa-0.1",
        "topics",
    ),
    "an unknown source of old": (
        lambda c: with_row(c, "prior", "xa-0.1", sources=["hearsay"]),
        "xian-2023.yaml",
        "xa-0.1",
        "sources",
    ),
    "an unknown type of body": (
        lambda c: with_row(c, "bodies", "customs-dg", type="club"),
        "bodies.yaml",
        "customs-dg",
        "type",
    ),
    "an unknown type of instrument": (
        lambda c: with_row(c, "instruments", "cca-spirit", type="pact"),
        "instruments.yaml",
        "cca-spirit",
        "type",
    ),
    # References both ways
    "a body that no file has": (
        lambda c: with_row(c, "entries", "VI.13a", bodies=["ghost"]),
        ENTRIES,
        "VI.13a",
        "bodies",
    ),
    "an event that no file has": (
        lambda c: with_row(c, "entries", "VI.12", events=["ghost"]),
        ENTRIES,
        "VI.12",
        "events",
    ),
    "an instrument that no file has": (
        lambda c: with_row(c, "entries", "VI.13a", instruments=["ghost"]),
        ENTRIES,
        "VI.13a",
        "instruments",
    ),
    "a body that no entry names": (
        lambda c: with_row(c, "entries", "XI.5", bodies=[]),
        "bodies.yaml",
        "cultural-centres",
        "entries",
    ),
    "an event that no entry names": (
        lambda c: with_row(c, "entries", "VI.12", events=[]),
        "events.yaml",
        "lldc3",
        "entries",
    ),
    "a body that claims another entry": (
        lambda c: with_row(c, "bodies", "cultural-centres", mentions=["XI.5", "VI.13a"]),
        "bodies.yaml",
        "cultural-centres",
        "entries",
    ),
    "a period of no entry": (
        lambda c: with_row(c, "periods", "sco-chair", entry="VI.99"),
        "events.yaml",
        "sco-chair",
        "entry",
    ),
    # What the codes of an entry say together
    "strength 5 without a date": (
        lambda c: with_row(c, "entries", "VI.13a", strength=5),
        ENTRIES,
        "VI.13a",
        "strength",
    ),
    "a position of strength 4": (
        lambda c: with_row(c, "entries", "II.2c", strength=4, kind=Kind.POSITION),
        ENTRIES,
        "II.2c",
        "strength",
    ),
    "a title of eleven words": (
        lambda c: with_row(c, "entries", "VI.13a", title="permits " * 11),
        ENTRIES,
        "VI.13a",
        "title",
    ),
    "named states in a scope of all": (
        lambda c: with_row(c, "entries", "VI.13a", actors=["KZ", "UZ"]),
        ENTRIES,
        "VI.13a",
        "actors",
    ),
    "named states in an unnamed scope": (
        lambda c: with_row(c, "entries", "III.1a", actors=["KZ", "UZ"]),
        ENTRIES,
        "III.1a",
        "actors",
    ),
    "all in a scope of some": (
        lambda c: with_row(c, "entries", "VI.13a", scope=Scope.NAMED),
        ENTRIES,
        "VI.13a",
        "actors",
    ),
    "a state named twice": (
        lambda c: with_row(c, "entries", "II.2c", actors=["CN", "CN"], scope=Scope.NAMED),
        ENTRIES,
        "II.2c",
        "actors",
    ),
    "an end before its start": (lambda c: with_row(c, "entries", "0.1", dates=[LATE]), ENTRIES, "0.1", "dates"),
    # Lineage
    "no lineage row": (lambda c: without_row(c, "lineage", "VI.13a"), "lineage.yaml", "VI.13a", "astana"),
    "two lineage rows": (lambda c: twice(c, "lineage", "VI.13a"), "lineage.yaml", "VI.13a", "astana"),
    "a lineage row of no entry": (
        lambda c: with_row(c, "lineage", "VI.13a", astana="VI.99"),
        "lineage.yaml",
        "VI.99",
        "astana",
    ),
    "an earlier entry that no file has": (
        lambda c: with_row(c, "lineage", "0.1", xian=["xa-99"]),
        "lineage.yaml",
        "0.1",
        "xian",
    ),
    "repeated from nothing": (lambda c: with_row(c, "lineage", "0.1", xian=[]), "lineage.yaml", "0.1", "relation"),
    "new, but from something": (
        lambda c: with_row(c, "lineage", "0.2a", xian=["xa-0.1"]),
        "lineage.yaml",
        "0.2a",
        "relation",
    ),
    "a lost item that no file has": (
        lambda c: with_row(c, "successors", "xa-2a", xian="xa-99"),
        "lineage.yaml",
        "xa-99",
        "xian",
    ),
}


def test_the_shipped_catalogue_has_no_problem(shipped: Catalogue) -> None:
    assert prove(shipped) == []


@pytest.mark.parametrize(("plant", "file", "item", "field"), FAULTS.values(), ids=FAULTS.keys())
def test_a_planted_fault_is_found_and_named(shipped: Catalogue, plant: Plant, file: str, item: str, field: str) -> None:
    planted = plant(shipped)

    problems = [problem for check in QUICK_CHECKS for problem in check(planted)]

    assert (file, item, field) in {(problem.file, problem.item, problem.field) for problem in problems}
    assert all(problem.reason for problem in problems)


def test_an_outcome_that_cites_an_entry_which_does_not_name_the_event_is_found(shipped: Catalogue) -> None:
    outcome = find_row(shipped, "events", "summit-1").outcome
    source = outcome.source.model_copy(update={"url": "astana-2025:VI.13a"})

    problems = prove(with_row(shipped, "events", "summit-1", outcome=outcome.model_copy(update={"source": source})))

    assert ("events.yaml", "summit-1", "outcome") in {(found.file, found.item, found.field) for found in problems}


def test_an_act_changed_to_one_that_fits_as_well_is_not_a_fault_of_the_records(shipped: Catalogue) -> None:
    """Only the text can tell; that check is `wording`'s."""
    assert prove(with_row(shipped, "entries", "VI.13a", act=Act.INTEND)) == []


def test_every_fault_of_several_is_named(shipped: Catalogue) -> None:
    planted = with_row(shipped, "entries", "VI.13a", topics=["roads"])
    planted = with_row(planted, "bodies", "customs-dg", type="club")

    problems = prove(planted)

    assert [str(problem) for problem in problems] == [
        "astana-2025.yaml: VI.13a: topics: “roads” is not in vocab.yaml",
        "bodies.yaml: customs-dg: type: “club” is not in vocab.yaml",
    ]


def test_no_check_is_there_twice() -> None:
    assert len(set(CHECKS)) == len(CHECKS)
