"""The planner: from an enquiry to itineraries worth choosing from, each with its risk and its reasons. Pure.

>>> from serai.corridors import Network, plan  # doctest: +SKIP
>>> answer = plan(Network.load(), Enquiry(...))  # doctest: +SKIP
"""

from dataclasses import dataclass, replace
from typing import Final

from serai.corridors.calendar import minute_of
from serai.corridors.choosing import choose, thin
from serai.corridors.enquiry import Enquiry, check_enquiry
from serai.corridors.itinerary import Itinerary
from serai.corridors.legs import make_legs
from serai.corridors.naming import telling
from serai.corridors.network import Network
from serai.corridors.relaxing import Closure, NothingFound, close_each, why_nothing
from serai.corridors.risk import steps_of
from serai.corridors.ways import Way, Ways, find_ways

DRAWS: Final = 5_000
SEED: Final = 1
MOST_CLOSURES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found, on `network`: the one that was given, or with planned lines where they are taken for built. `itineraries` are by cost; those with `is_shown` are worth choosing from."""

    enquiry: Enquiry
    network: Network
    itineraries: tuple[Itinerary, ...]
    found: int  # how many ways nothing beats, those included that hardly differ from the ones told of
    labels: int
    is_complete: bool  # False when the search was cut short: there may be more, and better ones
    closures: tuple[Closure, ...] = ()
    nothing: NothingFound | None = None

    @property
    def shown(self) -> tuple[Itinerary, ...]:
        return tuple(one for one in self.itineraries if one.is_shown)


def plan(
    network: Network, enquiry: Enquiry, *, with_closures: bool = True, draws: int = DRAWS, seed: int = SEED
) -> Answer:
    """Return the itineraries that nothing beats in time, cost and CO2e. Raises BadQuestion.

    `draws` is how often the hours of each are drawn for its risk; 0 leaves the risk out.
    """
    check_enquiry(network, enquiry)
    ways = find_ways(network, enquiry)
    if not ways.ways:
        nothing = why_nothing(network, enquiry)
        return Answer(
            enquiry=enquiry,
            network=ways.graph.network,
            itineraries=(),
            found=0,
            labels=ways.labels,
            is_complete=ways.is_complete,
            nothing=nothing,
        )
    kept = thin(ways.ways)
    chosen = choose([_itinerary(ways, enquiry, way) for way in kept])
    return Answer(
        enquiry=enquiry,
        network=ways.graph.network,
        itineraries=tuple(_with_risk(chosen, enquiry, draws=draws, seed=seed) if draws else chosen),
        found=len(ways.ways),
        labels=ways.labels,
        is_complete=ways.is_complete,
        closures=_closures(network, enquiry, ways, chosen) if with_closures else (),
    )


def _itinerary(ways: Ways, enquiry: Enquiry, way: Way) -> Itinerary:
    return Itinerary(
        departs=way.departs,
        arrives=way.arrives,
        usd=way.usd,
        co2e_kg=way.co2e_kg,
        legs=make_legs(ways.graph, enquiry.consignment, way),
        signature=way.signature,
    )


def _with_risk(itineraries: list[Itinerary], enquiry: Enquiry, *, draws: int, seed: int) -> list[Itinerary]:
    from serai.corridors.reliability import simulate

    latest = minute_of(enquiry.arrive_by) if enquiry.arrive_by else None
    steps, starts = [steps_of(one.legs) for one in itineraries], [one.departs for one in itineraries]
    risks = simulate(steps, starts, latest=latest, draws=draws, seed=seed)
    return [replace(one, reliability=risk) for one, risk in zip(itineraries, risks, strict=True)]


def _closures(network: Network, enquiry: Enquiry, ways: Ways, itineraries: list[Itinerary]) -> tuple[Closure, ...]:
    """Return what changes when a crossing closes by which the ways worth choosing from are told apart."""
    told = [one for each in itineraries if each.is_shown for one in telling(ways.graph.network, each.crossings)]
    return close_each(network, enquiry, ways.ways, list(dict.fromkeys(told))[:MOST_CLOSURES])
