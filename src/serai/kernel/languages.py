"""The three languages of every public page, and how each writes dates and figures."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from serai.kernel.dates import PartialDate

ENGLISH: Final = "en"
RUSSIAN: Final = "ru"
CHINESE: Final = "zh-hans"
LANGUAGES: Final = (ENGLISH, RUSSIAN, CHINESE)
OWN_NAMES: Final = {ENGLISH: "English", RUSSIAN: "Русский", CHINESE: "中文"}
HTML_TAGS: Final = {ENGLISH: "en", RUSSIAN: "ru", CHINESE: "zh-Hans"}

_NARROW_SPACE = "\u202f"
_EN_MONTHS = "January February March April May June July August September October November December".split()
_RU_MONTHS_OF = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()
_RU_MONTHS = "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь".split()
_RU_SHORT = "янв. февр. марта апр. мая июня июля авг. сент. окт. нояб. дек.".split()


def known(language: str) -> str:
    """Return the language if we have it, else English."""
    return language if language in LANGUAGES else ENGLISH


def format_date(value: date | PartialDate, language: str, *, short: bool = False) -> str:
    """Write a date, or as much of it as is known, in words of the language.

    >>> format_date(date(2026, 11, 23), "en"), format_date(date(2026, 11, 23), "ru")
    ('23 November 2026', '23 ноября 2026 года')
    >>> format_date(PartialDate(2025, 5), "zh-hans"), format_date(PartialDate(2027), "ru")
    ('2025年5月', '2027 год')
    """
    if isinstance(value, date):
        value = PartialDate(value.year, value.month, value.day)
    year, month, day = value.year, value.month, value.day
    if language == CHINESE:
        return f"{year}年" + (f"{month}月" if month else "") + (f"{day}日" if day else "")
    if language == RUSSIAN:
        return _format_russian(year, month, day, short=short)
    if month is None:
        return str(year)
    name = _EN_MONTHS[month - 1]
    name = name[:3] if short and day else name
    return f"{day} {name} {year}" if day else f"{name} {year}"


def _format_russian(year: int, month: int | None, day: int | None, *, short: bool) -> str:
    if month is None:
        return str(year) if short else f"{year} год"
    if day is None:
        return f"{_RU_MONTHS[month - 1]} {year}" + ("" if short else " года")
    if short:
        return f"{day} {_RU_SHORT[month - 1]} {year}"
    return f"{day} {_RU_MONTHS_OF[month - 1]} {year} года"


def format_moment(value: datetime, language: str) -> str:
    """Write a moment with its offset named: `23 November 2026, 06:00 UTC`."""
    return f"{format_date(value.date(), language)}, {value:%H:%M} {value.tzname() or 'UTC'}"


def format_number(value: int | Decimal, language: str) -> str:
    """Group thousands and set the decimal sign as the language does.

    >>> format_number(51907, "en"), format_number(51907, "ru"), format_number(Decimal("9.9"), "ru")
    ('51,907', '51\u202f907', '9,9')
    """
    text = f"{value:,}"
    if language == ENGLISH:
        return text
    point = "," if language == RUSSIAN else "."
    return text.translate({ord(","): _NARROW_SPACE, ord("."): point})
