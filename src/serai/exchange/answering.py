"""Answers to a peer's questions: about its own lanes, its own messages and our log, and about nothing else."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final

from django.conf import settings

from serai.exchange import sender, witnessing
from serai.exchange.claims import Claims, are_counts
from serai.exchange.envelope import LANES, node_of
from serai.exchange.errors import BadClaims, UnknownKey
from serai.exchange.http.tls import own_authority
from serai.exchange.jws import Typ, read_jws
from serai.exchange.keyring import get_peer, keys_of, want_keys
from serai.exchange.models import Envelope, InLane, OutLane, Peer, Receipt
from serai.exchange.signer.current import current_signer
from serai.exchange.statement import SKEW_S, Answer, Question, check_question, id_of_batch
from serai.kernel import clock

MOST: Final = 50
MOST_BYTES: Final = 600_000


class Seen:
    """Ids of questions that were answered: each is answered once.

    Kept in memory: the questions ask for what the asker may know anyway, and those that change something change nothing
    the second time, so that a repetition costs work and no more.
    """

    def __init__(self, most: int = 20_000) -> None:
        self._ids: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def add(self, sender: str, number: str, *, at: float) -> bool:
        """Return whether the id is new."""
        with self._lock:
            while self._ids and next(iter(self._ids.values())) < at - 2 * SKEW_S:
                self._ids.popitem(last=False)
            if (sender, number) in self._ids:
                return False
            self._ids[sender, number] = at
            if len(self._ids) > self._most:
                self._ids.popitem(last=False)
            return True


_seen: Final = Seen()


def answer(raw: bytes) -> bytes:
    """Return the signed answer to a signed question; raise BadMessage."""
    peer = get_peer(node_of(read_jws(raw, Typ.QUESTION)))
    now = clock.now().timestamp()
    question = _check(raw, peer, now=int(now))
    if not _seen.add(question.sender, question.id, at=now):
        raise BadClaims(field="id", reason="the question was asked before")
    says = _ANSWERS[question.ask](peer, Claims(question.needs, where="needs"), raw)
    return _sign(question.sender, question.id, says)


def _check(raw: bytes, peer: Peer, *, now: int) -> Question:
    try:
        return check_question(raw, keys=keys_of(peer), recipient=settings.IDENTITY.code, now=now)
    except UnknownKey:
        want_keys(peer.pk)
        raise


def tell_stop(first: bytes, stop: str, waits_for: tuple[int, int]) -> bytes:
    """Return a signed answer to a batch that began with an envelope, of which nothing was dealt with yet."""
    sender_code = node_of(read_jws(first, Typ.ENVELOPE))
    says = {"stop": stop, "epoch": waits_for[0], "seq": waits_for[1]}
    return _sign(sender_code, id_of_batch(first), says)


def _sign(asker: str, number: str, says: Mapping[str, object]) -> bytes:
    answer = Answer(
        sender=settings.IDENTITY.code,
        recipient=asker,
        realm=str(settings.IDENTITY.realm),
        id=number,
        at=int(clock.now().timestamp()),
        says=says,
    )
    return current_signer().sign(Typ.ANSWER, [answer.payload()])[0]


def _positions(peer: Peer, needs: Claims, _: bytes) -> Mapping[str, object]:
    """Say where we stand in its lanes; send again what it no longer has of ours."""
    for lane, place in needs.object("have").items():
        _send_again(peer, lane, place)
    rows = InLane.objects.filter(peer=peer.pk).order_by("lane")
    return {"lanes": [[row.lane, row.epoch, row.next_seq, row.head] for row in rows]}


def _send_again(peer: Peer, lane: str, place: object) -> None:
    match place:
        case [int(epoch), int(seq)] if lane in LANES and are_counts(epoch, seq):
            ours = OutLane.objects.filter(peer=peer.pk, lane=lane).first()
            if ours is not None and (epoch, seq) < (ours.epoch, ours.next_seq):
                sender.resend_from(peer.pk, lane, epoch, seq)
            return
    raise BadClaims(field="have", reason="each lane names epoch and number")


def _pull(peer: Peer, needs: Claims, _: bytes) -> Mapping[str, object]:
    """Give back what the peer itself sent, from a place on, with our receipts."""
    lane, epoch, seq = needs.text("lane"), needs.integer("epoch"), needs.integer("seq")
    rows = Envelope.objects.filter(is_sent=False, peer=peer.pk, lane=lane, epoch=epoch, seq__gte=seq).order_by("seq")
    found = _within(list(rows[:MOST]))
    if not found:
        return {"envelopes": [], "receipts": []}
    receipts = Receipt.objects.filter(
        is_ours=True, peer=peer.pk, lane=lane, epoch=epoch, first_seq__lte=found[-1].seq, last_seq__gte=found[0].seq
    ).order_by("first_seq")
    whole = [row for row in receipts if row.last_seq <= found[-1].seq]  # the peer takes a receipt for what it has
    return {
        "envelopes": [bytes(row.raw).decode() for row in found],
        "receipts": [bytes(row.raw).decode() for row in whole],
    }


def _within(rows: Sequence[Envelope]) -> list[Envelope]:
    found, size = list[Envelope](), 0
    for row in rows:
        size += len(row.raw)
        if found and size > MOST_BYTES:
            break
        found.append(row)
    return found


def _witness(peer: Peer, needs: Claims, raw: bytes) -> Mapping[str, object]:
    return witnessing.witness(peer, needs, question=raw)


def _keys(_peer: Peer, _needs: Claims, _raw: bytes) -> Mapping[str, object]:
    return {"statements": [raw.decode() for raw in current_signer().statements()], "certificate": own_authority()}


_ANSWERS: Final = {"positions": _positions, "pull": _pull, "witness": _witness, "keys": _keys}
