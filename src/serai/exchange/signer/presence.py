"""Before a node starts: each key that its log calls valid is where it should be, and is that key."""

import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature

from serai.exchange.foreign import is_signed_by
from serai.exchange.keys import KeyLog, PublicKey, Use, load_ed25519
from serai.exchange.signer import tokenfile
from serai.exchange.signer.errors import KeyDiffers, KeyMissing
from serai.exchange.signer.keyfile import FILE
from serai.exchange.signer.private import PrivateKeys

_PROBE: Final = b"serai: is this key here? "  # no JWS begins so


def check_presence(keys: PrivateKeys, log: KeyLog, *, folder: Path, now: int) -> None:
    """Raise KeyMissing, KeyDiffers or a token's own fault."""
    for key in log.keys.values():
        if key.revoked_since is not None or (key.end is not None and key.end <= now):
            continue
        place = keys.place(key.kid)
        if not place:
            raise KeyMissing(kid=key.kid, file=folder / FILE, settings=folder / tokenfile.FILE)
        if not _is_that_key(keys, key):
            raise KeyDiffers(kid=key.kid, place=place)


def _is_that_key(keys: PrivateKeys, key: PublicKey) -> bool:
    if key.use is Use.SEAL:
        own = keys.agree_key(key.kid)
        return own is not None and own.public_key().public_bytes_raw() == key.x
    probe = _PROBE + secrets.token_bytes(16)
    signature = keys.sign(key.kid, probe)
    if key.use is Use.FOREIGN:
        return is_signed_by(key.x, probe, signature)
    try:
        load_ed25519(key.x).verify(signature, probe)
    except InvalidSignature:
        return False
    return True
