"""The ways of an answer side by side: the few worth choosing from in full, all of them in one line each, and why they differ."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from serai.corridors import plan_sentences as sentences
from serai.corridors import plan_words as words
from serai.corridors.itinerary import MOVING, Itinerary
from serai.corridors.legs import Kind, Leg
from serai.corridors.naming import crossing_name
from serai.corridors.network import Network
from serai.corridors.reasons import compare
from serai.kernel.languages import CHINESE

Lettered = Sequence[tuple[str, Itinerary]]
_TOLD: Final = 2  # parts of a difference, the largest first
_RISKS: Final = ("p50", "p80", "p95")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One way in figures. `note` says by which trains it goes, where the name alone does not tell it from another."""

    letter: str
    name: str
    note: str
    departs: str
    time: str
    risks: Sequence[tuple[str, str]]  # how many in how many, within
    usd: str
    shares: Sequence[tuple[str, str]]  # what it is paid for, US dollars
    co2e: str
    km: str
    border: str
    worst: str  # the leg that adds most to the risk
    is_shown: bool


def make_rows(network: Network, lettered: Lettered, language: str) -> list[Row]:
    names = {letter: sentences.itinerary_name(network, one, language) for letter, one in lettered}
    times = Counter(names.values())
    return [
        _row(network, letter, one, names[letter], language, is_alone=times[names[letter]] == 1)
        for letter, one in lettered
    ]


def _row(network: Network, letter: str, one: Itinerary, name: str, language: str, *, is_alone: bool) -> Row:
    border = words.span(one.border_hours, language) if one.border_hours >= 1 or not one.hides_borders else ""
    return Row(
        letter=letter,
        name=name,
        note="" if is_alone else _services(network, one),
        departs=words.moment(one.departs, one.legs[0].country, language, in_legs=True),
        time=words.span(one.hours, language),
        risks=list(_risks(one, language)),
        usd=words.figure(one.usd, language),
        shares=[
            (words.name_share(share), words.figure(usd, language))
            for share, usd in one.usd_by_share().items()
            if usd >= 0.5  # what is written as 0 says nothing
        ],
        co2e=words.figure(one.co2e_kg / 1000, language, 2),
        km=words.figure(one.km, language),
        border=border + (" + " if border else "") + _("in timetables") if one.hides_borders else border,
        worst=tell_worst(network, one, language),
        is_shown=one.is_shown,
    )


def _services(network: Network, one: Itinerary) -> str:
    names = [network.services[leg.service].name for leg in one.legs if leg.service and leg.kind in MOVING]
    return "; ".join(names) or _("without a timetable")


def _risks(one: Itinerary, language: str) -> Iterator[tuple[str, str]]:
    if one.reliability:
        for name in _RISKS:
            yield words.name_chance(name), words.span((getattr(one.reliability, name) - one.departs) / 60, language)


def tell_worst(network: Network, one: Itinerary, language: str) -> str:
    """Name the leg that adds most to the risk."""
    if one.reliability is None or one.reliability.worst_leg is None:
        return ""
    return _leg_in_words(network, one.legs[one.reliability.worst_leg], language)


def _leg_in_words(network: Network, leg: Leg, language: str) -> str:
    if leg.kind is Kind.BORDER:
        return crossing_name(network, leg.crossing, language)
    if leg.service and leg.kind in MOVING:
        return network.services[leg.service].name
    name, title = words.name_kind(leg.kind), sentences.leg_title(network, leg, language)
    return title if title.startswith(name) else f"{name}, {title}"


def tell_reasons(lettered: Lettered, language: str) -> Iterator[str]:
    """Say of each way shown what it costs more than the cheapest, and for what; and what time that buys, and by what."""
    shown = [(letter, one) for letter, one in lettered if one.is_shown]
    first, cheapest = min(shown, key=lambda each: each[1].usd)
    for letter, one in shown:
        if one is not cheapest:
            between = "" if language == CHINESE else " "
            yield between.join(_reasons(letter, one, first, cheapest, language))


def _reasons(letter: str, one: Itinerary, first: str, cheapest: Itinerary, language: str) -> Iterator[str]:
    difference = compare(one, cheapest)
    shares = [(words.name_share(share), usd) for share, usd in difference.by_share]
    yield _with_parts(
        _("%(way)s costs %(much)s USD more than %(other)s"),
        {"way": letter, "other": first, "much": words.figure(difference.usd, language)},
        shares,
        language,
    )
    if abs(difference.hours) < 1:
        yield _("It takes as long.")
        return
    sentence = _("It is %(much)s sooner") if difference.hours < 0 else _("It takes %(much)s longer")
    spent = [(words.name_spent(part), hours) for part, hours in difference.by_spent]
    yield _with_parts(
        sentence, {"much": words.span(abs(difference.hours), language)}, spent, language, unit=_("%(n)s h")
    )


def _with_parts(
    sentence: str, fields: dict[str, str], parts: Sequence[tuple[str, float]], language: str, *, unit: str = "%(n)s"
) -> str:
    """Write a sentence with its largest parts in brackets, those first that make the difference what it is."""
    told = [
        f"{name} {'+' if value > 0 else '−'}{unit % {'n': words.figure(abs(value), language)}}"
        for name, value in parts[:_TOLD]
    ]
    whole = {"sentence": sentence % fields, "parts": ", ".join(told)}
    return _("%(sentence)s (%(parts)s).") % whole if told else _("%(sentence)s.") % whole
