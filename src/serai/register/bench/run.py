"""`serai bench register`: what the register costs its readers, against the goals. Runs on SQLite, in a folder of its own."""

import os
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from serai.kernel.benching import BenchFailed, CannotMeasure, Report, Say, describe_machine, shorten, three
from serai.register.bench.followup.run import measure_followup
from serai.register.bench.goals import GOALS, judge
from serai.register.bench.node import (
    environment,
    measure_home_kb,
    measure_pss_mb,
    measure_starts,
    run_command,
    running_node,
)
from serai.register.bench.plan import Found, ListFound, Plan
from serai.register.bench.stores import find_order_differences, order_on_postgres, run_inside

SMALL, LARGE, HUGE = 1_000, 10_000, 100_000
_INSIDE: Final = ("list_p95_ms", "search_p95_ms", "search_hits_share", "entry_p95_ms", "growth_10k_over_1k")


def measure(*, quick: bool, full: bool, seed: int, say: Say) -> dict[str, Any]:
    """Measure everything; return the figures, their goals, and whether all goals are met and all results are right."""
    load_at_start = os.getloadavg()
    machine = describe_machine()
    say("  ".join(f"{name} {value}" for name, value in machine.items()))
    say(
        f"load {_load(load_at_start)}, seed {seed}; SQLite, whatever DATABASE_URL says; nothing of this machine's node is touched"
    )
    if full:
        say(f"--full adds a register of {HUGE:,} entries: it takes more than ten minutes and 4 GB of memory")
    report = Report.of(GOALS)
    with tempfile.TemporaryDirectory(prefix="serai-bench-") as name:
        folder = Path(name)
        if _measure_node(report, folder, idle_s=1 if quick else 5, say=say):
            _measure_inside(report, folder, _plan(quick=quick, full=full, seed=seed), say)
        else:
            report.leave_out(_INSIDE, "the node in which they are measured did not start")
        measure_followup(report, folder / "follow-up", quick=quick, seed=seed, say=say)
        _measure_starts(report, folder, quick=quick, say=say)
    load_at_end = os.getloadavg()
    say(f"load at the end {_load(load_at_end)}")
    return {
        "figures": {key: _rounded(value) for key, value in report.figures.items()},
        "goals": {key: [goal.operator, goal.value] for key, goal in GOALS.items()},
        "ok": judge(report, say),
        "machine": machine,
        "load": {"start": list(load_at_start), "end": list(load_at_end)},
        "seed": seed,
        "quick": quick,
        "why": report.why,
        "faults": shorten(report.faults),
    }


def _plan(*, quick: bool, full: bool, seed: int) -> Plan:
    if quick:
        return Plan(seed=seed, sizes=[SMALL], main_size=SMALL, order_sizes=[], requests=40, rounds=1, compared=15)
    return Plan(
        seed=seed,
        sizes=[SMALL, LARGE, HUGE] if full else [SMALL, LARGE],
        main_size=LARGE,
        order_sizes=[SMALL],
        requests=400,
        rounds=3,
        compared=100,
    )


def _measure_node(report: Report, folder: Path, *, idle_s: float, say: Say) -> bool:
    """Start a real node and measure it from outside; it leaves a store behind for what runs inside. False if it broke."""
    say("a node: its home page over the wire, its memory when idle")
    try:
        with running_node(run_command(), env=environment(folder / "node"), log=folder / "node.log") as node:
            report.figures["home_kb"], files = measure_home_kb(node)
            say(f"  home page with all it loads: {files} files")
            report.figures["node_pss_mb"], processes = measure_pss_mb(node, idle_s=idle_s)
            say(f"  {processes} processes")
    except CannotMeasure as error:
        report.leave_out(["node_pss_mb"], str(error))
    except BenchFailed as error:
        report.fail([key for key in ("home_kb", "node_pss_mb") if report.figures[key] is None], str(error))
        return False
    return True


def _measure_inside(report: Report, folder: Path, plan: Plan, say: Say) -> None:
    say("inside the node: pages in process")
    try:
        found = run_inside(plan, node=folder / "node", say=say)
    except BenchFailed as error:
        report.fail(_INSIDE, str(error))
        return
    _note_pages(report, found, plan, say)
    _compare_stores(report, found, folder, plan, say)


