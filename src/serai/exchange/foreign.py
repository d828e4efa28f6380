"""ES256, for protocols of others: signatures as 64 bytes r and s, keys as JWK. Never for what nodes send each other. Pure."""

from typing import TYPE_CHECKING, Final

from serai.exchange.errors import BadClaims, BadSignature, KeyNotValid, UnknownKey
from serai.exchange.jws import to_base64
from serai.exchange.keys import KeyLog, PublicKey, Use

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

_HALF: Final = 32  # bytes of r, of s, and of a coordinate


def load_es256(point: bytes) -> "EllipticCurvePublicKey":
    """Return the key of an uncompressed point; raise BadClaims for one that is not on P-256."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415  # a page that reads needs no cryptography

    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise BadClaims(field="x", reason="it is no point of P-256") from None


def sign_es256(key: "EllipticCurvePrivateKey", data: bytes) -> bytes:
    """Return r and s, 32 bytes each (RFC 7518, 3.4)."""
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415

    r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(_HALF) + s.to_bytes(_HALF)


def is_signed_by(point: bytes, data: bytes, signature: bytes) -> bool:
    """Return whether the owner of a P-256 key signed the data."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415

    if len(signature) != 2 * _HALF:
        return False
    r, s = int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:])
    try:
        load_es256(point).verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def verify_foreign(keys: KeyLog, kid: str, data: bytes, signature: bytes, *, at: int) -> None:
    """Raise UnknownKey, KeyNotValid or BadSignature unless a foreign key of the node, valid then, signed the data."""
    key = keys.keys.get(kid)
    if key is None or key.use is not Use.FOREIGN:
        raise UnknownKey(kid=kid[:12], node=keys.node)
    if not key.is_valid(at):
        raise KeyNotValid(kid=kid, at=at)
    if not is_signed_by(key.x, data, signature):
        raise BadSignature(kid=kid)


def jwk_of(key: PublicKey) -> dict[str, str]:
    """Return a foreign key as others take it (RFC 7517): a public JWK for ES256."""
    x, y = key.x[1 : 1 + _HALF], key.x[1 + _HALF :]
    values = {"kty": "EC", "crv": "P-256", "x": to_base64(x), "y": to_base64(y)}
    return values | {"alg": "ES256", "use": "sig", "kid": key.kid}
