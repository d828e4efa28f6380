"""An itinerary: the legs of one way with their sums, how much of it rests on what, and how late it may be. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from serai.corridors.figures import Basis
from serai.corridors.legs import Kind, Leg

if TYPE_CHECKING:
    from serai.corridors.reliability import Reliability  # which imports numpy

MOVING: Final = frozenset({Kind.RAIL, Kind.ROAD, Kind.SEA, Kind.FERRY})


class Tag(StrEnum):
    """What an itinerary is best in, of those that nothing beats."""

    SOONEST = "shortest time"
    CHEAPEST = "lowest cost"
    CLEANEST = "lowest CO2e"
    SUREST = "least risk"
    BETWEEN = "between the others"


class Share(StrEnum):
    """What the cost of an itinerary is of."""

    MOVING = "moving"
    BORDERS = "borders"
    HANDLING = "loading and terminals"
    STANDING = "waiting and hire"


@dataclass(frozen=True, slots=True, kw_only=True)
class Itinerary:
    """One way, from handing over to collection. Times are minutes (`calendar.moment_of`)."""

    departs: int
    arrives: int
    usd: float
    co2e_kg: float
    legs: tuple[Leg, ...]
    signature: tuple[str, ...] = ()  # what makes it another way than others
    tags: tuple[Tag, ...] = ()
    is_shown: bool = False  # among the few worth choosing from
    reliability: "Reliability | None" = None

    @property
    def hours(self) -> float:
        return (self.arrives - self.departs) / 60

    @property
    def km(self) -> float:
        return sum(leg.km for leg in self.legs)

    @property
    def crossings(self) -> tuple[str, ...]:
        """Return the crossings it passes, in order, those of its trains and lorries alike."""
        return tuple(one for leg in self.legs for one in ((leg.crossing,) if leg.crossing else leg.borders))

    @property
    def border_hours(self) -> float:
        """Return the hours at borders. What stands in a train's timetable is not among them: `hides_borders` tells of it."""
        return sum(leg.hours for leg in self.legs if leg.kind is Kind.BORDER)

    @property
    def hides_borders(self) -> bool:
        return any(leg.borders for leg in self.legs)

    def hours_by_basis(self) -> dict[Basis, float]:
        """Return its hours by what their length rests on."""
        found = dict.fromkeys(Basis, 0.0)
        for leg in self.legs:
            if leg.service or leg.kind is Kind.WAIT:
                found[leg.waiting_rest.basis] += leg.hours
            else:
                for piece in leg.pieces:
                    found[piece.rate.time_rest.basis] += piece.hours
        return found

    def usd_by_basis(self) -> dict[Basis, float]:
        """Return its cost by what it rests on. Hire and waiting are prices without a source: assumed."""
        found = dict.fromkeys(Basis, 0.0)
        for leg in self.legs:
            for piece in leg.pieces:
                found[piece.rate.cost_rest.basis] += piece.usd
        found[Basis.ASSUMED] += self.usd - sum(found.values())
        return found

    def assumed_share(self) -> tuple[float, float]:
        """Return which share of its time, and of its cost, rests on assumptions."""
        hours, usd = self.hours_by_basis(), self.usd_by_basis()
        return (
            hours[Basis.ASSUMED] / max(sum(hours.values()), 1e-9),
            usd[Basis.ASSUMED] / max(sum(usd.values()), 1e-9),
        )

    def usd_by_share(self) -> Mapping[Share, float]:
        """Return what its cost is of."""
        found = defaultdict[Share, float](float)
        names = {
            "running": Share.MOVING,
            "border": Share.BORDERS,
            "handling": Share.HANDLING,
            "loading": Share.HANDLING,
        }
        for leg in self.legs:
            for piece in leg.pieces:
                found[names[piece.rate.what]] += piece.usd
        found[Share.STANDING] = self.usd - sum(found.values())
        return {share: found[share] for share in Share}
