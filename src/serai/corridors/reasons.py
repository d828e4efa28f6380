"""Why one itinerary is cheaper or sooner than another: the parts in which they differ most. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from serai.corridors.itinerary import MOVING, Itinerary, Share
from serai.corridors.legs import Kind

_TELLING_USD: Final = 50.0
_TELLING_HOURS: Final = 3.0


class Spent(StrEnum):
    """What the hours of an itinerary are spent on."""

    MOVING = "moving"
    BORDERS = "borders"
    TERMINALS = "terminals"
    WAITING = "waiting for departures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How an itinerary compares with the one it is set against: in all, and in each part that tells, the largest first."""

    usd: float
    hours: float
    by_share: tuple[tuple[Share, float], ...]
    by_spent: tuple[tuple[Spent, float], ...]


def hours_by_spent(one: Itinerary) -> dict[Spent, float]:
    found = dict.fromkeys(Spent, 0.0)
    for leg in one.legs:
        if leg.kind in MOVING:
            found[Spent.MOVING] += leg.hours
        elif leg.kind is Kind.BORDER:
            found[Spent.BORDERS] += leg.hours
        elif leg.kind is Kind.WAIT:
            found[Spent.WAITING] += leg.hours
        else:
            found[Spent.TERMINALS] += leg.hours
    return found


def compare(one: Itinerary, other: Itinerary) -> Difference:
    """Return in what the first differs from the second; less is negative."""
    usd, others_usd = one.usd_by_share(), other.usd_by_share()
    spent, others_spent = hours_by_spent(one), hours_by_spent(other)
    by_share = [(share, usd[share] - others_usd[share]) for share in Share]
    by_spent = [(part, spent[part] - others_spent[part]) for part in Spent]
    return Difference(
        usd=one.usd - other.usd,
        hours=one.hours - other.hours,
        by_share=tuple(
            sorted((each for each in by_share if abs(each[1]) >= _TELLING_USD), key=lambda each: -abs(each[1]))
        ),
        by_spent=tuple(
            sorted((each for each in by_spent if abs(each[1]) >= _TELLING_HOURS), key=lambda each: -abs(each[1]))
        ),
    )
