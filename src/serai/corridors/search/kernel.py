"""The search of `reference.py`, compiled: the same labels in the same order, and so the same answer.

Memory: a label takes 56 bytes. The staircases of all nodes share one pool of blocks; a block that is full moves to one of twice
the size. numba is imported with this module, which nothing imports before the first question.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numba
import numpy as np

from serai.corridors.search.problem import (
    MOST_COST,
    MOST_MINUTES,
    NO_TIMETABLE,
    WEEK,
    Arcs,
    Found,
    Front,
    Question,
    Start,
    Window,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

FAR: Final = 2**60
_SHIFT: Final = MOST_COST.bit_length()
_LATEST: Final = MOST_MINUTES // 2  # of a start, so that ways of two years have room in the key
_INT = np.int64
_compiled = numba.njit(cache=True, nogil=True, error_model="numpy")


def search(question: Question) -> Front:
    """Return the whole front."""
    return _Search(question).run(question.starts, ())


def search_window(question: Question, minutes: Sequence[int]) -> Window:
    """Return the front of each departure, the latest first; the question's only start leaves at each of the minutes."""
    prepared, before = _Search(question), list[Found]()
    found, labels, is_complete = list[tuple[int, tuple[Found, ...]]](), 0, True
    for minute in sorted(set(minutes), reverse=True):
        front = prepared.run([replace(question.starts[0], minute=minute)], sorted(before))
        found.append((minute, front.ways))
        before += front.ways
        labels, is_complete = labels + front.labels, is_complete and front.is_complete
    return Window(departures=tuple(found), labels=labels, is_complete=is_complete)


class _Search:
    """The graph of a question, its arcs by node and the least that is left to a target; used for each of its departures."""

    def __init__(self, question: Question) -> None:
        arcs = question.arcs
        self.question = question
        self.out, into = _index(arcs)
        self.targets = np.zeros(arcs.nodes, dtype=np.bool_)
        self.targets[sorted(question.targets)] = True
        self.left = np.empty((3, arcs.nodes), dtype=_INT)
        for row, values in enumerate((arcs.minutes, arcs.cost, arcs.co2e)):
            self.left[row] = _least_left(*into, arcs.tail, values, self.targets)

    def run(self, starts: Sequence[Start], before: Sequence[Found]) -> Front:
        labels, done, count, is_complete = self._search(starts, before)
        return Front(ways=tuple(_ways(labels, done)), labels=count, is_complete=bool(is_complete))

    def all_labels(self, starts: Sequence[Start]) -> tuple[Any, int, bool]:
        """Return all labels of a search (node, minute, cost, CO2e, arc, label before), how many, and whether it ran to its end."""
        labels, _, count, is_complete = self._search(starts, ())
        return labels, count, bool(is_complete)

    def _search(self, starts: Sequence[Start], before: Sequence[Found]) -> Any:
        if any(not 0 <= one.minute <= _LATEST for one in starts):
            raise ValueError("a start is not within two years of minute 0: count from a Monday that is near")
        arcs = self.question.arcs
        begun = np.array([(one.node, one.minute, one.cost, one.co2e) for one in starts], dtype=_INT).reshape(-1, 4)
        passed = np.array([one.values for one in before], dtype=_INT).reshape(-1, 3)
        return _run(
            *self.out, arcs.head, arcs.minutes, arcs.cost, arcs.co2e, arcs.timetable, arcs.first, arcs.departures, arcs.storage,
            self.left, begun, self.targets, passed, self.question.most_labels,
        )  # fmt: skip


def one_to_all(arcs: Arcs, values: "NDArray[np.int64]", source: int) -> "NDArray[np.int64]":
    """Return the least sum of values from a node to each; FAR where no way leads."""
    return Reach(arcs, values).of(source)


class Reach:
    """The least sums of one figure over a graph, from any of its nodes to all; the graph is put in order once."""

    def __init__(self, arcs: Arcs, values: "NDArray[np.int64]") -> None:
        self.first, order = _by_node(arcs.tail, arcs.nodes)
        self.heads, self.values = arcs.head[order].astype(np.int32), values[order]

    def of(self, source: int) -> "NDArray[np.int64]":
        found: NDArray[np.int64] = _least_from(self.first, self.heads, self.values, source)
        return found


