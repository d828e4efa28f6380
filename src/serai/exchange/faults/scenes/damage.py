"""Stores that somebody, or the disk, has altered: it is noticed, and nothing altered is proven to anybody."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Final

from serai.exchange.faults import naive
from serai.exchange.faults.node import Node
from serai.exchange.faults.stage import Finding, Stage
from serai.exchange.faults.waiting import TrialFailed

_WITHIN_S: Final = 60.0
_ONE_OF: Final = "(SELECT {key} FROM {table} {where} ORDER BY {key} LIMIT 1 OFFSET {offset})"
# What is edited, in the words of SQL; the triggers that guard the table are dropped first.
_EDITS: Final[Mapping[str, tuple[str, str]]] = {
    "leaf": ("kernel_logleaf", 'UPDATE kernel_logleaf SET hash = zeroblob(32) WHERE "index" = {row}'),
    "node": ("kernel_lognode", "UPDATE kernel_lognode SET hash = zeroblob(32) WHERE place = {row}"),
    "checkpoint": ("kernel_logcheckpoint", "UPDATE kernel_logcheckpoint SET root = zeroblob(32) WHERE size = {row}"),
    "received envelope": (
        "exchange_envelope",
        "UPDATE exchange_envelope SET raw = CAST(replace(raw, 'e', 'f') AS BLOB) WHERE id = {row} AND NOT is_sent",
    ),
    "receipt": (
        "exchange_receipt",
        "UPDATE exchange_receipt SET raw = CAST(replace(raw, 'e', 'f') AS BLOB) WHERE id = {row}",
    ),
    "audit row": ("kernel_auditrow", "UPDATE kernel_auditrow SET reason = 'as ordered' WHERE id = {row}"),
    "deleted leaf": ("kernel_logleaf", 'DELETE FROM kernel_logleaf WHERE "index" = {row}'),
    "deleted audit row": ("kernel_auditrow", "DELETE FROM kernel_auditrow WHERE id = {row}"),
}
_KEYS: Final = {
    "kernel_logleaf": '"index"',
    "kernel_lognode": "place",
    "kernel_logcheckpoint": "size",
    "exchange_envelope": "id",
    "exchange_receipt": "id",
    "kernel_auditrow": "id",
}


def edited(stage: Stage, finding: Finding) -> None:
    """10. Rows are edited by SQL, single bits flipped; `serai audit verify` finds each."""
    pair, node = stage.pair, stage.pair.xb
    pair.issue(pair.xa, 40, together=40)
    pair.settle()
    node.stop()
    pristine, slowest = node.flatten(), 0.0
    for name, edit in (_edits(stage) | _flips(stage, pristine)).items():
        edit(node)
        slowest = max(slowest, _must_find(node, finding, name))
        node.put_back(pristine)
    found = node.do("command", args=["audit", "verify"])
    finding.expect(found["code"] == 0, "the store that was not edited is said to be damaged")
    _cut_tail(finding, node)
    node.start()
    stage.check(finding)
    finding.expect(slowest <= _WITHIN_S, f"a check took {slowest:.0f} s")
    finding.figures |= {"edits": len(_EDITS), "flips": stage.size.flips, "slowest_s": slowest}
    finding.done = (
        f"{len(_EDITS)} kinds of rows edited or deleted by SQL, {stage.size.flips} single bits flipped in the file: "
        f"each found, the slowest in {slowest:.1f} s; an altered envelope is proven to nobody; a tail that was cut off is told by a checkpoint kept outside"
    )


def _edits(stage: Stage) -> dict[str, Callable[[Node], None]]:
    def make(table: str, statement: str) -> Callable[[Node], None]:
        return lambda node: _edit(node, table, statement, chance=stage.random.random())

    return {name: make(table, statement) for name, (table, statement) in _EDITS.items()}


def _edit(node: Node, table: str, statement: str, *, chance: float) -> None:
    with closing(sqlite3.connect(node.database)) as store, store:
        store.execute("PRAGMA foreign_keys = OFF")
        for (name,) in store.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
        ).fetchall():
            store.execute(f"DROP TRIGGER {name}")
        key = _KEYS[table]
        where = "WHERE NOT is_sent" if table == "exchange_envelope" else ""
        if "audit" in table:
            where = "WHERE id NOT IN (SELECT row_id FROM kernel_auditpending)"
        (count,) = store.execute(f"SELECT count(*) FROM {table} {where}").fetchone()  # noqa: S608  # names of our own
        row = _ONE_OF.format(key=key, table=table, where=where, offset=int(chance * count))
        changed = store.execute(statement.format(row=row)).rowcount
    if changed != 1:
        raise TrialFailed(f"{changed} rows of {table} were edited instead of one")


def _flips(stage: Stage, pristine: bytes) -> dict[str, Callable[[Node], None]]:
    """Flip a bit of what is signed or hashed, wherever it lies in the file.

    What stands there more than once has copies in pages that are free, and a bit in one of those is nobody's.
    """
    with closing(sqlite3.connect(stage.pair.xb.database)) as store:
        raws = [bytes(row[0])[-60:] for row in store.execute("SELECT raw FROM exchange_envelope WHERE NOT is_sent")]
        raws += [bytes(row[0]) for row in store.execute("SELECT hash FROM kernel_logleaf")]
    places = [pristine.find(raw) for raw in raws if pristine.count(raw) == 1]

    def make(place: int) -> Callable[[Node], None]:
        return lambda node: _flip(node, place)

    chosen = stage.random.sample(places, min(stage.size.flips, len(places)))
    return {f"bit at {place}": make(place + stage.random.randrange(20)) for place in chosen}


def _flip(node: Node, place: int) -> None:
    with node.database.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 4]))


def _must_find(node: Node, finding: Finding, name: str) -> float:
    started = time.monotonic()
    found = node.do("command", args=["audit", "verify"])
    finding.expect(found.get("code") == 1, f"{name}: not found ({str(found.get('out'))[-200:]})")
    if name == "received envelope":
        _must_not_prove(node, finding)
    return time.monotonic() - started


def _must_not_prove(node: Node, finding: Finding) -> None:
    """Export a proof of each received message: the altered one must be refused, or the proof must not hold."""
    file = node.folder.parent / "damaged.json"
    bad = 0
    for seq in _seqs(node):
        made = node.do(
            "command", args=["exchange", "proof", "XA", "bulk", "1", str(seq), "--received", "-o", str(file)]
        )
        bad += made["code"] != 0 or node.do("command", args=["exchange", "verify", str(file)])["code"] != 0
    finding.expect(bad == 1, f"of one altered message, {bad} proofs failed")


def _seqs(node: Node) -> list[int]:
    """Return the altered message and its neighbours: those whose bytes differ from their hash are few."""
    with closing(sqlite3.connect(node.database)) as store:
        rows = store.execute(
            "SELECT seq, raw, hash, lane FROM exchange_envelope WHERE NOT is_sent AND lane = 'bulk' AND epoch = 1 ORDER BY seq"
        ).fetchall()

    def is_altered(raw: bytes, digest: str) -> bool:
        try:
            return naive.hash_of(raw) != digest
        except ValueError:
            return True

    altered = [row[0] for row in rows if is_altered(bytes(row[1]), row[2])]
    return [seq for seq in range(altered[0] - 1, altered[0] + 2) if 0 < seq <= rows[-1][0]] if altered else []


def _cut_tail(finding: Finding, node: Node) -> None:
    """Take back the last leaves and checkpoints: no part of the store says so, but a checkpoint kept outside does."""
    pristine = node.flatten()
    with node.store() as store:
        size, root = store.execute("SELECT size, root FROM kernel_logcheckpoint ORDER BY size DESC").fetchone()
        for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            store.execute(f"DROP TRIGGER {name}")
        (kept,) = store.execute("SELECT size FROM kernel_logcheckpoint ORDER BY size DESC LIMIT 1 OFFSET 3").fetchone()
        store.execute('DELETE FROM kernel_logleaf WHERE "index" >= ?', (kept,))
        store.execute("DELETE FROM kernel_logcheckpoint WHERE size > ?", (kept,))
    found = node.do("command", args=["audit", "verify", "--checkpoint", f"{size}:{bytes(root).hex()}"])
    finding.expect(found["code"] == 1, "a log without its end passes for whole beside a checkpoint that was kept")
    node.put_back(pristine)


def torn_log(stage: Stage, finding: Finding) -> None:
    """10b. The write-ahead log is cut off at a random byte, as by a disk that lied about what it had written."""
    pair, node = stage.pair, stage.pair.xb
    told = 0
    for _ in range(stage.size.flips):
        epoch = int(node.value("SELECT coalesce(max(log_epoch), 1) FROM exchange_standing") or 1)
        pair.issue(pair.xa, 60)
        pair.issue(pair.xb, 20)
        pair.settle()
        pair.remember()
        node.kill()
        lost = _tear(stage, node)
        node.start()
        pair.issue(pair.xa, 5)
        pair.issue(pair.xb, 5)
        pair.settle(seconds=120)
        told += int(node.value("SELECT coalesce(max(log_epoch), 1) FROM exchange_standing") or 1) > epoch
        _check_torn(stage, finding, lost)
    finding.figures |= {"tears": stage.size.flips, "told": told}
    finding.done = (
        f"{stage.size.flips} times the receiver's write-ahead log was cut at a random byte after a kill: {told} times the "
        "node noticed that its store was old, and each time what was lost came again and took effect once"
    )


def _check_torn(stage: Stage, finding: Finding, lost: int) -> None:
    own = Finding(number=0, name="")
    stage.check(own)
    finding.faults += [f"{lost} bytes lost: {fault}" for fault in own.faults[:3]]


def _tear(stage: Stage, node: Node) -> int:
    """Cut the write-ahead log within its last part; return how many bytes were lost."""
    file = node.database.with_name(node.database.name + "-wal")
    size = file.stat().st_size
    keep = stage.random.randrange(max(size * 3 // 4, 1), size)
    with file.open("r+b") as handle:
        handle.truncate(keep)
    return size - keep
