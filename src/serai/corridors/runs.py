"""From lines to runs: what a load can do on rail or road between two points where it has a choice. Exact. Pure.

Within a country and a mode, time, cost and CO2e all grow with the kilometres alone. So between two points nothing beats the
shortest way, and junctions where nothing can be chosen but the way need not be in the search at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from serai.corridors.borders import Lines, Way, assign, territory, ways_abroad, ways_over
from serai.corridors.network import PLANNED, Crossing, Mode, Network

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Vertex(NamedTuple):
    """Where a load stands: by which mode, at which junction or port, and on which gauge (mm; 0 when not by rail)."""

    mode: str
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
    lines: Sequence[int] = field(default=(), compare=False)  # in order, as numbers in `network.lines`

    @property
    def length_km(self) -> float:
        return sum(km for _, km in self.km)


@lru_cache(maxsize=8)
def find_runs(network: Network, mode: Mode) -> tuple[Run, ...]:
    """Return all runs of rail or road. Planned lines are there only in the network of their scenario (`planned.py`)."""
    return tuple(_Finder(network, mode).find())


class _Finder:
    def __init__(self, network: Network, mode: Mode) -> None:
        self.network, self.mode = network, mode
        self.numbers = [at for at, line in enumerate(network.lines[mode]) if line.kind != PLANNED]
        kept = [network.lines[mode][at] for at in self.numbers]
        self.lines = Lines(kept, network.junctions[mode])
        self.gauges = _inner_by_gauge(self.lines)
        self.gauges_at = defaultdict[str, set[int]](set)
        for line in kept:
            if "/" not in line.gauge:
                self.gauges_at[line.a].add(int(line.gauge or 0))
                self.gauges_at[line.b].add(int(line.gauge or 0))
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
        for gauge, numbers in self.gauges.items():
            yield from self._inner_runs(gauge, numbers, keys)
        for way in over:
            yield from self._over(way, self.crossings[way.crossing])
        for way in abroad:
            if "/" not in (written := self.lines.lines[way.step.lines[0]].gauge):
                start, end = (Vertex(self.mode, node, int(written or 0)) for node in (way.start, way.end))
                home = self.lines.junctions[way.start].country if way.is_aside else ""
                yield self._run(start, end, way.step.lines, home=home)

    def _inner_runs(self, gauge: int, numbers: Sequence[int], keys: set[str]) -> Iterator[Run]:
        """Give the shortest ways to the next keys, there and back. A way that leads past another key is two runs, and is not given."""
        import numpy as np

        from serai.corridors.search.reach import reach

        lines = [self.lines.lines[number] for number in numbers]
        nodes = sorted({node for line in lines for node in (line.a, line.b)})
        place = {node: at for at, node in enumerate(nodes)}
        stands = [Vertex(self.mode, node, gauge) for node in nodes]
        ends = np.array([[place[line.a] for line in lines], [place[line.b] for line in lines]], dtype=np.int64)
        metres = np.array([round(line.km * 1000) for line in lines], dtype=np.int64)
        ways, passed = reach(ends, metres, np.array([node in keys for node in nodes], dtype=np.bool_))
        ends_at = [*ways[2, 1:].tolist(), passed.size]
        km = np.add.reduceat(metres[passed], ways[2]) / 1000 if passed.size else np.zeros(0)
        passed = np.array([self.numbers[number] for number in numbers], dtype=np.int64)[passed]
        for (start, end, first), last, far in zip(ways.T.tolist(), ends_at, km.tolist(), strict=True):
            yield from self._there_and_back(stands[start], stands[end], passed[first:last], far)

    def _there_and_back(self, start: Vertex, end: Vertex, way: "NDArray[np.int64]", far: float) -> Iterator[Run]:
        """Give a run within a territory and its way back. A territory is one country, but for the union."""
        country = self.lines.junctions[start.node].country
        km = ((country, far),) if territory(country) == country else self._km_by_country(way.tolist())
        yield Run(start=start, end=end, km=km, lines=way)  # type: ignore[arg-type]  # an array is read as a sequence
        yield Run(start=end, end=start, km=km, lines=way[::-1])  # type: ignore[arg-type]

    def _over(self, way: Way, crossing: Crossing) -> Iterator[Run]:
        is_forward = territory(crossing.countries[0]) == self.lines.land(way.start)
        border = crossing.borders[0 if is_forward else 1]
        for first in self.gauges_at[way.start]:
            for second in self.gauges_at[way.end]:
                if first == second or border.has_gauge_change:
                    ends = Vertex(self.mode, way.start, first), Vertex(self.mode, way.end, second)
                    yield self._run(*ends, way.step.lines, crossing=crossing.id, is_forward=is_forward)

    def _run(
        self,
        start: Vertex,
        end: Vertex,
        way: Sequence[int],
        *,
        crossing: str = "",
        is_forward: bool = True,
        home: str = "",
    ) -> Run:
        """Return a run over kept lines; all of it at home when it is only the outline that it crosses."""
        lines = [self.numbers[number] for number in way]
        far = sum(self.network.lines[self.mode][number].km for number in lines)
        km = ((home, far),) if home else self._km_by_country(lines)
        return Run(start=start, end=end, km=km, crossing=crossing, is_forward=is_forward, lines=lines)

    def _km_by_country(self, lines: Iterable[int]) -> tuple[tuple[str, float], ...]:
        km = defaultdict[str, float](float)
        for number in lines:
            line = self.network.lines[self.mode][number]
            for node in (line.a, line.b):
                km[self.lines.junctions[node].country] += line.km / 2
        return tuple(sorted(km.items()))


def _inner_by_gauge(lines: Lines) -> dict[int, list[int]]:
    """Return for each gauge the lines within a territory. Roads have the gauge 0."""
    found = defaultdict[int, list[int]](list)
    for number, line in enumerate(lines.lines):
        if not lines.is_border(number) and "/" not in line.gauge:
            found[int(line.gauge or 0)].append(number)
    return dict(found)
