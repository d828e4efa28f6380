"""The legs of an itinerary as the page tells them: times by local clocks, borders with their links, what each figure rests on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.corridors import plan_sentences as sentences
from serai.corridors import plan_words as words
from serai.corridors.figures import Basis, Rest
from serai.corridors.itinerary import MOVING
from serai.corridors.legs import Kind, Leg
from serai.corridors.naming import crossing_name
from serai.corridors.network import Mode, Network
from serai.corridors.passing import towns_passed
from serai.corridors.planned import BUILT

_LEG: Final = {Kind.RAIL: "rail", Kind.ROAD: "road", Kind.SEA: "sea", Kind.FERRY: "sea"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prov:
    """What a number rests on, as a tag with its source."""

    basis: Basis
    name: str
    what: str
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderCard:
    """A crossing that a leg is, or passes: what its status means, what its closing would change, and how to ask without it."""

    name: str
    status: str
    closure: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegCard:
    css: str
    at: str
    title: str
    lines: Sequence[str]
    right: str
    is_border: bool
    borders: Sequence[BorderCard]
    provs: Sequence[Prov]


@dataclass(frozen=True, slots=True)
class LegTeller:
    """Tells the legs of an answer. `query_without` gives the question without a crossing, `closures` what its closing changes."""

    network: Network
    language: str
    query_without: Callable[[str], str]
    closures: Mapping[str, str]

    def card(self, leg: Leg) -> LegCard:
        km = [words.kilometres(leg.km, self.language)] if leg.km >= 1 else []
        return LegCard(
            css=_LEG.get(leg.kind, "wait"),
            at=words.moment(leg.starts, leg.country, self.language, in_legs=True),
            title=sentences.leg_title(self.network, leg, self.language),
            lines=list(self._lines(leg)),
            right=" · ".join([*km, words.span(leg.hours, self.language)]),
            is_border=leg.kind is Kind.BORDER,
            borders=[self._border(one) for one in ((leg.crossing,) if leg.crossing else leg.borders)],
            provs=self._provs(leg),
        )

    def _border(self, crossing: str) -> BorderCard:
        return BorderCard(
            name=crossing_name(self.network, crossing, self.language),
            status=words.tell_status(self.network.crossings[crossing].status),
            closure=self.closures.get(crossing, ""),
            query=self.query_without(crossing),
        )

    def _lines(self, leg: Leg) -> Iterator[str]:
        language = self.language
        if leg.kind is Kind.BORDER:
            yield sentences.border_line(self.network, leg, language)
        elif leg.kind in MOVING:
            towns = [self.network.places[one].name(language) for one in towns_passed(self.network, leg)]
            ends = [self.network.places[one].name(language) if one else "" for one in (leg.place, leg.to)]
            yield " – ".join(name for name in (ends[0], *towns, ends[1]) if name)
            if leg.service:
                yield self.network.services[leg.service].name
            if leg.borders:
                yield _("The hours at its borders are in its timetable.")
            if is_unbuilt(self.network, leg):
                yield _("A part of this line is planned. It is not built.")
        elif leg.kind is Kind.WAIT:
            yield self._wait_line(leg)
        else:
            yield words.name_kind(leg.kind)
            if leg.gauge and leg.gauge_to and leg.gauge != leg.gauge_to:
                yield _("The gauge changes from %(a)s to %(b)s mm.") % {"a": leg.gauge, "b": leg.gauge_to}

    def _wait_line(self, leg: Leg) -> str:
        service = f"{self.network.services[leg.service].name}. " if leg.service else ""
        if not leg.departures:
            return service + _("It leaves when full; half the time between two departures is counted.")
        told = ngettext(
            "It leaves on %(n)s day a week; cut-off %(hours)s h before.",
            "It leaves on %(n)s days a week; cut-off %(hours)s h before.",
            len(leg.departures),
        )
        return service + told % {"n": len(leg.departures), "hours": words.figure(leg.cutoff_h, self.language)}

    def _provs(self, leg: Leg) -> list[Prov]:
        found = dict[Prov, None]()
        if leg.service or leg.kind is Kind.WAIT:
            what = _("timetable") if leg.kind in MOVING else _("how often it leaves")
            found[_prov(what, leg.waiting_rest)] = None
        for piece in leg.pieces:
            timed = [] if leg.service else [(_("time"), piece.hours, piece.rate.time_rest)]
            for what, figure, rest in (
                *timed,
                (_("cost"), piece.usd, piece.rate.cost_rest),
                (_("CO₂e"), piece.co2e_kg, piece.rate.co2e_rest),
            ):
                if figure:
                    found[_prov(what, rest)] = None
        return list(found)


def is_unbuilt(network: Network, leg: Leg) -> bool:
    """Return whether a leg uses a planned line that the scenario takes for built."""
    return any(network.lines[Mode(run.start.mode)][number].kind == BUILT for run in leg.runs for number in run.lines)


def _prov(what: str, rest: Rest) -> Prov:
    link = next((one for one in rest.source.replace(";", " ").split() if one.startswith("https://")), "")
    text = rest.rule or ("" if link else rest.source)
    return Prov(basis=rest.basis, name=words.name_basis(rest.basis), what=what, text=text, link=link)
