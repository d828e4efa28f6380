"""A small good run between XA and XB as the checker sees one, made without nodes: two lanes one way, one the other way."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from serai.exchange.envelope import Envelope, Place
from serai.exchange.faults.journal import Effect, Given, Issued, Journal, Kept, Leaf
from serai.exchange.jws import Typ, hash_of, read_jws
from serai.exchange.receipt import Outcome, Receipt, Row
from serai.kernel.merkle import hash_leaf, root_of
from tests.far_node import FarNode


@dataclass(slots=True)
class _Made:
    """One node, as its journal grows."""

    far: FarNode
    journal: Journal
    values: int = 0

    def add(self, **rows: Any) -> None:
        self.journal = replace(
            self.journal, **{name: (*getattr(self.journal, name), row) for name, row in rows.items()}
        )

    def log(self, kind: str, ref: int, raw: bytes) -> int:
        """Append to the log; return the place."""
        place = len(self.journal.leaves)
        self.add(leaves=Leaf(place, kind, ref, hash_leaf(raw)))
        self.add(checkpoints=(place + 1, self.root))
        return place

    @property
    def root(self) -> bytes:
        return root_of(leaf.hash for leaf in self.journal.leaves)


def make_run(*, refuse: Sequence[int] = ()) -> dict[str, Journal]:
    """Return the journals of both nodes; numbers of the lane `bulk` from XA that are in `refuse` were refused."""
    xa, xb = (_Made(FarNode(code, realm="training"), Journal(code=code)) for code in ("XA", "XB"))
    _exchange(xa, xb, lane="customs", count=3)
    _exchange(xa, xb, lane="bulk", count=4, refuse=refuse)
    _exchange(xa, xb, lane="bulk", count=3, needs=(Place("XA", "customs", 1, 2),))
    _exchange(xb, xa, lane="bulk", count=2)
    for own, other in ((xa, xb), (xb, xa)):
        size = len(own.journal.leaves)
        own.journal = replace(
            own.journal, statements=tuple(own.far.statements), known={other.far.code: tuple(other.far.statements)}
        )
        other.add(witnessed=(own.far.code, 1, size, own.root.hex()))
    return {made.far.code: made.journal for made in (xa, xb)}


def _exchange(
    sender: _Made, receiver: _Made, *, lane: str, count: int, needs: tuple[Place, ...] = (), refuse: Sequence[int] = ()
) -> None:
    """Send a batch and receipt it."""
    sent = [_send(sender, receiver, lane, needs) for _ in range(count)]
    rows = tuple(_take(sender, receiver, claimed, raw, is_refused=claimed.seq in refuse) for claimed, raw in sent)
    receipt = Receipt(
        sender=receiver.far.code,
        recipient=sender.far.code,
        realm="training",
        lane=lane,
        epoch=1,
        rows=rows,
        log_epoch=1,
        size=len(receiver.journal.leaves),
        root=receiver.root.hex(),
        at=int(time.time()),
    )
    raw = receiver.far.sign(Typ.RECEIPT, receipt.payload())
    for made, other, is_ours in ((receiver, sender, True), (sender, receiver, False)):
        key = len(made.journal.receipts)
        leaf = made.log("receipt", key, raw)
        made.add(receipts=Given(is_ours=is_ours, peer=other.far.code, lane=lane, epoch=1, raw=raw, leaf=leaf, key=key))


def _send(sender: _Made, receiver: _Made, lane: str, needs: tuple[Place, ...]) -> tuple[Envelope, bytes]:
    sender.values += 1
    to, kind = receiver.far.code, f"bench.{lane}"
    claimed = sender.far.claim(
        kind, to=to, lane=lane, purpose="faults", needs=needs, body=b'{"value":%d}' % sender.values
    )
    raw = sender.far.send(claimed)
    sender.add(issued=Issued(id=claimed.id, sender=sender.far.code, peer=to, lane=lane, value=sender.values))
    _keep(sender, claimed, raw, peer=to, is_sent=True, outcome="")
    return claimed, raw


def _keep(made: _Made, claimed: Envelope, raw: bytes, *, peer: str, is_sent: bool, outcome: str) -> int:
    key = len(made.journal.envelopes)
    leaf = made.log("sent" if is_sent else "received", key, raw)
    made.add(
        envelopes=Kept(
            is_sent=is_sent,
            peer=peer,
            lane=claimed.lane,
            epoch=claimed.epoch,
            seq=claimed.seq,
            id=claimed.id,
            type=claimed.type,
            hash=read_jws(raw, Typ.ENVELOPE).payload_hash,
            raw=raw,
            leaf=leaf,
            outcome=outcome,
            key=key,
        )
    )
    return leaf


def _take(sender: _Made, receiver: _Made, claimed: Envelope, raw: bytes, *, is_refused: bool) -> Row:
    outcome = Outcome.REFUSED if is_refused else Outcome.APPLIED
    leaf = _keep(receiver, claimed, raw, peer=sender.far.code, is_sent=False, outcome=outcome)
    if not is_refused:
        order = len(receiver.journal.effects) + 1
        value = next(one.value for one in sender.journal.issued if one.id == claimed.id)
        effect = Effect(
            order=order,
            id=claimed.id,
            sender=sender.far.code,
            lane=claimed.lane,
            epoch=claimed.epoch,
            seq=claimed.seq,
            value=value,
            purpose=claimed.purpose,
            at=time.time(),
        )
        receiver.add(effects=effect)
    return Row(claimed.seq, hash_of(claimed.payload()), outcome, "not_good" if is_refused else "", leaf)
