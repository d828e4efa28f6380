"""What the search is compared with: NAMOA* as the textbook has it, and how many labels Martins' algorithm makes.

Neither shares code with the planner's search but the numbers of the graph: fronts are plain lists, compared vector by vector.
"""

from collections import defaultdict
from heapq import heappop, heappush

import numpy as np

from serai.corridors.search import kernel
from serai.corridors.search.problem import Arcs, Question, Start

Vector = tuple[int, int, int]
_FAR = 1 << 60


class TextbookNamoa:
    """NAMOA* (Mandow and Pérez de la Cruz): open and closed vectors at each node, heuristics from backward Dijkstras."""

    def __init__(self, arcs: Arcs) -> None:
        self.out, self.into = (
            defaultdict[int, list[tuple[int, Vector]]](list),
            defaultdict[int, list[tuple[int, Vector]]](list),
        )
        rows = zip(
            *(column.tolist() for column in (arcs.tail, arcs.head, arcs.minutes, arcs.cost, arcs.co2e)), strict=True
        )
        for tail, head, *vector in rows:
            self.out[tail].append((head, tuple(vector)))
            self.into[head].append((tail, tuple(vector)))

    def search(self, source: int, target: int) -> set[Vector]:
        least = [self._least(target, at) for at in range(3)]
        closed, opened = defaultdict[int, list[Vector]](list), defaultdict[int, list[Vector]](list)
        costs = list[Vector]()
        zero: Vector = (0, 0, 0)
        queue = [(self._bound(zero, source, least), zero, source)]
        opened[source].append(zero)
        while queue:
            bound, vector, node = heappop(queue)
            if vector not in opened[node]:
                continue
            opened[node].remove(vector)
            if any(_no_worse(cost, bound) for cost in costs):
                continue
            closed[node].append(vector)
            if node == target:
                costs.append(vector)
                continue
            for head, step in self.out[node]:
                new = (vector[0] + step[0], vector[1] + step[1], vector[2] + step[2])
                self._offer(new, head, (opened, closed, costs, queue), least)
        return set(costs)

    def _offer(self, new: Vector, head: int, state: tuple, least: list[dict[int, int]]) -> None:  # type: ignore[type-arg]
        opened, closed, costs, queue = state
        if head not in least[0]:
            return
        if any(_no_worse(one, new) for one in opened[head]) or any(_no_worse(one, new) for one in closed[head]):
            return
        bound = self._bound(new, head, least)
        if any(_no_worse(cost, bound) for cost in costs):
            return
        opened[head] = [one for one in opened[head] if not _no_worse(new, one)]
        opened[head].append(new)
        heappush(queue, (bound, new, head))

    @staticmethod
    def _bound(vector: Vector, node: int, least: list[dict[int, int]]) -> Vector:
        return vector[0] + least[0][node], vector[1] + least[1][node], vector[2] + least[2][node]

    def _least(self, target: int, at: int) -> dict[int, int]:
        found, queue = dict[int, int](), [(0, target)]
        while queue:
            left, node = heappop(queue)
            if node not in found:
                found[node] = left
                for tail, step in self.into[node]:
                    if tail not in found:
                        heappush(queue, (left + step[at], tail))
        return found


def _no_worse(first: Vector, second: Vector) -> bool:
    return first[0] <= second[0] and first[1] <= second[1] and first[2] <= second[2]


def count_martins(arcs: Arcs, source: int, target: int, *, most: int) -> tuple[int, set[Vector], bool]:
    """Return the labels that Martins' algorithm makes from a node to all, the front at the target, and whether that is all.

    It has no bounds and prunes at no target. The labels are made by the compiled search with its bounds set to nothing.
    """
    search = kernel._Search(Question(arcs=arcs, starts=[Start(source, 0)], targets=frozenset(), most_labels=most))  # noqa: SLF001
    search.left[:] = 0
    labels, count, is_complete = search.all_labels([Start(source, 0)])
    here = labels[1:4, labels[0] == target].T.tolist()
    vectors = {tuple(one) for one in here}
    return (
        count,
        {one for one in vectors if not any(_no_worse(other, one) and other != one for other in vectors)},
        is_complete,
    )


def scipy_far(arcs: Arcs) -> "object":
    """Return a function that gives the least minutes from a node to all, by scipy."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    order = np.lexsort((arcs.minutes, arcs.head, arcs.tail))
    keys = arcs.tail[order] * arcs.nodes + arcs.head[order]
    first = order[
        np.r_[True, keys[1:] != keys[:-1]]
    ]  # of parallel legs the quickest: a sparse matrix would add them up
    shape = (arcs.nodes, arcs.nodes)
    matrix = coo_array((arcs.minutes[first].astype(float), (arcs.tail[first], arcs.head[first])), shape=shape).tocsr()
    return lambda source: dijkstra(matrix, indices=source)
