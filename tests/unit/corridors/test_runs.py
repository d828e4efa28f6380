"""Runs: no border is crossed but at a listed crossing, each is counted once, and nothing within a country is longer than it need be."""

from collections import defaultdict
from heapq import heappop, heappush
from random import Random

import pytest

from serai.corridors.borders import territory
from serai.corridors.network import PLANNED, Mode, Network
from serai.corridors.runs import Run, Vertex, find_runs

NETWORK = Network.load()
MODES = pytest.mark.parametrize("mode", [Mode.RAIL, Mode.ROAD])


def land(mode: Mode, node: str) -> str:
    return territory(NETWORK.junctions[mode][node].country)


def shortest(edges: dict[Vertex, list[tuple[Vertex, float]]], start: Vertex) -> dict[Vertex, float]:
    done, queue = dict[Vertex, float](), [(0.0, start)]
    while queue:
        km, at = heappop(queue)
        if at not in done:
            done[at] = km
            for other, further in edges[at]:
                heappush(queue, (km + further, other))
    return done


@MODES
def test_a_run_joins_two_lands_exactly_when_it_passes_a_crossing_of_theirs(mode: Mode) -> None:
    for run in find_runs(NETWORK, mode):
        lands = land(mode, run.start.node), land(mode, run.end.node)
        if not run.crossing:
            assert lands[0] == lands[1], run
            continue
        crossing = NETWORK.crossings[run.crossing]
        there = tuple(map(territory, crossing.countries))
        assert crossing.mode is mode
        assert lands == (there if run.is_forward else there[::-1]), run


@MODES
def test_gauge_changes_only_at_crossings_that_change_it(mode: Mode) -> None:
    changing = [run for run in find_runs(NETWORK, mode) if run.start.gauge != run.end.gauge]

    assert all(any(border.has_gauge_change for border in NETWORK.crossings[run.crossing].borders) for run in changing)
    assert bool(changing) == (mode is Mode.RAIL)


@MODES
def test_planned_lines_are_used_only_in_their_scenario(mode: Mode) -> None:
    planned = {(line.a, line.b) for line in NETWORK.lines[mode] if line.kind == PLANNED}

    used = {
        (NETWORK.lines[mode][number].a, NETWORK.lines[mode][number].b)
        for run in find_runs(NETWORK, mode)
        for number in run.lines
    }

    assert not used & planned
    assert bool(planned) == (mode is Mode.RAIL)


@MODES
@pytest.mark.parametrize("country", ["CN", "KZ", "UZ"])
def test_ways_within_a_country_are_as_short_as_the_lines_allow(mode: Mode, country: str) -> None:
    """Compared with all lines of the country, none left out; ways that wind through a neighbour may be shorter still."""
    lines, runs = (
        defaultdict[Vertex, list[tuple[Vertex, float]]](list),
        defaultdict[Vertex, list[tuple[Vertex, float]]](list),
    )
    for line in NETWORK.lines[mode]:
        if line.country == country and line.kind != PLANNED:
            ends = [Vertex(mode, node, int(line.gauge or 0)) for node in (line.a, line.b)]
            for first, second in (ends, ends[::-1]):
                lines[first].append((second, line.km))
    inner = [run for run in find_runs(NETWORK, mode) if not run.crossing and is_within(run, mode, country)]
    for run in inner:
        runs[run.start].append((run.end, run.length_km))

    for start in Random(7).sample(sorted(runs), 12):
        by_lines = shortest(lines, start)
        for end, km in shortest(runs, start).items():
            assert km == pytest.approx(by_lines[end]), (start, end)


def is_within(run: Run, mode: Mode, country: str) -> bool:
    return all(NETWORK.lines[mode][number].country == country for number in run.lines)


def test_every_crossing_is_passed_in_both_directions() -> None:
    passed = {(run.crossing, run.is_forward) for mode in (Mode.RAIL, Mode.ROAD) for run in find_runs(NETWORK, mode)}

    loose = {one for one in NETWORK.crossings if not {(one, True), (one, False)} <= passed}

    assert not loose
