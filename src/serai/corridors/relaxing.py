"""Why nothing was found, by taking away one constraint at a time; and what changes when a crossing closes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from serai.corridors.enquiry import Enquiry
from serai.corridors.graph import Limits
from serai.corridors.network import Network
from serai.corridors.pricing import MONEY
from serai.corridors.ways import Way, find_ways


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingFound:
    """Constraints of which each alone stops every way; without any one of them there is one. None when it takes several."""

    stops: tuple[str, ...]
    is_open_without_all: bool  # there is a way when nothing is asked for


def why_nothing(network: Network, enquiry: Enquiry) -> NothingFound:
    """Return which constraint stops the enquiry."""
    stops = tuple(one for one in enquiry.constraints() if find_ways(network, enquiry.without(one)).ways)
    bare = replace(enquiry, via=(), arrive_by=None, limits=Limits(scenarios=enquiry.limits.scenarios))
    return NothingFound(stops=stops, is_open_without_all=bool(stops) or bool(find_ways(network, bare).ways))


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """What it takes when a crossing closes: how many hours more the soonest way needs, how many dollars more the cheapest.

    None when no other way is left.
    """

    crossing: str
    more_hours: float | None
    more_usd: float | None


def close_each(
    network: Network, enquiry: Enquiry, ways: Sequence[Way], crossings: Sequence[str]
) -> tuple[Closure, ...]:
    """Return what changes when each of some crossings closes, the others open."""
    return tuple(_close(network, enquiry, ways, one) for one in crossings)


def _close(network: Network, enquiry: Enquiry, ways: Sequence[Way], crossing: str) -> Closure:
    limits = replace(enquiry.limits, crossings=enquiry.limits.crossings | {crossing})
    left = find_ways(network, replace(enquiry, limits=limits)).ways
    if not left:
        return Closure(crossing=crossing, more_hours=None, more_usd=None)
    soonest, cheapest = (min(map(key, left)) - min(map(key, ways)) for key in (_minutes, _cost))
    return Closure(crossing=crossing, more_hours=soonest / 60, more_usd=cheapest / MONEY)


def _minutes(way: Way) -> int:
    return way.arrives - way.departs


def _cost(way: Way) -> int:
    return way.cost
