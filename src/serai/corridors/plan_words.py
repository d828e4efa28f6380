"""What the planner's pages say, in the reader's language."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.corridors import naming
from serai.corridors.calendar import minute_of, moment_of, zone_of
from serai.corridors.countries import name_country
from serai.corridors.enquiry import Enquiry
from serai.corridors.figures import Basis
from serai.corridors.itinerary import Itinerary, Share, Tag
from serai.corridors.legs import Kind, Leg
from serai.corridors.naming import crossing_name, name_itinerary
from serai.corridors.network import Mode, Network
from serai.corridors.reasons import Spent
from serai.kernel.errors import gettext_noop
from serai.kernel.languages import CHINESE, format_date, format_number

if TYPE_CHECKING:
    from serai.corridors.plan_compare import Row
    from serai.corridors.relaxing import Closure  # which imports numpy

_WEEKDAYS: Final = (
    gettext_noop("Mon"), gettext_noop("Tue"), gettext_noop("Wed"), gettext_noop("Thu"), gettext_noop("Fri"), gettext_noop("Sat"),
    gettext_noop("Sun"),
)  # fmt: skip
_KINDS: Final = {
    Kind.LOADING: gettext_noop("Loading"),
    Kind.UNLOADING: gettext_noop("Unloading, ready for collection"),
    Kind.WAIT: gettext_noop("Waiting for the departure"),
    Kind.RAIL: gettext_noop("Rail"),
    Kind.ROAD: gettext_noop("Road"),
    Kind.SEA: gettext_noop("Sea"),
    Kind.FERRY: gettext_noop("Ferry"),
    Kind.BORDER: gettext_noop("Border"),
    Kind.TRANSFER: gettext_noop("Transfer"),
    Kind.SHUNTING: gettext_noop("Into another train"),
}
_TAGS: Final = {
    Tag.SOONEST: gettext_noop("shortest time"),
    Tag.CHEAPEST: gettext_noop("lowest cost"),
    Tag.CLEANEST: gettext_noop("lowest CO₂e"),
    Tag.SUREST: gettext_noop("least risk"),
    Tag.BETWEEN: gettext_noop("between the others"),
}
_SHARES: Final = {
    Share.MOVING: gettext_noop("moving"),
    Share.BORDERS: gettext_noop("borders"),
    Share.HANDLING: gettext_noop("loading and terminals"),
    Share.STANDING: gettext_noop("waiting and hire"),
}
_SPENT: Final = {
    Spent.MOVING: gettext_noop("moving"),
    Spent.BORDERS: gettext_noop("at borders"),
    Spent.TERMINALS: gettext_noop("at terminals"),
    Spent.WAITING: gettext_noop("waiting for departures"),
}
_CHANCES: Final = {
    "p50": gettext_noop("half within"),
    "p80": gettext_noop("8 in 10 within"),
    "p90": gettext_noop("9 in 10 within"),
    "p95": gettext_noop("19 in 20 within"),
}
_MODES: Final = {
    Mode.RAIL: gettext_noop("Rail"),
    Mode.ROAD: gettext_noop("Road"),
    Mode.SEA: gettext_noop("Sea"),
    Mode.FERRY: gettext_noop("Ferry"),
    Mode.RAIL_FERRY: gettext_noop("Rail ferry"),
}
_BASES: Final = {
    Basis.PUBLISHED: gettext_noop("published"),
    Basis.DERIVED: gettext_noop("derived"),
    Basis.ASSUMED: gettext_noop("assumed"),
}
_LOADS: Final = {
    "c20dry": gettext_noop("20-foot container"),
    "c40dry": gettext_noop("40-foot container"),
    "c40rf": gettext_noop("40-foot reefer"),
    "truck20": gettext_noop("Full lorry load"),
}
_PAPERS: Final = {
    Kind.ROAD: gettext_noop("By road: CMR consignment note; TIR carnet or a transit declaration in each country."),
    Kind.RAIL: gettext_noop("By rail: consignment note SMGS, or CIM in western Europe."),
    Kind.SEA: gettext_noop("By sea: bill of lading."),
    Kind.FERRY: gettext_noop("By ferry: the consignment note goes on; the ferry issues its own way-bill."),
}
_STATUSES: Final = {
    "restricted": gettext_noop("This crossing is restricted: ask before you send."),
    "temporary": gettext_noop("This crossing is open for some of the time only: ask before you send."),
    "planned": gettext_noop("This crossing is planned. It is not in service."),
}


def name_kind(kind: Kind) -> str:
    return _(_KINDS[kind])


def name_tag(tag: Tag) -> str:
    return _(_TAGS[tag])


def name_mode(mode: Mode) -> str:
    return _(_MODES[mode])


def name_crossing(network: Network, crossing: str, language: str) -> str:
    """Return the name of a crossing with its mode, as a road and a railway may cross under one name."""
    return f"{crossing_name(network, crossing, language)} ({name_mode(network.crossings[crossing].mode)})"


def name_basis(basis: Basis) -> str:
    return _(_BASES[basis])


def name_load(load: str, fallback: str) -> str:
    return _(_LOADS[load]) if load in _LOADS else fallback


def name_share(share: Share) -> str:
    return _(_SHARES[share])


def name_spent(spent: Spent) -> str:
    return _(_SPENT[spent])


def name_chance(quantile: str) -> str:
    return _(_CHANCES[quantile])


def tell_papers(kinds: Sequence[Kind]) -> list[str]:
    return [_(_PAPERS[kind]) for kind in dict.fromkeys(kinds) if kind in _PAPERS]


def tell_status(status: str) -> str:
    return _(_STATUSES[status]) if status in _STATUSES else ""


def figure(value: float, language: str, digits: int = 0) -> str:
    """Write a figure rounded to so many digits."""
    return format_number(Decimal(f"{value:.{digits}f}"), language)


def as_it_is(value: float, language: str) -> str:
    """Write a figure with the digits it has: 20, or 20.5."""
    return format_number(Decimal(f"{value:g}"), language)


def span(hours: float, language: str) -> str:
    """Write hours as days and hours, from a day and a half on."""
    whole = round(hours)
    if whole < 36:
        return _("%(n)s h") % {"n": figure(whole, language)}
    days, rest = divmod(whole, 24)
    if not rest:
        return _("%(days)s d") % {"days": figure(days, language)}
    return _("%(days)s d %(hours)s h") % {"days": figure(days, language), "hours": rest}


def tell_way(row: "Row", language: str) -> str:
    """Say a way in one line, for a point of a drawing."""
    return f"{row.letter}: {row.name}, {row.time}, {row.usd} USD, {row.co2e} {_('t')} CO₂e"


def leg_event(network: Network, leg: Leg, language: str) -> str:
    """Say a leg as an event of a calendar: what, and from where to where."""
    names = [network.places[place].name(language) for place in (leg.place, leg.to) if place]
    where = " – ".join(dict.fromkeys(names))
    return f"{name_kind(leg.kind)}: {where}" if where else name_kind(leg.kind)


def kilometres(km: float, language: str) -> str:
    return _("%(n)s km") % {"n": figure(km, language)}


def moment(minute: int, country: str, language: str, *, in_legs: bool = False) -> str:
    """Write a moment by a country's clock: Mon 30 Nov 2026, 08:00 UTC+8; in the list of legs without the year."""
    at = moment_of(minute).astimezone(zone_of(country))
    day = format_date(at.date(), language, short=True)
    if in_legs:
        day = day.removeprefix(f"{at.year}年") if language == CHINESE else day.removesuffix(f" {at.year}")
    return f"{_(_WEEKDAYS[at.weekday()])} {day}, {at:%H:%M} {offset(at)}"


