"""A place by what a person types: its id, its UN/LOCODE, or a name in any language of the tables. Pure.

Case, accents, apostrophes, hyphens and spaces do not count: Xi'an, Xi’an and XIAN are one.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from unicodedata import category, normalize

from serai.corridors.errors import UnknownPlace
from serai.corridors.network import LANGUAGES, Network, Place

_NEAR: Final = 3  # names told when there is no such place
_LONGEST: Final = 100


def fold(text: str) -> str:
    """Return a name without what does not count.

    >>> fold("Xi’an"), fold("Ürümqi"), fold("Алма-Ата"), fold("西安")
    ('xian', 'urumqi', 'алмаата', '西安')
    """
    parts = normalize("NFKD", text[:_LONGEST].casefold())
    return "".join(one for one in parts if category(one)[0] in "LN" and category(one) != "Lm")


@dataclass(frozen=True, slots=True)
class _Index:
    whole: dict[str, tuple[str, ...]]  # folded name → ids
    bare: dict[str, tuple[str, ...]]  # the same without what stands in brackets


@lru_cache(maxsize=4)
def _index(network: Network) -> _Index:
    whole, bare = defaultdict[str, dict[str, None]](dict), defaultdict[str, dict[str, None]](dict)
    for place in network.places.values():
        for name in place.names.values():
            whole[fold(name)][place.id] = None
            bare[fold(bare_name(name))][place.id] = None
        if place.unlocode:
            whole[fold(place.unlocode)][place.id] = None
    return _Index({name: tuple(ids) for name, ids in whole.items()}, {name: tuple(ids) for name, ids in bare.items()})


def bare_name(name: str) -> str:
    """Return a name without what stands in brackets behind it.

    >>> bare_name("Karasu (KZ)"), bare_name("霍尔果斯（铁路）")
    ('Karasu', '霍尔果斯')
    """
    return name.partition("(")[0].partition("（")[0].strip()


def find_place(network: Network, text: str) -> Place:
    """Return the place that is meant. Raises UnknownPlace: there is none, or there are several, and it tells which are near."""
    written = text.strip()
    if written in network.places:
        return network.places[written]
    index, key = _index(network), fold(written)
    for names in (index.whole, index.bare):
        if len(ids := names.get(key, ())) == 1:
            return network.places[ids[0]]
        if ids:
            raise UnknownPlace(
                name=written[:_LONGEST], near="; ".join(f"{_told(network.places[one])}: {one}" for one in ids[:6])
            )
    near = [_told(place) for place in suggest_places(network, written, limit=_NEAR)]
    raise UnknownPlace(name=written[:_LONGEST], near="; ".join(near) or "–")


def _told(place: Place) -> str:
    """Return a place's names in three scripts, with its country."""
    names = dict.fromkeys(place.name(language) for language in LANGUAGES)
    return f"{' / '.join(names)} ({place.country})"


def suggest_places(network: Network, text: str, limit: int = 8) -> list[Place]:
    """Return the places whose names are nearest to what was typed, the nearest first."""
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    key = fold(text)
    if not key:
        return []
    names = _index(network).bare
    begun = sorted((name for name in names if name.startswith(key)), key=len)
    like = process.extract(
        key, names.keys(), scorer=JaroWinkler.normalized_similarity, limit=4 * limit, score_cutoff=0.6
    )
    return _places(network, (one for name in (*begun, *(each[0] for each in like)) for one in names[name]))[:limit]


def _places(network: Network, ids: Iterable[str]) -> list[Place]:
    return [network.places[one] for one in dict.fromkeys(ids)]
