"""The countries that the corridors' tables speak of, each language with its own alphabetical order. Pure."""

from collections.abc import Iterable
from typing import Final

from serai.kernel.countries import NAMES as MEMBERS
from serai.kernel.languages import CHINESE, ENGLISH, RUSSIAN

_OTHERS: Final[dict[str, dict[str, str]]] = {
    ENGLISH: {
        "AF": "Afghanistan",
        "AZ": "Azerbaijan",
        "GE": "Georgia",
        "IR": "Iran",
        "MN": "Mongolia",
        "PK": "Pakistan",
        "RU": "Russia",
        "TR": "Türkiye",
    },
    RUSSIAN: {
        "AF": "Афганистан",
        "AZ": "Азербайджан",
        "GE": "Грузия",
        "IR": "Иран",
        "MN": "Монголия",
        "PK": "Пакистан",
        "RU": "Россия",
        "TR": "Турция",
    },
    CHINESE: {
        "AF": "阿富汗",
        "AZ": "阿塞拜疆",
        "GE": "格鲁吉亚",
        "IR": "伊朗",
        "MN": "蒙古国",
        "PK": "巴基斯坦",
        "RU": "俄罗斯",
        "TR": "土耳其",
    },
}
NAMES: Final = {language: MEMBERS[language] | others for language, others in _OTHERS.items()}
# As a reader of the language expects them: in Chinese by pinyin, which no code point tells.
_ORDER: Final = {
    ENGLISH: "AF AZ CN GE IR KZ KG MN PK RU TJ TR TM UZ".split(),
    RUSSIAN: "AZ AF GE IR KZ CN KG MN PK RU TJ TM TR UZ".split(),
    CHINESE: "AF AZ PK RU GE KZ KG MN TJ TR TM UZ IR CN".split(),
}
CODES: Final = frozenset(_ORDER[ENGLISH])


def name_country(code: str, language: str) -> str:
    """Return the name of a country.

    >>> name_country("GE", "en"), name_country("KG", "ru")
    ('Georgia', 'Кыргызская Республика')
    >>> name_country("XX", "en")
    Traceback (most recent call last):
    KeyError: 'XX'
    """
    return NAMES[language][code]


def sort_countries(codes: Iterable[str], language: str) -> list[str]:
    """Put codes in the alphabetical order of the language, whatever order they came in.

    >>> sort_countries(["UZ", "CN", "AF"], "ru")
    ['AF', 'CN', 'UZ']
    """
    return sorted(codes, key=_ORDER[language].index)
