"""A word that is one slip away from a known one is mended; one that may be anything is left alone."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from serai.kernel.search import mend

VOCABULARY = [("permit", 7), ("railway", 3), ("cyberspace", 2), ("таможня", 1), ("конвенция", 1), ("container", 4)]
WORDS = [word for word, _ in VOCABULARY]
LETTERS = "abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщъыьэюя"


@given(st.sampled_from(WORDS), st.data())
def test_two_neighbours_swapped_are_mended(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 2))
    slip = word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    assert mend(slip, VOCABULARY) == word


@given(st.sampled_from(WORDS), st.data())
def test_a_letter_left_out_is_mended(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))

    assert mend(word[:at] + word[at + 1 :], VOCABULARY) == word


@given(st.sampled_from(WORDS), st.sampled_from(LETTERS), st.data())
def test_a_letter_put_in_is_mended(word: str, letter: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word)))

    assert mend(word[:at] + letter + word[at:], VOCABULARY) == word


@given(st.sampled_from(WORDS), st.sampled_from(LETTERS), st.data())
def test_a_wrong_letter_is_mended(word: str, letter: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))

    assert mend(word[:at] + letter + word[at + 1 :], VOCABULARY) == word


@given(st.text(alphabet=LETTERS, min_size=1, max_size=12))
def test_what_comes_back_is_a_known_word(word: str) -> None:
    assume(word not in WORDS)

    assert mend(word, VOCABULARY) in {None, *WORDS}


@pytest.mark.parametrize("slip", ["prmt", "permittt", "railwyas", "xxermit"])
def test_two_slips_are_left_alone(slip: str) -> None:
    assert mend(slip, VOCABULARY) is None


@pytest.mark.parametrize(
    ("word", "vocabulary"),
    [("ro", "road"), ("roa", "road"), ("2025", "2026"), ("海关总", "海关总署"), ("a1b2c", "a1b2d")],
)
def test_short_words_figures_and_han_are_left_alone(word: str, vocabulary: str) -> None:
    assert mend(word, [(vocabulary, 9)]) is None


def test_the_commonest_word_wins_and_the_alphabet_breaks_a_tie() -> None:
    assert mend("wqter", [("water", 2), ("wyter", 5)]) == "wyter"
    assert mend("wqter", [("wyter", 5), ("water", 5)]) == "water"
