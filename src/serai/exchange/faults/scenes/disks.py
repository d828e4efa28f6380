"""Disks that are full, fail, or say tomorrow something else than today."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Final

from serai.exchange.faults.node import Node
from serai.exchange.faults.processes import traced
from serai.exchange.faults.stage import Finding, Stage
from serai.exchange.faults.waiting import TrialFailed, until

_ROOM_MB: Final = 12
_ANSWER_S: Final = 1.0
_RESUME_S: Final = 30.0


def disk_full(stage: Stage, finding: Finding) -> None:
    """8. The receiver's disk is full, then there is room again."""
    if os.geteuid():
        finding.skipped = "only root can mount a small disk"
        return
    pair, node = stage.pair, stage.pair.xb
    pair.settle()
    node.stop()
    with _small_disk(node):
        node.start()
        filler = node.folder / "stores" / "filler"
        _fill(filler)
        effects, receipts = _counts(node)
        pair.issue(pair.xa, 3000, together=500)
        took_s = _until_refused(stage, finding)
        acknowledged, done = _counts(node)[1] - receipts, _counts(node)[0] - effects
        readable = [node.ask("GET", path).status for path in ("/exchange/v1/node", "/register/")]
        filler.unlink()
        resumed_s = pair.settle(seconds=90)
        stage.check(finding)
        node.stop()
    node.start()
    finding.expect(took_s <= _ANSWER_S, f"the refusal took {took_s:.1f} s")
    finding.expect(readable == [200, 200], f"pages answered {readable} while the disk was full")
    finding.expect(resumed_s <= _RESUME_S, f"{resumed_s:.0f} s until all was receipted")
    finding.figures |= {"refused_s": took_s, "resumed_s": resumed_s}
    finding.done = (
        f"3,000 messages to a full disk: {done} took effect before it was full, with {acknowledged} receipts; then 507 "
        f"after {took_s * 1000:.0f} ms, pages readable; all receipted {resumed_s:.1f} s after there was room"
    )


@contextmanager
def _small_disk(node: Node) -> Iterator[None]:
    """Have the stores of a stopped node on a disk of their own with little room; put them back afterwards."""
    stores, kept = node.folder / "stores", node.folder / "stores.kept"
    size = int(node.disk_mb()) + _ROOM_MB
    stores.rename(kept)
    stores.mkdir(mode=0o700)
    _run("mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(stores))
    try:
        shutil.copytree(kept, stores, dirs_exist_ok=True, symlinks=True)
        yield
    finally:
        node.kill()
        shutil.rmtree(kept)
        shutil.copytree(stores, kept, symlinks=True, ignore=shutil.ignore_patterns("filler"))
        _run("umount", "-l", str(stores))
        stores.rmdir()
        kept.rename(stores)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # tools of the system's
    if done.returncode:
        raise TrialFailed(f"{command[0]}: {done.stderr.strip()}")


def _fill(file: Path) -> None:
    with suppress(OSError), file.open("wb", buffering=0) as handle:
        while handle.write(b"\0" * 65536) == 65536:
            pass
    with suppress(OSError), file.open("ab", buffering=0) as handle:
        while handle.write(b"\0"):
            pass


def _counts(node: Node) -> tuple[int, int]:
    ours = "SELECT count(*) FROM exchange_receipt WHERE is_ours"
    return int(node.value("SELECT count(*) FROM bench_effect")), int(node.value(ours))


def _until_refused(stage: Stage, finding: Finding) -> float:
    """Hand in what waits until it is refused for want of room; return how long that answer took."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        batch = _first_waiting(stage.pair.xa)
        started = time.monotonic()
        status = stage.pair.xb.hand_in(*batch).status if batch else 200
        if status in {503, 507}:
            finding.expect(status == 507, f"a full disk was answered with {status}")
            return time.monotonic() - started
        time.sleep(0.1)
    finding.faults.append("the node never said that its disk is full")
    return 0.0


def _first_waiting(node: Node) -> list[bytes]:
    with node.store() as store:
        rows = store.execute(
            "SELECT e.raw FROM exchange_waiting w JOIN exchange_envelope e ON e.id = w.envelope_id "
            "WHERE w.lane = 'bulk' ORDER BY w.epoch, w.seq LIMIT 100"
        ).fetchall()
    return [bytes(row[0]) for row in rows]


def failing_disk(stage: Stage, finding: Finding) -> None:
    """9. Syncing fails with EIO, writing with ENOSPC, again and again."""
    pair, node = stage.pair, stage.pair.xb
    pair.settle()
    with _failing(node, "fdatasync:error=EIO:when=5+7") as works:
        if not works:
            finding.skipped = "strace is not installed, or may not attach to a process here"
            return
        issuing = pair.begin_issue(pair.xa, 600)
        until(lambda: _status_of(node) == 503, seconds=30, what="a node that says its disk failed")
        pair.xa.mother.end(issuing)
        said = node.do("command", args=["exchange", "status"])
        before = _counts(node)
        time.sleep(1)
        finding.expect(_counts(node) == before, "it went on writing")
    finding.expect("FAULT" in said["out"] and said["code"] == 1, "`serai exchange status` does not say so")
    finding.expect(node.ask("GET", "/register/").status == 200, "pages are not served while it only reads")
    node.kill()
    node.start()
    pair.settle()
    stage.check(finding)
    full = _no_space(stage)
    stage.check(finding)
    finding.done = (
        "fdatasync failed with EIO: the node took nothing more, said so, and served its pages; after a restart all 600 "
        f"messages took effect once. Every 97th write failed with ENOSPC: {full} refusals, then 600 more took effect once"
    )


def _no_space(stage: Stage) -> int:
    pair, node, refused = stage.pair, stage.pair.xb, 0
    with _failing(node, "pwrite64:error=ENOSPC:when=50+97"):
        issuing = pair.begin_issue(pair.xa, 600)
        for _ in range(20):
            refused += _status_of(node) in {503, 507}
            time.sleep(0.1)
        pair.xa.mother.end(issuing)
    return refused


def _status_of(node: Node) -> int:
    """Return how the node answers to something that it must write for."""
    batch = _first_waiting(Node("XA", node.folder.parent / "XA"))
    return node.hand_in(*batch).status if batch else 0


def _failing(node: Node, inject: str) -> AbstractContextManager[bool]:
    """Let system calls of the web process fail; give whether that can be done here."""
    call = inject.partition(":")[0]
    options = ["-e", f"trace={call}", "-e", f"inject={inject}", "-o", os.devnull]
    return traced(node.processes()["web"][0], *options)
