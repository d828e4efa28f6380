"""How an itinerary is called, as a forwarder would on the telephone: by rail through Altynkol, by road over Irkeshtam. Pure.

A name is made of phrases, so that each language says it in its own order; `Phrase.template` is translated where it is shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from serai.corridors.itinerary import MOVING, Itinerary
from serai.corridors.legs import Kind, Leg
from serai.corridors.network import Crossing, Network, Place
from serai.kernel.errors import gettext_noop

SHORT_KM: Final = 40.0  # a leg to the terminal and from it is not told of
_DIRECT: Final = {
    Kind.RAIL: gettext_noop("by rail"),
    Kind.ROAD: gettext_noop("by road"),
    Kind.SEA: gettext_noop("by sea"),
    Kind.FERRY: gettext_noop("by ferry"),
}
_THROUGH: Final = {
    Kind.RAIL: gettext_noop("by rail through {crossings}"),
    Kind.ROAD: gettext_noop("by road over {crossings}"),
    Kind.SEA: gettext_noop("by sea through {crossings}"),
    Kind.FERRY: gettext_noop("by ferry through {crossings}"),
}
_TO: Final = {
    Kind.RAIL: gettext_noop("by rail to {place}"),
    Kind.ROAD: gettext_noop("by road to {place}"),
    Kind.SEA: gettext_noop("by sea to {place}"),
    Kind.FERRY: gettext_noop("by ferry to {place}"),
}
_THROUGH_TO: Final = {
    Kind.RAIL: gettext_noop("by rail through {crossings} to {place}"),
    Kind.ROAD: gettext_noop("by road over {crossings} to {place}"),
    Kind.SEA: gettext_noop("by sea through {crossings} to {place}"),
    Kind.FERRY: gettext_noop("by ferry through {crossings} to {place}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A stretch by one mode. `crossings` are ids of crossings, `place` is where it ends, unless it is the last."""

    template: str
    crossings: tuple[str, ...] = ()
    place: str = ""


def name_itinerary(network: Network, itinerary: Itinerary) -> tuple[Phrase, ...]:
    """Return the phrases of a name, one for each stretch by one mode that is long enough to be told of."""
    stretches = [one for one in _stretches(itinerary.legs) if one.km >= SHORT_KM or one.crossings]
    stretches = _together(stretches) or list(_stretches(itinerary.legs))
    return tuple(_phrase(network, one, is_last=one is stretches[-1]) for one in stretches)


@dataclass(frozen=True, slots=True)
class _Stretch:
    kind: Kind
    km: float
    crossings: tuple[str, ...]
    to: str


def _stretches(legs: Sequence[Leg]) -> Iterator[_Stretch]:
    kind, km, to = None, 0.0, ""
    crossings = list[str]()
    for leg in legs:
        if leg.kind in MOVING and leg.kind is not kind:
            if kind is not None:
                yield _Stretch(kind, km, tuple(crossings), to)
            kind, km, crossings = leg.kind, 0.0, []
        km += leg.km
        crossings += [leg.crossing] if leg.crossing else leg.borders
        to = leg.to or to
    if kind is not None:
        yield _Stretch(kind, km, tuple(crossings), to)


def _together(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    found = list[_Stretch]()
    for one in stretches:
        if found and found[-1].kind is one.kind:
            last = found.pop()
            one = _Stretch(one.kind, last.km + one.km, last.crossings + one.crossings, one.to)  # noqa: PLW2901
        found.append(one)
    return found


def _phrase(network: Network, stretch: _Stretch, *, is_last: bool) -> Phrase:
    crossings = telling(network, stretch.crossings)
    templates = {(False, True): _DIRECT, (True, True): _THROUGH, (False, False): _TO, (True, False): _THROUGH_TO}
    template = templates[bool(crossings), is_last][stretch.kind]
    return Phrase(template=template, crossings=crossings, place="" if is_last else stretch.to)


def telling(network: Network, crossings: Sequence[str]) -> tuple[str, ...]:
    """Return the crossings by which a way is told from others: those that change the gauge, else those of China, else the first."""
    named = [network.crossings[one] for one in crossings]
    for tells in (_changes_gauge, _leaves_china):
        if kept := [one.id for one in named if tells(one)]:
            return tuple(kept)
    return tuple(one.id for one in named[:1])


def _changes_gauge(crossing: Crossing) -> bool:
    return any(border.has_gauge_change for border in crossing.borders)


def _leaves_china(crossing: Crossing) -> bool:
    return "CN" in crossing.countries


def crossing_name(network: Network, crossing: str, language: str = "en") -> str:
    """Return a short name of a crossing: one post where both bear the same name, else both.

    The place's own name is used, without what stands in brackets behind it.
    """
    names = [_bare(network.places[place], language) for place in network.crossings[crossing].places]
    return names[0] if names[0] == names[1] else " – ".join(names)


def _bare(place: Place, language: str) -> str:
    return place.name(language).partition(" (")[0].partition("（")[0]


def in_english(network: Network, phrases: Sequence[Phrase]) -> str:
    """Return a name in English, for what has no page: the library, the command line, a table.

    What is shown to readers is translated phrase by phrase.
    """
    return say(network, phrases, {}, "en")


def say(network: Network, phrases: Sequence[Phrase], translated: Mapping[str, str], language: str) -> str:
    """Return a name in a language, from the translations of its templates."""
    parts = [
        translated.get(one.template, one.template).format(
            crossings=", ".join(crossing_name(network, each, language) for each in one.crossings),
            place=_bare(network.places[one.place], language) if one.place else "",
        )
        for one in phrases
    ]
    joined = ("，" if language == "zh-hans" else ", ").join(parts)
    return joined[:1].upper() + joined[1:]
