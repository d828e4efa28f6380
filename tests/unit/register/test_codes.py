"""Numbers of entries are read in any case, and stand in the order of the text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.register.codes import SECTION_ORDER, Place, parse_code

PLACES = st.builds(
    Place,
    st.sampled_from(sorted(SECTION_ORDER.values())),
    st.integers(0, 999),
    st.sampled_from(["", *"abcdefghijklmnopqrstuvwxyz"]),
)
TEXT_ORDER = (
    "0.1 0.2a 0.2b I.1a I.1c I.2 II.6 IV.1a V.1b VI.2 VI.13 VI.13a VI.13b VI.16c IX.1 X.1 XI.1 XVI.2 S.1".split()
)


@given(PLACES)
def test_a_place_is_read_back_from_its_number(place: Place) -> None:
    assert parse_code(place.code) == place


@given(PLACES)
def test_case_and_blanks_around_make_no_difference(place: Place) -> None:
    assert parse_code(f" {place.code.lower()}\n") == place
    assert parse_code(place.code.upper()) == place


@given(st.permutations(TEXT_ORDER))
def test_numbers_sort_in_the_order_of_the_text(codes: list[str]) -> None:
    assert sorted(codes, key=parse_code) == TEXT_ORDER


@given(st.text(max_size=8))
@pytest.mark.parametrize("around", ["{}", "VI.{}", "{}.1", "VI.1{}"])
def test_what_is_read_is_what_was_written(around: str, text: str) -> None:
    written = around.format(text)

    try:
        code = parse_code(written).code
    except ValueError:
        return

    assert code.lower() == re.sub(r"\.0+(?=[0-9])", ".", written.strip()).lower()


@pytest.mark.parametrize(
    "text",
    [
        *("", "VI", "VI.", "VI-13", "VI.13aa", "VI.13.a", "VI 13", "VI.13a extra", "VI.1234", "S.-1"),
        *("IIX.1", "XXI.1", "IIII.1", "1.1", "T.1"),
        *("VI.1а", "ſ.1", "vı.1", "VI.１"),  # letters and digits that only look right
    ],
)
def test_what_is_no_number_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not an entry number such as VI\.13a$"):
        parse_code(text)
