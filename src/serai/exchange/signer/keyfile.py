"""The private keys of a node on disk: one sealed file, and beside it the public key log.

keys/private.sealed   scrypt, then AES-256-GCM; opened by the signer only
keys/passphrase       readable by its owner only; SERAI_KEY_PASSPHRASE_FILE names another place, away from the keys
keys/log              the node's key statements, one a line; public
keys/signed.log       how far the signer has signed; no secret
keys/pkcs11.toml      which keys lie in a token instead, if any do (tokenfile.py)
"""

import json
import os
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from serai.exchange import jws
from serai.exchange.errors import NoKeys, WrongPassphrase
from serai.exchange.jws import NO_HASH, Typ, hash_of
from serai.exchange.keys import Change, Use, statement_payload
from serai.exchange.signer.place import LOG, keys_folder
from serai.kernel.files import sync_folder, write_durably

FILE: Final = "private.sealed"
_COST: Final = 2**15  # scrypt's n: 32 MB and a tenth of a second, once a start
_FORMAT: Final = b"serai-keys-1"


@dataclass(slots=True)
class KeyFile:
    """The opened file: key id → private key, raw."""

    folder: Path
    node: str
    realm: str
    private: dict[str, bytes] = field(default_factory=dict)

    def save(self, passphrase: bytes) -> None:
        """Write the sealed file whole and durably."""
        salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
        body = json.dumps(
            {
                "node": self.node,
                "realm": self.realm,
                "keys": {kid: b64encode(raw).decode() for kid, raw in self.private.items()},
            }
        )
        sealed = AESGCM(_derive(passphrase, salt, _COST)).encrypt(nonce, body.encode(), _FORMAT)
        values = {"format": _FORMAT.decode(), "n": _COST, "salt": salt, "nonce": nonce, "sealed": sealed}
        text = json.dumps({key: b64encode(v).decode() if isinstance(v, bytes) else v for key, v in values.items()})
        write_durably(self.folder / FILE, text.encode())


def _derive(passphrase: bytes, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase)


def open_keys(node_folder: Path) -> KeyFile:
    """Open the private keys; raise NoKeys, WrongPassphrase."""
    folder = keys_folder(node_folder)
    try:
        values = json.loads((folder / FILE).read_bytes())
        passphrase = read_passphrase(node_folder)
    except (FileNotFoundError, ValueError):
        raise NoKeys(folder=node_folder) from None
    try:
        key = _derive(passphrase, b64decode(values["salt"]), min(int(values["n"]), 2**20))
        body = json.loads(AESGCM(key).decrypt(b64decode(values["nonce"]), b64decode(values["sealed"]), _FORMAT))
    except (InvalidTag, ValueError, KeyError, TypeError):
        raise WrongPassphrase(file=folder / FILE) from None
    private = {kid: b64decode(raw) for kid, raw in body["keys"].items()}
    return KeyFile(folder=folder, node=body["node"], realm=body["realm"], private=private)


def passphrase_file(node_folder: Path) -> Path:
    """Return where the passphrase is: beside the keys unless the operator put it elsewhere."""
    named = os.environ.get("SERAI_KEY_PASSPHRASE_FILE")
    return Path(named) if named else keys_folder(node_folder) / "passphrase"


def read_passphrase(node_folder: Path) -> bytes:
    return passphrase_file(node_folder).read_bytes().strip()


def make_keys(node_folder: Path, *, node: str, realm: str, now: int | None = None) -> None:
    """Make the first keys of a node, unless it has some. Two at once, or a kill at any point, leave one whole set.

    All is made in a draft folder that is renamed into place: the name is free, or the keys are there already.
    """
    folder = keys_folder(node_folder)
    if folder.exists():
        return
    draft = node_folder / f".keys.{secrets.token_hex(4)}"
    draft.mkdir(mode=0o700)
    _fill(draft, node=node, realm=realm, now=int(time.time()) if now is None else now)
    try:
        draft.rename(folder)
    except OSError:  # another process was faster; its keys stand
        for path in draft.iterdir():
            path.unlink()
        draft.rmdir()
    sync_folder(node_folder)


def _fill(folder: Path, *, node: str, realm: str, now: int) -> None:
    sign, ready, seal = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
    private: Mapping[str, Ed25519PrivateKey | X25519PrivateKey] = {
        f"{node}-1": sign,
        f"{node}-2": ready,
        f"{node}-S1": seal,
    }
    named = os.environ.get("SERAI_KEY_PASSPHRASE_FILE")
    passphrase = Path(named).read_bytes().strip() if named else secrets.token_urlsafe(32).encode()
    if not named:
        write_durably(folder / "passphrase", passphrase + b"\n")
    raw = {kid: key.private_bytes_raw() for kid, key in private.items()}
    KeyFile(folder=folder, node=node, realm=realm, private=raw).save(passphrase)
    statements = list[bytes]()
    for kid, key in private.items():
        use = Use.SEAL if key is seal else Use.SIGN
        change = Change(verb="add", kid=kid, use=use, x=key.public_key().public_bytes_raw(), start=now)
        payload = statement_payload(
            node=node,
            realm=realm,
            number=len(statements) + 1,
            prev=hash_of(statements[-1]) if statements else NO_HASH,
            at=now,
            change=change,
        )
        signed = jws.signing_input(f"{node}-1", Typ.KEY, payload)
        statements.append(jws.join(signed, sign.sign(signed)))
    write_durably(folder / LOG, b"".join(raw + b"\n" for raw in statements))
    sync_folder(folder)


def append_statement(folder: Path, raw: bytes) -> None:
    """Add a statement to the key log, durably; a line cut off by a power failure is written over."""
    path = folder / LOG
    whole = path.read_bytes()
    kept = whole[: whole.rfind(b"\n") + 1]
    write_durably(path, kept + raw + b"\n")
