"""Work that is done again and again. Each part registers its own in site/wiring.py; every worker does all of it."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from serai.kernel import clock

LONG_S: Final = 1.0
_log = logging.getLogger("serai.jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is done, and how often. It is told the present moment; two workers may do it at the same time."""

    name: str
    every_s: float
    function: Callable[[datetime], object]


_jobs: Final[dict[str, Job]] = {}


def register_job(name: str, every_s: float, function: Callable[[datetime], object]) -> None:
    """Have a function called with the present moment when a worker starts, and then every so many seconds."""
    _jobs[name] = Job(name=name, every_s=every_s, function=function)


class Rounds:
    """When one worker last did each job."""

    def __init__(self) -> None:
        self._next: dict[str, float] = {}

    def turn(self, *, may_go_on: Callable[[], bool] = lambda: True) -> None:
        """Do the jobs that are due, one after the other. One that fails is logged and keeps back no other."""
        for job in tuple(_jobs.values()):
            if not may_go_on():
                return
            if time.monotonic() >= self._next.get(job.name, 0.0):
                _do(job)
                self._next[job.name] = time.monotonic() + job.every_s


def _do(job: Job) -> None:
    started = time.monotonic()
    try:
        job.function(clock.now())
    except Exception:  # noqa: BLE001  # a job is anything at all, and one must keep back no other
        _log.exception("job failed; it is done again in time", extra={"job": job.name})
    passed_s = time.monotonic() - started
    if passed_s > LONG_S:
        _log.warning("job took long", extra={"job": job.name, "seconds": round(passed_s, 1)})