_Order = tuple["NDArray[np.int64]", "NDArray[np.int64]"]


@lru_cache(maxsize=4)
def _index(arcs: Arcs) -> tuple[_Order, _Order]:
    """Return the arcs of a graph by their tails and by their heads; several questions on one graph put it in order once."""
    return _by_node(arcs.tail, arcs.nodes), _by_node(arcs.head, arcs.nodes)


def _by_node(ends: "NDArray[np.int64]", nodes: int) -> tuple["NDArray[np.int64]", "NDArray[np.int64]"]:
    """Return arcs by the node at one of their ends: those of node v are `order[first[v]:first[v + 1]]`."""
    order = np.argsort(ends, kind="stable").astype(_INT)
    first = np.zeros(nodes + 1, dtype=_INT)
    np.cumsum(np.bincount(ends, minlength=nodes), out=first[1:])
    return first, order


def _ways(labels: Any, done: "NDArray[np.int64]") -> list[Found]:
    """Return the ways of the labels at the targets, less what ties in time let through, with their arcs in order."""
    kept = done[np.lexsort((done, labels[3, done], labels[2, done], labels[1, done]))]
    kept = kept[_unbeaten(labels[2, kept], labels[3, kept])]
    starts, lengths, arcs = _trace(labels, kept)
    ends = np.cumsum(lengths)
    values, paths = labels[1:4, kept].T.tolist(), arcs.tolist()
    bounds = zip(values, starts.tolist(), (ends - lengths).tolist(), ends.tolist(), strict=True)
    return [
        Found(value[0], value[1], value[2], start, tuple(paths[first:last])) for value, start, first, last in bounds
    ]


@_compiled
def _unbeaten(costs, carbons):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return which of some pairs, in the order of their times, no earlier one is at most in both."""
    found = np.ones(costs.size, dtype=np.bool_)
    stairs = np.empty((2, costs.size + 1), dtype=np.int64)
    length = 0
    for at in range(costs.size):
        if _covers(stairs, 0, length, costs[at], carbons[at]):
            found[at] = False
        else:
            length = _add(stairs, 0, length, costs[at], carbons[at])
    return found


@_compiled
def _trace(labels, ends):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return for each label the start that it came from and how many arcs it took, and the arcs of all in one row."""
    starts, lengths = np.empty(ends.size, dtype=np.int64), np.zeros(ends.size, dtype=np.int64)
    for at in range(ends.size):
        label = ends[at]
        while labels[5, label] >= 0:
            lengths[at] += 1
            label = labels[5, label]
        starts[at] = -1 - labels[4, label]
    arcs, last = np.empty(lengths.sum(), dtype=np.int64), 0
    for at in range(ends.size):
        last += lengths[at]
        place, label = last, ends[at]
        while labels[5, label] >= 0:
            place -= 1
            arcs[place] = labels[4, label]
            label = labels[5, label]
    return starts, lengths, arcs


@_compiled
def _push(keys, items, size, key, item):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Put into a heap of four children a node; it comes out by key, then by item."""
    at = size
    while at > 0:
        above = (at - 1) >> 2
        if keys[above] < key or (keys[above] == key and items[above] < item):
            break
        keys[at], items[at] = keys[above], items[above]
        at = above
    keys[at], items[at] = key, item
    return size + 1


@_compiled
def _pop(keys, items, size):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Take the first out of the heap: it is `items[0]`, read before the call."""
    size -= 1
    key, item = keys[size], items[size]
    at = 0
    while True:
        below = 4 * at + 1
        if below >= size:
            break
        least = below
        for other in range(below + 1, min(below + 4, size)):
            if keys[other] < keys[least] or (keys[other] == keys[least] and items[other] < items[least]):
                least = other
        if key < keys[least] or (key == keys[least] and item < items[least]):
            break
        keys[at], items[at] = keys[least], items[least]
        at = least
    keys[at], items[at] = key, item
    return size


