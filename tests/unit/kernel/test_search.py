"""Words of texts and of queries meet, in English, Russian and Chinese, however they are spelt."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from serai.kernel.search import (
    LONGEST_WORD,
    MOST_QUERY_WORDS,
    STEM_MARK,
    Term,
    is_han,
    normalise,
    split_words,
    stem,
    terms_of,
    tokens_of,
)

LETTERS = "abcXYZéßİ АБВгдёЁйЙҚқңү 海关总署許可ﬁ Ⅷ ０１２abc~'\"-./\u0308\u0301"
TEXTS = st.one_of(st.text(max_size=60), st.text(alphabet=LETTERS, max_size=60))


def finds(query: str, text: str) -> bool:
    """Whether every term of the query is among the tokens of the text, as both stores look for it."""
    tokens = set(tokens_of(text))
    return all(_holds(tokens, term) for term in terms_of(split_words(query)))


def _holds(tokens: set[str], term: Term) -> bool:
    if term.prefix:
        return any(token.startswith(term.tokens[-1]) for token in tokens)
    return tokens.issuperset(term.tokens)


@given(TEXTS)
def test_any_text_gives_tokens_that_a_store_can_keep(text: str) -> None:
    tokens = tokens_of(text)

    assert all(token and len(token) <= LONGEST_WORD + len(STEM_MARK) for token in tokens)
    assert not any(char.isspace() or char in "'\"\\:&|!()*\0" for token in tokens for char in token)


@given(TEXTS)
@example("е\u0308\u0308")
@example("ϓ\u0301ΐİﬀ")
def test_folding_twice_is_folding_once(text: str) -> None:
    folded = normalise(text)

    assert normalise(folded) == folded


@given(TEXTS)
def test_a_text_is_found_by_its_own_words(text: str) -> None:
    assert finds(" ".join(split_words(text)), text)


@given(st.text(max_size=40))
def test_case_and_width_make_no_difference(text: str) -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)

    assert tokens_of(wide) == tokens_of(text)
    assert tokens_of(unicodedata.normalize("NFD", text)) == tokens_of(text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("permit", "Permits for carriage by road"),
        ("permits", "One permit a journey"),
        ("countries", "landlocked country"),
        ("cooperate", "they cooperated"),
        ("разрешение", "О разрешениях на перевозки"),
        ("таможенных органов", "таможенным органам"),
        ("ледников", "помощь ледникам"),
        ("единое окно", "механизм единого окна"),
        ("партнёрство", "стратегическое партнерство"),
        ("молодежь", "для молодёжи"),
        ("ＵＮＥＳＣＯ", "unesco"),
        ("72／283", "резолюция 72/283"),
        ("海关", "海关总署"),
        ("总署", "海关总署"),
        ("海关总署", "中国海关总署通告"),
        ("SDG 阿拉木图", "阿拉木图SDG中心"),
    ],
)
def test_an_inflected_or_otherwise_spelt_word_finds_the_text(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("permit", "permission"),
        ("秘书长", "秘书处长期"),
        ("关海", "海关"),
        ("таможня", "таможенник"),
        ("78/266", "72/283"),
    ],
)
def test_another_word_does_not_find_the_text(query: str, text: str) -> None:
    assert not finds(query, text)


@pytest.mark.parametrize("name", ["Казахстан", "Кыргызстан", "Таджикистан", "Туркменистан", "Узбекистан"])
@pytest.mark.parametrize("ending", ["", "а", "у", "ом", "е"])
def test_a_country_is_found_in_every_case(name: str, ending: str) -> None:
    assert stem(normalise(name + ending)) == normalise(name)


def test_a_han_run_gives_its_pairs_and_its_last_character() -> None:
    assert tokens_of("海关总署") == ["海关", "关总", "总署", "署"]


@pytest.mark.parametrize("character", ["水", "节", "电"])
def test_one_han_character_finds_the_words_that_hold_it(character: str) -> None:
    assert finds(character, "节水电")


def test_stop_words_count_only_when_nothing_else_is_asked() -> None:
    assert [term.word for term in terms_of(split_words("Belt and Road"))] == ["belt", "road"]
    assert [term.word for term in terms_of(split_words("and or"))] == ["and", "or"]


def test_a_word_asked_twice_counts_once_and_a_long_query_is_cut() -> None:
    words = [f"word{number}" for number in range(40)]

    assert len(terms_of(["water", "water"])) == 1
    assert len(terms_of(words)) == MOST_QUERY_WORDS


def test_an_endless_word_is_cut_the_same_in_text_and_query() -> None:
    assert finds("x" * 500, "x" * 400)


@given(st.text(alphabet="水关a я", min_size=1, max_size=8))
def test_only_han_is_han(word: str) -> None:
    assert is_han(word) == all(char in "水关" for char in word)
