"""Private keys of which some lie in a token and the others in the key file."""

from typing import TYPE_CHECKING, Protocol

from serai.exchange.keys import Use, use_of
from serai.exchange.signer.errors import TokenFault, TokenSettingsBad, TokenSoftwareMissing
from serai.exchange.signer.private import PrivateKeys
from serai.exchange.signer.tokenfile import TokenSettings, add_label

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey


class SigningToken(Protocol):
    """What is asked of a token."""

    def sign(self, label: str, use: Use, data: bytes) -> bytes:
        """Return 64 bytes: Ed25519, or ES256 as r and s."""

    def take(self, label: str, use: Use, *, may_exist: bool) -> bytes:
        """Return the public part of a key, raw; make it when there is none under this label. Raise TokenKeyTaken."""

    def close(self) -> None:
        """Sign out."""


class TokenKeys:
    """Asks the token for the keys that the settings name, and the key file for all others; sealing keys are always there."""

    def __init__(self, settings: TokenSettings, token: SigningToken, file: PrivateKeys) -> None:
        self._settings, self._token, self._file = settings, token, file

    def sign(self, kid: str, data: bytes) -> bytes:
        label = self._settings.labels.get(kid)
        return self._file.sign(kid, data) if label is None else self._token.sign(label, use_of(kid), data)

    def agree_key(self, kid: str) -> "X25519PrivateKey | None":
        return self._file.agree_key(kid)

    def place(self, kid: str) -> str:
        label = self._settings.labels.get(kid)
        return self._file.place(kid) if label is None else f"token “{self._settings.token}”, key “{label}”"

    def make(self, kid: str, use: Use, *, label: str = "") -> bytes:
        if use is Use.SEAL or not (label or self._settings.makes_new):
            return self._file.make(kid, use)
        named = self._settings.labels.get(kid)  # by hand, or before a kill
        is_meant = bool(label or named)
        label = label or named or f"serai-{kid}"
        owner = next((one for one, other in self._settings.labels.items() if other == label), kid)
        if owner != kid or named not in {None, label}:
            raise TokenSettingsBad(
                file=self._settings.file, reason=f"it says {owner} = “{self._settings.labels[owner]}” already"
            )
        x = self._token.take(label, use, may_exist=is_meant)
        if named is None:
            self._settings = add_label(self._settings, kid, label)
        return x

    def close(self) -> None:
        self._token.close()


class _LostToken:
    """A token that could not be signed in to: says so whenever it is needed."""

    def __init__(self, fault: TokenFault) -> None:
        self._fault = fault

    def sign(self, label: str, use: Use, data: bytes) -> bytes:  # noqa: ARG002  # as of any token
        raise self._fault

    def take(self, label: str, use: Use, *, may_exist: bool) -> bytes:  # noqa: ARG002
        raise self._fault

    def close(self) -> None:
        """Nothing was opened."""


def open_token(settings: TokenSettings, file: PrivateKeys, *, is_emergency: bool = False) -> TokenKeys:
    """Sign in to the token of the settings; raise TokenFault, in an emergency only once the token is needed."""
    try:
        token = _sign_in(settings)
    except TokenFault as fault:
        if not is_emergency:
            raise
        token = _LostToken(fault)
    return TokenKeys(settings, token, file)


def _sign_in(settings: TokenSettings) -> SigningToken:
    try:
        from serai.exchange.signer.hsm import Token  # noqa: PLC0415  # its library is there only where a token is
    except ImportError:
        raise TokenSoftwareMissing(file=settings.file) from None
    return Token(settings)
