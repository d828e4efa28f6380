"""Searches find what their reader expects, in the same order on either store."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

import serai.register
from serai.register.queries import ListRequest, list_entries

pytestmark = pytest.mark.django_db
QUERIES: list[dict[str, Any]] = yaml.safe_load(
    (Path(serai.register.__file__).parent / "bench" / "queries.yaml").read_text()
)
GOLDEN = Path(__file__).parents[2] / "data" / "search_order.json"


def first_ten(text: str) -> list[str]:
    return [entry.code for entry in list_entries(ListRequest(text=text, size=10)).entries]


def test_the_set_has_twenty_searches_in_each_language() -> None:
    languages = [query["lang"] for query in QUERIES]

    assert {language: languages.count(language) for language in languages} == {"en": 20, "ru": 20, "zh-hans": 20}


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query["q"].encode("unicode_escape").decode())
def test_a_search_finds_what_its_reader_expects_among_the_first_ten(query: dict[str, Any]) -> None:
    missing = set(query["expected"]) - set(first_ten(query["q"]))

    assert missing == set(), query["why"]


def test_the_order_of_hits_is_the_recorded_one_on_whichever_store() -> None:
    """Record it anew, after a change of the data or of the search that is meant to change it:

    SERAI_RECORD=1 ./dev test tests/integration/register/test_search.py -q
    """
    found = {query["q"]: first_ten(query["q"]) for query in QUERIES}
    if os.environ.get("SERAI_RECORD"):
        GOLDEN.write_text(
            "{\n"
            + ",\n".join(
                f" {json.dumps(text, ensure_ascii=False)}: {json.dumps(codes)}" for text, codes in found.items()
            )
            + "\n}\n"
        )

    assert found == json.loads(GOLDEN.read_text())


def test_a_mended_slip_is_said() -> None:
    found = list_entries(ListRequest(text="perimts"))

    assert found.search is not None
    assert found.search.searched_for == "permits"


def test_a_word_that_is_known_is_not_mended() -> None:
    found = list_entries(ListRequest(text="Belt and Road"))

    assert found.search is not None
    assert found.search.searched_for == "Belt and Road"


def test_words_that_never_meet_find_entries_with_any_of_them() -> None:
    found = list_entries(ListRequest(text="glaciers xylophone drugs"))

    assert found.search is not None
    assert found.search.any_word
    assert found.total > 1


def test_all_words_must_be_there_when_they_can_be() -> None:
    single, both = list_entries(ListRequest(text="customs")), list_entries(ListRequest(text="customs clearance"))

    assert both.search is not None
    assert not both.search.any_word
    assert 0 < both.total < single.total


@pytest.mark.parametrize("text", ["", "   ", "?!", "~", "…", "\u200b", '"', "'", "*", "\\", "&|!"])
def test_a_search_without_a_word_is_a_list_without_a_search_or_without_hits(text: str) -> None:
    assert list_entries(ListRequest(text=text)).total == (230 if not text.strip() else 0)


@pytest.mark.parametrize(
    "text",
    [
        'NEAR( OR "',
        "title:water",
        "water*",
        "water AND",
        "(water",
        '"water',
        "water' OR '1'='1",
        "col:a NOT b",
        "water\\",
        ":*&!<->",
        "{title}: water",
        "^water",
    ],
)
def test_operators_of_the_stores_are_words_or_nothing(text: str) -> None:
    found = list_entries(ListRequest(text=text))

    assert 0 <= found.total <= 230


def test_two_spellings_of_one_query_find_the_same() -> None:
    for one, other in (
        ("партнёрство", "ПАРТНЕРСТВО"),
        ("ＵＮＥＳＣＯ", "unesco"),
        ("72/283", "７２／２８３"),
        ("Казахстан", "Казахстана"),
    ):
        assert first_ten(one) == first_ten(other) != [], one
