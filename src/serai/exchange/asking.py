"""Questions to a peer, each signed, and what its signed answers say."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from serai.exchange.claims import Claims, are_counts
from serai.exchange.envelope import LANES
from serai.exchange.errors import BadClaims, BadKeyLog, UnknownKey
from serai.exchange.http import client
from serai.exchange.http.client import Delivery
from serai.exchange.jws import Typ, read_jws
from serai.exchange.keyring import key_log_of, keys_of, want_keys
from serai.exchange.models import Peer
from serai.exchange.signer.current import current_signer
from serai.exchange.statement import MOST_CERTIFICATE, Question, check_answer, id_of_batch
from serai.kernel import clock


@dataclass(frozen=True, slots=True)
class Position:
    """How a peer sees our lane to it: the epoch, the number it waits for, the hash of the last it has."""

    lane: str
    epoch: int
    next_seq: int
    head: str


@dataclass(frozen=True, slots=True)
class Pulled:
    """Envelopes of ours that the peer gave back, in order, and its receipts for them."""

    envelopes: list[bytes]
    receipts: list[bytes]


def ask(peer: Peer, what: str, needs: Mapping[str, object]) -> Claims:
    """Return what the peer answers. Raises PeerUnreachable, BadMessage."""
    number, raw = _put(peer, what, needs)
    return _read(peer, raw, number)


def _put(peer: Peer, what: str, needs: Mapping[str, object]) -> tuple[str, bytes]:
    """Put a question; return its id and the answer, not yet believed."""
    question = Question(
        sender=settings.IDENTITY.code,
        recipient=peer.pk,
        realm=str(settings.IDENTITY.realm),
        ask=what,
        id=secrets.token_hex(16),
        iat=int(clock.now().timestamp()),
        needs=needs,
    )
    return question.id, client.ask(peer, current_signer().sign(Typ.QUESTION, [question.payload()])[0])


def _read(peer: Peer, raw: bytes, number: str) -> Claims:
    try:
        answer = check_answer(raw, keys=keys_of(peer), recipient=settings.IDENTITY.code, id=number)
    except UnknownKey:
        want_keys(peer.pk)
        raise
    return Claims(answer.says, where="says")


def read_stop(peer: Peer, first: bytes, delivery: Delivery) -> tuple[str, tuple[int, int]]:
    """Return why a peer takes no more, and the epoch and number that it waits for. Raises BadMessage.

    After a receipt the headers only make us wait a little. Without one the answer is signed, and is about the batch that
    began with `first`: whoever stands between could else make a node number all its lanes anew.
    """
    if delivery.receipt:
        return delivery.stop, delivery.next
    says = _read(peer, delivery.answer, id_of_batch(first))
    return says.text("stop", longest=12), (says.integer("epoch", least=1), says.integer("seq", least=1))


def ask_positions(peer: Peer, *, have: Mapping[str, tuple[int, int]]) -> list[Position]:
    """Ask where the peer stands in our lanes; tell it where we stand in its lanes, so that it sends again what we lost."""
    says = ask(peer, "positions", {"have": {lane: list(place) for lane, place in have.items()}})
    return [_read_position(row) for row in says.rows("lanes", most=len(LANES))]


def _read_position(row: object) -> Position:
    match row:
        case [str(lane), int(epoch), int(seq), str(head)] if lane in LANES and are_counts(epoch, seq):
            return Position(lane, epoch, seq, head[:64])
    raise BadClaims(field="lanes", reason="each names lane, epoch, number and hash")


def pull(peer: Peer, *, lane: str, epoch: int, seq: int) -> Pulled:
    """Ask for our own envelopes from a place on: what a restored store has lost."""
    says = ask(peer, "pull", {"lane": lane, "epoch": epoch, "seq": seq})
    return Pulled(
        [str(raw).encode() for raw in says.rows("envelopes", most=100)],
        [str(raw).encode() for raw in says.rows("receipts", most=100)],
    )


@dataclass(frozen=True, slots=True)
class Keys:
    """A peer's key log, and the certificate of the authority that vouches for its address; empty for the system's."""

    statements: list[str]
    certificate: str


def ask_keys(peer: Peer) -> Keys:
    """Ask for the peer's whole key log. Raises PeerUnreachable, BadMessage.

    The answer may be signed by a key that only its own statements tell of: they are believed as far as they follow from
    those known here, and the answer then by them.
    """
    number, raw = _put(peer, "keys", {})
    unproved = Claims(read_jws(raw, Typ.ANSWER).payload).part("says")
    given, known = [str(one) for one in unproved.rows("statements")], list(peer.statements)
    longer = max(given, known, key=len)
    if longer[: len(given)] != given or longer[: len(known)] != known:
        raise BadKeyLog(node=peer.pk, number=len(given), reason="it changes what was said before")
    keys = key_log_of(peer.pk, longer)
    says = Claims(check_answer(raw, keys=keys, recipient=settings.IDENTITY.code, id=number).says)
    return Keys(longer, says.text("certificate", longest=MOST_CERTIFICATE))
