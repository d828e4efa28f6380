"""A token (HSM) through PKCS#11: keys that sign lie in it and never leave it. Imported only where one is configured."""

import hashlib
from typing import Any, Final

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11 import exceptions as faults

from serai.exchange.keys import Use
from serai.exchange.signer import tokenfile
from serai.exchange.signer.errors import (
    PinRefused,
    TokenFault,
    TokenKeyMissing,
    TokenKeyTaken,
    TokenMissing,
    TokenModuleBad,
    TokenUnable,
)
from serai.exchange.signer.tokenfile import TokenSettings

# The curve as PKCS#11 3.0 writes it (an object identifier), and as its drafts did (a name).
_ED25519: Final = (bytes.fromhex("06032b6570"), bytes.fromhex("130c656477617264733235353139"))
_P256: Final = (bytes.fromhex("06082a8648ce3d030107"),)
_WRONG_PIN: Final = (
    faults.PinIncorrect,
    faults.PinInvalid,
    faults.PinLenRange,
    faults.PinLocked,
    faults.PinExpired,
    faults.UserPinNotInitialized,
)
_KIND: Final = {Use.SIGN: KeyType.EC_EDWARDS, Use.FOREIGN: KeyType.EC}
_MADE_BY: Final = {Use.SIGN: Mechanism.EC_EDWARDS_KEY_PAIR_GEN, Use.FOREIGN: Mechanism.EC_KEY_PAIR_GEN}
_SIGNED_BY: Final = {Use.SIGN: Mechanism.EDDSA, Use.FOREIGN: Mechanism.ECDSA}
_NAME: Final = {Use.SIGN: "Ed25519 (CKM_EDDSA)", Use.FOREIGN: "ES256 (CKM_ECDSA)"}


class Token:
    """One token, signed in to. Calls come one at a time: the signer holds its lock."""

    def __init__(self, settings: TokenSettings) -> None:
        self.settings = settings
        self._session: pkcs11.Session | None = None
        self._keys: dict[str, Any] = {}  # the library adds `sign` where the token allows it
        self._open()

    @property
    def name(self) -> str:
        return self.settings.token

    def _open(self, *, rw: bool = False) -> pkcs11.Session:
        """Sign in; raise TokenModuleBad, TokenMissing, PinFileBad, PinRefused, TokenFault."""
        self.close()
        token, pin = self._find_token(), tokenfile.read_pin(self.settings)
        if tokenfile.was_refused(self.settings):
            raise self._refused("as before")
        try:
            self._session = token.open(user_pin=pin, rw=rw)
        except _WRONG_PIN as error:
            tokenfile.note_refused(self.settings)
            raise self._refused(type(error).__name__) from None
        except pkcs11.PKCS11Error as error:
            raise self._fault(error) from None
        tokenfile.forget_refused(self.settings)
        return self._session

    def _find_token(self) -> pkcs11.Token:
        try:
            library = pkcs11.lib(self.settings.module)
        except (pkcs11.PKCS11Error, OSError) as error:
            where = {"module": self.settings.module, "settings": self.settings.file}
            raise TokenModuleBad(reason=type(error).__name__, **where) from None
        try:
            found = list(library.get_tokens(token_label=self.name))
        except pkcs11.PKCS11Error as error:
            raise self._fault(error) from None
        if len(found) != 1:
            raise TokenMissing(
                token=self.name, module=self.settings.module, count=len(found), settings=self.settings.file
            )
        return found[0]

    def _refused(self, reason: str) -> PinRefused:
        return PinRefused(token=self.name, file=self.settings.pin_file, reason=reason)

    def _fault(self, error: Exception) -> TokenFault:
        return TokenFault(token=self.name, reason=type(error).__name__)  # its text may be anything

    def close(self) -> None:
        """Sign out, so that a token with few places has one free."""
        session, self._session, self._keys = self._session, None, {}
        if session is not None:
            try:
                session.close()
            except pkcs11.PKCS11Error:
                pass  # it was gone already: that is why it is closed

    def _begin_anew(self) -> None:
        """Have the token's software look for its tokens again: one that was away is else never seen as back."""
        self.close()
        try:
            pkcs11.lib(self.settings.module).reinitialize()
        except pkcs11.PKCS11Error as error:
            raise self._fault(error) from None
        self._open()

    def sign(self, label: str, use: Use, data: bytes) -> bytes:
        """Return 64 bytes; a session that the token dropped is opened anew once."""
        try:
            return self._sign(label, use, data)
        except (pkcs11.PKCS11Error, TokenFault):
            self._begin_anew()
        try:
            return self._sign(label, use, data)
        except pkcs11.PKCS11Error as error:
            raise self._fault(error) from None

    def _sign(self, label: str, use: Use, data: bytes) -> bytes:
        if label not in self._keys:
            self._keys[label] = self._find(ObjectClass.PRIVATE_KEY, label)
        to_sign = hashlib.sha256(data).digest() if use is Use.FOREIGN else data
        return bytes(self._keys[label].sign(to_sign, mechanism=_SIGNED_BY[use]))

    def _find(self, kind: ObjectClass, label: str) -> Any:
        session = self._session or self._open()
        found = list(session.get_objects({Attribute.CLASS: kind, Attribute.LABEL: label}))
        if len(found) != 1:
            raise TokenKeyMissing(token=self.name, label=label, count=len(found), settings=self.settings.file)
        return found[0]

    def take(self, label: str, use: Use, *, may_exist: bool) -> bytes:
        """Return the public part of the key with this label, raw; make the key when there is none."""
        try:
            return self._take(label, use, may_exist=may_exist)
        except pkcs11.PKCS11Error as error:
            raise self._fault(error) from None

    def _take(self, label: str, use: Use, *, may_exist: bool) -> bytes:
        session = self._open(rw=True)
        if not list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: label})):
            self._make(session, label, use)
        elif not may_exist:
            raise TokenKeyTaken(token=self.name, label=label)
        private, public = self._find(ObjectClass.PRIVATE_KEY, label), self._find(ObjectClass.PUBLIC_KEY, label)
        point = _unwrap(bytes(public[Attribute.EC_POINT]), use)
        if private[Attribute.KEY_TYPE] != _KIND[use] or point is None:
            raise TokenUnable(token=self.name, reason=f"its key “{label}” is not for {_NAME[use]}")
        self._open()  # what signs needs no right to write
        return point

    def _make(self, session: pkcs11.Session, label: str, use: Use) -> None:
        """Make a key pair that cannot leave the token."""
        if _MADE_BY[use] not in session.token.slot.get_mechanisms():
            raise TokenUnable(token=self.name, reason=f"it makes no keys for {_NAME[use]}")
        secret = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.SIGN: True}
        fault: Exception | None = None
        for curve in _ED25519 if use is Use.SIGN else _P256:
            try:
                domain = session.create_domain_parameters(_KIND[use], {Attribute.EC_PARAMS: curve}, local=True)
                domain.generate_keypair(
                    mechanism=_MADE_BY[use], store=True, label=label, id=label.encode(), private_template=secret
                )
            except pkcs11.PKCS11Error as error:
                fault = error
            else:
                return
        raise TokenUnable(token=self.name, reason=f"making a key for {_NAME[use]} failed with {type(fault).__name__}")


def _unwrap(point: bytes, use: Use) -> bytes | None:
    """Return a raw public key: tokens give it bare, or inside an OCTET STRING or a BIT STRING of ASN.1."""
    length = 32 if use is Use.SIGN else 65
    for head in (b"", bytes([4, length]), bytes([3, length + 1, 0])):
        if len(point) == len(head) + length and point.startswith(head):
            return point[len(head) :]
    return None
