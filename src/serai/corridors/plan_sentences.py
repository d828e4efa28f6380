"""Sentences of the planner's pages: what a leg is, what a closure changes, what a question is limited by, in the reader's language."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from serai.corridors import naming
from serai.corridors import plan_words as words
from serai.corridors.calendar import minute_of
from serai.corridors.countries import name_country
from serai.corridors.enquiry import Enquiry
from serai.corridors.itinerary import Itinerary
from serai.corridors.legs import Kind, Leg
from serai.corridors.naming import crossing_name, name_itinerary
from serai.corridors.network import Mode, Network

if TYPE_CHECKING:
    from serai.corridors.plan_compare import Row
    from serai.corridors.relaxing import Closure  # which imports numpy


def tell_way(row: "Row") -> str:
    """Say a way in one line, for a point of a drawing."""
    return f"{row.letter}: {row.name}, {row.time}, {row.usd} USD, {row.co2e} {_('t')} CO₂e"


def leg_event(network: Network, leg: Leg, language: str) -> str:
    """Say a leg as an event of a calendar: what, and from where to where."""
    names = [network.places[place].name(language) for place in (leg.place, leg.to) if place]
    where = " – ".join(dict.fromkeys(names))
    return f"{words.name_kind(leg.kind)}: {where}" if where else words.name_kind(leg.kind)


def itinerary_name(network: Network, one: Itinerary, language: str) -> str:
    phrases = name_itinerary(network, one)
    return naming.say(network, phrases, {phrase.template: _(phrase.template) for phrase in phrases}, language)


def leg_title(network: Network, leg: Leg, language: str) -> str:
    """Say what a leg is: Rail, 1435 mm; a border by its posts; a wait by its place."""
    name = words.name_kind(leg.kind)
    if leg.kind is Kind.RAIL and leg.gauge:
        gauges = leg.gauge if leg.gauge == leg.gauge_to or not leg.gauge_to else f"{leg.gauge} → {leg.gauge_to}"
        return f"{name}, {gauges} mm"
    if leg.kind is Kind.BORDER:
        posts = [network.places[place].name(language) for place in (leg.place, leg.to)]
        return " – ".join(posts)
    if leg.place and leg.kind in {Kind.LOADING, Kind.UNLOADING, Kind.TRANSFER, Kind.SHUNTING, Kind.WAIT}:
        return network.places[leg.place].name(language)
    return name


def border_line(network: Network, leg: Leg, language: str) -> str:
    """Say which border it is, and that the gauge changes there."""
    crossing = network.crossings[leg.crossing]
    countries = crossing.countries if leg.is_forward else crossing.countries[::-1]
    told = _("From %(a)s to %(b)s.") % {
        "a": name_country(countries[0], language),
        "b": name_country(countries[1], language),
    }
    if leg.gauge and leg.gauge_to and leg.gauge != leg.gauge_to:
        told += " " + _("The gauge changes from %(a)s to %(b)s mm.") % {"a": leg.gauge, "b": leg.gauge_to}
    return told


def tell_closure(network: Network, closure: "Closure", language: str) -> str:
    """Say what changes when a crossing closes; nothing when hardly anything does."""
    name = crossing_name(network, closure.crossing, language)
    if closure.more_hours is None or closure.more_usd is None:
        return _("If %(crossing)s closes, no other way is left.") % {"crossing": name}
    hours, usd = round(closure.more_hours), round(closure.more_usd)
    if hours < 1 and usd < 1:
        return _("If %(crossing)s closes, the soonest way and the cheapest stay as they are.") % {"crossing": name}
    facts = {"crossing": name, "hours": words.span(hours, language), "usd": words.figure(usd, language)}
    if hours < 1:
        return _("If %(crossing)s closes, the cheapest way costs %(usd)s USD more; the soonest stays as it is.") % facts
    if usd < 1:
        return _("If %(crossing)s closes, the soonest way takes %(hours)s more; the cheapest stays as it is.") % facts
    return (
        _("If %(crossing)s closes, the soonest way takes %(hours)s more and the cheapest costs %(usd)s USD more.")
        % facts
    )


def tell_limit(network: Network, enquiry: Enquiry, limit: str, language: str) -> str:
    """Say a limit of a question: avoid or pass a place, country, crossing or mode; arrive by; planned lines."""
    if limit == "arrive_by" and enquiry.arrive_by:
        country = network.places[enquiry.destination].country
        return _("arrive by %(moment)s") % {"moment": words.moment(minute_of(enquiry.arrive_by), country, language)}
    if limit == "scenario":
        return _("planned railways taken for built")
    kind, _colon, name = limit.partition(":")
    if kind == "place":
        told = network.places[name].name(language)
    elif kind == "country":
        told = name_country(name, language)
    elif kind == "crossing":
        told = words.name_crossing(network, name, language)
    else:
        told = words.name_mode(Mode(name))
    return (_("pass %(what)s") if limit in enquiry.via else _("avoid %(what)s")) % {"what": told}
