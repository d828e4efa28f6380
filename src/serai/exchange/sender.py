"""Sending: a lane to a peer in batches, and what its answers mean. No transaction is open while the peer is asked."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from serai.exchange import asking, witnessing
from serai.exchange.errors import BadClaims
from serai.exchange.http.client import Delivery
from serai.exchange.jws import Typ, hash_of, read_jws
from serai.exchange.keyring import keys_of
from serai.exchange.models import Envelope, OutLane, Peer, Receipt, Waiting
from serai.exchange.notices import REFUSED, tell_operators
from serai.exchange.receipt import Outcome, Row, check_receipt
from serai.exchange.receipt import Receipt as Signed
from serai.kernel import audit, clock, log
from serai.kernel.locks import take_lock
from serai.kernel.merkle import hash_leaf
from serai.kernel.roles import Actor

MOST: Final = 100
MOST_BYTES: Final = 900_000
SOON_S: Final = 5  # the peer's clock or another lane is to catch up
LATER_S: Final = 60  # people or new software are to act
LONGEST_WAIT_S: Final = 60.0
URGENT_WAIT_S: Final = 8.0  # while an alert waits


_credits: Final[dict[str, int]] = {}  # the most messages that a peer wants in the next batch


class Turn(StrEnum):
    """How one attempt ended."""

    EMPTY = "empty"  # nothing waits
    SENT = "sent"  # there may be more
    STOPPED = "stopped"  # the peer takes no more of this lane for now
    BEHIND = "behind"  # the peer knows more of our lane than we do: this store is an old one


Post = Callable[[Sequence[bytes]], "Future[Delivery]"]


def send_lane(peer: Peer, lane: str, *, post: Post, may_go_on: Callable[[], bool], most: int = MOST) -> Turn:
    """Send what waits in a lane, batch after batch, until nothing waits, the peer stops us, or `may_go_on` says no.

    While the peer is at work on one batch, the next is read, and the receipt of the one before is settled.
    Raises PeerUnreachable when no answer came; BadMessage when it cannot be believed.
    """
    batch = take_batch(peer.pk, lane, _most(peer, most))
    if not batch:
        return Turn.EMPTY
    flight: Future[Delivery] | None = post(batch.raws)
    while flight is not None:
        ahead = take_batch(peer.pk, lane, _most(peer, most), after=batch) if may_go_on() else Batch()
        delivery = flight.result()
        _credits[peer.pk] = max(1, delivery.credit)
        receipt = _read(peer, delivery.receipt) if delivery.receipt else None
        is_whole = receipt is not None and not delivery.stop and len(receipt.rows) == len(batch.raws)
        flight = post(ahead.raws) if is_whole and ahead else None  # no later: settling takes a while
        if receipt is not None:
            _settle(peer, receipt, delivery.receipt)
        if delivery.stop:
            return _heed_stop(peer, lane, *asking.read_stop(peer, batch.raws[0], delivery))
        batch = ahead
    return Turn.SENT


def _most(peer: Peer, most: int) -> int:
    return min(most, _credits.get(peer.pk, most))


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Envelopes of one lane and epoch in a row, as many as one request carries. False when there are none."""

    raws: Sequence[bytes] = ()
    epoch: int = 0
    last: int = 0

    def __bool__(self) -> bool:
        return bool(self.raws)


def take_batch(peer: str, lane: str, most: int, *, after: Batch | None = None) -> Batch:
    """Return the envelopes that wait first, or first after a batch that is on its way."""
    waiting = Waiting.objects.filter(peer=peer, lane=lane).select_related("envelope").order_by("epoch", "seq")
    if after is not None:
        waiting = waiting.filter(epoch=after.epoch, seq__gt=after.last)
    found, size, last = list[bytes](), 0, (0, 0)
    for row in waiting[:most]:
        raw = row.to_send
        size += len(raw) + 1
        if found and (size > MOST_BYTES or (row.epoch, row.seq) != (last[0], last[1] + 1)):
            break
        _check_intact(row.envelope, raw)
        found.append(raw)
        last = row.epoch, row.seq
    return Batch(raws=found, epoch=last[0], last=last[1])


def _check_intact(envelope: Envelope, raw: bytes) -> None:
    """What the disk gives back must be what was signed: a peer would take anything else for forgery."""
    if hash_of(read_jws(raw, Typ.ENVELOPE).payload) != envelope.hash:
        raise BadClaims(field="raw", reason=f"envelope {envelope.pk} in this store is damaged")


def take_receipt(peer: Peer, raw: bytes) -> None:
    """Take in what a peer signed: what it dealt with waits no longer. The same again does nothing. Raises BadMessage."""
    _settle(peer, _read(peer, raw), raw)


def _read(peer: Peer, raw: bytes) -> Signed:
    receipt = check_receipt(raw, keys=keys_of(peer))
    if receipt.recipient != settings.IDENTITY.code:
        raise BadClaims(field="to", reason="the receipt is another node's")
    return receipt


