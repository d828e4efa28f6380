"""The signer itself: knows the typed objects, checks issuer and number, signs. Runs in the signer's process, or in a test."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from serai.exchange import jws
from serai.exchange.claims import Claims
from serai.exchange.errors import BadMessage, SignerRefused
from serai.exchange.jws import Typ
from serai.exchange.keys import KeyLog, Use, load_ed25519
from serai.exchange.signer.changing import KeyChanges, signing_kid
from serai.exchange.signer.interface import KeyOrder
from serai.exchange.signer.memory import Memory
from serai.exchange.signer.opening import open_private
from serai.exchange.signer.private import PrivateKeys

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
        self._keys, self._now = keys, now
        self._log = KeyLog.read(node, realm, statements)
        self._memory = Memory(folder)
        self._changes = KeyChanges(keys, self._log, folder=folder, now=now)
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
        return signing_kid(self._log, at=self._now())

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

    def sign_foreign(self, kid: str, data: bytes) -> bytes:
        with self._lock:
            key = self._log.keys.get(kid)
            if key is None or key.use is not Use.FOREIGN:
                raise SignerRefused(reason=f"“{kid[:12]}” is no key of this node for other protocols")
            if len(data) > jws.LONGEST:
                raise SignerRefused(reason=f"what is to be signed is longer than {jws.LONGEST} bytes")
            if not key.is_valid(int(self._now())):
                raise SignerRefused(reason=f"the key {kid} is not valid now: it was ended or revoked")
            return self._keys.sign(kid, data)

    def change_keys(self, order: KeyOrder) -> list[bytes]:
        with self._lock:
            return self._changes.carry_out(order)

    def places(self) -> dict[str, str]:
        with self._lock:
            return {kid: self._keys.place(kid) for kid in self._log.keys}

    def statements(self) -> list[bytes]:
        return list(self._log.statements)

    def close(self) -> None:
        """Sign out of a token, if one is used."""
        with self._lock:
            self._keys.close()

    def highest(self) -> dict[str, object]:
        with self._lock:
            return {
                "lanes": {lane: list(numbers) for lane, numbers in self._memory.lanes.items()},
                "log": self._memory.log,
            }


def open_signer(node_folder: Path, *, is_emergency: bool = False) -> SoftSigner:
    """Be the signer of a node; raise what `open_private` raises."""
    opened = open_private(node_folder, is_emergency=is_emergency)
    log = opened.log
    return SoftSigner(opened.keys, node=log.node, realm=log.realm, statements=log.statements, folder=opened.folder)
