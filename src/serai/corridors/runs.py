"""From lines to runs: what a load can do on rail or road between two points where it has a choice. Exact. Pure.

Within a country and a mode, time, cost and CO2e all grow with the kilometres alone. So between two points nothing beats the
shortest way, and junctions where nothing can be chosen but the way need not be in the search at all.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappop, heappush
from typing import NamedTuple

from serai.corridors.borders import Lines, Way, assign, territory, ways_abroad, ways_over
from serai.corridors.network import PLANNED, Crossing, Mode, Network


class Vertex(NamedTuple):
    """Where a load stands: by which mode, at which junction or port, and on which gauge (mm; 0 when not by rail)."""

    mode: Mode
    node: str
    gauge: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """From one vertex to another without a choice between: its kilometres by country, and the crossing it passes."""

    start: Vertex
    end: Vertex
    km: tuple[tuple[str, float], ...]  # country, kilometres; in alphabetical order
    crossing: str = ""
    is_forward: bool = True  # over the crossing from its first country to its second
    lines: tuple[int, ...] = ()

    @property
    def length_km(self) -> float:
        return sum(km for _, km in self.km)


@lru_cache(maxsize=8)
def find_runs(network: Network, mode: Mode, scenarios: frozenset[str] = frozenset()) -> tuple[Run, ...]:
    """Return all runs of rail or road. Planned lines are there only when their scenario is on."""
    return tuple(_Finder(network, mode, scenarios).find())


class _Finder:
    def __init__(self, network: Network, mode: Mode, scenarios: frozenset[str]) -> None:
        self.network, self.mode = network, mode
        kept = [line for line in network.lines[mode] if line.kind != PLANNED or scenarios]
        self.lines = Lines(kept, network.junctions[mode])
        self.inner = _inner_by_gauge(self.lines)
        self.crossings = {one.id: one for one in network.crossings.values() if one.mode is mode}

    def find(self) -> Iterator[Run]:
        over = [
            way
            for crossing, border in assign(self.lines, self.crossings.values()).items()
            for way in ways_over(self.lines, self.crossings[crossing], border)
        ]
        abroad = list(ways_abroad(self.lines))
        keys = {end for way in (*over, *abroad) for end in (way.start, way.end)}
        keys |= {node for node in self.lines.at if node in self.network.places}
        for gauge, at in self.inner.items():
            for start in sorted(keys & at.keys()):
                yield from self._inner_runs(start, gauge, at, keys)
        for way in over:
            yield from self._over(way, self.crossings[way.crossing])
        for way in abroad:
            for gauge in self._gauges(way.start) & self._gauges(way.end):
                yield self._run(Vertex(self.mode, way.start, gauge), Vertex(self.mode, way.end, gauge), way.step.lines)

    def _gauges(self, node: str) -> set[int]:
        return {gauge for gauge, at in self.inner.items() if node in at}

    def _inner_runs(self, start: str, gauge: int, at: Mapping[str, list[int]], keys: set[str]) -> Iterator[Run]:
        """Give the shortest ways to the next keys. A way that leads past another key is two runs, and is not given."""
        done = set[str]()
        queue: list[tuple[float, bool, str, tuple[int, ...]]] = [(0.0, False, start, ())]
        fresh = 1  # ways in the queue that have passed no key: without any, nothing more is to be found
        while fresh:
            km, is_new, node, way = heappop(queue)
            fresh -= is_new or node == start
            if node in done:
                continue
            done.add(node)
            if is_new and node in keys:
                yield self._run(Vertex(self.mode, start, gauge), Vertex(self.mode, node, gauge), way)
            goes_on = node == start or (is_new and node not in keys)
            for number in at[node]:
                other = self.lines.other(number, node)
                if other not in done:
                    further = (*way, number) if goes_on else ()
                    heappush(queue, (km + self.lines.lines[number].km, goes_on, other, further))
                    fresh += goes_on

    def _over(self, way: Way, crossing: Crossing) -> Iterator[Run]:
        is_forward = territory(crossing.countries[0]) == self.lines.land(way.start)
        border = crossing.borders[0 if is_forward else 1]
        for first in self._gauges(way.start):
            for second in self._gauges(way.end):
                if first == second or border.has_gauge_change:
                    ends = Vertex(self.mode, way.start, first), Vertex(self.mode, way.end, second)
                    yield self._run(*ends, way.step.lines, crossing=crossing.id, is_forward=is_forward)

    def _run(
        self, start: Vertex, end: Vertex, way: tuple[int, ...], *, crossing: str = "", is_forward: bool = True
    ) -> Run:
        km = defaultdict[str, float](float)
        for number in way:
            line = self.lines.lines[number]
            for node in (line.a, line.b):
                km[self.lines.junctions[node].country] += line.km / 2
        return Run(
            start=start, end=end, km=tuple(sorted(km.items())), crossing=crossing, is_forward=is_forward, lines=way
        )


def _inner_by_gauge(lines: Lines) -> dict[int, dict[str, list[int]]]:
    """Return for each gauge the lines within a territory at each junction. Roads have the gauge 0."""
    found = defaultdict[int, defaultdict[str, list[int]]](lambda: defaultdict(list))
    for number, line in enumerate(lines.lines):
        if lines.is_border(number) or "/" in line.gauge:
            continue
        for node in (line.a, line.b):
            found[int(line.gauge or 0)][node].append(number)
    return {gauge: dict(at) for gauge, at in found.items()}
