"""Facets counted with bits give what counting row by row gives."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from serai.register.facets import FacetIndex, bits_of, positions

Row = Mapping[str, list[str]]

VALUES = {"topic": list("abcde"), "act": ["call", "note"], "actor": ["all", "CN", "KZ"]}
ROWS = st.lists(
    st.fixed_dictionaries(
        {facet: st.lists(st.sampled_from(values), unique=True, max_size=3) for facet, values in VALUES.items()}
    ),
    max_size=40,
)
CHOICES = st.fixed_dictionaries(
    {},
    optional={
        facet: st.lists(st.sampled_from([*values, "unheard-of"]), max_size=3) for facet, values in VALUES.items()
    },
)


def fits(row: Row, choice: Row) -> bool:
    """OR inside a facet, AND between facets; a facet without a chosen value asks nothing."""
    return all(not wanted or any(value in row[facet] for value in wanted) for facet, wanted in choice.items())


@given(ROWS, CHOICES)
def test_a_choice_selects_the_rows_that_fit_every_facet(rows: list[Row], choice: Row) -> None:
    index = FacetIndex.build(rows)

    found = positions(index.select(choice))

    assert found == [number for number, row in enumerate(rows) if fits(row, choice)]


@given(ROWS, CHOICES, st.data())
def test_a_count_is_what_the_list_would_show_with_that_value_chosen(
    rows: list[Row], choice: Row, data: st.DataObject
) -> None:
    index = FacetIndex.build(rows)
    within = data.draw(st.none() | st.sets(st.integers(0, max(0, len(rows) - 1)), max_size=len(rows)))
    mask = None if within is None else bits_of((number for number in within if number < len(rows)), len(rows))

    counts = index.count(choice, within=mask)

    shown = [row for number, row in enumerate(rows) if within is None or number in within]
    for facet, values in VALUES.items():
        others = {name: wanted for name, wanted in choice.items() if name != facet}
        for value in values:
            expected = sum(value in row[facet] and fits(row, others) for row in shown)
            assert counts.get(facet, {}).get(value, 0) == expected, (facet, value)


@given(ROWS, CHOICES)
def test_a_search_narrows_a_selection(rows: list[Row], choice: Row) -> None:
    index = FacetIndex.build(rows)
    even = bits_of(range(0, len(rows), 2), len(rows))

    found = positions(index.select(choice, within=even))

    assert found == [number for number in positions(index.select(choice)) if number % 2 == 0]


@given(st.sets(st.integers(0, 300)))
def test_bits_are_read_back_in_ascending_order(numbers: set[int]) -> None:
    assert positions(bits_of(numbers, 301)) == sorted(numbers)


def test_no_rows_give_no_counts() -> None:
    index = FacetIndex.build([])

    assert (index.size, index.select({"act": ["call"]}), index.count({})) == (0, 0, {})


def test_a_facet_that_does_not_exist_selects_nothing() -> None:
    index = FacetIndex.build([{"act": ["call"]}])

    assert index.select({"colour": ["blue"]}) == 0
    assert index.select({"colour": []}) == 1
