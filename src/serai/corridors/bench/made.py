"""What is measured on the made network: the search against its references, each in the same run, equal answers or none."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from serai.corridors.bench import textbook
from serai.corridors.bench.synthetic import LEGS, PLACES, make_network, make_pairs
from serai.corridors.search import kernel, reference
from serai.corridors.search.problem import Arcs, Found, Question, Start
from serai.kernel.benching import Report, Say, three

_DAY: Final = 1440
_MARTINS_MOST: Final = 6_000_000
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured."""

    nodes: int
    legs: int
    pairs: int
    compared: int  # pairs that plain Python and the textbook search, too
    rounds: int
    seed: int


QUICK: Final = {"nodes": 1_000, "legs": 5_000, "pairs": 12, "compared": 4, "rounds": 1}
PLAIN: Final = {"nodes": PLACES, "legs": LEGS, "pairs": 60, "compared": 12, "rounds": 3}


def cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds of something."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def ask(arcs: Arcs, pair: Pair) -> Question:
    return Question(arcs=arcs, starts=[Start(pair[0], 0)], targets=frozenset({pair[1]}))


def values_of(ways: Sequence[Found]) -> set[tuple[int, int, int]]:
    return {way.values for way in ways}


def measure_made(report: Report, size: Size, say: Say) -> None:
    """Measure all that needs no real network."""
    static = make_network(nodes=size.nodes, legs=size.legs, seed=size.seed, is_scheduled=False)
    timed = make_network(nodes=size.nodes, legs=size.legs, seed=size.seed, is_scheduled=True)
    pairs = make_pairs(static, size.pairs, size.seed)
    say(
        f"a made network of {size.nodes:,} nodes and {size.legs:,} legs, {timed.departures.size:,} departures a week, {len(pairs)} pairs"
    )
    kernel.search(ask(static, pairs[0]))  # compiled, or read from the cache
    labels, took = _queries(report, static, pairs, size.rounds, "static_p95_ms", say)
    _, took_timed = _queries(report, timed, pairs, size.rounds, "timedep_p95_ms", say)
    _compare_searches(report, static, _between(pairs, labels, took, size.compared), say)
    _compare_labels(report, static, _at_percentiles(pairs, labels), say)
    _compare_scheduled(report, timed, pairs[:2], say)
    _window(report, timed, list(zip(pairs, took_timed, strict=True))[: size.compared], say)


def _queries(
    report: Report, arcs: Arcs, pairs: Sequence[Pair], rounds: int, key: str, say: Say
) -> tuple[list[int], list[float]]:
    """Time each pair in each round; return labels and the median CPU seconds of each."""
    took, labels, fronts = [list[float]() for _ in pairs], [0] * len(pairs), [0] * len(pairs)
    for _ in range(rounds):
        for at, pair in enumerate(pairs):
            begun = time.process_time()
            front = kernel.search(ask(arcs, pair))
            took[at].append(time.process_time() - begun)
            labels[at], fronts[at] = front.labels, len(front.ways)
            if not front.is_complete:
                report.faults.append(f"{key}: the front of {pair} is not complete")
    medians = [statistics.median(each) for each in took]
    by_round = [float(np.percentile([each[round_] for each in took], 95)) * 1000 for round_ in range(rounds)]
    report.figures[key] = statistics.median(by_round)
    say(
        f"{key[:-7]}: p50 {np.median(medians) * 1000:.1f} ms, p95 {three(by_round)} ms (least, median, most of {rounds} rounds), most"
        f" {max(medians) * 1000:.0f} ms; labels p50 {int(np.median(labels)):,}, most {max(labels):,}; ways p50 {int(np.median(fronts))}"
    )
    return labels, medians


