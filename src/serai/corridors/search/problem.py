"""A question to the search, in whole numbers, and its answer. Pure.

Time is in minutes, cost and CO2e in any unit, all whole: a sum of whole numbers is exact, so two searches can be compared.
An arc without a timetable may be entered at any minute. One with a timetable is entered at given minutes of the week; until
then the load waits at the arc's tail, which costs the tail's storage for each minute.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEEK: Final = 7 * 24 * 60
NO_TIMETABLE: Final = -1
# What fits in the kernel's key, a whole number of 63 bits: the time of a whole answer, then its cost.
MOST_MINUTES: Final = 2**21 - 1  # four years
MOST_COST: Final = 2**42 - 1
MOST_CO2E: Final = 2**42 - 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arcs:
    """A graph, the same only as itself: arc k leads from `tail[k]` to `head[k]`. Arrays of int64; `timetable[k]` is NO_TIMETABLE or a row of the two below.

    The minutes of the week of timetable r are `departures[first[r]:first[r + 1]]`, rising, each below WEEK.
    `storage[v]` is the cost of a minute's wait at node v.
    """

    nodes: int
    tail: "NDArray[np.int64]"
    head: "NDArray[np.int64]"
    minutes: "NDArray[np.int64]"
    cost: "NDArray[np.int64]"
    co2e: "NDArray[np.int64]"
    timetable: "NDArray[np.int64]"
    first: "NDArray[np.int64]"
    departures: "NDArray[np.int64]"
    storage: "NDArray[np.int64]"


@dataclass(frozen=True, slots=True)
class Start:
    """The load stands ready at a node at a minute; minute 0 is Monday, 00:00 UTC."""

    node: int
    minute: int
    cost: int = 0
    co2e: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """From any of the starts to any of the targets, at most `most_labels` labels."""

    arcs: Arcs
    starts: Sequence[Start]
    targets: frozenset[int]
    most_labels: int = 3_000_000


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """One way: when it arrives, what it costs, and its arcs in order. No other is as good in all three and better in one."""

    minute: int
    cost: int
    co2e: int
    start: int = 0  # which of the starts
    path: tuple[int, ...] = ()

    @property
    def values(self) -> tuple[int, int, int]:
        return self.minute, self.cost, self.co2e


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """All ways that nothing beats, by time, one for each triple of values. Not complete when the cap of labels was hit."""

    ways: tuple[Found, ...]
    labels: int
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """All ways that nothing beats when the load may leave at any of several minutes: those of each departure, the latest first.

    A way that leaves later, arrives no later and costs and emits no more beats one that leaves earlier.
    """

    departures: tuple[tuple[int, tuple[Found, ...]], ...]
    labels: int
    is_complete: bool


def wait_for(minute: int, departures: Sequence[int]) -> int:
    """Return how long to wait from a minute until the next departure of a week that repeats.

    >>> wait_for(100, [50, 200]), wait_for(200, [50, 200]), wait_for(WEEK + 201, [50, 200])
    (100, 0, 9929)
    """
    at = minute % WEEK
    for departure in departures:
        if departure >= at:
            return departure - at
    return departures[0] + WEEK - at
