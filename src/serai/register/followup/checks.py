"""What a submission must satisfy before it is kept: every fault is found at once, each with its field."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, TypeVar
from urllib.parse import urlsplit

from serai.kernel.errors import SeraiError
from serai.kernel.languages import LANGUAGES
from serai.register.followup.domain import (
    Kind,
    Period,
    Provenance,
    abs_nought,
    is_allowed,
    parse_value,
    write_value,
)
from serai.register.followup.errors import (
    NOTE_NAME,
    PERIOD_NAME,
    VALUE_NAME,
    BadChoice,
    BadCoverage,
    BadLink,
    BadPeriod,
    BadValue,
    Fault,
    FuturePeriod,
    InvalidSubmission,
    Missing,
    NoSource,
    NothingGiven,
    OutOfRange,
    SimulatedHere,
    TooLong,
    WrongUnit,
)
from serai.register.units import UnitKind, UnitRule, rule_of_unit

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody hands in, as they wrote it."""

    kind: Kind
    value: str = ""
    measure: int = 0
    unit: str = ""  # as the sender believes it to be; empty when they did not say
    series: str = ""
    period: str = ""
    coverage: str = ""
    coverage_note: str = ""
    provenance: str = ""
    source: str = ""
    link: str = ""
    note: str = ""
    note_language: str = "en"
    has_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The same, understood."""

    value: Decimal | None = None
    period: Period | None = None
    coverage: Decimal | None = None


MOST: Final = {"series": 80, "coverage_note": 300, "source": 300, "link": 500, "note": 4000}


def check_draft(draft: Draft, *, units: list[str], today: date, is_training: bool) -> Checked:
    """Return what the draft says; raise InvalidSubmission with every fault.

    `units` are the indicator's, in English; none when the entry has no indicator (the caller tells that apart).
    """
    faults: list[Fault] = []
    checked = Checked(
        value=_collect(faults, "value", lambda: _read_value(draft, units)),
        period=_collect(faults, "period", lambda: _read_period(draft, today)),
        coverage=_collect(faults, "coverage", lambda: _read_coverage(draft.coverage)),
    )
    faults += _other_faults(draft, is_training=is_training)
    if faults:
        raise InvalidSubmission(faults)
    return checked


def _collect(faults: list[Fault], field: str, read: Callable[[], _T]) -> _T | None:
    try:
        return read()
    except SeraiError as error:
        faults.append(Fault(field, error))
        return None


def _read_value(draft: Draft, units: list[str]) -> Decimal | None:
    if draft.kind is not Kind.MEASUREMENT:
        return None
    if not 0 <= draft.measure < len(units):
        raise BadChoice(given=draft.measure, choices="; ".join(units))
    unit = units[draft.measure]
    if draft.unit.strip() and draft.unit.strip().casefold() != unit.casefold():
        raise WrongUnit(expected=unit, given=draft.unit.strip()[:60])
    if not draft.value.strip():
        raise Missing(what=VALUE_NAME)
    rule = rule_of_unit(unit)
    try:
        value = parse_value(draft.value, rule)
    except ValueError:
        raise BadValue(given=draft.value.strip()[:40], unit=unit) from None
    if not is_allowed(value, rule):
        raise OutOfRange(given=draft.value.strip()[:40], unit=unit, allowed=_say_allowed(rule))
    return value


def _say_allowed(rule: UnitRule) -> str:
    if rule.kind is UnitKind.YES_NO:
        return "0 … 1"
    most = "" if rule.most is None else write_value(rule.most, "en")
    return f"{'0, 1, 2 …' if rule.is_whole else write_value(rule.least, 'en') + ' …'} {most}".strip()


def _read_period(draft: Draft, today: date) -> Period | None:
    if not draft.period.strip():
        if draft.kind is Kind.MEASUREMENT:
            raise Missing(what=PERIOD_NAME)
        return None
    try:
        period = Period.parse(draft.period)
    except ValueError:
        raise BadPeriod(given=draft.period.strip()[:30]) from None
    if period.end > today:
        raise FuturePeriod(given=period.text, end=period.end)
    return period


def _read_coverage(text: str) -> Decimal | None:
    text = text.strip().removesuffix("%").strip().replace(",", ".")
    if not text:
        return None
    try:
        share = Decimal(text)
    except InvalidOperation:
        raise BadCoverage(given=text[:30]) from None
    if not share.is_finite() or not 0 <= share <= 100:
        raise BadCoverage(given=text[:30])
    return abs_nought(share.quantize(Decimal("0.01")))


def _other_faults(draft: Draft, *, is_training: bool) -> Iterator[Fault]:
    for field, most in MOST.items():
        length = len(getattr(draft, field))
        if length > most:
            yield Fault(field, TooLong(length=length, most=most))
    if draft.kind is Kind.MEASUREMENT:
        if draft.provenance not in set(Provenance):
            yield Fault("provenance", BadChoice(given=draft.provenance[:30], choices=", ".join(Provenance)))
        elif draft.provenance == Provenance.SIMULATED and not is_training:
            yield Fault("provenance", SimulatedHere())
        if not (draft.source.strip() or draft.link.strip() or draft.has_file):
            yield Fault("source", NoSource())
    elif not draft.note.strip():
        yield Fault("note", NothingGiven() if draft.kind is Kind.UPDATE else Missing(what=NOTE_NAME))
    if draft.link.strip() and not _is_address(draft.link.strip()):
        yield Fault("link", BadLink(given=draft.link.strip()[:80]))
    if draft.note_language not in LANGUAGES:
        yield Fault("note_language", BadChoice(given=draft.note_language[:20], choices=", ".join(LANGUAGES)))


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(char.isspace() for char in text)
