"""The shipped words against the declaration's own text, where that is at hand; it is never shipped."""

from pathlib import Path

import pytest

from serai.register.catalogue import Catalogue
from serai.register.vocabulary import Act
from serai.register.wording import prove_wording, read_paragraphs
from tests.catalogue import with_row
from tests.conftest import DECLARATION_TEXT


@pytest.fixture(scope="module")
def text() -> Path:
    if not DECLARATION_TEXT.exists():
        pytest.skip("SKIPPED wording of the shipped register: the declaration's text is not beside this folder")
    return DECLARATION_TEXT


def test_the_text_has_103_paragraphs_and_the_signatures(text: Path) -> None:
    paragraphs = read_paragraphs(text)

    assert len(paragraphs) == 104
    assert paragraphs["S", 1].count("President of") == 6


def test_the_shipped_words_hold(shipped: Catalogue, text: Path) -> None:
    assert prove_wording(shipped, text) == []


def test_a_changed_locator_is_found(shipped: Catalogue, text: Path) -> None:
    problems = prove_wording(
        with_row(shipped, "entries", "VI.13a", text_check="the exchange of driving licences"), text
    )

    assert [(problem.item, problem.field) for problem in problems] == [("VI.13a", "text_check")]


def test_a_changed_act_is_found(shipped: Catalogue, text: Path) -> None:
    problems = prove_wording(with_row(shipped, "entries", "XVI.2", act=Act.CONDEMN), text)

    assert [(problem.item, problem.field) for problem in problems] == [("XVI.2", "act")]


def test_a_summary_taken_from_the_text_is_found(shipped: Catalogue, text: Path) -> None:
    taken = " ".join(read_paragraphs(text)["VI", 12].split()[:12])

    problems = prove_wording(with_row(shipped, "entries", "VI.12", summary=f"{taken} and so on"), text)

    assert [(problem.item, problem.field) for problem in problems] == [("VI.12", "summary")]