def _settle(peer: Peer, receipt: Signed, raw: bytes) -> None:
    done = [row for row in receipt.rows if row.outcome is not Outcome.PARKED]
    with transaction.atomic():
        take_lock(f"exchange-out-{peer.pk}-{receipt.lane}")
        _check_rows(peer.pk, receipt)
        place = Q(peer=peer.pk, lane=receipt.lane, epoch=receipt.epoch, seq__in=[row.seq for row in done])
        removed, _ = Waiting.objects.filter(place).delete()
        _note_refused(peer.pk, receipt, done)
        now = clock.now()
        # Whoever signs receipts is reached: on a link that loses every third request, failures are not to add up.
        Peer.objects.filter(pk=peer.pk).update(
            receipt_at=now, failures=0, failing_since=None, next_try_at=None, fault=""
        )
        peer.failures, peer.failing_since = 0, None
        if removed or len(done) < len(receipt.rows):
            _keep(peer.pk, receipt, done, raw, now)


def _check_rows(peer: str, receipt: Signed) -> None:
    """A receipt must speak of what we sent, and of nothing else."""
    sent = Envelope.objects.filter(is_sent=True, peer=peer, lane=receipt.lane, epoch=receipt.epoch)
    ours = dict(sent.filter(seq__in=[row.seq for row in receipt.rows]).values_list("seq", "hash"))
    for row in receipt.rows:
        if ours.get(row.seq) != row.hash:
            raise BadClaims(field="rows", reason=f"message {row.seq} of the receipt is not what this node sent")


def _note_refused(peer: str, receipt: Signed, done: Sequence[Row]) -> None:
    for row in done:
        if row.outcome is not Outcome.REFUSED:
            continue
        sent = Envelope.objects.filter(is_sent=True, peer=peer, lane=receipt.lane, epoch=receipt.epoch, seq=row.seq)
        if not sent.exclude(outcome=Outcome.REFUSED).update(outcome=Outcome.REFUSED, code=row.code):
            continue
        place = f"{peer} {receipt.lane} {receipt.epoch} {row.seq}"
        audit.record("exchange:message:refused", subject=place, actor=Actor.system("sender"), code=row.code)
        tell_operators(REFUSED, key=f"refused:{place}", peer=peer, lane=receipt.lane, reason=row.code)


def _keep(peer: str, receipt: Signed, done: Sequence[Row], raw: bytes, now: datetime) -> None:
    before = log.lock_head()
    row = Receipt.objects.create(
        is_ours=False,
        peer=peer,
        lane=receipt.lane,
        epoch=receipt.epoch,
        first_seq=done[0].seq if done else 0,
        last_seq=done[-1].seq if done else 0,
        raw=raw,
        at=now,
        leaf=before.size,
    )
    log.append([log.Leaf("receipt", row.pk, hash_leaf(raw))], after=before)
    OutLane.objects.filter(peer=peer, lane=receipt.lane).exclude(stop="").update(
        stop="", stopped_at=None, next_try_at=None
    )


def _heed_stop(peer: Peer, lane: str, stop: str, waits_for: tuple[int, int]) -> Turn:
    place = OutLane.objects.get(peer=peer.pk, lane=lane)
    if stop == "gap":
        if waits_for > (place.epoch, place.next_seq):
            return Turn.BEHIND
        if _missing(peer.pk, lane, *waits_for).exists():
            witnessing.exchange_checkpoints(
                peer
            )  # it signed for what it now asks for: it is to know before it comes again
            resend_from(peer.pk, lane, *waits_for)
            return Turn.SENT
    wait_s = LATER_S if stop == "parked" else SOON_S
    place.stop, place.next_try_at = stop, clock.now() + timedelta(seconds=wait_s * random.uniform(0.5, 1))  # noqa: S311
    place.stopped_at = place.stopped_at or clock.now()
    place.save(update_fields=["stop", "stopped_at", "next_try_at"])
    return Turn.STOPPED


def _missing(peer: str, lane: str, epoch: int, seq: int) -> QuerySet[Envelope]:
    """Return what was sent from a place on and waits no longer: the peer signed for it."""
    sent = Envelope.objects.filter(is_sent=True, peer=peer, lane=lane, waiting=None)
    return sent.filter(Q(epoch=epoch, seq__gte=seq) | Q(epoch__gt=epoch))


def resend_from(peer: str, lane: str, epoch: int, seq: int) -> int:
    """Have envelopes wait again that the peer no longer has, from a place on; return how many. It was restored."""
    with transaction.atomic():
        take_lock(f"exchange-out-{peer}-{lane}")
        rows = [
            Waiting(envelope_id=pk, peer=peer, lane=lane, epoch=at, seq=number, queued_at=queued)
            for pk, at, number, queued in _missing(peer, lane, epoch, seq).values_list("pk", "epoch", "seq", "at")
        ]
        Waiting.objects.bulk_create(rows, ignore_conflicts=True)
        if rows:
            audit.record(
                "exchange:lane:resend",
                subject=f"{peer} {lane}",
                actor=Actor.system("sender"),
                epoch=epoch,
                seq=seq,
                messages=len(rows),
            )
        return len(rows)


def wait_after(failures: int, *, is_urgent: bool = False) -> float:
    """Return how many seconds to leave a peer alone: twice as long after each failure in a row.

    With jitter, so that nodes do not come back all at once.
    """
    longest = min(URGENT_WAIT_S if is_urgent else LONGEST_WAIT_S, 0.5 * 2.0 ** min(failures, 12))
    return longest * random.uniform(0.5, 1)  # noqa: S311  # spread, not secret
