"""The countries that the corridors' tables speak of, each language with its own alphabetical order. Pure."""

from collections.abc import Iterable
from typing import Final
from unicodedata import normalize

from serai.kernel.countries import NAMES as MEMBERS
from serai.kernel.languages import CHINESE, ENGLISH, RUSSIAN

_OTHERS: Final[dict[str, dict[str, str]]] = {
    ENGLISH: {
        "AE": "United Arab Emirates",
        "AF": "Afghanistan",
        "AM": "Armenia",
        "AT": "Austria",
        "AZ": "Azerbaijan",
        "BE": "Belgium",
        "BG": "Bulgaria",
        "BY": "Belarus",
        "CZ": "Czechia",
        "DE": "Germany",
        "EG": "Egypt",
        "ES": "Spain",
        "FR": "France",
        "GB": "United Kingdom",
        "GE": "Georgia",
        "GR": "Greece",
        "HU": "Hungary",
        "IN": "India",
        "IR": "Iran",
        "IT": "Italy",
        "LT": "Lithuania",
        "LV": "Latvia",
        "MN": "Mongolia",
        "NL": "Netherlands",
        "PK": "Pakistan",
        "PL": "Poland",
        "RO": "Romania",
        "RS": "Serbia",
        "RU": "Russia",
        "SG": "Singapore",
        "SK": "Slovakia",
        "TR": "Türkiye",
        "UA": "Ukraine",
    },
    RUSSIAN: {
        "AE": "Объединённые Арабские Эмираты",
        "AF": "Афганистан",
        "AM": "Армения",
        "AT": "Австрия",
        "AZ": "Азербайджан",
        "BE": "Бельгия",
        "BG": "Болгария",
        "BY": "Беларусь",
        "CZ": "Чехия",
        "DE": "Германия",
        "EG": "Египет",
        "ES": "Испания",
        "FR": "Франция",
        "GB": "Великобритания",
        "GE": "Грузия",
        "GR": "Греция",
        "HU": "Венгрия",
        "IN": "Индия",
        "IR": "Иран",
        "IT": "Италия",
        "LT": "Литва",
        "LV": "Латвия",
        "MN": "Монголия",
        "NL": "Нидерланды",
        "PK": "Пакистан",
        "PL": "Польша",
        "RO": "Румыния",
        "RS": "Сербия",
        "RU": "Россия",
        "SG": "Сингапур",
        "SK": "Словакия",
        "TR": "Турция",
        "UA": "Украина",
    },
    CHINESE: {
        "AE": "阿拉伯联合酋长国",
        "AF": "阿富汗",
        "AM": "亚美尼亚",
        "AT": "奥地利",
        "AZ": "阿塞拜疆",
        "BE": "比利时",
        "BG": "保加利亚",
        "BY": "白俄罗斯",
        "CZ": "捷克",
        "DE": "德国",
        "EG": "埃及",
        "ES": "西班牙",
        "FR": "法国",
        "GB": "英国",
        "GE": "格鲁吉亚",
        "GR": "希腊",
        "HU": "匈牙利",
        "IN": "印度",
        "IR": "伊朗",
        "IT": "意大利",
        "LT": "立陶宛",
        "LV": "拉脱维亚",
        "MN": "蒙古国",
        "NL": "荷兰",
        "PK": "巴基斯坦",
        "PL": "波兰",
        "RO": "罗马尼亚",
        "RS": "塞尔维亚",
        "RU": "俄罗斯",
        "SG": "新加坡",
        "SK": "斯洛伐克",
        "TR": "土耳其",
        "UA": "乌克兰",
    },
}
NAMES: Final = {language: MEMBERS[language] | others for language, others in _OTHERS.items()}
CODES: Final = frozenset(code for code in NAMES[ENGLISH] if len(code) == 2)  # without the Secretariat


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

    >>> sort_countries(["UZ", "CN", "AF"], "ru"), sort_countries(["CN", "UZ", "AF"], "zh-hans")
    (['AF', 'CN', 'UZ'], ['AF', 'UZ', 'CN'])
    """
    return sorted(codes, key=lambda code: _order(NAMES[language][code], language))


def _order(name: str, language: str) -> bytes:
    """Return what a name is sorted by; the Chinese national code stands by pinyin for all common signs, which Unicode does not."""
    if language == CHINESE:
        return name.encode("gb18030")
    return normalize("NFKD", name.casefold()).replace("\u0308", "").encode("utf-16-be")
