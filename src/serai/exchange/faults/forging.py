"""Envelopes as a forger writes them, and as a node's own keys sign them in the hands of somebody who stole them. Trials only."""

import hashlib
import hmac
import json
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from serai.exchange.faults.node import Node
from serai.exchange.signer.keyfile import open_keys

ORDER: Final = 2**252 + 27742317777372353535851937790883648493  # of Ed25519's base point
_NO_HASH: Final = "0" * 64


def encode(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def dump(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def header(kid: str, typ: str = "serai-envelope", **more: Any) -> bytes:
    return dump({"alg": "Ed25519", "kid": kid, "typ": typ} | more)


@dataclass(slots=True, kw_only=True)
class Forger:
    """Somebody who holds private keys of a node, or knows only its public ones."""

    code: str
    private: Mapping[str, bytes]  # key id → raw private key

    @classmethod
    def with_keys_of(cls, node: Node) -> "Forger":
        """Take the keys of a node of the trial."""
        return cls(code=node.code, private=open_keys(node.folder).private)

    def claims(self, to: str, *, lane: str = "bulk", **fields: Any) -> dict[str, Any]:
        """Return the claims of an envelope that would be good at the beginning of a lane."""
        now = int(time.time())
        found = {
            "v": 1,
            "from": self.code,
            "to": to,
            "realm": "training",
            "lane": lane,
            "type": f"bench.{lane}",
            "version": 1,
            "purpose": "faults",
            "id": os.urandom(16).hex(),
            "epoch": 1,
            "seq": 1,
            "prev": _NO_HASH,
            "iat": now,
            "exp": now + 86400,
            "needs": [],
            "body": {"value": -1},
        }
        return found | fields

    def public(self, kid: str) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.private[kid]).public_key().public_bytes_raw()

    def sign(self, payload: bytes, *, kid: str = "", head: bytes = b"") -> bytes:
        """Sign any bytes as a compact JWS."""
        kid = kid or f"{self.code}-1"
        signed = encode(head or header(kid)) + b"." + encode(payload)
        return signed + b"." + encode(Ed25519PrivateKey.from_private_bytes(self.private[kid]).sign(signed))

    def question(self, to: str, ask: str, needs: Mapping[str, Any]) -> bytes:
        """Sign a question to another node."""
        claims = {"v": 1, "from": self.code, "to": to, "realm": "training", "ask": ask, "id": os.urandom(16).hex()}
        claims |= {"iat": int(time.time()), "needs": dict(needs)}
        return self.sign(dump(claims), head=header(f"{self.code}-1", "serai-question"))

    def envelope(self, to: str, *, kid: str = "", **fields: Any) -> bytes:
        return self.sign(dump(self.claims(to, **fields)), kid=kid)


def with_hmac(payload: bytes, secret: bytes, kid: str) -> bytes:
    """“Sign” with the public key as the secret of HS256."""
    signed = encode(dump({"alg": "HS256", "kid": kid, "typ": "serai-envelope"})) + b"." + encode(payload)
    return signed + b"." + encode(hmac.digest(secret, signed, hashlib.sha256))


def without_signature(payload: bytes, kid: str) -> bytes:
    return encode(dump({"alg": "none", "kid": kid, "typ": "serai-envelope"})) + b"." + encode(payload) + b"."


def with_twin_signature(raw: bytes) -> bytes:
    """Return the other number that a careless library takes for the same Ed25519 signature: S + L."""
    signed, _, text = raw.rpartition(b".")
    signature = urlsafe_b64decode(text + b"==")
    twin = int.from_bytes(signature[32:], "little") + ORDER
    return signed + b"." + encode(signature[:32] + twin.to_bytes(32, "little"))
