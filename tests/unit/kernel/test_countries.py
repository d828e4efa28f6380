"""States stand in the alphabetical order of the reader's language, whatever order they came in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.kernel.countries import NAMES, STATES, Party, name_party, sort_parties
from serai.kernel.languages import LANGUAGES

# As the look's rules give them (States); Chinese is by pinyin: Hā, Jí, Tǎ, Tǔ, Wū, Zhōng.
ORDERS = {
    "en": ["China", "Kazakhstan", "Kyrgyz Republic", "Tajikistan", "Turkmenistan", "Uzbekistan"],
    "ru": ["Казахстан", "Китай", "Кыргызская Республика", "Таджикистан", "Туркменистан", "Узбекистан"],
    "zh-hans": ["哈萨克斯坦", "吉尔吉斯共和国", "塔吉克斯坦", "土库曼斯坦", "乌兹别克斯坦", "中国"],
}


@pytest.mark.parametrize("language", LANGUAGES)
@given(codes=st.permutations(STATES))
def test_six_states_always_come_in_the_order_of_the_language(language: str, codes: list[Party]) -> None:
    names = [name_party(code, language) for code in sort_parties(codes, language)]

    assert names == ORDERS[language]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_secretariat_stands_among_the_states_in_the_same_order(language: str) -> None:
    names = [name_party(code, language) for code in sort_parties(list(Party), language)]

    assert names == sorted(names)
    assert len(names) == 7


def test_the_secretariat_stands_by_pinyin_in_chinese() -> None:
    """Mì comes after Jí and before Tǎ."""
    assert sort_parties(list(Party), "zh-hans") == ["KZ", "KG", "SEC", "TJ", "TM", "UZ", "CN"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_party_has_a_name_in_every_language(language: str) -> None:
    assert set(NAMES[language]) == set(Party)
    assert len(set(NAMES[language].values())) == len(Party)


def test_a_code_that_is_no_party_is_refused() -> None:
    with pytest.raises(KeyError, match="XX"):
        name_party("XX", "en")
