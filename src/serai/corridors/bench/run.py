"""`serai bench corridors`: the planner against the goals, each figure beside a reference in the same run."""

import os
import tempfile
from pathlib import Path
from typing import Any

from serai.corridors.bench.goals import GOALS
from serai.corridors.bench.made import PLAIN, QUICK, Size, measure_growth, measure_made
from serai.corridors.bench.real import measure_real, measure_starts
from serai.corridors.bench.single import measure_single
from serai.kernel.benching import Report, Say, describe_machine, judge, shorten


def measure(*, quick: bool, full: bool, seed: int, say: Say) -> dict[str, Any]:
    """Measure everything; return the figures, their goals, and whether all goals are met and all answers are equal."""
    load_at_start, machine, report = os.getloadavg(), describe_machine(), Report.of(GOALS)
    say("  ".join(f"{name} {value}" for name, value in machine.items()))
    say(f"load {load_at_start[0]:.1f}, seed {seed}; ratios are of CPU time")
    size = Size(**(QUICK if quick else PLAIN), seed=seed)
    measure_made(report, size, say)
    measure_single(report, nodes=size.nodes, seed=seed, rounds=size.rounds, say=say)
    if full or not quick:
        measure_growth(report, seed, say)
    measure_real(report, pairs=10 if quick else 100, seed=seed, say=say)
    with tempfile.TemporaryDirectory(prefix="serai-bench-") as folder:
        measure_starts(report, Path(folder), rounds=1 if quick else 3, say=say)
    load_at_end = os.getloadavg()
    say(f"load at the end {load_at_end[0]:.1f}")
    return {
        "figures": {key: None if value is None else round(value, 4) for key, value in report.figures.items()},
        "goals": {key: [goal.operator, goal.value] for key, goal in GOALS.items()},
        "ok": judge(GOALS, report, say),
        "machine": machine,
        "load": {"start": list(load_at_start), "end": list(load_at_end)},
        "seed": seed,
        "quick": quick,
        "why": report.why,
        "faults": shorten(report.faults),
    }
