"""The search finds exactly what walking every way finds, in plain Python and compiled."""

from dataclasses import replace as altered

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.corridors.search import kernel, reference
from serai.corridors.search.problem import WEEK, Front, Question, Start
from tests.unit.corridors.graphs import arcs_of, beats, front_by_hand, questions

SEARCHES = pytest.mark.parametrize("search", [reference.search, kernel.search], ids=["plain", "compiled"])


def values_of(front: Front) -> list[tuple[int, int, int]]:
    return [way.values for way in front.ways]


def check_path(question: Question, front: Front) -> None:
    """Each way is a way: its arcs hang together, and their sums are what it says."""
    arcs = question.arcs
    for way in front.ways:
        start = question.starts[way.start]
        node, minute, cost, co2e = start.node, start.minute, start.cost, start.co2e
        for arc in way.path:
            assert arcs.tail[arc] == node
            row = arcs.timetable[arc]
            if row >= 0:
                entered = next(
                    t
                    for t in range(minute, minute + WEEK + 1)
                    if t % WEEK in set(arcs.departures[arcs.first[row] : arcs.first[row + 1]].tolist())
                )
                cost += (entered - minute) * int(arcs.storage[node])
                minute = entered
            node, minute = int(arcs.head[arc]), minute + int(arcs.minutes[arc])
            cost, co2e = cost + int(arcs.cost[arc]), co2e + int(arcs.co2e[arc])
        assert node in question.targets
        assert way.values == (minute, cost, co2e)


@settings(max_examples=250, deadline=None)
@given(question=questions())
def test_both_searches_find_what_walking_every_way_finds(question: Question) -> None:
    expected = sorted(front_by_hand(question))

    plain, compiled = reference.search(question), kernel.search(question)

    assert values_of(plain) == expected
    assert plain == compiled  # the same labels in the same order, and so the same ways
    check_path(question, plain)


@settings(max_examples=150, deadline=None)
@given(question=questions(), minutes=st.lists(st.integers(0, 40), min_size=1, max_size=4, unique=True))
def test_a_window_holds_what_no_departure_beats_that_is_as_late(question: Question, minutes: list[int]) -> None:
    start = question.starts[0]
    fronts = [
        (-minute, *values)
        for minute in minutes
        for values in front_by_hand(altered(question, starts=[altered(start, minute=minute)]))
    ]
    expected = sorted(one for one in fronts if not any(beats(other, one) for other in fronts))

    plain, compiled = (
        module.search_window(altered(question, starts=[start]), minutes) for module in (reference, kernel)
    )

    assert plain == compiled
    assert sorted((-minute, *way.values) for minute, ways in plain.departures for way in ways) == expected
    assert [minute for minute, _ in plain.departures] == sorted(minutes, reverse=True)


@settings(max_examples=100, deadline=None)
@given(question=questions())
def test_closing_an_arc_never_helps_and_opening_one_never_hurts(question: Question) -> None:
    arcs = question.arcs
    fewer = altered(
        arcs,
        **{name: getattr(arcs, name)[:-1] for name in ("tail", "head", "minutes", "cost", "co2e", "timetable")},
    )

    all_open, closed = values_of(kernel.search(question)), values_of(kernel.search(altered(question, arcs=fewer)))

    assert all(one in all_open or any(beats(other, one) for other in all_open) for one in closed)


@settings(max_examples=100, deadline=None)
@given(question=questions())
def test_units_and_the_order_of_cost_and_co2e_change_nothing(question: Question) -> None:
    arcs = question.arcs
    before = values_of(kernel.search(question))

    in_cents = altered(arcs, cost=arcs.cost * 100, storage=arcs.storage * 100)
    starts = [altered(one, cost=one.cost * 100) for one in question.starts]
    assert values_of(kernel.search(altered(question, arcs=in_cents, starts=starts))) == [
        (t, c * 100, e) for t, c, e in before
    ]

    free = altered(question, arcs=altered(arcs, storage=arcs.storage * 0))
    turned = altered(free.arcs, cost=arcs.co2e, co2e=arcs.cost)
    back = [altered(one, cost=one.co2e, co2e=one.cost) for one in question.starts]
    assert sorted(
        (t, e, c) for t, c, e in values_of(kernel.search(altered(free, arcs=turned, starts=back)))
    ) == values_of(kernel.search(free))


@SEARCHES
def test_waiting_for_the_cheap_train_may_cost_more_than_it_saves(search: object) -> None:
    """Storage is charged while the load waits: to come early for a weekly train is no gain."""
    rows = [
        (0, 1, 10, 5, 1, None),  # early and cheap, then it waits
        (0, 1, 100, 6, 1, None),  # later, one unit dearer, and in time all the same
        (1, 2, 60, 10, 1, [120]),
    ]
    question = Question(arcs=arcs_of(rows, nodes=3, storage=[0, 1, 0]), starts=[Start(0, 0)], targets=frozenset({2}))

    (way,) = search(question).ways  # type: ignore[operator]

    assert way.values == (180, 6 + 20 + 10, 2)
    assert way.path == (1, 2)


@SEARCHES
def test_a_cap_that_is_hit_makes_the_answer_incomplete(search: object) -> None:
    rows = [(node, node + 1, minutes, 10 - minutes, 1, None) for node in range(12) for minutes in (1, 5, 9)]
    question = Question(arcs=arcs_of(rows, nodes=13), starts=[Start(0, 0)], targets=frozenset({12}))

    whole = search(question)  # type: ignore[operator]
    cut = search(altered(question, most_labels=40))  # type: ignore[operator]

    assert whole.is_complete
    assert not cut.is_complete
    assert cut.labels < whole.labels


@SEARCHES
def test_same_place_is_reached_at_once_and_no_way_is_an_empty_front(search: object) -> None:
    arcs = arcs_of([(0, 1, 5, 5, 5, None)], nodes=3)

    (here,) = search(Question(arcs=arcs, starts=[Start(0, 7)], targets=frozenset({0}))).ways  # type: ignore[operator]
    nowhere = search(Question(arcs=arcs, starts=[Start(0, 7)], targets=frozenset({2})))  # type: ignore[operator]

    assert (here.values, here.path) == ((7, 0, 0), ())
    assert (nowhere.ways, nowhere.is_complete) == ((), True)


@pytest.mark.parametrize("minute", [-1, 2**21])
def test_a_start_that_the_keys_cannot_hold_is_refused(minute: int) -> None:
    arcs = arcs_of([(0, 1, 5, 5, 5, None)], nodes=2)

    with pytest.raises(ValueError, match="count from a Monday"):
        kernel.search(Question(arcs=arcs, starts=[Start(0, minute)], targets=frozenset({1})))


def test_one_to_all_takes_the_shorter_of_two_parallel_arcs() -> None:
    arcs = arcs_of([(0, 1, 5, 0, 0, None), (0, 1, 3, 0, 0, None), (1, 2, 4, 0, 0, None)], nodes=4)

    found = kernel.one_to_all(arcs, arcs.minutes, 0)

    assert found.tolist() == [0, 3, 7, kernel.FAR]
    assert found.dtype == np.int64
