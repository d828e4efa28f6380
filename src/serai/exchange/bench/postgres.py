"""Delivery between two nodes whose stores are PostgreSQL databases."""

import statistics
from pathlib import Path

from serai.exchange.bench.links import Sizes, deliver
from serai.exchange.faults.pair import Pair
from serai.kernel.bench_database import own_databases
from serai.kernel.benching import Report, Say, three


def measure_postgres(report: Report, folder: Path, sizes: Sizes, *, seed: int, say: Say) -> None:
    """Measure delivery. Raises CannotMeasure, BenchFailed, TrialFailed."""
    with own_databases("xa", "xb") as urls:
        folder.mkdir()
        pair = Pair(folder, seed=seed, is_direct=True, stores=dict(zip(("XA", "XB"), urls, strict=True)))
        try:
            pair.open()
            found = [deliver(pair, sizes.messages) for _ in range(sizes.rounds)]
        finally:
            pair.close()
    say(f"on PostgreSQL: {three(found)} a second in batches (least, median, most)")
    report.figures["pg_deliver_per_s"] = statistics.median(found)