@_compiled
def _least_left(first, order, other, values, targets):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return the least sums to the targets, over arcs given by the node at their head; `other` is the node at their tail."""
    nodes = first.size - 1
    found = np.full(nodes, FAR, dtype=np.int64)
    keys, items = np.empty(order.size + nodes + 1, dtype=np.int64), np.empty(order.size + nodes + 1, dtype=np.int64)
    size = 0
    for node in range(nodes):
        if targets[node]:
            found[node] = 0
            size = _push(keys, items, size, 0, node)
    while size > 0:
        left, node = keys[0], items[0]
        size = _pop(keys, items, size)
        if left > found[node]:
            continue
        for place in range(first[node], first[node + 1]):
            arc = order[place]
            further = left + values[arc]
            if further < found[other[arc]]:
                found[other[arc]] = further
                size = _push(keys, items, size, further, other[arc])
    return found


@_compiled
def _least_from(first, heads, values, source):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, C901  # a loop, as _run
    """Return the least sums from a node: Dijkstra over arcs in the order of their tails, nodes in a heap that keeps their place."""
    nodes = first.size - 1
    found = np.full(nodes, FAR, dtype=np.int64)
    heap, place = np.empty(nodes, dtype=np.int32), np.full(nodes, -1, dtype=np.int32)
    found[source], heap[0], place[source] = 0, source, 0
    size = 1
    while size > 0:
        node = heap[0]
        size -= 1
        if size > 0:
            last = heap[size]
            key, at = found[last], 0
            while True:
                below = 4 * at + 1
                if below >= size:
                    break
                least = below
                for other in range(below + 1, min(below + 4, size)):
                    if found[heap[other]] < found[heap[least]]:
                        least = other
                if key <= found[heap[least]]:
                    break
                heap[at] = heap[least]
                place[heap[at]] = at
                at = least
            heap[at] = last
            place[last] = at
        far = found[node]
        for arc in range(first[node], first[node + 1]):
            head = heads[arc]
            further = far + values[arc]
            if further < found[head]:
                found[head] = further
                at = place[head]
                if at < 0:
                    at = size
                    size += 1
                while at > 0:
                    above = (at - 1) >> 2
                    if found[heap[above]] <= further:
                        break
                    heap[at] = heap[above]
                    place[heap[at]] = at
                    at = above
                heap[at] = head
                place[head] = at
    return found


@_compiled
def _wait(minute, departures, begin, end):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    at = minute % WEEK
    low, high = begin, end
    while low < high:
        middle = (low + high) >> 1
        if departures[middle] < at:
            low = middle + 1
        else:
            high = middle
    return departures[low] - at if low < end else departures[begin] + WEEK - at


@_compiled
def _covers(pool, at, length, first, second):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether a staircase has a pair that is at most this one in both."""
    low, high = at, at + length
    while low < high:
        middle = (low + high) >> 1
        if pool[0, middle] <= first:
            low = middle + 1
        else:
            high = middle
    return low > at and pool[1, low - 1] <= second


