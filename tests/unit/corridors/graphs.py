"""Small graphs with timetables and storage, and the plainest way to their fronts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from serai.corridors.search.problem import NO_TIMETABLE, WEEK, Arcs, Question, Start


def arcs_of(rows: Sequence[Sequence[Any]], *, nodes: int, storage: Sequence[int] = ()) -> Arcs:
    """Return a graph of rows (tail, head, minutes, cost, CO2e, departures or None)."""
    timetables = [sorted(set(row[5])) for row in rows if row[5]]
    names = iter(range(len(timetables)))
    columns = [np.array([row[place] for row in rows], dtype=np.int64) for place in range(5)]
    return Arcs(
        nodes=nodes,
        tail=columns[0],
        head=columns[1],
        minutes=columns[2],
        cost=columns[3],
        co2e=columns[4],
        timetable=np.array([next(names) if row[5] else NO_TIMETABLE for row in rows], dtype=np.int64),
        first=np.cumsum([0, *map(len, timetables)], dtype=np.int64),
        departures=np.array([one for each in timetables for one in each], dtype=np.int64),
        storage=np.array(list(storage) or [0] * nodes, dtype=np.int64),
    )


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Return a question on up to seven nodes: parallel arcs, loops, ties, timetables, storage, two starts and targets.

    To move costs at least what the same time in any store costs, as with real goods: else it would pay to drive in circles.
    """
    nodes = draw(st.integers(2, 7))
    node, small = st.integers(0, nodes - 1), st.integers(0, 6)
    week = st.none() | st.lists(st.integers(0, WEEK - 1) | st.integers(0, 20), min_size=1, max_size=4)
    drawn = draw(st.lists(st.tuples(node, node, small, small, small, week), min_size=1, max_size=14))
    storage = draw(st.lists(st.integers(0, 2), min_size=nodes, max_size=nodes))
    rows = [(*row[:3], row[3] + max(storage) * row[2], *row[4:]) for row in drawn]
    start = st.builds(Start, node=node, minute=st.integers(0, 30), cost=small, co2e=small)
    return Question(
        arcs=arcs_of(rows, nodes=nodes, storage=storage),
        starts=draw(st.lists(start, min_size=1, max_size=2)),
        targets=frozenset(draw(st.lists(node, min_size=1, max_size=2))),
    )


Values = tuple[int, int, int]


def front_by_hand(question: Question) -> set[Values]:
    """Return the values of the front by walking every way: no bounds, and nothing that one way tells another.

    A way comes back to a node only when it was cheaper to store the load elsewhere meanwhile.
    """
    arcs = question.arcs
    columns = (arcs.tail, arcs.head, arcs.minutes, arcs.cost, arcs.co2e, arcs.timetable)
    rows = [tuple(int(column[arc]) for column in columns) for arc in range(len(arcs.tail))]
    storage = arcs.storage.tolist()
    found = set[Values]()

    def walk(at: int, now: Values, visits: tuple[tuple[int, Values], ...]) -> None:
        if any(node == at and could_have_waited(before, now, storage[at]) for node, before in visits):
            return
        if at in question.targets:
            found.add(now)
            return
        for tail, head, minutes, money, carbon, row in rows:
            if tail == at:
                leaves = now[0] if row == NO_TIMETABLE else next_after(now[0], timetable_of(arcs, row))
                paid = now[1] + (leaves - now[0]) * storage[at] + money
                walk(head, (leaves + minutes, paid, now[2] + carbon), (*visits, (at, now)))

    for start in question.starts:
        walk(start.node, (start.minute, start.cost, start.co2e), ())
    return {one for one in found if not any(beats(other, one) for other in found)}


def could_have_waited(before: Values, now: Values, storage: int) -> bool:
    """Whether whoever stood here before would stand here now as well by waiting."""
    waited = now[0], before[1] + (now[0] - before[0]) * storage, before[2]
    return waited[1] <= now[1] and waited[2] <= now[2]


def timetable_of(arcs: Arcs, row: int) -> list[int]:
    return [int(one) for one in arcs.departures[arcs.first[row] : arcs.first[row + 1]]]


def next_after(minute: int, departures: Sequence[int]) -> int:
    """Return the first departure at or after a minute, by trying all of this week and the next."""
    weeks = range(minute // WEEK, minute // WEEK + 2)
    return min(int(one) + WEEK * week for week in weeks for one in departures if int(one) + WEEK * week >= minute)


def beats(first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    return first != second and all(one <= other for one, other in zip(first, second, strict=True))
