"""The envelope: who says what to whom, at which place of which lane. Pure: bytes in, claims out."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from serai.exchange import jws
from serai.exchange.claims import MOST_EPOCHS, Claims, are_counts, dump
from serai.exchange.errors import BadClaims, WrongRealm, WrongRecipient
from serai.exchange.jws import Jws, Typ
from serai.exchange.keys import KeyLog

LANES: Final = ("alert", "control", "register", "permits", "customs", "journey", "bulk")  # in order of urgency
SKEW_S: Final = 300  # how far two nodes' clocks may be apart
LONGEST_LIFE_S: Final = 90 * 86400
_NAME: Final = re.compile(r"[a-z][a-z0-9.-]{2,59}")
_NODE: Final = re.compile(r"[A-Z]{2,3}")
_ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a lane of the sender: another message may name it and wait for it."""

    sender: str
    lane: str
    epoch: int
    seq: int

    def dump(self) -> list[str | int]:
        """Return the place as it stands in an envelope."""
        return [self.sender, self.lane, self.epoch, self.seq]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What an envelope claims.

    `sealed` is a compact JWE, or the body is in clear: `body` is its JSON as to be signed, `content` the object that was read.
    """

    sender: str
    recipient: str
    realm: str
    lane: str
    type: str
    version: int
    purpose: str
    id: str
    epoch: int
    seq: int
    prev: str
    iat: int
    exp: int
    needs: tuple[Place, ...] = ()
    body: bytes = b""
    sealed: str = ""
    content: Mapping[str, object] | None = None

    def payload(self) -> bytes:
        """Return the bytes to be signed."""
        head = dump(
            {
                "v": 1,
                "from": self.sender,
                "to": self.recipient,
                "realm": self.realm,
                "lane": self.lane,
                "type": self.type,
                "version": self.version,
                "purpose": self.purpose,
                "id": self.id,
                "epoch": self.epoch,
                "seq": self.seq,
                "prev": self.prev,
                "iat": self.iat,
                "exp": self.exp,
                "needs": [need.dump() for need in self.needs],
            }
        )
        # A body in bytes is not parsed and written again: it may be large.
        body = self.body if self.content is None else dump(self.content)
        tail = b'"sealed":' + dump_text(self.sealed) if self.sealed else b'"body":' + body
        return head[:-1] + b"," + tail + b"}"


def dump_text(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False).encode()


def read_envelope(payload: bytes) -> Envelope:
    """Read the claims; raise BadClaims. Nothing is said yet about who signed them."""
    claims = Claims(payload)
    claims.check_version("envelopes")
    found = Envelope(
        sender=_match(claims, "from", _NODE),
        recipient=_match(claims, "to", _NODE),
        realm=claims.text("realm", longest=16),
        lane=_lane(claims),
        type=_match(claims, "type", _NAME),
        version=claims.integer("version", least=1),
        purpose=_match(claims, "purpose", _NAME),
        id=_match(claims, "id", _ID),
        epoch=claims.integer("epoch", least=1, most=MOST_EPOCHS),
        seq=claims.integer("seq", least=1),
        prev=claims.digest("prev"),
        iat=claims.integer("iat"),
        exp=claims.integer("exp"),
        needs=_read_needs(claims),
        **_read_body(claims),  # type: ignore[arg-type]  # two names, each with its type
    )
    claims.check_no_more()
    if not found.iat < found.exp <= found.iat + LONGEST_LIFE_S:
        raise claims.bad("exp", f"it must lie after iat, by at most {LONGEST_LIFE_S // 86400} days")
    return found


def _match(claims: Claims, name: str, pattern: re.Pattern[str]) -> str:
    text = claims.text(name)
    if not pattern.fullmatch(text):
        raise claims.bad(name, "it is not written as such a thing is")
    return text


def _lane(claims: Claims) -> str:
    lane = claims.text("lane", longest=16)
    if lane not in LANES:
        raise claims.bad("lane", "there is no such lane")
    return lane


def _read_needs(claims: Claims) -> tuple[Place, ...]:
    rows = claims.rows("needs", most=8)
    return tuple(_read_place(claims, row) for row in rows)


def _read_place(claims: Claims, row: object) -> Place:
    match row:
        case [str(sender), str(lane), int(epoch), int(seq)] if lane in LANES and are_counts(epoch, seq):
            return Place(sender[:8], lane, epoch, seq)
    raise claims.bad("needs", "each need names node, lane, epoch and number")


def _read_body(claims: Claims) -> Mapping[str, object]:
    if claims.has("sealed") == claims.has("body"):
        raise claims.bad("body", "an envelope has a body or a sealed one")
    if claims.has("sealed"):
        return {"sealed": claims.text("sealed", longest=jws.LONGEST)}
    return {"content": claims.object("body")}


def check_envelope(signed: Jws, *, keys: KeyLog, recipient: str, realm: str) -> Envelope:
    """Return what a signed envelope claims; raise BadMessage unless the sender's valid key signed it for us.

    The order matters: nothing of the payload is believed before the signature, except the time at which the key must
    have been valid, which the signature then covers. Whose key it is follows from the key log, not from the payload.
    """
    envelope = read_envelope(signed.payload)
    if envelope.sender != keys.node:
        raise BadClaims(field="from", reason=f"the key {signed.kid} belongs to {keys.node}")
    jws.verify(signed, keys.signing_key(signed.kid, at=envelope.iat))
    if envelope.recipient != recipient:
        raise WrongRecipient(recipient=envelope.recipient)
    if envelope.realm != realm:
        raise WrongRealm(realm=envelope.realm)
    return envelope


def read_signed(raw: bytes) -> Jws:
    """Take the compact form of an envelope apart; raise BadJws."""
    return jws.read_jws(raw, Typ.ENVELOPE)


def node_of(signed: Jws) -> str:
    """Return which node's key log the key id belongs to: “KZ” of “KZ-3”."""
    return signed.kid.partition("-")[0]


def split_batch(body: bytes, *, most: int) -> Sequence[bytes]:
    """Return the envelopes of a request's body, one a line; raise BadClaims when there are none or too many."""
    lines = body.split(b"\n", most + 1)
    if lines and not lines[-1]:
        lines.pop()
    if not 0 < len(lines) <= most:
        raise BadClaims(field="body", reason=f"a batch holds 1 to {most} envelopes, one a line")
    return lines
