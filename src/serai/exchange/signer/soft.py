"""The signer itself: knows the typed objects, checks issuer and number, signs. Runs in the signer's process, or in a test."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from serai.exchange import jws
from serai.exchange.claims import Claims
from serai.exchange.errors import BadMessage, SignerRefused
from serai.exchange.jws import Typ, hash_of
from serai.exchange.keys import Change, KeyLog, Use, load_ed25519, number_of, statement_payload
from serai.exchange.signer import keyfile
from serai.exchange.signer.interface import KeyOrder
from serai.exchange.signer.keyfile import KeyFile
from serai.exchange.signer.memory import Memory
from serai.exchange.signer.place import read_statements


class PrivateKeys(Protocol):
    """Whatever holds the private keys: a file, or a token (PKCS#11)."""

    def sign(self, kid: str, data: bytes) -> bytes:
        """Return the Ed25519 signature."""

    def agree_key(self, kid: str) -> X25519PrivateKey | None:
        """Return the key with which sealed bodies are opened; None when there is none under this id."""

    def make(self, kid: str, use: Use) -> bytes:
        """Make a key and keep it durably; return its public part, raw."""


class FileKeys:
    """Private keys from an opened key file."""

    def __init__(self, file: KeyFile, passphrase: bytes | None) -> None:
        self._file, self._passphrase = file, passphrase
        self._loaded = {
            kid: Ed25519PrivateKey.from_private_bytes(raw) for kid, raw in file.private.items() if "-S" not in kid
        }

    def sign(self, kid: str, data: bytes) -> bytes:
        return self._loaded[kid].sign(data)

    def agree_key(self, kid: str) -> X25519PrivateKey | None:
        raw = self._file.private.get(kid) if "-S" in kid else None
        return X25519PrivateKey.from_private_bytes(raw) if raw else None

    def make(self, kid: str, use: Use) -> bytes:
        key = Ed25519PrivateKey.generate() if use is Use.SIGN else X25519PrivateKey.generate()
        self._file.private[kid] = key.private_bytes_raw()
        if self._passphrase is not None:
            self._file.save(self._passphrase)
        if isinstance(key, Ed25519PrivateKey):
            self._loaded[kid] = key
        return key.public_key().public_bytes_raw()


# Who is named as the issuer, by type.
_ISSUER: Final[Mapping[Typ, str]] = {
    Typ.ENVELOPE: "from",
    Typ.RECEIPT: "from",
    Typ.CHECKPOINT: "node",
    Typ.WITNESS: "by",
    Typ.QUESTION: "from",
    Typ.ANSWER: "from",
}
_OF_LOG: Final = {Typ.RECEIPT, Typ.CHECKPOINT}


class SoftSigner:
    """Signs with keys that it holds; one call at a time. `folder` keeps the memory; None forgets it with the process."""

    def __init__(
        self,
        keys: PrivateKeys,
        *,
        node: str,
        realm: str,
        statements: Sequence[bytes],
        folder: Path | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.node, self.realm = node, realm
        self._keys, self._now, self._folder = keys, now, folder
        self._log = KeyLog.read(node, realm, statements)
        self._memory = Memory(folder)
        self._lock = threading.RLock()

    def sign(self, typ: Typ, payloads: Sequence[bytes], *, base: int | None = None) -> list[bytes]:
        with self._lock:
            claims = [self._read(typ, payload) for payload in payloads]
            if typ is Typ.ENVELOPE:
                self._check_numbers(claims)
            if typ in _OF_LOG:
                self._check_log(claims, base)
            kid = self._kid()
            return [self._join(kid, typ, payload) for payload in payloads]

    def _read(self, typ: Typ, payload: bytes) -> Claims:
        """A payload must be an object of its type, of this node and realm."""
        if typ not in _ISSUER:
            raise SignerRefused(reason=f"a {typ} is not signed on request")
        try:
            claims = Claims(payload)
            issuer, realm = claims.text(_ISSUER[typ]), claims.text("realm")
        except BadMessage as error:
            raise SignerRefused(reason=str(error)) from None
        if (issuer, realm) != (self.node, self.realm):
            raise SignerRefused(reason=f"a {typ} of {issuer} ({realm}) is not for {self.node} ({self.realm}) to sign")
        return claims

    def _check_numbers(self, batch: Sequence[Claims]) -> None:
        places = [(one.text("to"), one.text("lane"), one.integer("epoch"), one.integer("seq")) for one in batch]
        if not places:
            return
        recipient, lane, epoch, first = places[0]
        if places != [(recipient, lane, epoch, first + n) for n in range(len(places))]:
            raise SignerRefused(reason="a batch holds envelopes of one lane and epoch, numbered in a row")
        name = f"{recipient} {lane}"
        self._memory.check_lane(name, epoch, first)
        self._memory.note_lane(name, epoch, first, first + len(places) - 1)

    def _check_log(self, claims: Sequence[Claims], base: int | None) -> None:
        for one in claims:
            log_epoch, size = one.integer("log_epoch"), one.integer("size")
            if base is None or base > size:
                raise SignerRefused(reason="what speaks of the log says from which size it grew")
            self._memory.check_log(log_epoch, base)
            self._memory.note_log(log_epoch, base)

    def _kid(self) -> str:
        """Return the key that signs now."""
        key = self._log.signs_now(at=int(self._now()))
        if key is None:
            raise SignerRefused(reason="no signing key of this node is valid now")
        return key.kid

    def _join(self, kid: str, typ: Typ, payload: bytes) -> bytes:
        signed = jws.signing_input(kid, typ, payload)
        return jws.join(signed, self._keys.sign(kid, signed))

    def sign_again(self, envelopes: Sequence[bytes]) -> list[bytes]:
        """Return the same envelopes signed by the key that is valid now: for what waits when its key is revoked.

        Only what this node has signed before is signed again, and not a byte of it differs.
        """
        with self._lock:
            kid, found = self._kid(), list[bytes]()
            for raw in envelopes:
                signed = jws.read_jws(raw, Typ.ENVELOPE)
                key = self._log.keys.get(signed.kid)
                if key is None or key.use is not Use.SIGN:
                    raise SignerRefused(reason=f"{signed.kid} is no key of this node")
                jws.verify(signed, load_ed25519(key.x))
                found.append(self._join(kid, Typ.ENVELOPE, signed.payload))
            return found

    def open_sealed(self, sealed: Sequence[str]) -> list[bytes | None]:
        from serai.exchange.sealing import kid_of, open_sealed  # noqa: PLC0415  # its library is large, sealing rare

        found = list[bytes | None]()
        for text in sealed:
            try:
                key = self._keys.agree_key(kid_of(text))
                found.append(open_sealed(text, key) if key else None)
            except BadMessage:
                found.append(None)
        return found

    def change_keys(self, order: KeyOrder) -> list[bytes]:
        with self._lock:
            changes = {"rotate": self._rotate, "reseal": self._reseal, "revoke": self._revoke}
            if order.verb not in changes:
                raise SignerRefused(reason=f"there is no order “{order.verb[:20]}”")
            before = len(self._log.statements)
            changes[order.verb](order)
            return self._log.statements[before:]

    def _rotate(self, order: KeyOrder) -> None:
        """End the key that signs, so that the ready one follows; make a new ready one first."""
        current = self._kid()
        self._add(Use.SIGN, order.at)
        self._state(Change(verb="end", kid=current, end=order.end or order.at))

    def _reseal(self, order: KeyOrder) -> None:
        former = self._log.valid(Use.SEAL, at=order.at)
        self._add(Use.SEAL, order.at)
        for key in former:
            self._state(Change(verb="end", kid=key.kid, end=order.end or order.at + 90 * 86400))

    def _revoke(self, order: KeyOrder) -> None:
        """Revoke a key by another that is valid; a signing key is followed by a new ready one."""
        key = self._log.keys.get(order.kid)
        if key is None or key.revoked_since is not None:
            raise SignerRefused(reason=f"there is no key “{order.kid[:12]}” to revoke")
        others = [one.kid for one in self._log.valid(Use.SIGN, at=int(self._now())) if one.kid != order.kid]
        if not others:
            raise SignerRefused(reason="no other signing key is valid: a key cannot revoke itself")
        since = min(order.at, int(self._now()))
        self._state(Change(verb="revoke", kid=order.kid, since=since, reason=order.reason[:200]), by=others[0])
        self._add(key.use, int(self._now()))

    def _add(self, use: Use, start: int) -> None:
        """Make a key; it is kept durably before the statement that names it."""
        mark = "S" if use is Use.SEAL else ""
        numbers = [number_of(key.kid) for key in self._log.keys.values() if key.use is use]
        kid = f"{self.node}-{mark}{max(numbers, default=0) + 1}"
        x = self._keys.make(kid, use)
        self._state(Change(verb="add", kid=kid, use=use, x=x, start=start))

    def _state(self, change: Change, *, by: str = "") -> None:
        payload = statement_payload(
            node=self.node,
            realm=self.realm,
            number=len(self._log.statements) + 1,
            prev=hash_of(self._log.statements[-1]),
            at=int(self._now()),
            change=change,
        )
        raw = self._join(by or self._kid(), Typ.KEY, payload)
        self._log.append(raw)
        if self._folder is not None:
            keyfile.append_statement(self._folder, raw)

    def statements(self) -> list[bytes]:
        return list(self._log.statements)

    def highest(self) -> dict[str, object]:
        with self._lock:
            return {
                "lanes": {lane: list(numbers) for lane, numbers in self._memory.lanes.items()},
                "log": self._memory.log,
            }


def open_signer(node_folder: Path) -> SoftSigner:
    """Open the node's keys here; raise NoKeys, WrongPassphrase."""
    file = keyfile.open_keys(node_folder)
    return SoftSigner(
        FileKeys(file, keyfile.read_passphrase(node_folder)),
        node=file.node,
        realm=file.realm,
        statements=read_statements(node_folder),
        folder=file.folder,
    )
