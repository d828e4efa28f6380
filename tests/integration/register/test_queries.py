"""The list: filters, orders and pages."""

import pytest

from serai.kernel.errors import BadFilter
from serai.register import queries
from serai.register.errors import NoSuchBody, NoSuchEntry, NoSuchInstrument
from serai.register.models import Entry
from serai.register.queries import ListRequest, Order, find_entries, list_entries

pytestmark = pytest.mark.django_db


def codes(request: ListRequest) -> list[str]:
    return [entry.code for entry in find_entries(request)[0]]


def test_the_whole_list_comes_in_the_order_of_the_text() -> None:
    assert codes(ListRequest()) == list(Entry.objects.order_by("position").values_list("code", flat=True))


def test_the_firmest_words_come_first_and_the_text_breaks_ties() -> None:
    rows = find_entries(ListRequest(order=Order.STRENGTH))[0]

    assert [(-row.strength, row.position) for row in rows] == sorted((-row.strength, row.position) for row in rows)
    assert [row.code for row in rows[:3]] == ["XV.1a", "XV.1b", "XVI.2"]


def test_the_earliest_date_comes_first_and_no_date_last() -> None:
    rows = find_entries(ListRequest(order=Order.DUE))[0]

    dues = [row.due for row in rows]
    assert dues[:11] == sorted(due for due in dues if due)
    assert set(dues[11:]) == {""}


def test_a_search_comes_by_relevance_unless_another_order_is_asked() -> None:
    found = list_entries(ListRequest(text="water"))
    in_text_order = list_entries(ListRequest(text="water", order=Order.DECLARATION))

    assert found.order is Order.RELEVANCE
    assert found.search is not None
    scores = [found.search.scores[entry.position] for entry in found.entries]
    assert scores == sorted(scores, reverse=True)
    assert found.total == in_text_order.total
    assert [entry.position for entry in in_text_order.entries] == sorted(
        entry.position for entry in in_text_order.entries
    )


def test_relevance_without_a_search_is_the_order_of_the_text() -> None:
    assert codes(ListRequest(order=Order.RELEVANCE)) == codes(ListRequest())


def test_pages_join_to_the_whole_list_without_a_gap() -> None:
    pages = [list_entries(ListRequest(page=number, size=50)) for number in range(1, 6)]

    assert [entry.code for page in pages for entry in page.entries] == codes(ListRequest())
    assert {(page.total, page.of, page.pages) for page in pages} == {(230, 230, 5)}


@pytest.mark.parametrize(("asked", "given"), [(-3, 1), (0, 1), (1, 1), (12, 12), (13, 12), (10**9, 12)])
def test_a_page_that_does_not_exist_is_the_nearest_that_does(asked: int, given: int) -> None:
    assert list_entries(ListRequest(page=asked)).page == given


def test_a_list_that_finds_nothing_has_one_empty_page() -> None:
    found = list_entries(ListRequest(text="xylophone"))

    assert (found.total, found.pages, found.page, list(found.entries)) == (0, 1, 1, [])


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"topic": ["roads"]}, "The filter topic has no value “roads”. Choose one of those listed."),
        ({"act": ["call", "x" * 900]}, f"The filter act has no value “{'x' * 60}”. Choose one of those listed."),
        ({"colour": ["blue"]}, "The filter colour has no value “blue”. Choose one of those listed."),
    ],
)
def test_a_filter_that_has_no_such_value_is_refused_with_a_sentence(
    choice: dict[str, list[str]], sentence: str
) -> None:
    for read in (list_entries, find_entries):
        with pytest.raises(BadFilter) as caught:
            read(ListRequest(choice=choice))
        assert str(caught.value) == sentence


def test_values_of_one_filter_widen_and_filters_narrow() -> None:
    water, energy = codes(ListRequest(choice={"topic": ["water"]})), codes(ListRequest(choice={"topic": ["energy"]}))

    both = codes(ListRequest(choice={"topic": ["water", "energy"]}))
    narrowed = codes(ListRequest(choice={"topic": ["water", "energy"], "act": ["support"]}))

    assert set(both) == set(water) | set(energy)
    assert set(narrowed) == {entry.code for entry in Entry.objects.filter(code__in=both, act="support")}


def test_the_count_beside_a_value_is_what_choosing_it_shows() -> None:
    found = list_entries(ListRequest(text="water", choice={"kind": ["commitment"]}))

    for facet, values in found.counts.items():
        for value, count in values.items():
            wanted = {"kind": ["commitment"], facet: [value]}
            assert list_entries(ListRequest(text="water", choice=wanted)).total == count, (facet, value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("VI.13", ["VI.13a", "VI.13b"]), ("vi.13A", ["VI.13a"]), ("VI.12", ["VI.12"]), ("VI.13z", [])],
)
def test_a_number_finds_its_entry_or_the_parts_of_its_paragraph(text: str, expected: list[str]) -> None:
    assert codes(ListRequest(text=text)) == expected


def test_the_neighbours_of_an_entry_stand_before_and_after_it() -> None:
    first, middle, last = (queries.get_entry(code) for code in ("0.1", "VI.13a", "S.1"))

    assert [entry and entry.code for entry in queries.get_neighbours(middle)] == ["VI.12", "VI.13b"]
    assert queries.get_neighbours(first)[0] is None
    assert queries.get_neighbours(last)[1] is None


def test_a_body_counts_the_entries_that_it_lists() -> None:
    with_codes = {body.pk: found for body, found in queries.bodies_with_codes()}

    for body, count in queries.find_bodies():
        listed = [entry.code for entry in queries.entries_of_body(body)[0]]
        assert count == len(listed) > 0
        assert with_codes[body.pk] == listed


def test_what_does_not_exist_is_told_by_name() -> None:
    with pytest.raises(NoSuchEntry, match=r"has no entry “VI\.99”"):
        queries.get_entry("vi.99")
    with pytest.raises(NoSuchEntry, match="has no entry “nonsense”"):
        queries.get_entry("nonsense")
    with pytest.raises(NoSuchBody, match="no body “ghost”"):
        queries.get_body("ghost")
    with pytest.raises(NoSuchInstrument, match="no instrument “ghost”"):
        queries.get_instrument("ghost")
