"""The search in plain Python: label setting with lower bounds and target pruning (the NAMOA*dr family). The kernel's oracle.

Labels leave the queue by the time at which they could arrive, then by cost. So of two labels at one node the earlier one
comes first, and only cost and CO2e are left to compare: a staircase. The comparison charges the earlier label for waiting
until the later one's minute, at the node's own storage: to have come early is worth no more than what the wait costs.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from typing import Final

from serai.corridors.search.problem import NO_TIMETABLE, Arcs, Found, Front, Question, Window, wait_for

FAR: Final = 2**60  # no way leads on from here


@dataclass(slots=True)
class Staircase:
    """Pairs of which none is at most another in both: the first rises, the second falls."""

    firsts: list[int] = field(default_factory=list)
    seconds: list[int] = field(default_factory=list)

    def covers(self, first: int, second: int) -> bool:
        """Whether a pair in it is at most this one in both."""
        place = bisect_right(self.firsts, first)
        return place > 0 and self.seconds[place - 1] <= second

    def add(self, first: int, second: int) -> None:
        """Put a pair in that is not covered; those that it covers go."""
        begin = end = bisect_left(self.firsts, first)
        while end < len(self.seconds) and self.seconds[end] >= second:
            end += 1
        self.firsts[begin:end] = [first]
        self.seconds[begin:end] = [second]


@dataclass(frozen=True, slots=True)
class Label:
    node: int
    minute: int
    cost: int
    co2e: int
    arc: int  # by which it came; for a start, its number below zero
    before: int


class _Lists:
    """The graph as lists of Python's own numbers, with the arcs that leave and reach each node."""

    def __init__(self, arcs: Arcs) -> None:
        self.tail, self.head = arcs.tail.tolist(), arcs.head.tolist()
        self.values = [arcs.minutes.tolist(), arcs.cost.tolist(), arcs.co2e.tolist()]
        self.timetable: list[int] = arcs.timetable.tolist()
        self.storage: list[int] = arcs.storage.tolist()
        first, departures = arcs.first.tolist(), arcs.departures.tolist()
        self.departures = [departures[first[row] : first[row + 1]] for row in range(len(first) - 1)]
        self.out, self.into = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
        for arc, (tail, head) in enumerate(zip(self.tail, self.head, strict=True)):
            self.out[tail].append(arc)
            self.into[head].append(arc)


def search(question: Question) -> Front:
    """Return the whole front."""
    return _Search(question, _Bounds.of(question), ()).run()


def search_window(question: Question, minutes: Sequence[int]) -> Window:
    """Return the front of each departure; the question's only start leaves at each of the minutes.

    From the latest to the earliest, so that what was found for later departures bounds the search for earlier ones.
    """
    bounds, before = _Bounds.of(question), list[Found]()
    found, labels, is_complete = list[tuple[int, tuple[Found, ...]]](), 0, True
    for minute in sorted(set(minutes), reverse=True):
        start = replace(question.starts[0], minute=minute)
        front = _Search(replace(question, starts=[start]), bounds, sorted(before)).run()
        found.append((minute, front.ways))
        before += front.ways
        labels, is_complete = labels + front.labels, is_complete and front.is_complete
    return Window(departures=tuple(found), labels=labels, is_complete=is_complete)


@dataclass(frozen=True, slots=True)
class _Bounds:
    """The graph as lists, and the least that is left from each node to a target."""

    graph: _Lists
    left: list[list[int]]

    @staticmethod
    def of(question: Question) -> "_Bounds":
        graph = _Lists(question.arcs)
        return _Bounds(graph, [_least_left(graph, values, question) for values in graph.values])


