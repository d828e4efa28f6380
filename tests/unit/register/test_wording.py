"""Our words are checked against a text: locators, verbs, coverage, and no run of words taken from it.

The text here is made up, so that these tests keep their meaning on a machine without the declaration's.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from serai.register.catalogue import Catalogue
from serai.register.errors import Problem
from serai.register.vocabulary import Act
from serai.register.wording import LONGEST_SHARED_RUN, prove_wording, read_paragraphs
from tests.catalogue import find_row, with_row

TEXT = """
On 3 May two gardeners, President of the rose bed and President of the pond, jointly held a meeting by the well.

They reviewed what had grown since the last rain and looked forward to the harvest.
I. The gardeners will plant forty pear trees along the northern wall before the first frost comes to the valley.
They welcome the new well-keeper’s plan, and note that water should be shared.
II. The gardeners are willing to lend ladders to neighbours.
Ann Brook, President of the Rose Bed
Bo Reed, President of the Pond
"""
# code, act, locator, title, summary
ENTRIES = [
    ("0.1", Act.ANNOUNCE, "jointly held a meeting", "Meeting by the well", "Two heads of gardens met in May."),
    (
        "0.2",
        Act.ACKNOWLEDGE,
        "They reviewed what had grown",
        "Review of the year",
        "The year’s growth was looked at together.",
    ),
    (
        "I.1",
        Act.UNDERTAKE,
        "The gardeners will plant",
        "Pear trees at the wall",
        "Forty pear trees are to stand at the wall by winter.",
    ),
    (
        "I.2a",
        Act.WELCOME,
        "They welcome the new well-keeper's",
        "Plan of the keeper",
        "The keeper’s plan finds favour.",
    ),
    ("I.2b", Act.CALL, "water should be shared", "Sharing of water", "Water ought to be for all."),
    ("II.1", Act.INTEND, "willing to lend ladders", "Ladders on loan", "Neighbours may borrow ladders."),
    ("S.1", Act.ANNOUNCE, "Ann Brook", "Signatures", "Two names stand below."),
]


@pytest.fixture
def text(tmp_path: Path) -> Path:
    file = tmp_path / "garden.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


@pytest.fixture
def garden(shipped: Catalogue) -> Catalogue:
    model = find_row(shipped, "entries", "VI.13a")
    fields = ("id", "act", "text_check", "title", "summary")
    return replace(shipped, entries=[model.model_copy(update=dict(zip(fields, row, strict=True))) for row in ENTRIES])


def found(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.item, problem.field) for problem in problems]


def test_paragraphs_are_counted_anew_in_each_section_and_signatures_stand_apart(text: Path) -> None:
    paragraphs = read_paragraphs(text)

    assert list(paragraphs) == [("0", 1), ("0", 2), ("I", 1), ("I", 2), ("II", 1), ("S", 1)]
    assert paragraphs["S", 1] == "Ann Brook, President of the Rose Bed Bo Reed, President of the Pond"


def test_words_of_our_own_that_fit_the_text_hold(garden: Catalogue, text: Path) -> None:
    assert prove_wording(garden, text) == []


def test_a_locator_that_is_not_in_its_paragraph_is_found(garden: Catalogue, text: Path) -> None:
    planted = with_row(garden, "entries", "I.1", text_check="willing to lend ladders")

    assert found(prove_wording(planted, text)) == [("I.1", "text_check")]


def test_a_locator_may_differ_in_case_and_apostrophe_only(garden: Catalogue, text: Path) -> None:
    assert prove_wording(with_row(garden, "entries", "I.2a", text_check="THE NEW WELL-KEEPER’S PLAN"), text) == []
    assert found(prove_wording(with_row(garden, "entries", "I.2a", text_check="the new well-keepers plan"), text)) == [
        ("I.2a", "text_check")
    ]


@pytest.mark.parametrize("act", sorted(set(Act) - {Act.UNDERTAKE}))
def test_an_act_without_a_verb_of_its_family_is_found(garden: Catalogue, text: Path, act: Act) -> None:
    planted = with_row(garden, "entries", "I.1", act=act)

    assert found(prove_wording(planted, text)) == [("I.1", "act")]


@pytest.mark.parametrize("field", ["title", "summary"])
def test_seven_words_in_a_row_of_the_text_are_found(garden: Catalogue, text: Path, field: str) -> None:
    words = "forty pear trees along the northern wall before".split()
    shared = " ".join(words[: LONGEST_SHARED_RUN + 1])

    planted = with_row(garden, "entries", "I.1", **{field: f"Here {shared.upper()}, at last"})

    assert found(prove_wording(planted, text)) == [("I.1", field)]


def test_six_words_in_a_row_are_not_too_many(garden: Catalogue, text: Path) -> None:
    assert (
        prove_wording(with_row(garden, "entries", "I.1", summary="forty pear trees along the northern fence"), text)
        == []
    )


def test_a_paragraph_without_an_entry_and_an_entry_without_a_paragraph_are_found(garden: Catalogue, text: Path) -> None:
    planted = with_row(garden, "entries", "II.1", id="II.7")

    problems = prove_wording(planted, text)

    assert ("II.1", "id") in found(problems)
    assert ("II.7", "id") in found(problems)
    assert ("II.7", "text_check") in found(problems)
