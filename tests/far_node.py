"""Another node, as far as its messages show: keys of its own, lanes of its own. Signs without the product's signer."""

import json
import time
from dataclasses import dataclass, field
from dataclasses import replace as altered
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.utils import timezone

from serai.exchange import jws
from serai.exchange.envelope import Envelope
from serai.exchange.jws import NO_HASH, Typ
from serai.exchange.keys import Change, KeyLog, Use, statement_payload
from serai.exchange.models import Peer, PeerState
from serai.exchange.receipt import Outcome, Receipt, Row
from serai.exchange.statement import Answer

YEAR_S = 365 * 86400


@dataclass(slots=True)
class FarNode:
    """A peer in memory."""

    code: str
    realm: str = "service"
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    ready: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    seal: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)
    statements: list[bytes] = field(default_factory=list)
    seqs: dict[str, int] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    epochs: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        start = int(time.time()) - YEAR_S
        for kid, use, key in (
            (f"{self.code}-1", Use.SIGN, self.private),
            (f"{self.code}-2", Use.SIGN, self.ready),
            (f"{self.code}-S1", Use.SEAL, self.seal),
        ):
            x = key.public_key().public_bytes_raw()
            self.state(Change(verb="add", kid=kid, use=use, x=x, start=start), at=start)

    def state(self, change: Change, *, at: int, key: Ed25519PrivateKey | None = None, kid: str = "") -> None:
        """Add a key statement."""
        payload = statement_payload(
            node=self.code,
            realm=self.realm,
            number=len(self.statements) + 1,
            prev=jws.hash_of(self.statements[-1]) if self.statements else NO_HASH,
            at=at,
            change=change,
        )
        self.statements.append(self.sign(Typ.KEY, payload, key=key, kid=kid))

    @property
    def keys(self) -> KeyLog:
        return KeyLog.read(self.code, self.realm, self.statements)

    def sign(self, typ: Typ, payload: bytes, *, key: Ed25519PrivateKey | None = None, kid: str = "") -> bytes:
        signed = jws.signing_input(kid or f"{self.code}-1", typ, payload)
        return jws.join(signed, (key or self.private).sign(signed))

    def introduce(self, **fields: Any) -> Peer:
        """Make the node under test know this one."""
        now = timezone.now()
        values = {"url": "http://127.0.0.1:9", "met_at": now, "introduced_at": now, "state": PeerState.INTRODUCED}
        statements = [raw.decode() for raw in self.statements]
        return Peer.objects.create(code=self.code, statements=statements, **values | fields)

    def claim(self, kind: str = "test.note", *, to: str = "SEC", lane: str = "control", **fields: Any) -> Envelope:
        """Return the next envelope of a lane, not yet signed; the lane moves on when it is."""
        now = int(time.time())
        found = Envelope(
            sender=self.code,
            recipient=to,
            realm=self.realm,
            lane=lane,
            type=kind,
            version=1,
            purpose="tests",
            id=uuid4().hex,
            epoch=self.epochs.get(lane, 1),
            seq=self.seqs.get(lane, 0) + 1,
            prev=self.heads.get(lane, NO_HASH),
            iat=now,
            exp=now + 86400,
            body=b'{"text":"good day"}',
        )
        return altered(found, **fields)

    def say(self, kind: str = "test.note", **fields: Any) -> bytes:
        """Sign the next envelope of a lane."""
        return self.send(self.claim(kind, **fields))

    def send(self, claimed: Envelope) -> bytes:
        """Sign an envelope and move its lane on."""
        payload = claimed.payload()
        self.seqs[claimed.lane], self.heads[claimed.lane] = claimed.seq, jws.hash_of(payload)
        self.epochs[claimed.lane] = claimed.epoch
        return self.sign(Typ.ENVELOPE, payload)

    def receipt(
        self, raws: list[bytes], *, to: str = "SEC", outcome: Outcome = Outcome.APPLIED, **fields: Any
    ) -> bytes:
        """Sign a receipt for envelopes of the node under test."""
        from serai.exchange.envelope import read_envelope, read_signed

        signed = [read_signed(raw) for raw in raws]
        claimed = [read_envelope(each.payload) for each in signed]
        rows = tuple(
            Row(one.seq, each.payload_hash, outcome, "" if outcome is Outcome.APPLIED else "test", number)
            for number, (one, each) in enumerate(zip(claimed, signed, strict=True))
        )
        found = Receipt(
            sender=self.code,
            recipient=to,
            realm=self.realm,
            lane=claimed[0].lane,
            epoch=claimed[0].epoch,
            rows=rows,
            log_epoch=1,
            size=len(rows),
            root="0" * 64,
            at=int(time.time()),
        )
        return self.sign(Typ.RECEIPT, altered(found, **fields).payload())

    def answer(
        self, question: bytes, says: dict[str, Any], *, key: Ed25519PrivateKey | None = None, kid: str = ""
    ) -> bytes:
        """Sign an answer to a question of the node under test."""
        asked = json.loads(jws.read_jws(question, Typ.QUESTION).payload)
        found = Answer(
            sender=self.code, recipient=asked["from"], realm=self.realm, id=asked["id"], at=int(time.time()), says=says
        )
        return self.sign(Typ.ANSWER, found.payload(), key=key, kid=kid)
