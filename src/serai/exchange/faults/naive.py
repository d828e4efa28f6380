"""RFC 6962 as it is written, and JWS by another library: what the checker believes instead of the product's own code. Pure."""

import hashlib
import json
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

_ALGORITHMS: Final = ["Ed25519"]


class Tree:
    """MTH, PATH and the check of a path over a list of leaf hashes (RFC 6962, 2.1), by their recursive definitions."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = leaves
        self._whole: dict[tuple[int, int], bytes] = {}  # of subtrees that can grow no more

    def root(self, size: int | None = None) -> bytes:
        return self._mth(0, len(self.leaves) if size is None else size)

    def _mth(self, start: int, end: int) -> bytes:
        width = end - start
        if width == 0:
            return hashlib.sha256(b"").digest()
        if width == 1:
            return self.leaves[start]
        if (start, end) in self._whole:
            return self._whole[start, end]
        middle = start + _split(width)
        found = hashlib.sha256(b"\x01" + self._mth(start, middle) + self._mth(middle, end)).digest()
        if width & (width - 1) == 0:
            self._whole[start, end] = found
        return found

    def path(self, index: int, size: int) -> list[bytes]:
        """PATH(m, D[n]), nearest first."""
        return self._path(index, 0, size)

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start <= 1:
            return []
        middle = start + _split(end - start)
        if index < middle:
            return [*self._path(index, start, middle), self._mth(middle, end)]
        return [*self._path(index, middle, end), self._mth(start, middle)]


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that a path leads to from a leaf."""
    if size == 1:
        return leaf
    half = _split(size)
    if index < half:
        return hashlib.sha256(b"\x01" + root_by_path(leaf, index, half, path[:-1]) + path[-1]).digest()
    return hashlib.sha256(b"\x01" + path[-1] + root_by_path(leaf, index - half, size - half, path[:-1])).digest()


def _split(width: int) -> int:
    """Return the largest power of two smaller than a width of at least 2."""
    power = 1
    while power * 2 < width:
        power *= 2
    return power


def leaf_of(raw: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + raw).digest()


@lru_cache(maxsize=200_000)
def _parts(raw: bytes) -> tuple[str, bytes]:
    head, body, _ = raw.split(b".")
    kid = json.loads(_decode(head))["kid"]
    return str(kid), _decode(body)


def _decode(text: bytes) -> bytes:
    return urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def kid_of(raw: bytes) -> str:
    """Return the key id that a compact JWS names."""
    return _parts(raw)[0]


def payload_of(raw: bytes) -> dict[str, Any]:
    """Return the claims of a compact JWS, unverified."""
    found: dict[str, Any] = json.loads(_parts(raw)[1])
    return found


def hash_of(raw: bytes) -> str:
    """Return what an envelope is known by: the SHA-256 of its payload, in hex."""
    return hashlib.sha256(_parts(raw)[1]).hexdigest()


@lru_cache(maxsize=1000)
def _key(x: str) -> OKPKey:
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x})


@lru_cache(maxsize=200_000)
def is_signed_by(raw: bytes, x: str) -> bool:
    """Whether the key, in base64url, signed a compact JWS."""
    try:
        jws.deserialize_compact(raw, _key(x), algorithms=_ALGORITHMS)
    except (JoseError, ValueError):
        return False
    return True


@lru_cache(maxsize=100)
def _history(statements: tuple[bytes, ...]) -> dict[str, dict[str, Any]]:
    keys = dict[str, dict[str, Any]]()
    for raw in statements:
        claims = payload_of(raw)
        if added := claims.get("add"):
            keys[added["kid"]] = {**added, "since": None}
        elif ended := claims.get("end"):
            keys[ended["kid"]]["end"] = ended["end"]
        elif revoked := claims.get("revoke"):
            keys[revoked["kid"]]["since"] = revoked["since"]
    return keys


def key_at(statements: tuple[bytes, ...], kid: str, at: int) -> str:
    """Return the public key, in base64url, of a signing key that was valid then; empty when there was none."""
    key = _history(statements).get(kid)
    if key is None or key["use"] != "sign" or at < key["start"]:
        return ""
    if any(until is not None and at >= until for until in (key["end"], key["since"])):
        return ""
    return str(key["x"])


def is_valid_then(raw: bytes, statements: tuple[bytes, ...], at: int) -> bool:
    """Whether a key of the log that was valid then signed a compact JWS."""
    x = key_at(statements, kid_of(raw), at)
    return bool(x) and is_signed_by(raw, x)
