"""Single figures: one to all against scipy, a matrix against networkx, a peer that routes freight. Missing libraries are said."""

import statistics
import time
from itertools import pairwise

import numpy as np

from serai.corridors.bench import textbook
from serai.corridors.bench.synthetic import make_network
from serai.corridors.search.kernel import FAR, Reach
from serai.corridors.search.problem import Arcs
from serai.kernel.benching import Report, Say, three

_HUBS = 120
_SLOW_SOURCES = 6  # of the matrix that networkx computes; the rest is taken to cost the same


def measure_single(report: Report, *, nodes: int, seed: int, rounds: int, say: Say) -> None:
    arcs = make_network(nodes=nodes, legs=5 * nodes, seed=seed, is_scheduled=False)
    reach = Reach(arcs, arcs.minutes)
    reach.of(0)
    hubs = [int(one) for one in np.random.default_rng(seed).choice(nodes, _HUBS, replace=False)]
    try:
        theirs = textbook.scipy_far(arcs)
    except ImportError:
        report.leave_out(["one_to_all_vs_scipy"], "scipy is not installed: it comes with requirements/dev.txt")
    else:
        _against_scipy(report, reach, theirs, hubs, rounds, say)
    _against_networkx(report, arcs, reach, hubs, say)
    _against_scgraph(report, arcs, reach, hubs[:20], say)


def _against_scipy(report: Report, reach: Reach, theirs: object, hubs: list[int], rounds: int, say: Say) -> None:
    theirs(0)  # type: ignore[operator]
    for hub in hubs[:5]:
        found, other = reach.of(hub).astype(float), theirs(hub)  # type: ignore[operator]
        if not np.array_equal(np.where(found >= FAR, np.inf, found), other):
            report.faults.append(f"scipy finds other distances from {hub}")
    ratios = []
    for _ in range(max(3, rounds)):
        begun = time.process_time()
        for hub in hubs:
            reach.of(hub)
        middle = time.process_time()
        for hub in hubs:
            theirs(hub)  # type: ignore[operator]
        ratios.append((middle - begun) / (time.process_time() - middle))
    report.figures["one_to_all_vs_scipy"] = statistics.median(ratios)
    say(f"one to all, ours over scipy: {three(ratios)} (least, median, most of {len(ratios)} rounds)")


def _against_networkx(report: Report, arcs: Arcs, reach: Reach, hubs: list[int], say: Say) -> None:
    try:
        import networkx as nx
    except ImportError:
        report.leave_out(["matrix120_vs_networkx"], "networkx is not installed: it comes with requirements/dev.txt")
        return
    graph = nx.DiGraph()
    for tail, head, minutes in zip(arcs.tail.tolist(), arcs.head.tolist(), arcs.minutes.tolist(), strict=True):
        if not graph.has_edge(tail, head) or graph[tail][head]["weight"] > minutes:
            graph.add_edge(tail, head, weight=minutes)
    begun = time.process_time()
    rows = [reach.of(hub)[hubs] for hub in hubs]
    ours = time.process_time() - begun
    begun = time.process_time()
    for hub, row in zip(hubs[:_SLOW_SOURCES], rows, strict=False):
        far = nx.single_source_dijkstra_path_length(graph, hub)
        if any(far.get(other, FAR) != int(minutes) for other, minutes in zip(hubs, row, strict=True)):
            report.faults.append(f"networkx finds other distances from {hub}")
    theirs = (time.process_time() - begun) * _HUBS / _SLOW_SOURCES
    report.figures["matrix120_vs_networkx"] = theirs / ours
    say(
        f"a matrix of {_HUBS} x {_HUBS}: ours {ours * 1000:.0f} ms, networkx {theirs * 1000:.0f} ms (from {_SLOW_SOURCES} sources)"
    )


def _against_scgraph(report: Report, arcs: Arcs, reach: Reach, hubs: list[int], say: Say) -> None:
    """A peer: it routes freight by one figure. No goal; its distances are compared with ours."""
    try:
        from scgraph.graph import Graph
    except ImportError:
        say("scgraph is not installed: not compared")
        return
    rows: list[dict[int, float]] = [{} for _ in range(arcs.nodes)]
    for tail, head, minutes in zip(arcs.tail.tolist(), arcs.head.tolist(), arcs.minutes.tolist(), strict=True):
        rows[tail][head] = min(minutes, rows[tail].get(head, minutes))
    pairs = list(pairwise(hubs))
    begun = time.process_time()
    ours = [int(reach.of(a)[b]) for a, b in pairs]
    middle = time.process_time()
    theirs = [Graph(rows).dijkstra(a, b)["length"] for a, b in pairs]
    took = time.process_time() - middle
    if [round(one) for one in theirs] != ours:
        report.faults.append("scgraph finds other distances")
    report.figures["x_scgraph_ratio"] = took / (middle - begun)
    say(f"one to one by one figure, scgraph over ours (which reaches all): {took / (middle - begun):.1f}")
