"""Receiving: verify, then position, dedup, effect, log leaf and signed receipt in one transaction that is on disk before we answer.

What repeats is answered with the receipt that was given then. What comes too early is asked for from where it is missing.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from serai.exchange import archive, evidence
from serai.exchange.effects import Dealt, Deferred, Effects, Uneven
from serai.exchange.envelope import SKEW_S, Place, check_envelope, node_of, read_envelope, read_signed, split_batch
from serai.exchange.envelope import Envelope as Claimed
from serai.exchange.errors import BadClaims, BadMessage, Forked, NumberUsed, UnknownKey
from serai.exchange.jws import NO_HASH, Jws, Typ
from serai.exchange.keyring import keys_of_code, want_keys
from serai.exchange.keys import KeyLog
from serai.exchange.models import Envelope, InLane, Peer, Receipt
from serai.exchange.noticing import note_restored
from serai.exchange.receipt import Outcome, Row
from serai.exchange.receipt import Receipt as Signed
from serai.exchange.signer.current import current_signer
from serai.exchange.standing import find_standing
from serai.kernel import clock, log
from serai.kernel.locks import take_lock
from serai.kernel.merkle import hash_leaf

MOST: Final = 100  # envelopes in a batch
_log = logging.getLogger("serai.exchange")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What to answer: a receipt for what was dealt with, and why dealing ended before the batch did."""

    receipt: bytes | None = None
    stop: str = ""  # gap, parked, clock, needs
    next: tuple[int, int] = (1, 1)  # epoch and number that this node waits for
    credit: int = MOST


@dataclass(frozen=True, slots=True)
class Checked:
    """An envelope whose signature holds."""

    signed: Jws
    claimed: Claimed


def receive(body: bytes) -> Received:
    """Deal with a batch of one lane. Raises BadMessage when its first envelope cannot be believed; nothing is done then.

    Raises DatabaseError when the store cannot write: nothing was acknowledged, the sender tries again.
    """
    lines = split_batch(body, most=MOST)
    first_signed = read_signed(lines[0])
    keys = keys_of_code(node_of(first_signed))
    if given := _find_given(first_signed, keys.node):
        return Received(receipt=given)
    checked = _check_all(lines, keys)
    first = checked[0].claimed
    try:
        with transaction.atomic():
            take_lock(f"exchange-in-{first.sender}-{first.lane}")
            return _Lane(first.sender, first.lane).deal(checked)
    except NumberUsed as error:
        note_restored(reason=str(error))
        raise
    except Forked as fork:
        evidence.keep_fork(peer=first.sender, first=fork.kept, second=fork.given)
        raise


_KEPT: Final = (
    "SELECT raw FROM exchange_envelope WHERE is_sent = %s AND peer = %s AND lane = %s AND epoch = %s AND seq = %s"
)


def _find_given(signed: Jws, peer: str) -> bytes | None:
    """Return the receipt that was given for these very bytes: they were checked then, and a replay costs little."""
    claimed = read_envelope(signed.payload)
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, [False, peer, claimed.lane, claimed.epoch, claimed.seq])
        kept = cursor.fetchone()
    if kept is None or bytes(kept[0]) != signed.raw:
        return None
    return _receipt_for(claimed.seq, {"peer": peer, "lane": claimed.lane, "epoch": claimed.epoch})


def _receipt_for(seq: int, at: Mapping[str, object]) -> bytes:
    receipts = Receipt.objects.filter(is_ours=True, first_seq__lte=seq, last_seq__gte=seq, **at)
    return bytes(receipts.get().raw)


def _check_all(lines: Sequence[bytes], keys: KeyLog) -> list[Checked]:
    """Return the envelopes up to the first that cannot be believed; raise its fault when it is the first of all."""
    found = list[Checked]()
    for line in lines:
        try:
            found.append(_check(line, keys, found))
        except BadMessage as error:
            if isinstance(error, UnknownKey):
                want_keys(keys.node)
            if not found:
                raise
            _log.warning("envelope refused", extra={"peer": keys.node, "code": error.code})
            break
    return found


