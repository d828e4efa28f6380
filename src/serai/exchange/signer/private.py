"""Whatever holds the private keys, as the signer sees it; and the sealed key file, where they are unless a token has them."""

from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from serai.exchange.foreign import sign_es256
from serai.exchange.keys import Use, use_of
from serai.exchange.signer import tokenfile
from serai.exchange.signer.errors import KeyMissing, TokenSettingsBad
from serai.exchange.signer.keyfile import FILE, KeyFile

IN_FILE: Final = "key file"


class PrivateKeys(Protocol):
    """Private keys by their id, wherever they lie."""

    def sign(self, kid: str, data: bytes) -> bytes:
        """Return the 64 bytes of the signature: Ed25519, or by a foreign key ES256 as r and s. Raises NodeFault."""

    def agree_key(self, kid: str) -> X25519PrivateKey | None:
        """Return the key with which sealed bodies are opened; None when there is none under this id."""

    def place(self, kid: str) -> str:
        """Return where a key lies, for people; empty when it is not here."""

    def make(self, kid: str, use: Use, *, label: str = "") -> bytes:
        """Make a key and keep it durably; return its public part, raw. A label is that of a key in a token."""

    def close(self) -> None:
        """Let go of what was opened for the keys."""


class FileKeys:
    """Private keys from an opened key file."""

    def __init__(self, file: KeyFile, passphrase: bytes | None) -> None:
        self._file, self._passphrase = file, passphrase
        self._signing = {kid: Ed25519PrivateKey.from_private_bytes(raw) for kid, raw in self._of(Use.SIGN)}
        self._foreign = {kid: _load_es256(raw) for kid, raw in self._of(Use.FOREIGN)}

    def _of(self, use: Use) -> list[tuple[str, bytes]]:
        return [(kid, raw) for kid, raw in self._file.private.items() if use_of(kid) is use]

    def sign(self, kid: str, data: bytes) -> bytes:
        if kid in self._foreign:
            return sign_es256(self._foreign[kid], data)
        if kid not in self._signing:
            folder = self._file.folder
            raise KeyMissing(kid=kid, file=folder / FILE, settings=folder / tokenfile.FILE)
        return self._signing[kid].sign(data)

    def agree_key(self, kid: str) -> X25519PrivateKey | None:
        raw = self._file.private.get(kid) if use_of(kid) is Use.SEAL else None
        return X25519PrivateKey.from_private_bytes(raw) if raw else None

    def place(self, kid: str) -> str:
        return IN_FILE if kid in self._file.private else ""

    def make(self, kid: str, use: Use, *, label: str = "") -> bytes:
        if label:
            raise TokenSettingsBad(file=self._file.folder / tokenfile.FILE, reason="it is not there")
        if use is Use.FOREIGN:
            return self._make_foreign(kid)
        key = Ed25519PrivateKey.generate() if use is Use.SIGN else X25519PrivateKey.generate()
        self._keep(kid, key.private_bytes_raw())
        if isinstance(key, Ed25519PrivateKey):
            self._signing[kid] = key
        return key.public_key().public_bytes_raw()

    def close(self) -> None:
        """Nothing is held open."""

    def _make_foreign(self, kid: str) -> bytes:
        key = ec.generate_private_key(ec.SECP256R1())
        self._keep(kid, key.private_numbers().private_value.to_bytes(32))
        self._foreign[kid] = key
        return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def _keep(self, kid: str, raw: bytes) -> None:
        self._file.private[kid] = raw
        if self._passphrase is not None:
            self._file.save(self._passphrase)


def _load_es256(raw: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(raw), ec.SECP256R1())