def _between(
    pairs: Sequence[Pair], labels: Sequence[int], took: Sequence[float], number: int
) -> list[tuple[Pair, float]]:
    """Return pairs whose labels lie between the 17th and the 75th percentile, spread over them, with what ours took."""
    low, high = np.percentile(labels, 17), np.percentile(labels, 75)
    kept = [at for at in np.argsort(labels) if low <= labels[at] <= high]
    return [(pairs[at], took[at]) for at in kept[:: max(1, len(kept) // number)][:number]]


def _at_percentiles(pairs: Sequence[Pair], labels: Sequence[int]) -> list[tuple[Pair, int]]:
    order = np.argsort(labels)
    return [(pairs[at], labels[at]) for at in (order[int(len(order) * share)] for share in (0.17, 0.5, 0.75))]


def _compare_searches(report: Report, arcs: Arcs, compared: Sequence[tuple[Pair, float]], say: Say) -> None:
    """Let plain Python and the textbook search the same; a front that differs is a fault."""
    plain = namoa = ours = 0.0
    book = textbook.TextbookNamoa(arcs)
    for pair, took in compared:
        ours += took
        front = values_of(kernel.search(ask(arcs, pair)).ways)
        found = list[set[tuple[int, int, int]]]()
        plain += cpu(lambda: found.append(values_of(reference.search(ask(arcs, pair)).ways)))  # noqa: B023  # called at once
        namoa += cpu(lambda: found.append(book.search(*pair)))  # noqa: B023
        for other, name in zip(found, ("plain Python", "textbook NAMOA*"), strict=True):
            if other != front:
                report.faults.append(
                    f"{name} finds {len(other)} ways from {pair[0]} to {pair[1]}, the kernel {len(front)}"
                )
    report.figures["pareto_vs_python"], report.figures["pareto_vs_namoa"] = plain / ours, namoa / ours
    say(
        f"{len(compared)} pairs: ours {ours * 1000:.0f} ms, plain Python {plain:.1f} s, textbook NAMOA* {namoa:.1f} s; fronts compared"
    )


def _compare_labels(report: Report, arcs: Arcs, three_pairs: Sequence[tuple[Pair, int]], say: Say) -> None:
    shares = []
    for pair, labels in three_pairs:
        count, front, is_complete = textbook.count_martins(arcs, *pair, most=_MARTINS_MOST)
        if is_complete and front != values_of(kernel.search(ask(arcs, pair)).ways):
            report.faults.append(f"Martins finds another front from {pair[0]} to {pair[1]}")
        shares.append(labels / count)
        say(f"  labels {labels:,} of Martins' {count:,}{'' if is_complete else ' and more'}: {labels / count:.4f}")
    report.figures["labels_vs_martins"] = max(shares)


def _compare_scheduled(report: Report, arcs: Arcs, pairs: Sequence[Pair], say: Say) -> None:
    for pair in pairs:
        if kernel.search(ask(arcs, pair)) != reference.search(ask(arcs, pair)):
            report.faults.append(f"with timetables plain Python and the kernel differ from {pair[0]} to {pair[1]}")
    say(f"  with timetables: {len(pairs)} pairs compared with plain Python")


def _window(report: Report, arcs: Arcs, pairs: Sequence[tuple[Pair, float]], say: Say) -> None:
    minutes = [day * _DAY for day in range(7)]
    ratios = [cpu(lambda: kernel.search_window(ask(arcs, pair), minutes)) / took for pair, took in pairs]  # noqa: B023
    report.figures["window7_ratio"] = statistics.median(ratios)
    say(f"  seven days over one: {three(ratios)} (least, median, most of {len(ratios)} pairs)")


def measure_growth(report: Report, seed: int, say: Say) -> None:
    """Print how a query grows with the network."""
    for nodes in (1_000, 5_000, 20_000):
        arcs = make_network(nodes=nodes, legs=5 * nodes, seed=seed, is_scheduled=False)
        took = [cpu(lambda: kernel.search(ask(arcs, pair))) * 1000 for pair in make_pairs(arcs, 12, seed)]  # noqa: B023
        report.figures[f"x_static_{nodes}_p50_ms"] = statistics.median(took)
        say(f"  {nodes:>6,} nodes, {5 * nodes:>7,} legs: {three(took)} ms (least, median, most of 12 pairs)")
