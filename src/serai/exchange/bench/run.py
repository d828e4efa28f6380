"""`serai bench exchange`: two nodes of the neutral codes as real processes, and the figures that the exchange must reach."""

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from serai.exchange.bench.alone import LARGE, measure_alone, measure_growth, measure_log
from serai.exchange.bench.goals import GOALS
from serai.exchange.bench.links import Sizes, measure_links
from serai.exchange.bench.postgres import measure_postgres
from serai.exchange.faults.pair import Pair
from serai.exchange.faults.report import find_commit
from serai.exchange.faults.waiting import TrialFailed
from serai.kernel.benching import BenchFailed, CannotMeasure, Report, Say, describe_machine, judge, shorten

_QUICK: Final = Sizes(rounds=1, messages=1000, single=100, idle=20, idle_s=3, signatures=100)
_PLAIN: Final = Sizes(rounds=3, messages=10_000, single=400, idle=200, idle_s=30, signatures=1000)
_QUICK_SIZE: Final = 50_000
_LINKS: Final = ("deliver_per_s", "deliver_vs_unbatched", "idle_p50_ms", "idle_p99_ms", "idle_cpu_share", "sign_p99_ms")


def measure(*, quick: bool, full: bool, seed: int, say: Say) -> dict[str, Any]:
    """Measure everything; return the figures, their goals, and whether all goals are met and all results are right."""
    del full  # there is nothing longer
    load = {"start": list(os.getloadavg())}
    say("  ".join(f"{name} {value}" for name, value in describe_machine().items()))
    say(f"load {load['start'][0]:.2f}, seed {seed}; nothing of this machine's node is touched")
    report, sizes = Report.of(GOALS), _QUICK if quick else _PLAIN
    with tempfile.TemporaryDirectory(prefix="serai-bench-", ignore_cleanup_errors=True) as name:
        _measure_on_sqlite(report, Path(name), sizes, quick=quick, seed=seed, say=say)
        _try(
            report, ["pg_deliver_per_s"], lambda: measure_postgres(report, Path(name, "pg"), sizes, seed=seed, say=say)
        )
    if quick:
        size = f"a quick run has {_QUICK_SIZE:,} where the goal speaks of a million"
        report.leave_out(["proof_ms", "verify_million_s", "growth_1e6_over_1e4"], size)
    load["end"] = list(os.getloadavg())
    return {
        "figures": {key: value if value is None else round(value, 3) for key, value in report.figures.items()},
        "goals": {key: [goal.operator, goal.value] for key, goal in GOALS.items()},
        "ok": judge(GOALS, report, say),
        "machine": describe_machine(),
        "load": load,
        "seed": seed,
        "quick": quick,
        "why": report.why,
        "faults": shorten(report.faults),
        "commit": find_commit(),
    }


def _measure_on_sqlite(report: Report, folder: Path, sizes: Sizes, *, quick: bool, seed: int, say: Say) -> None:
    size = _QUICK_SIZE if quick else LARGE
    (folder / "sqlite").mkdir()
    pair = Pair(folder / "sqlite", seed=seed, is_direct=True)
    parts: Sequence[tuple[Sequence[str], Callable[[], None]]] = [
        (_LINKS, lambda: measure_links(pair, report, sizes, say)),
        (
            ["submit_vs_raw", "verify_vs_raw", "reject_per_s"],
            lambda: measure_alone(pair, report, folder, quick=quick, seed=seed, say=say),
        ),
        (["growth_1e6_over_1e4"], lambda: measure_growth(pair, report, folder, large=size, say=say)),
        (
            ["append_per_s", "proof_ms", "verify_million_s"],
            lambda: measure_log(pair, report, size=size, seed=seed, quick=quick, say=say),
        ),
    ]
    try:
        pair.open()
        for keys, part in parts:
            _try(report, keys, part)
    except TrialFailed as error:
        report.fail([key for keys, _ in parts for key in keys], str(error))
    finally:
        pair.close()


def _try(report: Report, keys: Sequence[str], part: Callable[[], None]) -> None:
    """Do a part; what fails leaves its figures unmeasured and the run not ok."""
    try:
        part()
    except CannotMeasure as error:
        report.leave_out(keys, str(error))
    except (BenchFailed, TrialFailed) as error:
        report.fail([key for key in keys if report.figures[key] is None], str(error))
