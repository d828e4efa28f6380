"""Which of all ways that nothing beats are told of, and which few are worth choosing from. Pure.

Nothing is left out but what hardly differs: a way is dropped only when another is kept that is no worse than it by more than the
slack in time, cost and CO2e alike. Ways that leave on different days but are else alike are one: the earliest stands for them.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeVar

from serai.corridors.itinerary import Itinerary, Tag
from serai.corridors.ways import Way

Compared = Itinerary | Way
C = TypeVar("C", Itinerary, Way)

SLACK: Final = 0.03  # in time, cost and CO2e, by which a way may be worse than the one told of in its place
MOST_WAYS: Final = 20
MOST_SHOWN: Final = 4
NEARLY: Final = 0.02  # of two ways so near in one figure the other figures decide which is best in it


def thin(ways: Sequence[Way]) -> list[Way]:
    """Return at most MOST_WAYS of them: the best in each, then those that differ most from what is kept already."""
    kept = list({id(one): one for _, one in _best_of(ways)}.values())
    left = [one for one in ways if not any(_stands_for(other, one) for other in kept)]
    spans = _spans(ways)
    apart = [min(_distance(one, other, spans) for other in kept) for one in left]
    while left and len(kept) < MOST_WAYS:
        kept.append(left[apart.index(max(apart))])
        near = [
            (min(far, _distance(one, kept[-1], spans)), one)
            for far, one in zip(apart, left, strict=True)
            if not _stands_for(kept[-1], one)
        ]
        apart, left = [far for far, _ in near], [one for _, one in near]
    return sorted(kept, key=lambda one: (one.usd, one.hours))


def _best_of(ways: Sequence[C]) -> list[tuple[Tag, C]]:
    """Return the best in each figure. Of those that differ by less than NEARLY in it the others decide."""
    if not ways:
        return []
    leasts = _leasts(ways)
    return [
        (
            tag,
            min(
                (one for one in ways if _figures(one)[at] <= leasts[at] * (1 + NEARLY)),
                key=lambda one: _all_in_all(one, leasts),
            ),
        )
        for at, tag in enumerate((Tag.SOONEST, Tag.CHEAPEST, Tag.CLEANEST))
    ]


def _leasts(ways: Sequence[Compared]) -> list[float]:
    return [min(values) or 1.0 for values in zip(*map(_figures, ways), strict=True)]


def _all_in_all(one: Compared, leasts: Sequence[float]) -> float:
    """Return the sum of its figures, each as a multiple of the least."""
    return sum(figure / least for figure, least in zip(_figures(one), leasts, strict=True))


def _by_all_in_all(ways: Sequence[Itinerary]) -> list[Itinerary]:
    leasts = _leasts(ways)
    return sorted(ways, key=lambda one: _all_in_all(one, leasts))


def _figures(one: Compared) -> tuple[float, float, float]:
    return one.hours, one.usd, one.co2e_kg


def _spans(among: Sequence[Compared]) -> list[float]:
    """Return how far each figure reaches."""
    return [max(values) - min(values) or 1.0 for values in zip(*map(_figures, among), strict=True)]


def _stands_for(other: Compared, one: Compared) -> bool:
    return all(mine <= theirs * (1 + SLACK) for mine, theirs in zip(_figures(other), _figures(one), strict=True))


def _distance(one: Compared, other: Compared, spans: Sequence[float]) -> float:
    """Return how far two are apart, each figure by its own span, and a step more when they go another way."""
    apart = sum(abs(a - b) / span for a, b, span in zip(_figures(one), _figures(other), spans, strict=True))
    return apart + (one.signature != other.signature)


def choose(kept: Sequence[Itinerary]) -> list[Itinerary]:
    """Return them with their tags, and with those marked that are worth choosing from."""
    if not kept:
        return []
    tags = {id(one): list[Tag]() for one in kept}
    shown = list[Itinerary]()
    for tag, best in _best_of(kept):
        tags[id(best)].append(tag)
        if best not in shown:
            shown.append(best)
    between = [one for one in _by_all_in_all(kept) if one not in shown]
    while len(shown) < MOST_SHOWN and between:
        shown.append(between[0])
        between = [one for one in between if one.signature not in {other.signature for other in shown}]
    return [
        replace(one, tags=tuple(tags[id(one)]) or ((Tag.BETWEEN,) if one in shown else ()), is_shown=one in shown)
        for one in kept
    ]
