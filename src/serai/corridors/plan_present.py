"""An answer as the page shows it: cards of the ways worth choosing from, a table of all, reasons, closures, what stops it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from serai.corridors import plan_words as words
from serai.corridors.figures import Basis, Rest
from serai.corridors.itinerary import MOVING, Itinerary
from serai.corridors.legs import Kind, Leg
from serai.corridors.naming import crossing_name
from serai.corridors.network import Network
from serai.corridors.passing import towns_passed
from serai.corridors.planning import Answer
from serai.corridors.reasons import compare
from serai.corridors.telling import letter_of

_BAR: Final = {Kind.RAIL: "f-1", Kind.ROAD: "f-2", Kind.SEA: "f-3", Kind.FERRY: "f-3"}
_LEG: Final = {Kind.RAIL: "rail", Kind.ROAD: "road", Kind.SEA: "sea", Kind.FERRY: "sea"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prov:
    """What a number rests on, as a tag with its source."""

    basis: Basis
    name: str
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegCard:
    css: str
    at: str
    title: str
    lines: Sequence[str]
    right: str
    avoid: str = ""  # query of the same question without this crossing
    provs: Sequence[Prov] = ()
    status: str = ""


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
    number: int
    name: str
    when: str
    tags: Sequence[str]
    time: str
    within: str
    usd: str
    co2e: str
    assumed: str
    services: Sequence[str]
    bars: Sequence[Bar]
    summary: Sequence[str]
    legs: Sequence[LegCard]
    risk: Sequence[str]
    reasons: Sequence[str]
    papers: Sequence[str]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Presenter:
    """Shows one answer to one reader."""

    answer: Answer
    query: QueryDict
    language: str

    @property
    def network(self) -> Network:
        return self.answer.network

    def lettered(self) -> list[tuple[str, Itinerary]]:
        return [(letter_of(number), one) for number, one in enumerate(self.answer.itineraries)]

    def cards(self, chosen: str) -> list[Card]:
        """Return the cards of the ways worth choosing from, and of one that was chosen beside them."""
        shown = [(letter, one) for letter, one in self.lettered() if one.is_shown or letter == chosen]
        opened = chosen or (shown[0][0] if shown else "")
        cheapest = min(self.answer.itineraries, key=lambda one: one.usd, default=None)
        return [self._card(letter, one, cheapest, is_open=letter == opened) for letter, one in shown]

    def _card(self, letter: str, one: Itinerary, cheapest: Itinerary | None, *, is_open: bool) -> Card:
        language = self.language
        first, last = one.legs[0], one.legs[-1]
        end = self.network.places[last.to].country
        time_share, cost_share = one.assumed_share()
        names = [self.network.places[place].name(language) for place in (first.place, last.to)]
        departs = words.moment(one.departs, first.country, language)
        arrives = words.moment(one.arrives, end, language)
        return Card(
            letter=letter,
            number=ord(letter[-1]),
            name=words.itinerary_name(self.network, one, language),
            when=f"{departs} {names[0]} → {arrives} {names[1]}",
            tags=[words.name_tag(tag) for tag in one.tags],
            time=words.span(one.hours, language),
            within=words.span((one.reliability.p90 - one.departs) / 60, language) if one.reliability else "",
            usd=words.figure(one.usd, language),
            co2e=words.figure(one.co2e_kg / 1000, language, 2),
            assumed=_("%(time)s %% of its time and %(cost)s %% of its cost rest on assumptions.")
            % {"time": round(100 * time_share), "cost": round(100 * cost_share)},
            services=[
                self.network.services[leg.service].name for leg in one.legs if leg.service and leg.kind in MOVING
            ],
            bars=list(_bars(one)),
            summary=list(self._summary(one)),
            legs=[self._leg(leg) for leg in one.legs],
            risk=list(self._risk(one)),
            reasons=list(self._reasons(one, cheapest)),
            papers=words.tell_papers([leg.kind for leg in one.legs]),
            is_open=is_open,
        )

    def _summary(self, one: Itinerary) -> Iterator[str]:
        for leg in one.legs:
            if leg.kind in MOVING and leg.km >= 1:
                yield f"{words.leg_title(self.network, leg, self.language)}, {self._km(leg.km)}"
            elif leg.kind is Kind.BORDER:
                yield f"{crossing_name(self.network, leg.crossing, self.language)}, {words.span(leg.hours, self.language)}"
            elif leg.kind in {Kind.TRANSFER, Kind.WAIT} and leg.hours >= 6:
                yield f"{words.name_kind(leg.kind)}, {words.span(leg.hours, self.language)}"

    def _km(self, km: float) -> str:
        return _("%(n)s km") % {"n": words.figure(km, self.language)}

    def _leg(self, leg: Leg) -> LegCard:
        km = [self._km(leg.km)] if leg.km >= 1 else []
        avoid = self.with_value("avoid_crossing", leg.crossing) if leg.kind is Kind.BORDER else ""
        status = words.tell_status(self.network.crossings[leg.crossing].status) if leg.kind is Kind.BORDER else ""
        return LegCard(
            css=_LEG.get(leg.kind, "wait"),
            at=words.moment(leg.starts, leg.country, self.language, in_legs=True),
            title=words.leg_title(self.network, leg, self.language),
            lines=list(self._leg_lines(leg)),
            right=" · ".join([*km, words.span(leg.hours, self.language)]),
            avoid=avoid,
            provs=self._provs(leg),
            status=status,
        )

    def _leg_lines(self, leg: Leg) -> Iterator[str]:
        language = self.language
        if leg.kind is Kind.BORDER:
            yield words.border_line(self.network, leg, language)
        elif leg.kind in MOVING:
            towns = [self.network.places[one].name(language) for one in towns_passed(self.network, leg)]
            ends = [self.network.places[one].name(language) if one else "" for one in (leg.place, leg.to)]
            yield " – ".join(name for name in (ends[0], *towns, ends[1]) if name)
            if leg.service:
                yield self.network.services[leg.service].name
            if leg.borders:
                names = ", ".join(crossing_name(self.network, one, language) for one in leg.borders)
                yield _("Borders in its timetable: %(names)s.") % {"names": names}
        elif leg.kind is Kind.WAIT:
            yield from self._wait_lines(leg)
        else:
            yield words.name_kind(leg.kind)
            if leg.gauge and leg.gauge_to and leg.gauge != leg.gauge_to:
                yield _("The gauge changes from %(a)s to %(b)s mm.") % {"a": leg.gauge, "b": leg.gauge_to}

    def _wait_lines(self, leg: Leg) -> Iterator[str]:
        service = f"{self.network.services[leg.service].name}. " if leg.service else ""
        if leg.departures:
            yield service + _("It leaves on %(n)s days a week; cut-off %(hours)s h before.") % {
                "n": len(leg.departures),
                "hours": words.figure(leg.cutoff_h, self.language),
            }
        else:
            yield service + _("It leaves when full; half the time between two departures is counted.")

    def _provs(self, leg: Leg) -> list[Prov]:
        found = dict[Prov, None]()
        if leg.service or leg.kind is Kind.WAIT:
            found[self._prov(_("timetable") if leg.kind in MOVING else _("how often it leaves"), leg.waiting_rest)] = (
                None
            )
        for piece in leg.pieces:
            timed = [] if leg.service else [(_("time"), piece.hours, piece.rate.time_rest)]
            for what, figure, rest in (
                *timed,
                (_("cost"), piece.usd, piece.rate.cost_rest),
                (_("CO₂e"), piece.co2e_kg, piece.rate.co2e_rest),
            ):
                if figure:
                    found[self._prov(what, rest)] = None
        return list(found)

    def _prov(self, what: str, rest: Rest) -> Prov:
        link = next((one for one in rest.source.replace(";", " ").split() if one.startswith("https://")), "")
        text = f"{what}: {rest.rule or rest.source}" if rest.rule or not link else what
        return Prov(basis=rest.basis, name=words.name_basis(rest.basis), text=text, link=link)

    def _risk(self, one: Itinerary) -> Iterator[str]:
        risk = one.reliability
        if risk is None:
            return
        language = self.language
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
            leg = one.legs[risk.worst_leg]
            yield _(
                "Most of the risk comes from: %(leg)s. Were it certain, the spread would be %(share)s %% smaller."
            ) % {
                "leg": self._leg_in_words(leg),
                "share": round(100 * max(risk.causes)),
            }

    def _leg_in_words(self, leg: Leg) -> str:
        if leg.kind is Kind.BORDER:
            return crossing_name(self.network, leg.crossing, self.language)
        if leg.service:
            return self.network.services[leg.service].name
        return f"{words.name_kind(leg.kind)}, {words.leg_title(self.network, leg, self.language)}"

    def _reasons(self, one: Itinerary, cheapest: Itinerary | None) -> Iterator[str]:
        """Say what an itinerary costs more than the cheapest, for what, and what time that buys; of the cheapest, its borders."""
        language = self.language
        if one.border_hours >= 1:
            told = _("Its borders take %(hours)s.") % {"hours": words.span(one.border_hours, language)}
            in_timetables = _("Those of its trains are in their timetables.")
            yield f"{told} {in_timetables}" if one.hides_borders else told
        if cheapest is None or one is cheapest:
            return
        difference = compare(one, cheapest)
        shares = [f"{words.name_share(share)} {self._signed(usd)}" for share, usd in difference.by_share[:2]]
        yield _("It costs %(usd)s USD more than the cheapest (%(parts)s).") % {
            "usd": words.figure(difference.usd, language),
            "parts": ", ".join(shares),
        }
        if difference.hours < -1:
            spent = [f"{words.name_spent(part)} {self._signed(hours)}" for part, hours in difference.by_spent[:2]]
            yield _("It is %(hours)s sooner (hours: %(parts)s).") % {
                "hours": words.span(-difference.hours, language),
                "parts": ", ".join(spent),
            }

    def _signed(self, value: float) -> str:
        return ("+" if value > 0 else "−") + words.figure(abs(value), self.language)

    def with_value(self, name: str, value: str) -> str:
        """Return the address's query with one more value."""
        query = self.query.copy()
        query.pop("way", None)
        if value not in query.getlist(name):
            query.appendlist(name, value)
        return query.urlencode()

    def without(self, constraint: str) -> str:
        """Return the address's query less a constraint."""
        query = self.query.copy()
        if constraint == "arrive_by":
            query.pop("arrive_by", None)
            return query.urlencode()
        kind, _colon, name = constraint.partition(":")
        for field in (f"avoid_{kind}", "via"):
            left = [one for one in query.getlist(field) if one not in {name, constraint}]
            query.setlist(field, left)
        return query.urlencode()

    def closures(self) -> list[str]:
        return [words.tell_closure(self.network, one, self.language) for one in self.answer.closures]

    def stops(self) -> list[tuple[str, str]]:
        """Return what stops the enquiry, each with the query that leaves it out."""
        nothing = self.answer.nothing
        return [
            (words.tell_constraint(self.network, one, self.language), self.without(one))
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
