"""What nodes say to each other beside messages: checkpoints of a log, witness to them, questions and answers. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from serai.exchange import jws
from serai.exchange.claims import MOST_EPOCHS, Claims, dump
from serai.exchange.errors import BadClaims, WrongRealm, WrongRecipient
from serai.exchange.jws import Typ
from serai.exchange.keys import KeyLog

ASKS: Final = ("positions", "pull", "witness", "keys")
SKEW_S: Final = 300
MOST_CERTIFICATE: Final = 20_000  # characters of PEM
_ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A node's log at a size. A higher `log_epoch` says that its store was restored."""

    node: str
    realm: str
    log_epoch: int
    size: int
    root: str
    at: int

    def payload(self) -> bytes:
        return dump(
            {
                "v": 1,
                "node": self.node,
                "realm": self.realm,
                "log_epoch": self.log_epoch,
                "size": self.size,
                "root": self.root,
                "at": self.at,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """The witness has seen this checkpoint of `of`, and it continues the one that it saw before."""

    by: str
    of: str
    realm: str
    log_epoch: int
    size: int
    root: str
    at: int

    def payload(self) -> bytes:
        return dump(
            {
                "v": 1,
                "by": self.by,
                "of": self.of,
                "realm": self.realm,
                "log_epoch": self.log_epoch,
                "size": self.size,
                "root": self.root,
                "at": self.at,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A signed question; `needs` is what it is about, by `ask`."""

    sender: str
    recipient: str
    realm: str
    ask: str
    id: str
    iat: int
    needs: Mapping[str, object] = field(default_factory=dict)

    def payload(self) -> bytes:
        head = {"v": 1, "from": self.sender, "to": self.recipient, "realm": self.realm}
        return dump(head | {"ask": self.ask, "id": self.id, "iat": self.iat, "needs": dict(self.needs)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A signed answer to a question."""

    sender: str
    recipient: str
    realm: str
    id: str
    at: int
    says: Mapping[str, object] = field(default_factory=dict)

    def payload(self) -> bytes:
        head = {"v": 1, "from": self.sender, "to": self.recipient, "realm": self.realm}
        return dump(head | {"id": self.id, "at": self.at, "says": dict(self.says)})


def _open(raw: bytes, typ: Typ) -> tuple[jws.Jws, Claims]:
    signed = jws.read_jws(raw, typ)
    claims = Claims(signed.payload)
    claims.check_version(f"a {typ}")
    return signed, claims


def _check_signature(signed: jws.Jws, keys: KeyLog, *, issuer: str, realm: str, at: int) -> None:
    if issuer != keys.node:
        raise BadClaims(field="from", reason=f"the key {signed.kid} belongs to {keys.node}")
    if realm != keys.realm:
        raise WrongRealm(realm=realm)
    jws.verify(signed, keys.signing_key(signed.kid, at=at))


def _read_id(claims: Claims) -> str:
    found = claims.text("id", longest=32)
    if not _ID.fullmatch(found):
        raise claims.bad("id", "it is no 128 random bits in hex")
    return found


def id_of_batch(first: bytes) -> str:
    """Return the id under which a batch that began with this envelope is answered."""
    return jws.read_jws(first, Typ.ENVELOPE).payload_hash[:32]


def check_checkpoint(raw: bytes, *, keys: KeyLog) -> Checkpoint:
    """Return what a signed checkpoint claims; raise BadMessage unless a valid key of that node signed it."""
    signed, claims = _open(raw, Typ.CHECKPOINT)
    found = Checkpoint(
        node=claims.text("node", longest=3),
        realm=claims.text("realm", longest=16),
        log_epoch=claims.integer("log_epoch", least=1, most=MOST_EPOCHS),
        size=claims.integer("size"),
        root=claims.digest("root"),
        at=claims.integer("at"),
    )
    claims.check_no_more()
    _check_signature(signed, keys, issuer=found.node, realm=found.realm, at=found.at)
    return found


def check_witness(raw: bytes, *, keys: KeyLog) -> Witness:
    """Return what a witness signed; raise BadMessage."""
    signed, claims = _open(raw, Typ.WITNESS)
    found = Witness(
        by=claims.text("by", longest=3),
        of=claims.text("of", longest=3),
        realm=claims.text("realm", longest=16),
        log_epoch=claims.integer("log_epoch", least=1, most=MOST_EPOCHS),
        size=claims.integer("size"),
        root=claims.digest("root"),
        at=claims.integer("at"),
    )
    claims.check_no_more()
    _check_signature(signed, keys, issuer=found.by, realm=found.realm, at=found.at)
    return found


def read_question(raw: bytes, *, keys: KeyLog) -> Question:
    """Return a question that a valid key of that node signed, to whomever and whenever; raise BadMessage."""
    signed, claims = _open(raw, Typ.QUESTION)
    found = Question(
        sender=claims.text("from", longest=3),
        recipient=claims.text("to", longest=3),
        realm=claims.text("realm", longest=16),
        ask=claims.text("ask", longest=20),
        id=_read_id(claims),
        iat=claims.integer("iat"),
        needs=claims.object("needs"),
    )
    claims.check_no_more()
    _check_signature(signed, keys, issuer=found.sender, realm=found.realm, at=found.iat)
    if found.ask not in ASKS:
        raise BadClaims(field="ask", reason="there is no such question")
    return found


def check_question(raw: bytes, *, keys: KeyLog, recipient: str, now: int) -> Question:
    """Return a question that is fresh and meant for us; raise BadMessage."""
    found = read_question(raw, keys=keys)
    if found.recipient != recipient:
        raise WrongRecipient(recipient=found.recipient)
    if abs(now - found.iat) > SKEW_S:
        raise BadClaims(field="iat", reason="the question is old, or the clocks differ by more than five minutes")
    return found


def check_answer(raw: bytes, *, keys: KeyLog, recipient: str, id: str) -> Answer:  # noqa: A002  # the field's word
    """Return an answer to what this node (`recipient`) asked under an id; raise BadMessage."""
    signed, claims = _open(raw, Typ.ANSWER)
    found = Answer(
        sender=claims.text("from", longest=3),
        recipient=claims.text("to", longest=3),
        realm=claims.text("realm", longest=16),
        id=claims.text("id", longest=32),
        at=claims.integer("at"),
        says=claims.object("says"),
    )
    claims.check_no_more()
    _check_signature(signed, keys, issuer=found.sender, realm=found.realm, at=found.at)
    if (found.recipient, found.id) != (recipient, id):
        raise BadClaims(field="id", reason="it answers another question")
    return found
