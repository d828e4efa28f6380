"""What the benchmark's two processes tell each other: the plan of a run and what was found. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

SLEEP: Final = "SERAI_BENCH_SLEEP_US"  # slept in each timed operation, to show that the figures measure something


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to measure inside a node."""

    seed: int
    sizes: list[int]  # registers for the list; search and entry pages are measured at `main_size` alone
    main_size: int
    order_sizes: list[int]  # registers of which the order of all hits is noted, to compare two stores
    requests: int  # a round, for the list and for entry pages
    rounds: int
    compared: int  # requests of the list that are compared with the reference, at each size


@dataclass(slots=True, kw_only=True)
class ListFound:
    """Times of the list page over a register of one size, in milliseconds."""

    p95_ms: list[float]  # one a round
    p95_of_best_ms: float  # of each request's best round: the tail that the pages have, without the machine's
    p50_ms: float
    cpu_p95_ms: float  # of this process, so free of what else the machine does
    query_ms: float  # median of the list's query alone
    reference_ms: float  # median of the reference's scan for the same question
    index_build_s: float  # paid by the first reader after a change


@dataclass(slots=True, kw_only=True)
class Found:
    """What was measured inside a node."""

    lists: dict[str, ListFound] = field(default_factory=dict)  # by size
    search_p95_ms: list[float] = field(default_factory=list)
    entry_p95_ms: list[float] = field(default_factory=list)
    hits_share: float = 0.0
    missed: list[str] = field(default_factory=list)
    orders: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # size → query → codes of all hits
    compared: int = 0
    differences: list[str] = field(default_factory=list)


def p95(values: Iterable[float]) -> float:
    """Return the 95th percentile by nearest rank.

    >>> p95(range(1, 101)), p95([7.0])
    (95, 7.0)
    """
    ordered = sorted(values)
    return ordered[-(-len(ordered) * 95 // 100) - 1]
