"""How late an itinerary may be: its hours are drawn many times, and what misses a departure takes the next. Pure.

Each thing that scatters (a border in one direction, running in a country, a terminal, the wait for a service) has its own stream of
random numbers, made from its name and the seed. So two itineraries that pass the same border meet the same delays there, whatever
else they do, and comparing them is not clouded by chance. A draw belongs to the border, not to the day: nobody overtakes there.

numpy is imported with this module, which nothing imports before the first question.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from serai.corridors.draws import MOST_DRAWS, Draws, lognormal, uniform
from serai.corridors.errors import BadDraws
from serai.corridors.search.problem import WEEK

_Z95: Final = 1.96
_ROUNDING: Final = 1e-6  # minutes: hours that add up to a departure catch it, however they are parted
_STILL: Final = 1e-3  # minutes: who scatters by less does not scatter


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that takes time. `key` names what is drawn; the same key has the same number in every itinerary."""

    leg: int  # to which leg of the itinerary it belongs
    key: str
    hours: float  # the mean
    cv: float  # coefficient of variation of the lognormal; 0 is certain
    departures: tuple[
        int, ...
    ] = ()  # minutes of the UTC week at which it may be entered: what comes later takes the next
    headway_h: float = 0.0  # leaves when full, without days: the wait is anything between 0 and this
    least_hours: float = 0.0  # of its leg from its last departure on: no train runs far ahead of its timetable


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """Minutes at which so many in a hundred have arrived.

    All are estimates from draws; each `…_error` is how far its estimate may be wrong, 19 times in 20.
    """

    mean: float
    p50: int
    p80: int
    p90: int
    p95: int
    mean_error: float
    p50_error: int
    p80_error: int
    p90_error: int
    p95_error: int
    on_time: float | None  # the chance to arrive by the latest that was asked for
    on_time_error: float | None
    causes: tuple[float, ...]  # for each leg, how much of the spread goes when it is certain; from 0 to 1
    missed: tuple[float, ...]  # for each leg, the share that leaves later than planned; 0 where nothing departs
    draws: int

    @property
    def worst_leg(self) -> int | None:
        """Return the leg that causes the most of the spread; None when nothing scatters."""
        most = max(self.causes, default=0.0)
        return self.causes.index(most) if most > 0 else None


def simulate(
    itineraries: Sequence[Sequence[Step]],
    starts: Sequence[int],
    *,
    latest: int | None = None,
    draws: int = 5_000,
    seed: int = 1,
) -> tuple[Reliability, ...]:
    """Return how late each itinerary may be that starts at its minute. Raises BadDraws."""
    if not 1 <= draws <= MOST_DRAWS:
        raise BadDraws(draws=draws, most=MOST_DRAWS)
    return tuple(_simulate(steps, start, latest, draws, seed) for steps, start in zip(itineraries, starts, strict=True))


def _simulate(steps: Sequence[Step], start: int, latest: int | None, draws: int, seed: int) -> Reliability:
    course = _course_of(steps, draws, seed)
    entered = course.run(np.full(draws, float(start)))
    arrivals = entered[-1] + course.minutes[-1]
    spread = _spread(arrivals)
    ordered = np.sort(arrivals)
    on_time = None if latest is None else float(np.mean(arrivals <= latest + _ROUNDING))
    quantiles = {f"p{share}": _quantile(ordered, share / 100) for share in (50, 80, 90, 95)}
    errors = {f"p{share}_error": _error(ordered, share / 100) for share in (50, 80, 90, 95)}
    return Reliability(
        mean=float(arrivals.mean()),
        mean_error=_Z95 * spread / sqrt(draws),
        on_time=on_time,
        on_time_error=None if on_time is None else _chance_error(on_time, draws) if spread > _STILL else 0.0,
        causes=tuple(_causes(steps, course, entered, spread)),
        missed=_missed(steps, course, entered, start),
        draws=draws,
        **quantiles,
        **errors,
    )


def _rank(number: int, share: float) -> int:
    return min(number - 1, ceil(share * number) - 1)


def _quantile(ordered: Draws, share: float) -> int:
    """Return the least arrival by which at least that share has arrived."""
    return round(float(ordered[_rank(len(ordered), share)]))


def _error(ordered: Draws, share: float) -> int:
    """Return how far a quantile is from the ends of its 95 % interval, which are two ranks (binomial)."""
    number = len(ordered)
    wide = _Z95 * sqrt(number * share * (1 - share))
    low, high = max(0, int(share * number - wide)), min(number - 1, ceil(share * number + wide))
    below, found, above = (float(ordered[rank]) for rank in (low, _rank(number, share), high))
    return ceil(max(above - found, found - below) - _ROUNDING)


def _chance_error(share: float, number: int) -> float:
    """Return how far a chance is from the end of its 95 % interval (Agresti and Coull 1998): never 0, as it was drawn."""
    more = number + _Z95**2
    middle = (share * number + _Z95**2 / 2) / more
    return abs(middle - share) + _Z95 * sqrt(middle * (1 - middle) / more)


