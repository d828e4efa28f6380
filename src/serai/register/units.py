"""Units of indicators, as the catalogue writes them in English, and what values each allows. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final


def split_units(text: str) -> list[str]:
    """Return the units of an indicator; several are parted by `; ` or ` + `.

    >>> split_units("yes/no; count of 6"), split_units("% of entries")
    (['yes/no', 'count of 6'], ['% of entries'])
    """
    return [part.strip() for part in re.split(r"\s*[;；]\s*|\s+\+\s+|＋", text) if part.strip()]


class UnitKind(StrEnum):
    YES_NO = "yes/no"
    SHARE = "share"
    COUNT = "count"
    RANGE = "range"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class UnitRule:
    """What values a unit allows. `least` and `most` are inclusive."""

    kind: UnitKind
    least: Decimal
    most: Decimal | None
    is_whole: bool


_COUNT_OF = re.compile(r"count of (\d+)")
_RANGE = re.compile(r"(?:stage|index) (\d+)[-–](\d+)")
_ZERO: Final = Decimal(0)


def rule_of_unit(unit: str) -> UnitRule:
    """Return what an English unit allows.

    >>> rule_of_unit("count of 6").most, rule_of_unit("% of requests").most, rule_of_unit("hectares").most
    (Decimal('6'), Decimal('100'), None)
    """
    if unit.startswith("yes/no"):
        return UnitRule(UnitKind.YES_NO, _ZERO, Decimal(1), is_whole=True)
    if unit.startswith("%"):
        return UnitRule(UnitKind.SHARE, _ZERO, Decimal(100), is_whole=False)
    if match := _COUNT_OF.match(unit):
        return UnitRule(UnitKind.COUNT, _ZERO, Decimal(match[1]), is_whole=True)
    if match := _RANGE.match(unit):
        is_whole = unit.startswith("stage")
        return UnitRule(UnitKind.RANGE, Decimal(match[1]), Decimal(match[2]), is_whole=is_whole)
    if unit.startswith(("count", "persons", "enterprises")):
        return UnitRule(UnitKind.COUNT, _ZERO, None, is_whole=True)
    return UnitRule(UnitKind.AMOUNT, _ZERO, None, is_whole=False)
