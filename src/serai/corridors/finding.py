"""A place by what a person types: its id, its UN/LOCODE, or a name in any language of the tables. Pure.

Case, accents, apostrophes, hyphens and spaces do not count: Xi'an, Xi’an and XIAN are one.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from unicodedata import category, normalize

from serai.corridors.errors import UnknownPlace
from serai.corridors.network import LANGUAGES, Network, Place

_NEAR: Final = 3  # names told when there is no such place
_BEARING: Final = 6  # names told when several places bear one
_LONGEST: Final = 100
# Letters of one language beside those that a keyboard of its neighbours has; what Unicode takes apart itself is not listed.
_ALIKE: Final = str.maketrans("łđøıəғқҳңұүөәіҷһيىك", "ldoieгкхнууоаичхییک")
_WORD: Final = re.compile(r"[\s(（,/–-]+|(?=[\u4e00-\u9fff])")  # a Han word may begin at any character
_Ids = Mapping[str, tuple[str, ...]]


def fold(text: str) -> str:
    """Return a name without what does not count.

    >>> fold("Xi’an"), fold("Ürümqi"), fold("Алма-Ата"), fold("Ақтау"), fold("西安")
    ('xian', 'urumqi', 'алмаата', 'актау', '西安')
    """
    parts = normalize("NFKD", text[:_LONGEST].casefold()).translate(_ALIKE)
    return "".join(one for one in parts if category(one)[0] in "LN" and category(one) != "Lm")


@dataclass(frozen=True, slots=True)
class _Index:
    codes: _Ids  # folded id or UN/LOCODE → ids
    whole: _Ids  # names
    bare: _Ids  # names without what stands in brackets
    later: _Ids  # names from each of their later words on
    ends: frozenset[str]  # where freight can begin or end its way


@lru_cache(maxsize=4)
def _index(network: Network) -> _Index:
    codes, whole, bare, later = (defaultdict[str, dict[str, None]](dict) for _ in range(4))
    for place in network.places.values():
        for code in (place.id, place.unlocode):
            codes[fold(code)][place.id] = None
        for name in place.names.values():
            whole[fold(name)][place.id] = None
            bare[fold(bare_name(name))][place.id] = None
            for word in _WORD.finditer(name):
                later[fold(name[word.end() :])][place.id] = None
    return _Index(_fixed(codes), _fixed(whole), _fixed(bare), _fixed(later), _ends(network))


def _fixed(found: Mapping[str, Iterable[str]]) -> _Ids:
    return {name: tuple(ids) for name, ids in found.items() if name}


def _ends(network: Network) -> frozenset[str]:
    on_lines = {end for lines in network.lines.values() for line in lines for end in (line.a, line.b)}
    in_ports = {end for link in network.sea for end in (link.a, link.b)}
    served = {stop.place for service in network.services.values() for stop in service.stops}
    return frozenset(on_lines | in_ports | served | {terminal.place for terminal in network.terminals})


def bare_name(name: str) -> str:
    """Return a name without what stands in brackets behind it.

    >>> bare_name("Karasu (KZ)"), bare_name("霍尔果斯（铁路）")
    ('Karasu', '霍尔果斯')
    """
    return name.partition("(")[0].partition("（")[0].strip()


def find_place(network: Network, text: str) -> Place:
    """Return the place that is meant. Raises UnknownPlace: there is none, or there are several, and it tells which are near.

    A part of a name is no name: “Aktau” may one day be another place than Aktau Port.
    """
    written = text.strip()
    if written in network.places:
        return network.places[written]
    index, key = _index(network), fold(written)
    for names in (index.codes, index.whole, index.bare):
        if len(ids := names.get(key, ())) == 1:
            return network.places[ids[0]]
        if ids:
            break
    bearing = list(dict.fromkeys((*ids, *_beginning(index, key))))
    if len(bearing) > 1:
        near = [f"{_told(network.places[one])}: {one}" for one in bearing[:_BEARING]]
    else:
        near = [_told(place) for place in suggest_places(network, written, limit=_NEAR)]
    raise UnknownPlace(name=written[:_LONGEST], near="; ".join(near) or "–")


def _told(place: Place) -> str:
    """Return a place's names in three scripts, with its country."""
    names = dict.fromkeys(place.name(language) for language in LANGUAGES)
    return f"{' / '.join(names)} ({place.country})"


def suggest_places(network: Network, text: str, limit: int = 8) -> list[Place]:
    """Return the places for what was typed so far: those with a name, a later word or a code that begins with it, then like ones.

    Within each, the places where freight can begin or end come first, then the shorter names.
    """
    index, key = _index(network), fold(text)
    if not key:
        return []
    ids = dict.fromkeys((*_beginning(index, key), *_like(index, key, limit)))
    return [network.places[one] for one in ids][:limit]


def _beginning(index: _Index, key: str) -> Iterator[str]:
    """Give the places a name of which begins with the key, then those with a later word that does, then those with a code."""
    for names in (index.bare, index.later, index.codes) if key else ():
        yield from _ranked(index, {name: ids for name, ids in names.items() if name.startswith(key)})


def _ranked(index: _Index, found: _Ids) -> Iterable[str]:
    shortest = dict[str, tuple[bool, int, str]]()
    for name in sorted(found, key=lambda name: (len(name), name)):
        for one in found[name]:
            shortest.setdefault(one, (one not in index.ends, len(name), name))
    return sorted(shortest, key=shortest.__getitem__)


def _like(index: _Index, key: str, limit: int) -> Iterator[str]:
    """Give the places with names that look like the key, the likest first."""
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    scorer = JaroWinkler.normalized_similarity
    like = process.extract(key, index.bare.keys(), scorer=scorer, limit=4 * limit, score_cutoff=0.6)
    found = dict.fromkeys(one for name, _, _ in like for one in index.bare[name])
    yield from sorted(found, key=lambda one: one not in index.ends)
