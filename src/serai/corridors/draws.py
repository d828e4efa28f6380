"""The random numbers of what scatters: one stream for each thing, made from its name and the seed. Pure.

A stream does not depend on what was drawn before, nor on the process or the day: the same name and seed give the same numbers.
"""

from functools import lru_cache
from hashlib import blake2b
from math import log, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

Draws = NDArray[np.float64]
MOST_DRAWS: Final = 100_000
_MOST_KEPT: Final = 10_000  # draws of a stream that is kept for the next question
_STREAMS: Final = 256  # of each kind that are kept: 10 MB at 5,000 draws, 20 MB at most


def lognormal(key: str, cv: float, draws: int, seed: int) -> Draws:
    """Return how far lognormal numbers of mean 1 are from it."""
    draw = _lognormal if draws <= _MOST_KEPT else _lognormal.__wrapped__
    return draw(key, cv, draws, seed)


def uniform(key: str, draws: int, seed: int) -> Draws:
    """Return how far numbers from 0 to 1 are from a half."""
    draw = _uniform if draws <= _MOST_KEPT else _uniform.__wrapped__
    return draw(key, draws, seed)


def kept_streams() -> int:
    return _lognormal.cache_info().currsize + _uniform.cache_info().currsize


def forget_streams() -> None:
    _lognormal.cache_clear()
    _uniform.cache_clear()


@lru_cache(maxsize=_STREAMS)
def _lognormal(key: str, cv: float, draws: int, seed: int) -> Draws:
    spread = sqrt(log(1 + cv**2))
    found: Draws = np.exp(_stream(key, "lognormal", seed).standard_normal(draws) * spread - spread**2 / 2) - 1
    found.setflags(write=False)
    return found


@lru_cache(maxsize=_STREAMS)
def _uniform(key: str, draws: int, seed: int) -> Draws:
    found: Draws = _stream(key, "uniform", seed).random(draws) - 0.5
    found.setflags(write=False)
    return found


def _stream(key: str, kind: str, seed: int) -> np.random.Generator:
    digest = blake2b(f"{seed}:{kind}:{key}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "big")))
