"""Words and figures of follow-up: kinds, states, periods, units, values. Pure: the clock is passed in."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from serai.kernel.dates import PartialDate
from serai.kernel.errors import Marked, gettext_noop
from serai.kernel.languages import RUSSIAN, format_date, format_number
from serai.register.units import UnitKind, UnitRule


class Kind(StrEnum):
    MEASUREMENT = "measurement"  # a value of the entry's indicator
    UPDATE = "update"  # a note on what was done
    STATEMENT = "statement"  # what a party says of a published figure


class RequestState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"  # an answer waits for its reviewer
    CLOSED = "closed"  # the answer is public
    WITHDRAWN = "withdrawn"


class SubmissionState(StrEnum):
    WAITING = "waiting"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"  # was published; a published correction stands in its place
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    PUBLISH = "publish"
    RETURN = "return"
    WITHDRAW = "withdraw"  # by its maker


VERDICT_WORDS: Final = {
    Verdict.PUBLISH: Marked(gettext_noop("published")),
    Verdict.RETURN: Marked(gettext_noop("returned")),
    Verdict.WITHDRAW: Marked(gettext_noop("withdrawn by its maker")),
}
REQUEST_WORDS: Final = {
    RequestState.OPEN: Marked(gettext_noop("open")),
    RequestState.ANSWERED: Marked(gettext_noop("answered, in review")),
    RequestState.CLOSED: Marked(gettext_noop("its answer is published")),
    RequestState.WITHDRAWN: Marked(gettext_noop("withdrawn")),
}
STATE_AFTER: Final = {
    Verdict.PUBLISH: SubmissionState.PUBLISHED,
    Verdict.RETURN: SubmissionState.RETURNED,
    Verdict.WITHDRAW: SubmissionState.WITHDRAWN,
}


class Provenance(StrEnum):
    """Where a figure comes from (design rule 1); each has its chip."""

    MEASURED = "measured"
    PUBLISHED = "published"
    DERIVED = "derived"
    DECLARED = "declared"
    ASSUMED = "assumed"
    SIMULATED = "simulated"  # training realm only


_QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_HALF = re.compile(r"(\d{4})-H([12])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """The time a figure is of.

    >>> Period.parse("2026-Q1").end, Period.parse("2026-H2").start
    (datetime.date(2026, 3, 31), datetime.date(2026, 7, 1))
    >>> Period.parse("2026-03-01/2026-04-15").text, Period.parse(" 2026-02 ").end
    ('2026-03-01/2026-04-15', datetime.date(2026, 2, 28))
    >>> Period.parse("next year")
    Traceback (most recent call last):
    ValueError: next year
    """

    text: str
    start: date
    end: date

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read `2026`, `2026-H1`, `2026-Q2`, `2026-03`, `2026-03-31` or two of the last three parted by `/`."""
        text = text.strip().upper()
        for form, months in ((_QUARTER, 3), (_HALF, 6)):
            if match := form.fullmatch(text):
                last = int(match[2]) * months
                year = int(match[1])
                if not year:
                    raise ValueError(text)
                return cls(text, date(year, last - months + 1, 1), date(year, last, monthrange(year, last)[1]))
        first, slash, second = text.partition("/")
        try:
            start = PartialDate.parse(first)
            end = PartialDate.parse(second) if slash else start
        except ValueError:
            raise ValueError(text.lower()) from None
        if end.last_day < start.first_day:
            raise ValueError(text)
        return cls(text, start.first_day, end.last_day)

    def in_words(self, language: str) -> str:
        """Write the period; quarters and halves as the field does.

        >>> Period.parse("2026-Q1").in_words("en"), Period.parse("2026-03").in_words("zh-hans")
        ('Q1 2026', '2026年3月')
        """
        head, mark = self.text[:4], self.text[5:]
        if len(mark) == 2 and mark[0] in "QH":
            return _name_part(head, mark, language)
        first, slash, second = self.text.partition("/")
        words = format_date(PartialDate.parse(first), language, short=True)
        return f"{words} – {format_date(PartialDate.parse(second), language, short=True)}" if slash else words


def _name_part(year: str, mark: str, language: str) -> str:
    kind, number = mark[0], mark[1]
    if language == "en":
        return f"{mark} {year}"
    if language == RUSSIAN:
        return f"{number}-й кв. {year}" if kind == "Q" else f"{number}-е полугодие {year}"
    return f"{year}年第{number}季度" if kind == "Q" else f"{year}年{'上' if number == '1' else '下'}半年"


LARGEST: Final = Decimal(10) ** 13
_FIGURE = re.compile(r"[+-]?\d+(?:[.,]\d{1,6})?", re.ASCII)
_UNSURE = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_SPACES: Final = str.maketrans("", "", " \u00a0\u202f\u2009'’")
_YES: Final = {"yes": 1, "no": 0, "да": 1, "нет": 0, "是": 1, "否": 0}


def parse_value(text: str, rule: UnitRule) -> Decimal:
    """Read a figure as people write it: spaces group, a point or a comma parts decimals. Raise ValueError otherwise.

    A comma before exactly three digits is refused: half of the readers take it for a thousand, half for a decimal.

    >>> from serai.register.units import rule_of_unit
    >>> parse_value("51 907,5", rule_of_unit("hectares")), parse_value("Yes", rule_of_unit("yes/no"))
    (Decimal('51907.5'), Decimal('1'))
    >>> parse_value("51,907", rule_of_unit("hectares"))
    Traceback (most recent call last):
    ValueError: 51,907
    >>> parse_value("12 km", rule_of_unit("hectares"))
    Traceback (most recent call last):
    ValueError: 12 km
    """
    text = text.strip()
    if rule.kind is UnitKind.YES_NO and text.casefold() in _YES:
        return Decimal(_YES[text.casefold()])
    digits = text.translate(_SPACES)
    if not _FIGURE.fullmatch(digits) or _UNSURE.fullmatch(digits):
        raise ValueError(text)
    try:
        return abs_nought(Decimal(digits.replace(",", ".")))
    except InvalidOperation:
        raise ValueError(text) from None


def abs_nought(value: Decimal) -> Decimal:
    """Return the value; nought without a sign, which no store keeps and a digest would.

    >>> abs_nought(Decimal("-0.0")), abs_nought(Decimal("-3"))
    (Decimal('0.0'), Decimal('-3'))
    """
    return value or abs(value)


def is_allowed(value: Decimal, rule: UnitRule) -> bool:
    """Whether the unit can have such a value."""
    if rule.is_whole and value != value.to_integral_value():
        return False
    return rule.least <= value <= (LARGEST if rule.most is None else rule.most)


def plain(value: Decimal) -> Decimal:
    """Return the value without the zeros that a column adds.

    >>> plain(Decimal("12.500000")), plain(Decimal("100.000000"))
    (Decimal('12.5'), Decimal('100'))
    """
    value = value.normalize()
    exponent = value.as_tuple().exponent
    return value.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else value


def write_value(value: Decimal, language: str) -> str:
    """Write a figure as the language does."""
    return format_number(plain(value), language)
