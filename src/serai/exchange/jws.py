"""JWS in the compact form, with one algorithm and one exact header. Pure.

A header is not parsed but compared: what we accept is `{"alg":"Ed25519","kid":…,"typ":…}` in these very bytes. No other
algorithm, no `jku`, no `crit` can even be said, and two readers cannot understand one header differently (RFC 7515, 8037, 9864).
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from binascii import a2b_base64
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from serai.exchange.errors import BadJws, BadSignature

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ALGORITHM: Final = "Ed25519"
NO_HASH: Final = "0" * 64
LONGEST: Final = 128 * 1024  # of one JWS, in bytes
_LONGEST_HEADER: Final = 200  # characters, as the next
_SIGNATURE: Final = 86
_KID: Final = re.compile(r"[A-Z]{2,3}-S?[1-9][0-9]{0,4}")


# From base64url to the other base64, whose own characters become such as neither has.
_PLAIN: Final = bytes.maketrans(b"-_+/=", b"+/\0\0\0")
# How the last character may end, by the padding that was left off: what it holds beyond whole bytes must be zero.
_LAST: Final = {1: frozenset(b"AEIMQUYcgkosw048"), 2: frozenset(b"AQgw")}


class Typ(StrEnum):
    """What is signed; part of the header, so that one kind can never pass for another."""

    ENVELOPE = "serai-envelope"
    RECEIPT = "serai-receipt"
    CHECKPOINT = "serai-checkpoint"
    WITNESS = "serai-witness"
    KEY = "serai-key"
    QUESTION = "serai-question"
    ANSWER = "serai-answer"


@dataclass(frozen=True, slots=True)
class Jws:
    """The parts of a compact JWS whose form is right. Nothing in it is to be believed before `verify`."""

    raw: bytes
    kid: str
    typ: Typ
    payload: bytes
    signature: bytes

    @property
    def payload_hash(self) -> str:
        """What an envelope is known by: the same message signed anew by another key stays the same message."""
        return hash_of(self.payload)


def hash_of(raw: bytes) -> str:
    """Return the SHA-256, in hex."""
    return hashlib.sha256(raw).hexdigest()


def to_base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64(text: str | bytes) -> bytes:
    r"""Return what unpadded base64url says; raise BadJws unless it is the one way to write it.

    >>> from_base64("AQI")
    b'\x01\x02'
    >>> from_base64("AQJ")
    Traceback (most recent call last):
    serai.exchange.errors.BadJws: This is not a signed object of the exchange: base64url has bits left over. Ask its sender for it again.
    """
    data = text.encode() if isinstance(text, str) else text
    spare = -len(data) % 4
    try:
        found = a2b_base64(data.translate(_PLAIN) + b"==="[:spare], strict_mode=True)
    except ValueError:
        raise BadJws(reason="it is not base64url") from None
    if spare and data[-1] not in _LAST[spare]:
        raise BadJws(reason="base64url has bits left over")
    return found


@lru_cache(maxsize=1024)
def header_of(kid: str, typ: Typ) -> bytes:
    """Return the one header, in base64url."""
    return to_base64(f'{{"alg":"{ALGORITHM}","kid":"{kid}","typ":"{typ}"}}'.encode()).encode()


@lru_cache(maxsize=1024)
def _read_header(encoded: bytes) -> tuple[str, Typ] | None:
    """Return key id and type of a header that is exactly ours; None for any other."""
    try:
        text = from_base64(encoded).decode("ascii")
    except (BadJws, UnicodeDecodeError):
        return None
    match = re.fullmatch(r'\{"alg":"Ed25519","kid":"([A-Z0-9-]{4,12})","typ":"([a-z-]{9,20})"\}', text)
    if not match or not _KID.fullmatch(match[1]) or match[2] not in set(Typ):
        return None
    return match[1], Typ(match[2])


def read_jws(raw: bytes, typ: Typ) -> Jws:
    """Take a compact JWS apart; raise BadJws for another form, type, algorithm or size."""
    if len(raw) > LONGEST:
        raise BadJws(reason=f"it is longer than {LONGEST} bytes")
    parts = raw.split(b".", 3)
    if len(parts) != 3 or not parts[1] or len(parts[2]) != _SIGNATURE or len(parts[0]) > _LONGEST_HEADER:
        raise BadJws(reason="it does not have the three parts of a signed object")
    header = _read_header(parts[0])
    if header is None or header[1] is not typ:
        raise BadJws(reason=f"its header is not that of a {typ}")
    return Jws(raw=raw, kid=header[0], typ=typ, payload=from_base64(parts[1]), signature=from_base64(parts[2]))


def signing_input(kid: str, typ: Typ, payload: bytes) -> bytes:
    """Return the bytes that are signed."""
    return header_of(kid, typ) + b"." + to_base64(payload).encode()


def join(signed: bytes, signature: bytes) -> bytes:
    """Return the compact form of what was signed."""
    return signed + b"." + to_base64(signature).encode()


def verify(jws: Jws, key: "Ed25519PublicKey") -> None:
    """Raise BadSignature unless the key signed these bytes."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  # a page that reads needs no cryptography

    try:
        key.verify(jws.signature, jws.raw[: -_SIGNATURE - 1])
    except InvalidSignature:
        raise BadSignature(kid=jws.kid) from None
