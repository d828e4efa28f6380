"""How late an itinerary may be: its hours are drawn many times, and what misses a departure takes the next. Pure.

Each thing that scatters (a border in one direction, running in a country, a terminal, the wait for a service) has its own stream of
random numbers, made from its name and the seed. So two itineraries that pass the same border meet the same delays there, whatever
else they do, and comparing them is not clouded by chance. A draw belongs to the border, not to the day: nobody overtakes there.

numpy is imported with this module, which nothing imports before the first question.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from math import log, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from serai.corridors.errors import BadDraws
from serai.corridors.search.problem import WEEK

MOST_DRAWS: Final = 100_000
_KEPT: Final = 400  # streams of one length that are kept: 16 MB at 5,000 draws
_Z95: Final = 1.96
_SAME: Final = 1e-6  # minutes
Draws = NDArray[np.float64]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """Minutes at which so many in a hundred have arrived, and how sure that is."""

    mean: float
    p50: int
    p80: int
    p90: int
    p95: int
    p95_error: int  # minutes by which P95 may be wrong, 19 times in 20: it is an estimate from draws
    on_time: float | None  # the chance to arrive by the latest that was asked for
    on_time_error: float | None
    causes: tuple[float, ...]  # for each leg, how much of the spread goes when it is certain; from 0 to 1
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
    parts = _parts_of(steps, draws, seed)
    before = _run(parts, np.full(draws, float(start)))
    arrivals = before[-1]
    ordered = np.sort(arrivals)
    on_time = None if latest is None else float(np.mean(arrivals <= latest))
    return Reliability(
        mean=float(arrivals.mean()),
        p50=_quantile(ordered, 0.5),
        p80=_quantile(ordered, 0.8),
        p90=_quantile(ordered, 0.9),
        p95=_quantile(ordered, 0.95),
        p95_error=_error(ordered, 0.95),
        on_time=on_time,
        on_time_error=None if on_time is None else _Z95 * sqrt(on_time * (1 - on_time) / draws),
        causes=_causes(steps, parts, before),
        draws=draws,
    )


def _quantile(ordered: Draws, share: float) -> int:
    """Return the least arrival by which at least that share has arrived."""
    return round(float(ordered[min(len(ordered) - 1, int(np.ceil(share * len(ordered))) - 1)]))


def _error(ordered: Draws, share: float) -> int:
    """Return the half width of a quantile's 95 % interval, from the ranks between which it lies (binomial)."""
    number = len(ordered)
    middle, wide = share * number, _Z95 * sqrt(number * share * (1 - share))
    low, high = max(0, int(middle - wide)), min(number - 1, int(np.ceil(middle + wide)))
    return round(float(ordered[high] - ordered[low]) / 2)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one leg adds: a wait for the next departure, then minutes that do not depend on when."""

    leg: int
    departures: tuple[int, ...]
    minutes: Draws | float  # a single number when it is certain
    mean: float


def _parts_of(steps: Sequence[Step], draws: int, seed: int) -> list[_Part]:
    """Return the parts of an itinerary; steps of one leg between two departures are one part."""
    found = list[_Part]()
    for step in steps:
        minutes, mean = _minutes(step, draws, seed), (step.hours + step.headway_h / 2) * 60
        if found and found[-1].leg == step.leg and not step.departures:
            last = found.pop()
            found.append(_Part(step.leg, last.departures, last.minutes + minutes, last.mean + mean))
        else:
            found.append(_Part(step.leg, step.departures, minutes, mean))
    return found


def _minutes(step: Step, draws: int, seed: int) -> Draws | float:
    found: Draws | float = step.hours * 60
    if step.hours and step.cv:
        found = found * _factors(step.key, step.cv, draws, seed)
    return found + step.headway_h * 60 * _uniform(step.key, draws, seed) if step.headway_h else found


def _run(parts: Sequence[_Part], at: Draws) -> list[Draws]:
    """Return the minutes before each part, and after the last."""
    found = [at]
    for part in parts:
        at = found[-1] + _wait(found[-1], part.departures) if part.departures else found[-1]
        found.append(at + part.minutes)
    return found


def _wait(at: Draws, departures: Sequence[int]) -> Draws:
    """Return the minutes from each moment to the next departure of a week that repeats."""
    table = np.array([*departures, departures[0] + WEEK], dtype=np.float64)
    minute = at % WEEK
    met = minute - _SAME  # a departure that is met to the minute is not missed by a rounding
    wait: Draws = np.maximum(table[np.searchsorted(table[:-1], met)] - minute, 0)
    return wait


def _causes(steps: Sequence[Step], parts: Sequence[_Part], before: Sequence[Draws]) -> tuple[float, ...]:
    """Return for each leg how much of the standard deviation goes when its hours are certain.

    A missed departure is counted to the leg that came late, not to the one that waits. A leg that scatters by less than a
    thirtieth of the whole is not asked: it causes nothing.
    """
    spread = float(before[-1].std())
    found = [0.0] * (max((step.leg for step in steps), default=-1) + 1)
    for number, part in enumerate(parts):
        if spread and isinstance(part.minutes, np.ndarray) and part.minutes.std() > spread / 30:
            certain = _Part(part.leg, part.departures, part.mean, part.mean)
            left = _run([certain, *parts[number + 1 :]], before[number])[-1]
            found[part.leg] = max(0.0, found[part.leg] + 1 - float(left.std()) / spread)
    return tuple(found)


def _stream(key: str, seed: int) -> np.random.Generator:
    digest = blake2b(f"{seed}:{key}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "big")))


@lru_cache(maxsize=_KEPT)
def _factors(key: str, cv: float, draws: int, seed: int) -> Draws:
    """Return lognormal numbers with mean 1."""
    spread = sqrt(log(1 + cv**2))
    found: Draws = np.exp(_stream(key, seed).standard_normal(draws) * spread - spread**2 / 2)
    found.setflags(write=False)
    return found


@lru_cache(maxsize=_KEPT)
def _uniform(key: str, draws: int, seed: int) -> Draws:
    found: Draws = _stream(key, seed).random(draws)
    found.setflags(write=False)
    return found
