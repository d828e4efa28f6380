"""What the planner's pages say, in the reader's language."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.corridors.calendar import moment_of, zone_of
from serai.corridors.figures import Basis
from serai.corridors.itinerary import Share, Tag
from serai.corridors.legs import Kind
from serai.corridors.naming import crossing_name
from serai.corridors.network import Mode, Network
from serai.corridors.reasons import Spent
from serai.kernel.errors import gettext_noop
from serai.kernel.languages import CHINESE, format_date, format_number

if TYPE_CHECKING:
    pass  # which imports numpy

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


def alphabetical(name: str, language: str) -> bytes:
    """Return what names are sorted by. The Chinese national code stands by pinyin for all common signs, which Unicode does not."""
    return name.encode("gb18030") if language == CHINESE else name.casefold().encode()


def count_ways(number: int) -> str:
    return ngettext("%(n)s way worth choosing from", "%(n)s ways worth choosing from", number) % {"n": number}
