"""What is measured inside one node, while the other is asked nothing: submitting, checking, refusing, queues, the log."""

import random
import statistics
from pathlib import Path
from typing import Any, Final

from serai.exchange.bench.links import SIZE, do
from serai.exchange.faults.forging import encode
from serai.exchange.faults.pair import Pair
from serai.exchange.faults.scenes.forgeries import forgeries
from serai.kernel.benching import BenchFailed, Report, Say, three

SMALL: Final = 10_000
LARGE: Final = 1_000_000
_BATCHES: Final = 40
_CHECKED: Final = 2000
_QUEUE: Final = "queue_us", "seal_us", "take_us", "settle_us"


def measure_alone(pair: Pair, report: Report, folder: Path, *, quick: bool, seed: int, say: Say) -> None:
    """Measure with both nodes stopped."""
    raws = [kept.raw for kept in pair.xb.journal().envelopes if not kept.is_sent and kept.lane == "bulk"][-_CHECKED:]
    pair.issue(pair.xb, 3)
    pair.settle()
    old = pair.xb.journal().envelopes[-1].raw
    bad = _bad(pair, raws, old, seed)
    for node in pair.nodes.values():
        node.stop()
    _measure_submits(pair, report, quick=quick, say=say)
    _measure_checks(pair, report, folder, raws, bad, quick=quick, say=say)


def _measure_submits(pair: Pair, report: Report, *, quick: bool, say: Say) -> None:
    rounds, count = (2, 50) if quick else (7, 400)
    first = pair.take_values(rounds * count)
    found = do(pair.xa, "submit", peer="XB", first=first, count=count, rounds=rounds, size=SIZE)
    shares = [ours / raw for ours, raw in zip(found["ours"], found["raw"], strict=True)]
    report.figures["submit_vs_raw"] = statistics.median(shares)
    report.figures |= {"x_submit_per_s": statistics.median(found["ours"]), "x_submit_p99_ms": found["p99_ms"]}
    say(
        f"submits: {three(found['ours'])} a second, raw {three(found['raw'])} (least, median, most of {rounds} rounds), "
        f"p99 {found['p99_ms']:.1f} ms"
    )


def _measure_checks(
    pair: Pair, report: Report, folder: Path, raws: list[bytes], bad: list[bytes], *, quick: bool, say: Say
) -> None:
    rounds = 3 if quick else 9
    good, refused = folder / "good", folder / "bad"
    good.write_bytes(b"\n".join(raws))
    refused.write_bytes(b"\n".join(bad))
    found = do(pair.xa, "verify", file=str(good), rounds=rounds)
    report.figures["verify_vs_raw"] = statistics.median(
        ours / bare for ours, bare in zip(found["ours"], found["bare"], strict=True)
    )
    report.figures["x_verify_per_s"] = statistics.median(found["ours"])
    say(f"checks: {three(found['ours'])} envelopes of {found['size']} bytes a CPU second, {three(found['bare'])} bare")
    found = do(pair.xb, "reject", file=str(refused), rounds=rounds)
    if found["taken"]:
        raise BenchFailed(f"{found['taken']} bad envelopes were not refused")
    report.figures["reject_per_s"] = statistics.median(found["per_s"])
    say(f"refusals: {three(found['per_s'])} a CPU second of {len(bad)} bad envelopes")


def _bad(pair: Pair, raws: list[bytes], old: bytes, seed: int) -> list[bytes]:
    """Return bad envelopes in mixed order: a third with a bad signature under otherwise good ones, each another."""
    chance = random.Random(seed)  # noqa: S311  # to be repeated, not secret
    kinds = [raw for _, raw in forgeries(pair.xa, pair.xb, old) if b"\n" not in raw]
    found = [kinds[number % len(kinds)] for number in range(600)]
    found += [raw.rpartition(b".")[0] + b"." + encode(chance.randbytes(63) + b"\0") for raw in raws[:300]]
    chance.shuffle(found)
    return found


def measure_growth(pair: Pair, report: Report, folder: Path, *, large: int, say: Say) -> None:
    """Measure what a message costs its sender with few and with many in the queue; the nodes are stopped."""
    costs = dict[int, dict[str, float]]()
    for lane, size in (("customs", SMALL), ("alert", large)):
        say(f"a queue of {size:,}")
        costs[size] = _cost(pair, lane, size, folder / str(size))
        say("  " + ", ".join(f"{name[:-3]} {costs[size][name]:.0f} µs" for name in _QUEUE))
    small, much = (sum(costs[size][name] for name in _QUEUE) for size in (SMALL, large))
    report.figures["growth_1e6_over_1e4"] = much / small
    report.figures |= {"x_message_cost_us": small}


def _cost(pair: Pair, lane: str, size: int, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    place = {"lane": lane, "folder": str(folder)}
    do(pair.xa, "fill", peer="XB", lane=lane, count=size, size=400)
    found = do(pair.xa, "seal_some", peer="XB", first=pair.take_values(_BATCHES * 10), batches=_BATCHES, **place)
    do(pair.xb, "receive_all", folder=str(folder))
    found |= do(pair.xa, "settle", peer="XB", **place)
    if "fault" in found:
        raise BenchFailed(found["fault"])
    do(pair.xa, "empty_queue")
    return found


def measure_log(pair: Pair, report: Report, *, size: int, seed: int, quick: bool, say: Say) -> None:
    """Measure the log of a stopped node."""
    found = do(pair.xb, "append", "logs", rounds=3, count=2000 if quick else 10_000)
    report.figures["append_per_s"] = statistics.median(found["per_s"])
    say(f"log: {three(found['per_s'])} leaves a second, 100 a transaction")
    for step in range(size // 10, size + 1, size // 10):
        do(pair.xb, "grow", "logs", size=step)
        say(f"  grown to {step:,}")
    proofs = do(pair.xb, "prove", "logs", count=300, seed=seed)
    whole = do(pair.xb, "verify_whole", "logs")
    if proofs["wrong"] or whole["faults"] or not whole["is_same"]:
        raise BenchFailed(f"the log is not what RFC 6962 says: {proofs['wrong']} wrong proofs, {whole['faults']}")
    report.figures |= {"proof_ms": proofs["p50_ms"], "x_proof_most_ms": proofs["most_ms"]}
    report.figures["verify_million_s"] = whole["seconds"]
    say(f"  {whole['leaves']:,} leaves verified in {whole['seconds']:.1f} s; one proof {proofs['p50_ms']:.2f} ms")
