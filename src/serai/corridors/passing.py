"""Which towns a way by rail or road passes: those that hang on one of its junctions by an access line. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from serai.corridors.geometry import nodes_of
from serai.corridors.legs import Leg
from serai.corridors.network import Mode, Network

_NEAR_KM: Final = 25.0
_MOST: Final = 4
_KINDS: Final = frozenset({"city", "hub"})


@lru_cache(maxsize=4)
def _towns(network: Network) -> Mapping[Mode, Mapping[str, tuple[str, ...]]]:
    """Return for each mode the towns at a junction: on it, or one access line away."""
    found: dict[Mode, dict[str, list[str]]] = {mode: defaultdict(list) for mode in network.lines}
    for mode, lines in network.lines.items():
        for line in lines:
            for place, junction in ((line.a, line.b), (line.b, line.a)):
                known = network.places.get(place)
                if known and known.kinds & _KINDS and line.km <= _NEAR_KM:
                    found[mode][junction].append(place)
                    found[mode][place].append(place)
    return {mode: {node: tuple(dict.fromkeys(places)) for node, places in at.items()} for mode, at in found.items()}


def towns_passed(network: Network, leg: Leg) -> list[str]:
    """Return at most four towns between the ends of a leg, spread over it; a train's own stops come first."""
    passed = dict.fromkeys(leg.passed)
    for run in leg.runs:
        at = _towns(network).get(Mode(run.start.mode), {})
        passed |= dict.fromkeys(place for node in nodes_of(network, run) for place in at.get(node, ()))
    return _spread([one for one in passed if one not in {leg.place, leg.to}])


def _spread(places: Sequence[str]) -> list[str]:
    if len(places) <= _MOST:
        return list(places)
    step = len(places) / _MOST
    return [places[int(step * (at + 0.5))] for at in range(_MOST)]