class _Search:
    """One search. `before` are ways of later departures, by arrival: what they beat is not wanted."""

    def __init__(self, question: Question, bounds: _Bounds, before: Sequence[Found]) -> None:
        self.question = question
        self.graph, self.left = bounds.graph, bounds.left
        self.before, self.passed = before, 0
        self.labels = list[Label]()
        self.queue = list[tuple[int, int, int]]()  # least arrival, least cost, label
        self.stairs = defaultdict[int, Staircase](Staircase)
        self.ends = Staircase()  # of cost and CO2e at the target
        self.done = list[Label]()

    def run(self) -> Front:
        for number, start in enumerate(self.question.starts):
            self._offer(Label(start.node, start.minute, start.cost, start.co2e, -1 - number, -1))
        while self.queue and len(self.labels) <= self.question.most_labels:
            arrival, _, number = heappop(self.queue)
            self._pass(arrival)
            self._settle(number)
        return Front(ways=tuple(self._ways()), labels=len(self.labels), is_complete=not self.queue)

    def _pass(self, arrival: int) -> None:
        """Let the ways of later departures count that have arrived by now: nothing that is left arrives sooner."""
        while self.passed < len(self.before) and self.before[self.passed].minute <= arrival:
            way = self.before[self.passed]
            if not self.ends.covers(way.cost, way.co2e):
                self.ends.add(way.cost, way.co2e)
            self.passed += 1

    def _offer(self, label: Label) -> None:
        """Queue a label unless it is seen already that it leads to nothing new."""
        least = [bounds[label.node] for bounds in self.left]
        if least[0] >= FAR or self._is_beaten(label, least):
            return
        self.labels.append(label)
        heappush(self.queue, (label.minute + least[0], label.cost + least[1], len(self.labels) - 1))

    def _is_beaten(self, label: Label, least: Sequence[int]) -> bool:
        if self.ends.covers(label.cost + least[1], label.co2e + least[2]):
            return True
        return self.stairs[label.node].covers(self._now(label), label.co2e)

    def _now(self, label: Label) -> int:
        """Return the cost of a label less what a wait until its minute would have cost: what earlier labels compare with."""
        return label.cost - self.graph.storage[label.node] * label.minute

    def _settle(self, number: int) -> None:
        label = self.labels[number]
        least = [bounds[label.node] for bounds in self.left]
        if self._is_beaten(label, least):
            return
        self.stairs[label.node].add(self._now(label), label.co2e)
        if label.node in self.question.targets:
            self.ends.add(label.cost, label.co2e)
            self.done.append(label)
            return
        for arc in self.graph.out[label.node]:
            self._offer(self._along(label, number, arc))

    def _along(self, label: Label, number: int, arc: int) -> Label:
        graph = self.graph
        row = graph.timetable[arc]
        wait = 0 if row == NO_TIMETABLE else wait_for(label.minute, graph.departures[row])
        return Label(
            graph.head[arc],
            label.minute + wait + graph.values[0][arc],
            label.cost + wait * graph.storage[label.node] + graph.values[1][arc],
            label.co2e + graph.values[2][arc],
            arc,
            number,
        )

    def _ways(self) -> Iterator[Found]:
        """Return what stands at the target, less what ties in time let through."""
        kept = list[Found]()
        for label in sorted(self.done, key=lambda one: (one.minute, one.cost, one.co2e)):
            if not any(one.cost <= label.cost and one.co2e <= label.co2e for one in kept):
                kept.append(self._trace(label))
        yield from kept

    def _trace(self, label: Label) -> Found:
        path, at = list[int](), label
        while at.before >= 0:
            path.append(at.arc)
            at = self.labels[at.before]
        return Found(label.minute, label.cost, label.co2e, -1 - at.arc, tuple(reversed(path)))


def _least_left(graph: _Lists, values: Sequence[int], question: Question) -> list[int]:
    """Return the least sum of values from each node to a target (Dijkstra, backwards); waits are not counted."""
    found = [FAR] * question.arcs.nodes
    queue = [(0, node) for node in sorted(question.targets)]
    for _, node in queue:
        found[node] = 0
    while queue:
        left, node = heappop(queue)
        if left > found[node]:
            continue
        for arc in graph.into[node]:
            tail, further = graph.tail[arc], left + values[arc]
            if further < found[tail]:
                found[tail] = further
                heappush(queue, (further, tail))
    return found
