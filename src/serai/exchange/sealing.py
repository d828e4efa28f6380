"""Sealed bodies: JWE in the compact form, ECDH-ES on X25519 and A256GCM, nothing else. Pure.

The signature is outside and names the sender; only the recipient's key opens what is inside.
"""

import json
from functools import lru_cache
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from serai.exchange.errors import BadClaims, NotSealedForUs
from serai.exchange.jws import LONGEST, from_base64, to_base64
from serai.exchange.keys import PublicKey

_ALG: Final = "ECDH-ES"
_ENC: Final = "A256GCM"


@lru_cache(maxsize=1)
def _registry() -> Any:
    from joserfc.jwe import JWERegistry  # noqa: PLC0415  # large, and needed only where something is sealed

    return JWERegistry(algorithms=[_ALG, _ENC])


def _okp(x: bytes, d: bytes | None = None) -> Any:
    from joserfc.jwk import OKPKey  # noqa: PLC0415

    values: dict[str, str | list[str]] = {"kty": "OKP", "crv": "X25519", "x": to_base64(x)}
    return OKPKey.import_key(values | ({"d": to_base64(d)} if d else {}))


def seal(body: bytes, key: PublicKey) -> str:
    """Seal a body for the owner of a key."""
    from joserfc import jwe  # noqa: PLC0415

    header = {"alg": _ALG, "enc": _ENC, "kid": key.kid}
    return str(jwe.encrypt_compact(header, body, _okp(key.x), registry=_registry()))


def kid_of(sealed: str) -> str:
    """Return which key a JWE was sealed for; raise BadClaims unless it is one of ours in form."""
    if len(sealed) > LONGEST or sealed.count(".") != 4:
        raise BadClaims(field="sealed", reason="it is no JWE in the compact form")
    try:
        header = json.loads(from_base64(sealed.partition(".")[0]))
    except (ValueError, RecursionError):
        raise BadClaims(field="sealed", reason="its header cannot be read") from None
    if not isinstance(header, dict) or set(header) != {"alg", "enc", "kid", "epk"}:
        raise BadClaims(field="sealed", reason="its header has other fields than alg, enc, kid and epk")
    if (header["alg"], header["enc"]) != (_ALG, _ENC) or not isinstance(header["kid"], str):
        raise BadClaims(field="sealed", reason=f"only {_ALG} with {_ENC} is used here")
    return str(header["kid"])


def open_sealed(sealed: str, key: X25519PrivateKey) -> bytes:
    """Return what a JWE holds; raise BadClaims, NotSealedForUs."""
    from joserfc import jwe  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415

    kid = kid_of(sealed)
    own = _okp(key.public_key().public_bytes_raw(), key.private_bytes_raw())
    try:
        found = jwe.decrypt_compact(sealed, own, registry=_registry())
    except (JoseError, ValueError, TypeError, KeyError):
        raise NotSealedForUs(kid=kid) from None
    return bytes(found.plaintext or b"")
