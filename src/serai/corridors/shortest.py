"""The shortest way over runs, whatever it costs or takes. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush
from math import inf

from serai.corridors.runs import Run, Vertex

Out = Mapping[Vertex, Sequence[tuple[Vertex, float]]]


def by_start(runs: Iterable[Run], yards: Iterable[tuple[Vertex, Vertex]] = ()) -> Out:
    """Return where each vertex leads, and how far; a change of gauge in a yard is no distance."""
    found = defaultdict[Vertex, list[tuple[Vertex, float]]](list)
    for run in runs:
        found[run.start].append((run.end, run.length_km))
    for start, end in yards:
        found[start].append((end, 0.0))
    return found


def shortest_km(out: Out, start: str, end: str) -> float:
    """Return the least kilometres from a place to another; infinite where no way leads."""
    queue = [(0.0, vertex) for vertex in out if vertex.node == start]
    done = set[Vertex]()
    while queue:
        km, vertex = heappop(queue)
        if vertex.node == end:
            return km
        if vertex in done:
            continue
        done.add(vertex)
        for other, further in out.get(vertex, ()):
            if other not in done:
                heappush(queue, (km + further, other))
    return inf