def offset(at: datetime) -> str:
    """Write an offset as UTC+8, or UTC+5:30."""
    hours, minutes = divmod(int((at.utcoffset() or at - at).total_seconds()) // 60, 60)
    return f"UTC{hours:+d}" + (f":{minutes:02d}" if minutes else "")


def itinerary_name(network: Network, one: Itinerary, language: str) -> str:
    phrases = name_itinerary(network, one)
    return naming.say(network, phrases, {phrase.template: _(phrase.template) for phrase in phrases}, language)


def leg_title(network: Network, leg: Leg, language: str) -> str:
    """Say what a leg is: Rail, 1435 mm; a border by its posts; a wait by its place."""
    name = name_kind(leg.kind)
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
    facts = {"crossing": name, "hours": span(hours, language), "usd": figure(usd, language)}
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
        return _("arrive by %(moment)s") % {"moment": moment(minute_of(enquiry.arrive_by), country, language)}
    if limit == "scenario":
        return _("planned railways taken for built")
    kind, _colon, name = limit.partition(":")
    if kind == "place":
        told = network.places[name].name(language)
    elif kind == "country":
        told = name_country(name, language)
    elif kind == "crossing":
        told = name_crossing(network, name, language)
    else:
        told = name_mode(Mode(name))
    return (_("pass %(what)s") if limit in enquiry.via else _("avoid %(what)s")) % {"what": told}


def alphabetical(name: str, language: str) -> bytes:
    """Return what names are sorted by. The Chinese national code stands by pinyin for all common signs, which Unicode does not."""
    return name.encode("gb18030") if language == CHINESE else name.casefold().encode()


def count_ways(number: int) -> str:
    return ngettext("%(n)s way worth choosing from", "%(n)s ways worth choosing from", number) % {"n": number}