def _note_pages(report: Report, found: Found, plan: Plan, say: Say) -> None:
    main = found.lists[str(plan.main_size)]
    figures = report.figures
    figures["list_p95_ms"] = statistics.median(main.p95_ms)
    figures["search_p95_ms"] = statistics.median(found.search_p95_ms)
    figures["entry_p95_ms"] = statistics.median(found.entry_p95_ms)
    figures["search_hits_share"] = found.hits_share
    figures["x_entries"] = plan.main_size
    figures["x_lists_compared"] = found.compared
    for size, listed in found.lists.items():
        figures |= _more_about_list(int(size), listed, say)
    for name, rounds in (("search", found.search_p95_ms), ("entry", found.entry_p95_ms)):
        figures |= _spread(f"x_{name}_p95", rounds)
        say(f"  {name} p95 {three(rounds)} ms (least, median, most of {len(rounds)} rounds)")
    if {SMALL, LARGE} <= set(plan.sizes):
        figures["growth_10k_over_1k"] = _ratio(found, LARGE, SMALL)
    else:
        report.leave_out(["growth_10k_over_1k"], f"a quick run has only the register of {SMALL:,} entries")
    if HUGE in plan.sizes:
        figures["x_growth_100k_over_10k"] = _ratio(found, HUGE, LARGE)
    if found.missed:
        say(f"  expected entries are not among the first ten for: {', '.join(found.missed)}")
    say(f"  {found.compared} lists compared with the reference, {len(found.differences)} differences")
    report.faults += found.differences


def _more_about_list(size: int, listed: ListFound, say: Say) -> dict[str, float]:
    say(
        f"  list of {size:,}: p95 {three(listed.p95_ms)} ms (least, median, most of {len(listed.p95_ms)} rounds), "
        f"median {listed.p50_ms:.1f}, p95 of each request's best round {listed.p95_of_best_ms:.1f}, CPU p95 {listed.cpu_p95_ms:.1f}"
    )
    say(
        f"    query {listed.query_ms:.2f} ms, the reference's scan for the same {listed.reference_ms:.1f} ms; index built in {listed.index_build_s:.2f} s"
    )
    own = {
        "p95_of_best_ms": listed.p95_of_best_ms,
        "p50_ms": listed.p50_ms,
        "cpu_p95_ms": listed.cpu_p95_ms,
        "query_ms": listed.query_ms,
        "reference_ms": listed.reference_ms,
        "index_build_s": listed.index_build_s,
    }
    name = f"x_list_{size // 1000}k"
    return _spread(f"{name}_p95", listed.p95_ms) | {f"{name}_{key}": value for key, value in own.items()}


def _spread(name: str, rounds: Sequence[float]) -> dict[str, float]:
    return {
        f"{name}_min_ms": min(rounds),
        f"{name}_median_ms": statistics.median(rounds),
        f"{name}_max_ms": max(rounds),
    }


def _ratio(found: Found, size: int, base: int) -> float:
    """Return how much slower the list is at one size than at another."""
    return statistics.median(found.lists[str(size)].p95_ms) / statistics.median(found.lists[str(base)].p95_ms)


def _compare_stores(report: Report, found: Found, folder: Path, plan: Plan, say: Say) -> None:
    only_order = Plan(
        seed=plan.seed, sizes=[], main_size=0, order_sizes=plan.order_sizes, requests=0, rounds=0, compared=0
    )
    try:
        orders = order_on_postgres(only_order, folder=folder, say=say)
    except CannotMeasure as error:
        report.leave_out(["x_pg_order_differences"], str(error))
        say(f"  {error}")
        return
    except BenchFailed as error:
        report.fail(["x_pg_order_differences"], str(error))
        return
    differences = find_order_differences(orders, found.orders)
    report.figures["x_pg_order_differences"] = len(differences)
    report.faults += differences
    say(f"  order on PostgreSQL: {sum(map(len, orders.values()))} searches compared, {len(differences)} differ")


def _measure_starts(report: Report, folder: Path, *, quick: bool, say: Say) -> None:
    keys = ["cold_s", "warm_s"]
    if quick:
        report.leave_out(keys, "a quick run makes no fresh clone")
        return
    say("a fresh clone: ./dev run to the first page, twice")
    try:
        report.figures["cold_s"], report.figures["warm_s"], commit = measure_starts(folder)
    except CannotMeasure as error:
        report.leave_out(keys, str(error))
    except BenchFailed as error:
        report.fail(keys, f"./dev run in a fresh clone: {error}")
    else:
        say(f"  of commit {commit}; what is not committed is not in it")


def _load(load: Sequence[float]) -> str:
    return " ".join(f"{value:.2f}" for value in load)


def _rounded(value: float | None) -> float | None:
    return value if value is None else round(value, 3)