def _check(line: bytes, keys: KeyLog, before: Sequence[Checked]) -> Checked:
    signed, identity = read_signed(line), settings.IDENTITY
    claimed = check_envelope(signed, keys=keys, recipient=identity.code, realm=str(identity.realm))
    if before:
        last = before[-1].claimed
        if (claimed.lane, claimed.epoch, claimed.seq) != (last.lane, last.epoch, last.seq + 1):
            raise BadClaims(field="seq", reason="a batch holds envelopes of one lane and epoch, in a row")
    return Checked(signed, claimed)


@dataclass(slots=True)
class _Lane:
    """One lane while its batch is dealt with, inside the transaction."""

    peer: str
    lane: str
    place: InLane = field(init=False)
    dealt: list[tuple[Checked, Dealt]] = field(default_factory=list)
    stop: str = ""

    def __post_init__(self) -> None:
        self.place, _ = InLane.objects.get_or_create(peer=self.peer, lane=self.lane, defaults={"head": NO_HASH})

    def deal(self, checked: Sequence[Checked]) -> Received:
        if again := self._find_again(checked[0]):
            return Received(receipt=again, next=self._next())
        self._begin_epoch(checked[0].claimed)
        self._carry_out_all(checked)
        if not self.dealt:
            return Received(stop=self.stop, next=self._next())
        return Received(receipt=self._write(), stop=self.stop, next=self._next())

    def _next(self) -> tuple[int, int]:
        return self.place.epoch, self.place.next_seq

    def _find_again(self, first: Checked) -> bytes | None:
        """Return the receipt of an envelope that was dealt with before; raise Forked when another stands in its place."""
        claimed = first.claimed
        if (claimed.epoch, claimed.seq) >= self._next():
            return None
        at = {"peer": self.peer, "lane": self.lane, "epoch": claimed.epoch}
        kept = Envelope.objects.filter(is_sent=False, seq=claimed.seq, **at).first()
        if kept is None:
            raise BadClaims(field="epoch", reason="this epoch of the lane is over, and nothing was received there")
        if kept.hash != first.signed.payload_hash:
            raise Forked(kept=bytes(kept.raw), given=first.signed.raw, peer=self.peer)
        return _receipt_for(claimed.seq, at)

    def _begin_epoch(self, claimed: Claimed) -> None:
        """A sender that was restored numbers anew; it must know where we stand, so it continues from our head."""
        if claimed.epoch > self.place.epoch and claimed.seq == 1 and claimed.prev == self.place.head:
            self.place.epoch, self.place.next_seq = claimed.epoch, 1

    def _why_not(self, each: Checked) -> str:
        """Return why an envelope must wait, if it must; raise Forked when it contradicts the one before."""
        claimed = each.claimed
        if (claimed.epoch, claimed.seq) != self._next():
            return "gap"
        if claimed.prev != self.place.head:
            raise Forked(kept=self._last_raw(), given=each.signed.raw, peer=self.peer)
        if claimed.iat > clock.now().timestamp() + SKEW_S:
            return "clock"
        return "needs" if any(not self._has(need) for need in claimed.needs) else ""

    def _last_raw(self) -> bytes:
        if self.dealt:
            return self.dealt[-1][0].signed.raw
        last = Envelope.objects.filter(is_sent=False, peer=self.peer, lane=self.lane).order_by("-epoch", "-seq").first()
        return bytes(last.raw) if last else b""

    def _has(self, need: Place) -> bool:
        """Whether a message that this one waits for was dealt with; only the sender's own lanes can be named."""
        if need.sender != self.peer:
            return True
        if need.lane == self.lane:
            return (need.epoch, need.seq) < self._next()
        other = InLane.objects.filter(peer=self.peer, lane=need.lane).first()
        return other is not None and (need.epoch, need.seq) < (other.epoch, other.next_seq)

    def _carry_out_all(self, checked: Sequence[Checked]) -> None:
        """Carry out the effects in one go; when one of them fails, take all back and go through them one by one."""
        effects = Effects(self.peer, [each.claimed for each in checked])
        if len(checked) == 1:
            self._go_through(checked, effects, apart=True)
            return
        began = self.place.epoch, self.place.next_seq, self.place.head
        try:
            with transaction.atomic():
                self._go_through(checked, effects, apart=False)
        except Uneven:
            self.place.epoch, self.place.next_seq, self.place.head = began
            self.dealt.clear()
            self._go_through(checked, effects, apart=True)

    def _go_through(self, checked: Sequence[Checked], effects: Effects, *, apart: bool) -> None:
        for each in checked:
            self.stop = self._why_not(each)
            if self.stop or not self._carry_out(each, effects, apart=apart):
                break

    def _carry_out(self, each: Checked, effects: Effects, *, apart: bool) -> bool:
        """Carry out one effect and move on; return False when the lane stops here."""
        try:
            dealt = effects.carry_out(each.claimed, each.signed, apart=apart)
        except Deferred as deferred:
            self.stop = deferred.stop
            if deferred.is_news:
                self.dealt.append((each, Dealt(Outcome.PARKED, deferred.code)))
            return False
        self.dealt.append((each, dealt))
        self.place.next_seq += 1
        self.place.head = each.signed.payload_hash
        return True

    def _write(self) -> bytes:
        kept = [(each, dealt) for each, dealt in self.dealt if dealt.outcome is not Outcome.PARKED]
        before, now = log.lock_head(), clock.now()
        base = before.size
        head = self._archive(kept, before) if kept else before
        self.place.save(update_fields=["epoch", "next_seq", "head"])
        # It reached us, so we may well reach it: what waits for it need not wait longer.
        Peer.objects.filter(pk=self.peer).update(received_at=now, next_try_at=None)
        raw = self._sign(head, base, len(kept))
        row = Receipt.objects.create(
            is_ours=True,
            peer=self.peer,
            lane=self.lane,
            epoch=self.place.epoch,
            first_seq=kept[0][0].claimed.seq if kept else 0,
            last_seq=kept[-1][0].claimed.seq if kept else 0,
            raw=raw,
            at=now,
            leaf=base + len(kept),
        )
        log.append([log.Leaf("receipt", row.pk, hash_leaf(raw))], after=head)
        return raw

    def _archive(self, kept: Sequence[tuple[Checked, Dealt]], before: log.Head) -> log.Head:
        part = archive.Part(is_sent=False, peer=self.peer, lane=self.lane, epoch=self.place.epoch)
        rows = [
            archive.Kept(
                seq=each.claimed.seq,
                message_id=each.claimed.id,
                type=each.claimed.type,
                hash=each.signed.payload_hash,
                raw=each.signed.raw,
                outcome=dealt.outcome,
                code=dealt.code,
            )
            for each, dealt in kept
        ]
        return archive.keep(part, rows, before=before)[1]

    def _sign(self, head: log.Head, base: int, kept: int) -> bytes:
        receipt = Signed(
            sender=settings.IDENTITY.code,
            recipient=self.peer,
            realm=str(settings.IDENTITY.realm),
            lane=self.lane,
            epoch=self.place.epoch,
            rows=tuple(self._rows(base, kept)),
            log_epoch=find_standing().log_epoch,
            size=head.size,
            root=head.root.hex(),
            at=int(clock.now().timestamp()),
        )
        return current_signer().sign(Typ.RECEIPT, [receipt.payload()], base=base)[0]

    def _rows(self, base: int, kept: int) -> list[Row]:
        return [
            Row(
                each.claimed.seq,
                each.signed.payload_hash,
                dealt.outcome,
                dealt.code,
                base + offset if offset < kept else base,
            )
            for offset, (each, dealt) in enumerate(self.dealt)
        ]
