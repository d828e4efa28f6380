"""The six states of the mechanism and the Secretariat, each language with its own alphabetical order."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from serai.kernel.languages import CHINESE, ENGLISH, RUSSIAN


class Party(StrEnum):
    """A state of the mechanism by its ISO 3166-1 code, or the Secretariat."""

    CN = "CN"
    KZ = "KZ"
    KG = "KG"
    TJ = "TJ"
    TM = "TM"
    UZ = "UZ"
    SEC = "SEC"


STATES: Final = tuple(party for party in Party if party is not Party.SEC)
NEUTRAL: Final = (
    "XA",
    "XB",
)  # nodes of nobody, for trials in the training realm: codes that ISO 3166-1 leaves to users

# In the order in which a reader of the language expects them: alphabetical, in Chinese by pinyin.
NAMES: Final[dict[str, dict[str, str]]] = {
    ENGLISH: {
        "CN": "China",
        "KZ": "Kazakhstan",
        "KG": "Kyrgyz Republic",
        "SEC": "Secretariat",
        "TJ": "Tajikistan",
        "TM": "Turkmenistan",
        "UZ": "Uzbekistan",
    },
    RUSSIAN: {
        "KZ": "Казахстан",
        "CN": "Китай",
        "KG": "Кыргызская Республика",
        "SEC": "Секретариат",
        "TJ": "Таджикистан",
        "TM": "Туркменистан",
        "UZ": "Узбекистан",
    },
    CHINESE: {
        "KZ": "哈萨克斯坦",
        "KG": "吉尔吉斯共和国",
        "SEC": "秘书处",
        "TJ": "塔吉克斯坦",
        "TM": "土库曼斯坦",
        "UZ": "乌兹别克斯坦",
        "CN": "中国",
    },
}


def name_party(code: str, language: str) -> str:
    """Return the name of a state or of the Secretariat.

    >>> name_party("KG", "en")
    'Kyrgyz Republic'
    >>> name_party("XX", "en")
    Traceback (most recent call last):
    KeyError: 'XX'
    """
    return NAMES[language][code]


def name_node(code: str, language: str) -> str:
    """Return the name of whoever runs a node; a neutral node of a trial goes by its code.

    >>> name_node("KG", "en"), name_node("XA", "en")
    ('Kyrgyz Republic', 'XA')
    """
    return NAMES[language].get(code, code)


def sort_parties(codes: Iterable[str], language: str) -> list[str]:
    """Put codes in the alphabetical order of the language, whatever order they came in.

    >>> sort_parties(["UZ", "CN", "KZ"], "ru")
    ['KZ', 'CN', 'UZ']
    """
    order = list(NAMES[language])
    return sorted(codes, key=order.index)