def _spread(arrivals: Draws) -> float:
    """Return the standard deviation; much quicker than numpy's own, and as good for minutes."""
    around = arrivals - arrivals[0]
    return sqrt(max(0.0, float(around @ around) / len(around) - float(around.mean()) ** 2))


@dataclass(slots=True)
class _Course:
    """An itinerary in parts, each begun by a departure (the first by none): what is added in each, and what of it scatters."""

    departures: list[tuple[int, ...]] = field(default_factory=lambda: [()])
    means: list[float] = field(default_factory=lambda: [0.0])
    scatter: dict[int, dict[int, Draws]] = field(default_factory=dict)  # leg → part → minutes from the mean
    minutes: list[Draws | float] = field(default_factory=list)  # of each part, scatter and all

    def run(self, at: Draws) -> list[Draws]:
        """Return the minutes at which each part is begun."""
        entered = [at]
        for departures, minutes in zip(self.departures[1:], self.minutes, strict=False):
            entered.append(_depart(entered[-1] + minutes, departures))
        return entered

    def without(self, leg: int, entered: Sequence[Draws]) -> Draws:
        """Return the arrivals when a leg's hours are certain."""
        scatter = self.scatter[leg]
        first = min(scatter)
        at = entered[first] + self.minutes[first] - scatter[first]
        for part in range(first + 1, len(self.means)):
            at = _depart(at, self.departures[part]) + self.minutes[part]
            if part in scatter:
                at -= scatter[part]
        return at


def _course_of(steps: Sequence[Step], draws: int, seed: int) -> _Course:
    course = _Course()
    for step in steps:
        if step.departures:
            course.departures.append(step.departures)
            course.means.append(0.0)
        course.means[-1] += (step.hours + step.headway_h / 2) * 60
        for scatter in _scatter(step, draws, seed):
            by_part, part = course.scatter.setdefault(step.leg, {}), len(course.means) - 1
            by_part[part] = by_part[part] + scatter if part in by_part else scatter
    _hold_back(steps, course)
    course.minutes += course.means
    for by_part in course.scatter.values():
        for part, scatter in by_part.items():
            course.minutes[part] = course.minutes[part] + scatter
    return course


def _hold_back(steps: Sequence[Step], course: _Course) -> None:
    """Let no leg take less than its least hours in a part."""
    means, least, part = dict[tuple[int, int], float](), dict[tuple[int, int], float](), 0
    for step in steps:
        part += bool(step.departures)
        at = step.leg, part
        means[at] = means.get(at, 0.0) + (step.hours + step.headway_h / 2) * 60
        least[at] = max(least.get(at, 0.0), step.least_hours * 60)
    for (leg, part), minutes in least.items():
        if minutes and part in course.scatter.get(leg, {}):
            course.scatter[leg][part] = np.maximum(course.scatter[leg][part], minutes - means[leg, part])


def _scatter(step: Step, draws: int, seed: int) -> Iterator[Draws]:
    if step.hours and step.cv:
        yield step.hours * 60 * lognormal(step.key, step.cv, draws, seed)
    if step.headway_h:
        yield step.headway_h * 60 * uniform(step.key, draws, seed)


def _depart(at: Draws, departures: tuple[int, ...]) -> Draws:
    """Return the first departures at or after each moment."""
    minute = np.ceil(at - _ROUNDING)
    in_week = (minute - WEEK * np.floor(minute / WEEK)).astype(np.int32)
    found: Draws = minute + _waits(departures)[in_week]
    return found


@lru_cache(maxsize=128)
def _waits(departures: tuple[int, ...]) -> NDArray[np.int16]:
    """Return the minutes from each minute of the week to the next departure."""
    times = np.unique(np.array(departures) % WEEK)
    times = np.append(times, times[0] + WEEK)
    minutes = np.arange(WEEK)
    return (times[np.searchsorted(times, minutes)] - minutes).astype(np.int16)


def _legs(steps: Sequence[Step]) -> range:
    return range(max((step.leg for step in steps), default=-1) + 1)


def _causes(steps: Sequence[Step], course: _Course, entered: Sequence[Draws], spread: float) -> Iterator[float]:
    """Give for each leg how much of the standard deviation goes when its hours are certain.

    A missed departure is counted to the leg that came late, not to the one that waits.
    """
    for leg in _legs(steps):
        is_still = leg not in course.scatter or spread < _STILL
        yield 0.0 if is_still else max(0.0, 1 - _spread(course.without(leg, entered)) / spread)


def _missed(steps: Sequence[Step], course: _Course, entered: Sequence[Draws], start: int) -> tuple[float, ...]:
    """Return for each leg the share that leaves later than if all before it took its mean; of several departures the worst."""
    found = [0.0] * len(_legs(steps))
    legs = [step.leg for step in steps if step.departures]
    planned = np.array([float(start)])
    for part, leg in enumerate(legs, start=1):
        planned = _depart(planned + course.means[part - 1], course.departures[part])
        found[leg] = max(found[leg], float(np.mean(entered[part] > planned + _STILL)))
    return tuple(found)
