"""Nodes that return with an old store."""

from typing import Final

from serai.exchange.faults.forging import Forger
from serai.exchange.faults.node import Node
from serai.exchange.faults.stage import Finding, Stage
from serai.exchange.faults.waiting import until

_PLACES: Final = "SELECT lane, epoch, seq, hash FROM exchange_envelope WHERE NOT is_sent"


def restored(stage: Stage, finding: Finding) -> None:
    """28. Each node in turn goes on from last night's backup."""
    pair, told = stage.pair, list[str]()
    turns = ((pair.xb, pair.xa), (pair.xa, pair.xb))
    for node, other in turns[: 1 if stage.size.is_quick else 2]:
        told.append(_restore_one(stage, finding, node, other))
    finding.done = "; ".join(told)


def _restore_one(stage: Stage, finding: Finding, node: Node, other: Node) -> str:
    pair, file = stage.pair, stage.folder / f"{node.code}.backup"
    pair.settle()
    node.serai("node", "backup", str(file))
    pair.issue(node, 150, together=10)
    pair.issue(other, 120, together=10)
    pair.issue(node, 10, lane="customs")
    pair.settle()
    pair.remember()
    count, used, old = _archived(node), _places(other), _epochs(node)
    node.stop()
    node.run_outside("node", "restore", str(file), "--yes")
    behind = count - _archived(node)
    node.start()
    pair.issue(node, 30)
    pair.issue(other, 30)
    settled_s = pair.settle(seconds=120)
    until(lambda: _is_done(node), seconds=60, what=f"{node.code} caught up")
    _check_numbers(finding, used, _places(other), node.code)
    stage.check(finding)
    _check_epochs(finding, node, old)
    _old_epoch_is_over(finding, node, other)
    return (
        f"{node.code} went on from a backup that was {behind} envelopes old: it noticed, fetched the gap, opened new epochs, "
        f"used no number twice, and a message in an old epoch was refused; all receipted after {settled_s:.1f} s"
    )


def _archived(node: Node) -> int:
    return int(node.value("SELECT count(*) FROM exchange_envelope"))


def _places(node: Node) -> dict[tuple[str, int, int], str]:
    with node.store() as store:
        return {(row[0], row[1], row[2]): row[3] for row in store.execute(_PLACES)}


def _epochs(node: Node) -> dict[str, int]:
    with node.store() as store:
        return dict(store.execute("SELECT lane, epoch FROM exchange_outlane").fetchall())


def _is_done(node: Node) -> bool:
    standing = node.value("SELECT is_catching_up FROM exchange_standing")
    return not standing and bool(node.value("SELECT min(is_reconciled) FROM exchange_peer"))


def _check_numbers(
    finding: Finding, used: dict[tuple[str, int, int], str], now: dict[tuple[str, int, int], str], code: str
) -> None:
    twice = [place for place, digest in used.items() if now.get(place, digest) != digest]
    finding.expect(not twice, f"{code} used numbers twice: {twice[:3]}")


def _check_epochs(finding: Finding, node: Node, old: dict[str, int]) -> None:
    now = _epochs(node)
    same = [lane for lane, epoch in old.items() if now.get(lane, 0) <= epoch]
    finding.expect(not same, f"{node.code} opened no new epoch in {', '.join(same)}")
    finding.expect(
        int(node.value("SELECT log_epoch FROM exchange_standing") or 1) > 1, f"{node.code}: its log began no new epoch"
    )


def _old_epoch_is_over(finding: Finding, node: Node, other: Node) -> None:
    """13. A good message in an epoch that is over, from before the restore, has no effect any more."""
    place = max(place for place in _places(other) if place[0] == "bulk" and place[1] == _epochs(node)["bulk"] - 1)
    forger = Forger.with_keys_of(node)
    raw = forger.envelope(other.code, lane="bulk", epoch=place[1], seq=place[2] + 1, prev="ab" * 32)
    answer = other.hand_in(raw)
    finding.expect(answer.status == 400, f"a message in an epoch that is over was answered with {answer.status}")
