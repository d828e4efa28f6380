"""What is asked: a consignment, two places, a day, and what may not be used or must be passed. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from serai.corridors.errors import (
    ArrivesTooSoon,
    AvoidedAndPassed,
    BadWindow,
    NoTimeZone,
    SamePlace,
    TooManyPoints,
    UnknownLimit,
)
from serai.corridors.graph import Limits
from serai.corridors.model import Consignment
from serai.corridors.network import Mode, Network
from serai.corridors.planned import SCENARIO, with_planned

MOST_DAYS: Final = 31  # of a window
MOST_VIAS: Final = 3
# The kinds of what is passed or avoided, and the field that each is avoided in.
_AVOIDED: Final = {
    "place": "avoid_places", "country": "avoid_countries", "crossing": "avoid_crossings", "mode": "avoid_modes",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """A question to the planner. Places are ids; moments carry a time zone.

    With `window_days` the load may be handed over at the same hour of any day from `ready` on. With `arrive_by` a way that comes
    later is left out; the window then reaches, unless told, from `ready` to that moment. `via` is passed in order, each as
    “place:…”, “country:…”, “crossing:…” or “mode:…”.
    """

    origin: str
    destination: str
    consignment: Consignment
    ready: datetime
    window_days: int | None = None
    arrive_by: datetime | None = None
    via: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def departures(self) -> list[datetime]:
        """Return when the load may be handed over."""
        days = self.window_days
        if days is None:
            days = (self.arrive_by - self.ready).days if self.arrive_by else 0
        return [self.ready + timedelta(days=day) for day in range(min(days, MOST_DAYS) + 1)]

    def without(self, constraint: str) -> "Enquiry":
        """Return the enquiry less one of its constraints."""
        if constraint == "arrive_by":
            return replace(self, arrive_by=None)
        if constraint in self.via:
            return replace(self, via=tuple(one for one in self.via if one != constraint))
        kind, _, name = constraint.partition(":")
        group = {"country": "countries", "place": "places", "mode": "modes", "crossing": "crossings"}[kind]
        left = getattr(self.limits, group) - {name}
        return replace(self, limits=replace(self.limits, **{group: left}))

    def constraints(self) -> list[str]:
        """Return all that narrows the answer, in the order in which it is told."""
        return [*self.limits.touched(), *self.via, *(["arrive_by"] if self.arrive_by else [])]


def check_enquiry(network: Network, enquiry: Enquiry) -> None:
    """Raise BadQuestion when it makes no sense; its field `field` names where."""
    if enquiry.origin == enquiry.destination:
        raise SamePlace(field="to")
    if enquiry.ready.tzinfo is None or (enquiry.arrive_by and enquiry.arrive_by.tzinfo is None):
        raise NoTimeZone
    if enquiry.window_days is not None and not 0 <= enquiry.window_days <= MOST_DAYS:
        raise BadWindow(days=enquiry.window_days, most=MOST_DAYS, field="window_days")
    if enquiry.arrive_by and enquiry.arrive_by <= enquiry.ready:
        raise ArrivesTooSoon(field="arrive_by")
    if len(enquiry.via) > MOST_VIAS:
        raise TooManyPoints(count=len(enquiry.via), most=MOST_VIAS, field="via")
    _check_limits(network, enquiry)


def _check_limits(network: Network, enquiry: Enquiry) -> None:
    planned_on = with_planned(network) if enquiry.limits.scenarios else network
    known = {
        "place": network.places.keys(),
        "country": {place.country for place in network.places.values()},
        "crossing": planned_on.crossings.keys(),
        "mode": frozenset(Mode),
    }
    if unknown := enquiry.limits.scenarios - {SCENARIO}:
        raise UnknownLimit(name=min(unknown)[:60], field="scenarios")
    for one in (*enquiry.limits.touched(), *enquiry.via):
        kind, _, name = one.partition(":")
        if kind not in _AVOIDED or name not in known[kind]:
            raise UnknownLimit(name=one[:60], field="via" if one in enquiry.via else _AVOIDED[kind])
    both = set(enquiry.limits.touched()) & {*enquiry.via, f"place:{enquiry.origin}", f"place:{enquiry.destination}"}
    if both:
        raise AvoidedAndPassed(name=min(both), field=_AVOIDED[min(both).partition(":")[0]])
