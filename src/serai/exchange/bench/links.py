"""What is measured between two running nodes: delivery, an idle link, idle processes, a signature."""

import os
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from serai.exchange.faults.node import Node
from serai.exchange.faults.pair import WAITING, Pair
from serai.exchange.faults.waiting import until
from serai.exchange.faults.wrapping import set_batch
from serai.kernel.benching import BenchFailed, Report, Say, three

SIZE: Final = 1024  # bytes of a message
_LANE: Final = "bulk"
# When each message was signed and when the receipt of its batch came, by number.
_SIGNED: Final = "SELECT seq, at FROM exchange_envelope WHERE is_sent AND lane = 'bulk'"
_SETTLED: Final = "SELECT last_seq, at FROM exchange_receipt WHERE NOT is_ours AND lane = 'bulk'"
_EFFECTS: Final = "SELECT value, at FROM bench_effect ORDER BY place"
_LAST: Final = "SELECT coalesce(max(next_seq), 1) - 1 FROM exchange_outlane WHERE lane = 'bulk'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much of each is done."""

    rounds: int
    messages: int  # of a round, in batches
    single: int  # of a round, one by one
    idle: int  # messages on an idle link
    idle_s: float  # of doing nothing
    signatures: int


def measure_links(pair: Pair, report: Report, sizes: Sizes, say: Say) -> None:
    """Measure a pair on SQLite."""
    say(
        f"delivery: {sizes.rounds} rounds of {sizes.messages:,} messages of {SIZE} bytes, and of {sizes.single:,} one by one"
    )
    batched = [deliver(pair, sizes.messages) for _ in range(sizes.rounds)]
    for node in pair.nodes.values():
        set_batch(node.folder, 1)
    single = [deliver(pair, sizes.single) for _ in range(sizes.rounds)]
    for node in pair.nodes.values():
        set_batch(node.folder, 0)
    say(f"  {three(batched)} a second in batches, {three(single)} one by one (least, median, most)")
    report.figures["deliver_per_s"] = statistics.median(batched)
    report.figures["deliver_vs_unbatched"] = statistics.median(batched) / statistics.median(single)
    report.figures |= {"x_deliver_least_per_s": min(batched), "x_unbatched_per_s": statistics.median(single)}
    _measure_idle(pair, report, sizes, say)


def deliver(pair: Pair, count: int) -> float:
    """Queue messages while the sender is down, then start it; return how many a second from first signature to last receipt.

    Raises BenchFailed unless each took effect once, in order.
    """
    pair.settle()
    pair.xa.stop()
    before, first = int(pair.xa.value(_LAST)), pair.take_values(count)
    do(pair.xa, "send", peer="XB", lane=_LANE, first=first, count=count, together=100, size=SIZE)
    pair.xa.start()
    until(lambda: not pair.xa.value(WAITING), seconds=60 + count / 100, what="all receipts", every_s=0.25)
    _check_effects(pair.xb, first, count)
    begun = min(_seconds(at) for seq, at in pair.xa.rows(_SIGNED) if seq > before)
    ended = max(_seconds(at) for seq, at in pair.xa.rows(_SETTLED) if seq > before)
    return count / (ended - begun)


def _seconds(at: object) -> float:
    found = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _check_effects(node: Node, first: int, count: int) -> None:
    """The reference: what was issued, in order, each once."""
    wanted = range(first, first + count)
    if [value for value, _ in node.rows(_EFFECTS) if value in wanted] != list(wanted):
        raise BenchFailed(f"not all of {count} messages took effect once and in order")


def do(node: Node, what: str, where: str = "inside", **args: Any) -> dict[str, Any]:
    """Have something of a module of this package done in a process of the node."""
    found = node.do(f"serai.exchange.bench.{where}:{what}", **args)
    if found["status"]:
        raise BenchFailed(f"{what} in {node.code}: {node.folder.with_suffix('.err').read_text()[-300:]}")
    return found


def _measure_idle(pair: Pair, report: Report, sizes: Sizes, say: Say) -> None:
    pair.settle()
    say(f"an idle link: {sizes.idle} messages, one at a time; then {sizes.idle_s:g} s of nothing")
    first = pair.take_values(sizes.idle)
    found = do(pair.xa, "send_slowly", peer="XB", lane="alert", first=first, count=sizes.idle, size=SIZE, pause_s=0.1)
    pair.settle()
    ended = sorted(row for row in pair.xb.rows(_EFFECTS) if row[0] >= first)
    if len(ended) != sizes.idle:
        raise BenchFailed("not every message on the idle link took effect once")
    times = [(end - start) * 1000 for start, (_, end) in zip(found["at"], ended, strict=True)]
    report.figures["idle_p50_ms"] = statistics.median(times)
    report.figures["idle_p99_ms"] = statistics.quantiles(times, n=100, method="inclusive")[98]
    say(f"  {three(times)} ms from submit to effect (least, median, most)")
    shares = [_share(node, sizes.idle_s) for node in pair.nodes.values()]
    report.figures["idle_cpu_share"] = max(shares)
    report.figures["x_node_pss_mb"] = max(node.memory_mb() for node in pair.nodes.values())
    signed = do(pair.xa, "sign", count=sizes.signatures, size=SIZE)
    report.figures |= {"sign_p99_ms": signed["p99_ms"], "x_sign_p50_ms": signed["p50_ms"]}


def _share(node: Node, seconds: float) -> float:
    """Return the share of one processor that all processes of a node take."""
    time.sleep(2)
    pids = [node.pid, *(pid for found in node.processes().values() for pid in found)]
    started, before = time.monotonic(), sum(map(_cpu_s, pids))
    time.sleep(seconds)
    return (sum(map(_cpu_s, pids)) - before) / (time.monotonic() - started)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
