"""Questions to a peer, each signed, and what its signed answers say."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from serai.exchange.claims import Claims
from serai.exchange.envelope import LANES
from serai.exchange.errors import BadClaims
from serai.exchange.http import client
from serai.exchange.jws import Typ
from serai.exchange.keyring import keys_of
from serai.exchange.models import Peer
from serai.exchange.signer.current import current_signer
from serai.exchange.statement import Question, check_answer
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
    question = Question(
        sender=settings.IDENTITY.code,
        recipient=peer.pk,
        realm=str(settings.IDENTITY.realm),
        ask=what,
        id=secrets.token_hex(16),
        iat=int(clock.now().timestamp()),
        needs=needs,
    )
    raw = client.ask(peer, current_signer().sign(Typ.QUESTION, [question.payload()])[0])
    return Claims(check_answer(raw, keys=keys_of(peer), question=question).says, where="says")


def ask_positions(peer: Peer, *, have: Mapping[str, tuple[int, int]]) -> list[Position]:
    """Ask where the peer stands in our lanes; tell it where we stand in its lanes, so that it sends again what we lost."""
    says = ask(peer, "positions", {"have": {lane: list(place) for lane, place in have.items()}})
    return [_read_position(row) for row in says.rows("lanes", most=len(LANES))]


def _read_position(row: object) -> Position:
    match row:
        case [str(lane), int(epoch), int(seq), str(head)] if lane in LANES and epoch > 0 and seq > 0:
            return Position(lane, epoch, seq, head[:64])
    raise BadClaims(field="lanes", reason="each names lane, epoch, number and hash")


def pull(peer: Peer, *, lane: str, epoch: int, seq: int) -> Pulled:
    """Ask for our own envelopes from a place on: what a restored store has lost."""
    says = ask(peer, "pull", {"lane": lane, "epoch": epoch, "seq": seq})
    return Pulled(
        [str(raw).encode() for raw in says.rows("envelopes", most=100)],
        [str(raw).encode() for raw in says.rows("receipts", most=100)],
    )


def ask_keys(peer: Peer) -> list[str]:
    """Ask for the peer's whole key log."""
    return [str(raw) for raw in ask(peer, "keys", {}).rows("statements")]
