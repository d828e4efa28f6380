"""Waiting for what a trial has set going."""

import time
from collections.abc import Callable


class TrialFailed(Exception):
    """The trial itself could not be carried out."""


def until(is_so: Callable[[], object], *, seconds: float, what: str, every_s: float = 0.02) -> float:
    """Wait until something is so; return how long it took. Raises TrialFailed when it never is."""
    started = time.monotonic()
    while not is_so():
        if time.monotonic() - started > seconds:
            raise TrialFailed(f"{what}: not within {seconds:g} s")
        time.sleep(every_s)
    return time.monotonic() - started
