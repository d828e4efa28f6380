"""A list may be asked for any value that is defined, also for one that no entry has today."""

import re

import pytest
from django.test import Client

from serai.register.choices import defined_values, is_known
from serai.register.errors import NoSuchBody
from serai.register.index import FACETS, get_index
from serai.register.queries import ListRequest, list_entries
from tests.html import Page

pytestmark = pytest.mark.django_db
OF_THE_ENTRIES = {"body", "due"}


@pytest.mark.parametrize("facet", sorted(set(FACETS) - OF_THE_ENTRIES))
def test_every_value_that_an_entry_has_is_defined(facet: str) -> None:
    defined = defined_values(facet)

    assert set(get_index().facets.bits[facet]) <= set(defined)
    assert len(set(defined)) == len(defined)


def test_bodies_and_years_are_known_from_the_entries() -> None:
    index = get_index()

    assert defined_values("body") == defined_values("due") == ()
    assert is_known("body", "customs-dg", index)
    assert not is_known("body", "ghost", index)
    assert [is_known("due", value, index) for value in ("2026", "none", "1999", "later", "２０２６")] == [
        True,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("facet", "value"), [("state", "measured"), ("state", "not-held"), ("actor", "SEC"), ("due", "1999")]
)
def test_a_value_that_no_entry_has_finds_what_is_there(facet: str, value: str) -> None:
    expected = get_index().facets.bits[facet].get(value, 0).bit_count()

    assert list_entries(ListRequest(choice={facet: [value]})).total == expected


def test_a_body_that_does_not_exist_is_told_by_name() -> None:
    with pytest.raises(NoSuchBody, match="no body “ghost”"):
        list_entries(ListRequest(choice={"body": ["ghost"]}))


def test_a_state_without_entries_shows_an_empty_list_with_the_filter_on(client: Client) -> None:
    """The page of rules links to it."""
    html = client.get("/register/?state=measured").text

    page = Page.read(html)
    assert "No entry fits." in page.text
    assert "left out" not in page.text
    assert 'value="measured" checked' in html


@pytest.mark.parametrize("prefix", ["", "/ru", "/zh-hans"])
def test_every_count_of_the_list_stands_in_a_box_to_tick(client: Client, prefix: str) -> None:
    html = client.get(f"{prefix}/register/?act=call").text

    boxes = re.findall(r'<input type="checkbox" name="(\w+)" value="([^"]+)"( checked)?>', html)
    counts = list_entries(ListRequest(choice={"act": ["call"]})).counts
    shown = {(facet, value) for facet, values in counts.items() for value, count in values.items() if count}
    assert {(facet, value) for facet, value, _ in boxes} == shown
    assert [(facet, value) for facet, value, checked in boxes if checked] == [("act", "call")]
