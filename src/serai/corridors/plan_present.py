"""An answer as the page shows it: cards of the ways worth choosing from, what was asked, closures, what stops it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext as _

from serai.corridors import plan_sentences as sentences
from serai.corridors import plan_words as words
from serai.corridors.calendar import minute_of
from serai.corridors.graph import Limits
from serai.corridors.itinerary import MOVING, Itinerary
from serai.corridors.legs import Kind
from serai.corridors.naming import crossing_name
from serai.corridors.network import Mode, Network
from serai.corridors.plan_compare import tell_worst
from serai.corridors.plan_legs import LegCard, LegTeller, is_unbuilt
from serai.corridors.plan_query import avoiding, query_of, without
from serai.corridors.planning import Answer
from serai.corridors.telling import letter_of

_BAR: Final = {Kind.RAIL: "f-1", Kind.ROAD: "f-2", Kind.SEA: "f-3", Kind.FERRY: "f-3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    x: str
    width: str
    css: str
    y: str
    height: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    letter: str
    name: str
    when: str
    tags: Sequence[str]
    time: str
    within: str
    usd: str
    co2e: str
    assumed: str
    is_unbuilt: bool
    services: Sequence[str]
    bars: Sequence[Bar]
    summary: Sequence[str]
    legs: Sequence[LegCard]
    risk: Sequence[str]
    papers: Sequence[str]
    query: str  # the question, with this way chosen
    is_open: bool


@dataclass(frozen=True, slots=True)
class Presenter:
    """Shows one answer to one reader."""

    answer: Answer
    language: str

    @property
    def network(self) -> Network:
        return self.answer.network

    def query(self, **more: str) -> str:
        """Return the address's query of what was understood."""
        return query_of(self.network, self.answer.enquiry, self.language, **more)

    def lettered(self) -> list[tuple[str, Itinerary]]:
        return [(letter_of(number), one) for number, one in enumerate(self.answer.itineraries)]

    def cards(self, chosen: str) -> list[Card]:
        """Return the cards of the ways worth choosing from, and of one that was chosen beside them."""
        shown = [(letter, one) for letter, one in self.lettered() if one.is_shown or letter == chosen]
        opened = (
            chosen if chosen in {letter for letter, _one in shown} else next((letter for letter, _one in shown), "")
        )
        teller = LegTeller(self.network, self.language, self._query_avoiding, self._closures_by_crossing())
        return [self._card(letter, one, teller, is_open=letter == opened) for letter, one in shown]

    def _query_avoiding(self, crossing: str) -> str:
        return query_of(self.network, avoiding(self.answer.enquiry, crossing), self.language)

    def _closures_by_crossing(self) -> dict[str, str]:
        return {one.crossing: sentences.tell_closure(self.network, one, self.language) for one in self.answer.closures}

    def closures(self) -> list[tuple[str, str]]:
        """Return what changes when a crossing closes, each with the query that asks for the ways then."""
        return [(told, self._query_avoiding(crossing)) for crossing, told in self._closures_by_crossing().items()]

    def _card(self, letter: str, one: Itinerary, teller: LegTeller, *, is_open: bool) -> Card:
        language = self.language
        first, last = one.legs[0], one.legs[-1]
        time_share, cost_share = one.assumed_share()
        names = [self.network.places[place].name(language) for place in (first.place, last.to)]
        departs = words.moment(one.departs, first.country, language)
        arrives = words.moment(one.arrives, self.network.places[last.to].country, language)
        return Card(
            letter=letter,
            name=sentences.itinerary_name(self.network, one, language),
            when=f"{departs} {names[0]} → {arrives} {names[1]}",
            tags=[words.name_tag(tag) for tag in one.tags],
            time=words.span(one.hours, language),
            within=words.span((one.reliability.p90 - one.departs) / 60, language) if one.reliability else "",
            usd=words.figure(one.usd, language),
            co2e=words.figure(one.co2e_kg / 1000, language, 2),
            assumed=_("%(time)s %% of its time and %(cost)s %% of its cost rest on assumptions.")
            % {"time": round(100 * time_share), "cost": round(100 * cost_share)},
            is_unbuilt=any(is_unbuilt(self.network, leg) for leg in one.legs),
            services=[
                self.network.services[leg.service].name for leg in one.legs if leg.service and leg.kind in MOVING
            ],
            bars=list(_bars(one)),
            summary=list(self._summary(one)),
            legs=[teller.card(leg) for leg in one.legs],
            risk=list(self._risk(one)),
            papers=words.tell_papers([leg.kind for leg in one.legs]),
            query=self.query(way=letter),
            is_open=is_open,
        )

    def _summary(self, one: Itinerary) -> Iterator[str]:
        for leg in one.legs:
            if leg.kind in MOVING and leg.km >= 1:
                km = words.kilometres(leg.km, self.language)
                yield f"{sentences.leg_title(self.network, leg, self.language)}, {km}"
            elif leg.kind is Kind.BORDER:
                yield f"{crossing_name(self.network, leg.crossing, self.language)}, {words.span(leg.hours, self.language)}"
            elif leg.kind in {Kind.TRANSFER, Kind.WAIT} and leg.hours >= 6:
                yield f"{words.name_kind(leg.kind)}, {words.span(leg.hours, self.language)}"

    def _risk(self, one: Itinerary) -> Iterator[str]:
        language = self.language
        if one.border_hours >= 1:
            told = _("Its borders take %(hours)s.") % {"hours": words.span(one.border_hours, language)}
            yield f"{told} {_('Those of its trains are in their timetables.')}" if one.hides_borders else told
        risk = one.reliability
        if risk is None:
            return
        spans = {name: words.span((getattr(risk, name) - one.departs) / 60, language) for name in ("p50", "p80", "p95")}
        yield _(
            "Half arrive within %(p50)s, 8 in 10 within %(p80)s, 19 in 20 within %(p95)s (±%(error)s h: estimated from %(draws)s draws)."
        ) % (
            spans
            | {"error": words.figure(risk.p95_error / 60, language, 1), "draws": words.figure(risk.draws, language)}
        )
        if risk.on_time is not None:
            yield _("The chance to arrive in time is %(share)s %% (±%(error)s).") % {
                "share": words.figure(100 * risk.on_time, language),
                "error": words.figure(100 * (risk.on_time_error or 0), language, 1),
            }
        if risk.worst_leg is not None:
            yield _(
                "What adds most to the risk: %(leg)s. Were it certain, the spread would be %(share)s %% smaller."
            ) % {
                "leg": tell_worst(self.network, one, language),
                "share": round(100 * max(risk.causes)),
            }

    def asked(self) -> str:
        """Say what was understood: what, from where to where, from when."""
        enquiry, language = self.answer.enquiry, self.language
        places = self.network.places
        load = enquiry.consignment.load
        return _("%(load)s, %(cargo)s t, from %(start)s to %(end)s, ready %(ready)s.") % {
            "load": words.name_load(load.id, load.name),
            "cargo": words.as_it_is(enquiry.consignment.cargo_t, language),
            "start": places[enquiry.origin].name(language),
            "end": places[enquiry.destination].name(language),
            "ready": words.moment(minute_of(enquiry.ready), places[enquiry.origin].country, language),
        }

    def limits(self) -> list[tuple[str, str]]:
        """Return the limits of the question, each with the query that takes it off."""
        return [
            (sentences.tell_limit(self.network, self.answer.enquiry, one, self.language), self._left(one))
            for one in self._limits()
        ]

    def _limits(self) -> Iterator[str]:
        limits = self.answer.enquiry.limits
        for one in self.answer.enquiry.constraints():
            if one != f"mode:{Mode.RAIL_FERRY}" or Mode.FERRY not in limits.modes:
                yield one
        if limits.scenarios:
            yield "scenario"

    def _left(self, constraint: str) -> str:
        return query_of(self.network, without(self.answer.enquiry, constraint), self.language)

    def query_without_limits(self) -> str:
        """Return the query of the question with nothing asked but what goes from where to where, and when."""
        bare = replace(self.answer.enquiry, via=(), arrive_by=None, limits=Limits())
        return query_of(self.network, bare, self.language)

    def stops(self) -> list[tuple[str, str]]:
        """Return what alone stops the enquiry, each with the query that leaves it out."""
        nothing = self.answer.nothing
        return [
            (sentences.tell_limit(self.network, self.answer.enquiry, one, self.language), self._left(one))
            for one in (nothing.stops if nothing else ())
        ]


def _bars(one: Itinerary) -> Iterator[Bar]:
    total = max(one.hours, 0.01)
    for leg in one.legs:
        x, width = (leg.starts - one.departs) / 60 / total * 1000, leg.hours / total * 1000
        is_moving = leg.kind in _BAR
        yield Bar(
            x=f"{x:.1f}",
            width=f"{max(width - 2, 1):.1f}",
            css=_BAR.get(leg.kind, "f-wait"),
            y="0" if is_moving else "3",
            height="10" if is_moving else "4",
        )
