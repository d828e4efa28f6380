"""Ways of an enquiry: exact, within their limits, and no better when something is closed."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from serai.corridors.calendar import minute_of
from serai.corridors.enquiry import Enquiry
from serai.corridors.graph import FROM, TO, Limits, build_graph
from serai.corridors.legs import Kind, make_legs
from serai.corridors.model import What, piece_of
from serai.corridors.network import Service
from serai.corridors.pricing import MONEY, price_graph, prices_of, standing_before_h
from serai.corridors.rides import Ride
from serai.corridors.runs import Run, Vertex
from serai.corridors.search import kernel, reference
from serai.corridors.search.problem import WEEK, Question, Start
from serai.corridors.ways import Way, Ways, find_ways
from tests.unit.corridors.enquiries import KHORGOS, MONDAY, NETWORK, asked, pairs

LOADS = pytest.mark.parametrize("load", ["c40dry", "c40rf", "truck20"])


def values(ways: Ways) -> list[tuple[int, int, int]]:
    return [(way.arrives - way.departs, way.cost, way.co2e) for way in ways.ways]


def covered(few: Ways, many: Ways) -> bool:
    """Whether each of some ways is beaten or equalled by one of others."""
    return all(
        any(all(a <= b for a, b in zip(other, one, strict=True)) for other in values(many)) for one in values(few)
    )


def searched(enquiry: Enquiry, search) -> list[tuple[int, int, int]]:
    graph = build_graph(NETWORK, is_truck=enquiry.consignment.load.is_truck)
    start = Start(graph.numbers[Vertex(FROM, enquiry.origin)], minute_of(enquiry.ready) % WEEK)
    target = frozenset([graph.numbers[Vertex(TO, enquiry.destination)]])
    front = search(
        Question(arcs=price_graph(graph, enquiry.consignment, near=enquiry.ready), starts=[start], targets=target)
    )
    return sorted(way.values for way in front.ways)


@LOADS
def test_the_compiled_search_finds_on_the_real_network_what_plain_python_finds(load: str) -> None:
    for origin, destination in pairs(4, is_truck=load == "truck20", seed=7):
        enquiry = asked(origin, destination, load=load)

        assert searched(enquiry, kernel.search) == searched(enquiry, reference.search), (origin, destination)


@LOADS
def test_prices_in_arrays_are_the_sums_of_the_pieces_that_are_shown(load: str) -> None:
    consignment = asked(load=load).consignment
    graph = build_graph(NETWORK, is_truck=consignment.load.is_truck)
    prices = prices_of(graph, consignment.load)
    arcs = price_graph(graph, consignment, near=MONDAY)

    for number in Random(1).sample(range(len(graph.moves)), 600):
        move = graph.moves[number]
        pieces = [piece_of(graph.rates.found[rate], km, consignment) for rate, km in move.parts]
        hours = move.does.hours if isinstance(move.does, Ride) else sum(piece.hours for piece in pieces)
        assert prices.minutes[number] == round(hours * 60) + round(standing_before_h(move) * 60)
        assert arcs.co2e[number] == pytest.approx(sum(piece.co2e_kg for piece in pieces) * 1000, abs=1)
        standing = sum(piece.hours for piece in pieces if piece.rate.what is not What.RUNNING)
        least = sum(piece.usd for piece in pieces) * MONEY
        assert (
            least - 1
            <= prices.cost[number]
            <= least + prices.waiting * 60 * (hours + standing_before_h(move) + standing + 1)
        )


@LOADS
def test_legs_follow_each_other_and_add_up_to_what_the_search_counted(load: str) -> None:
    for origin, destination in pairs(8, is_truck=load == "truck20", seed=3):
        enquiry = asked(origin, destination, load=load)
        ways = find_ways(NETWORK, enquiry)
        for way in ways.ways:
            legs = make_legs(ways.graph, enquiry.consignment, way)
            assert legs[0].starts == way.departs
            assert legs[-1].ends == way.arrives
            assert all(first.ends == second.starts for first, second in pairwise(legs))
            assert sum(leg.usd for leg in legs) == pytest.approx(way.usd, abs=0.5)
            assert sum(leg.co2e_kg for leg in legs) == pytest.approx(way.co2e_kg, abs=0.5)


@LOADS
def test_a_way_keeps_to_its_mode_and_gauge_but_at_terminals_and_crossings(load: str) -> None:
    for origin, destination in pairs(8, is_truck=load == "truck20", seed=4):
        enquiry = asked(origin, destination, load=load)
        ways = find_ways(NETWORK, enquiry)
        for way in ways.ways:
            legs = make_legs(ways.graph, enquiry.consignment, way)
            for first, second in pairwise(legs):
                if first.kind is Kind.RAIL and second.kind is Kind.RAIL:
                    assert first.gauge_to == second.gauge
                assert (first.kind, second.kind) not in {
                    (Kind.RAIL, Kind.ROAD),
                    (Kind.ROAD, Kind.RAIL),
                    (Kind.SEA, Kind.RAIL),
                }


def touched(way: Way) -> set[str]:
    crossings = set[str]()
    for step in way.steps:
        runs = [step.move.does] if isinstance(step.move.does, Run) else getattr(step.move.does, "runs", [])
        crossings |= {run.crossing for run in runs}
    return crossings


def countries(way: Way) -> set[str]:
    found = set[str]()
    for step in way.steps:
        runs = [step.move.does] if isinstance(step.move.does, Run) else getattr(step.move.does, "runs", [])
        found |= {country for run in runs for country, _ in run.km}
    return found


def test_what_is_avoided_is_not_touched_and_avoiding_never_helps() -> None:
    free = find_ways(NETWORK, asked())
    for limits in (
        Limits(crossings=frozenset({KHORGOS})),
        Limits(countries=frozenset({"KZ"})),
        Limits(modes=frozenset({"road"})),
        Limits(places=frozenset({"kz-altynkol"})),
    ):
        ways = find_ways(NETWORK, asked(limits=limits))

        assert ways.ways
        assert covered(ways, free)
        assert not any(touched(way) & limits.crossings for way in ways.ways)
        assert not any(countries(way) & limits.countries for way in ways.ways)


@LOADS
def test_closing_a_crossing_never_helps_anybody(load: str) -> None:
    random = Random(5)
    for origin, destination in pairs(6, is_truck=load == "truck20", seed=6):
        free = find_ways(NETWORK, asked(origin, destination, load=load))
        used = sorted({one for way in free.ways for one in touched(way) if one})
        if used:
            closed = find_ways(
                NETWORK,
                asked(origin, destination, load=load, limits=Limits(crossings=frozenset({random.choice(used)}))),
            )
            assert covered(closed, free)


def test_one_more_service_never_hurts() -> None:
    like = NETWORK.services["ca-chengdu-tashkent"]
    service = Service(
        **{name: getattr(like, name) for name in ("operator", "name", "stops", "cutoff_h", "rest", "frequency_rest")},
        id="more",
        per_week=2,
        days=(1, 4),
    )
    more = replace(NETWORK, services=dict(NETWORK.services) | {"more": service})
    enquiry = asked("cn-chengdu-qingbaijiang", "uz-chukursay")

    before, after = find_ways(NETWORK, enquiry), find_ways(more, enquiry)

    assert covered(before, after)
    assert values(before) != values(after)


def test_a_service_that_never_leaves_changes_nothing() -> None:
    like = NETWORK.services["ca-chengdu-tashkent"]
    service = Service(
        **{name: getattr(like, name) for name in ("operator", "name", "stops", "cutoff_h", "rest", "frequency_rest")},
        id="never",
        per_week=0,
        days=(),
    )
    more = replace(NETWORK, services=dict(NETWORK.services) | {"never": service})
    enquiry = asked("cn-chengdu-qingbaijiang", "uz-chukursay")

    assert values(find_ways(more, enquiry)) == values(find_ways(NETWORK, enquiry))


def test_a_way_passes_what_it_shall_pass_in_order() -> None:
    ways = find_ways(NETWORK, asked(via=("place:kz-almaty-1", "country:TJ")))

    for way in ways.ways:
        places = [ways.graph.vertices[step.move.end].node for step in way.steps]
        assert "TJ" in countries(way)
        assert "kz-almaty-1" in places
    assert ways.ways
    assert covered(ways, find_ways(NETWORK, asked()))


def test_a_window_holds_each_day_and_only_what_nothing_beats() -> None:
    window = find_ways(NETWORK, asked(window_days=6))
    days = [find_ways(NETWORK, asked(ready=MONDAY + timedelta(days=day))) for day in range(7)]

    kept = {(way.departs, way.arrives, way.cost, way.co2e) for way in window.ways}
    single = {(way.departs, way.arrives, way.cost, way.co2e) for day in days for way in day.ways}
    assert kept <= single
    assert all(any(beats(other, one) for other in kept) for one in single)
    assert not any(beats(other, one) for other in kept for one in kept if other != one)


def beats(other: tuple[int, ...], one: tuple[int, ...]) -> bool:
    return other[0] >= one[0] and all(a <= b for a, b in zip(other[1:], one[1:], strict=True))


def test_what_shall_arrive_by_a_day_leaves_as_late_as_it_can() -> None:
    latest = MONDAY + timedelta(days=14)

    ways = find_ways(NETWORK, asked(arrive_by=latest))

    assert ways.ways
    assert all(way.arrives <= minute_of(latest) for way in ways.ways)
    next_day = asked(
        ready=MONDAY + timedelta(days=1 + (max(way.departs for way in ways.ways) - minute_of(MONDAY)) // 1440)
    )
    assert all(way.arrives > minute_of(latest) for way in find_ways(NETWORK, next_day).ways)


def test_heavier_cargo_takes_the_same_ways_and_emits_in_proportion() -> None:
    light, heavy = find_ways(NETWORK, asked(tonnes=10)), find_ways(NETWORK, asked(tonnes=20))

    assert [(time, cost) for time, cost, _ in values(light)] == [(time, cost) for time, cost, _ in values(heavy)]
    assert [2 * co2e for *_, co2e in values(light)] == pytest.approx([co2e for *_, co2e in values(heavy)], rel=1e-4)


def test_a_reefer_emits_for_its_power_too() -> None:
    dry, cold = find_ways(NETWORK, asked()), find_ways(NETWORK, asked(load="c40rf"))

    way = min(cold.ways, key=lambda one: one.co2e)
    assert way.co2e_kg > min(one.co2e_kg for one in dry.ways) + 3 * (way.arrives - way.departs) / 60


@pytest.mark.parametrize("mode", ["rail", "road"])
def test_the_graph_reaches_as_far_as_it_did(mode: str) -> None:
    """A fault in the data or in the finding of runs cuts places off; how many are reached is known."""
    is_truck = mode == "road"
    graph = build_graph(NETWORK, is_truck=is_truck)
    arcs = price_graph(graph, asked(load="truck20" if is_truck else "c40dry").consignment, near=MONDAY)
    far = kernel.one_to_all(arcs, arcs.minutes, graph.numbers[Vertex(FROM, "cn-xi-an")])

    ends = [vertex for vertex in graph.vertices if vertex.mode == TO]
    reached = [vertex for vertex in ends if far[graph.numbers[vertex]] < 2**60]
    assert len(reached) / len(ends) > 0.97