@_compiled
def _add(pool, at, length, first, second):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Put a pair into a staircase that has room; those that it covers go. Return the new length."""
    low, high = at, at + length
    while low < high:
        middle = (low + high) >> 1
        if pool[0, middle] < first:
            low = middle + 1
        else:
            high = middle
    end = low
    while end < at + length and pool[1, end] >= second:
        end += 1
    if end == low:
        for place in range(at + length, low, -1):
            pool[0, place], pool[1, place] = pool[0, place - 1], pool[1, place - 1]
    else:
        for place in range(end, at + length):
            pool[0, place - end + low + 1], pool[1, place - end + low + 1] = pool[0, place], pool[1, place]
    pool[0, low], pool[1, low] = first, second
    return length + 1 - (end - low)


@_compiled
def _twice(array):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    found = np.empty((array.shape[0], 2 * array.shape[1]), dtype=np.int64)
    found[:, : array.shape[1]] = array
    return found


@_compiled
def _run(  # type: ignore[no-untyped-def]  # noqa: ANN202, C901, PLR0912, PLR0915, PLR0917  # one loop: calls would copy the state
    out_first, out_order, head, minutes, cost, co2e, timetable, first, departures, storage, left, starts, targets, before_ways, most,  # noqa: ANN001
):  # fmt: skip
    nodes = out_first.size - 1
    labels = np.empty((6, 4096), dtype=np.int64)  # node, minute, cost, CO2e, arc, label before
    heap = np.empty((2, 4096), dtype=np.int64)  # arrival and cost at least; label
    pool = np.empty((2, 4 * nodes + 4096), dtype=np.int64)
    block = np.full(nodes, -1, dtype=np.int64)
    room, length = np.zeros(nodes, dtype=np.int64), np.zeros(nodes, dtype=np.int64)
    ends = np.empty((2, 64), dtype=np.int64)
    done = np.empty((1, 64), dtype=np.int64)
    used, size, count, ended, reached = 0, 0, 0, 0, 0
    node = minute = money = carbon = 0
    before = -1
    turn, arcs, passed = 0, starts.shape[0], 0
    while True:
        # Offer what leads on from the label that was settled last; at first, the starts.
        for place in range(turn, turn + arcs):
            if before < 0:
                to, at, paid, burnt, by = (
                    starts[place, 0],
                    starts[place, 1],
                    starts[place, 2],
                    starts[place, 3],
                    -1 - place,
                )
            else:
                by = out_order[place]
                to, row = head[by], timetable[by]
                wait = 0 if row == NO_TIMETABLE else _wait(minute, departures, first[row], first[row + 1])
                at = minute + wait + minutes[by]
                paid = money + wait * storage[node] + cost[by]
                burnt = carbon + co2e[by]
            if left[0, to] >= FAR:
                continue
            if _covers(ends, 0, ended, paid + left[1, to], burnt + left[2, to]):
                continue
            if length[to] > 0 and _covers(pool, block[to], length[to], paid - storage[to] * at, burnt):
                continue
            if count == labels.shape[1]:
                labels = _twice(labels)
            labels[0, count], labels[1, count], labels[2, count] = to, at, paid
            labels[3, count], labels[4, count], labels[5, count] = burnt, by, before
            if size == heap.shape[1]:
                heap = _twice(heap)
            size = _push(heap[0], heap[1], size, ((at + left[0, to]) << _SHIFT) + paid + left[1, to], count)
            count += 1
        # Settle the next that is not beaten.
        arcs = 0
        while size > 0 and count <= most:
            before = heap[1, 0]
            # Ways of later departures count once they have arrived: nothing that is left arrives sooner.
            while passed < before_ways.shape[0] and before_ways[passed, 0] <= heap[0, 0] >> _SHIFT:
                if not _covers(ends, 0, ended, before_ways[passed, 1], before_ways[passed, 2]):
                    if ended == ends.shape[1]:
                        ends = _twice(ends)
                    ended = _add(ends, 0, ended, before_ways[passed, 1], before_ways[passed, 2])
                passed += 1
            size = _pop(heap[0], heap[1], size)
            node, minute, money, carbon = labels[0, before], labels[1, before], labels[2, before], labels[3, before]
            if _covers(ends, 0, ended, money + left[1, node], carbon + left[2, node]):
                continue
            now = money - storage[node] * minute
            if length[node] > 0 and _covers(pool, block[node], length[node], now, carbon):
                continue
            if length[node] == room[node]:
                grown = max(4, 2 * room[node])
                while used + grown > pool.shape[1]:
                    pool = _twice(pool)
                for place in range(length[node]):
                    pool[0, used + place], pool[1, used + place] = (
                        pool[0, block[node] + place],
                        pool[1, block[node] + place],
                    )
                block[node], room[node] = used, grown
                used += grown
            length[node] = _add(pool, block[node], length[node], now, carbon)
            if targets[node]:
                if ended == ends.shape[1]:
                    ends = _twice(ends)
                ended = _add(ends, 0, ended, money, carbon)
                if reached == done.shape[1]:
                    done = _twice(done)
                done[0, reached] = before
                reached += 1
                continue
            turn, arcs = out_first[node], out_first[node + 1] - out_first[node]
            if arcs > 0:
                break
        if arcs == 0:
            return labels[:, :count], done[0, :reached], count, size == 0
