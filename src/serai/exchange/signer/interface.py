"""What the node asks of whoever holds its private keys: a process, or an opened key file in tests and at the command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from serai.exchange.jws import Typ


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOrder:
    """A change of keys that an operator orders. The statement it leads to is signed and appended to the key log."""

    verb: str  # rotate: the ready key signs from `at` on, the old one stays valid until `end`, a new ready key is made
    #            reseal: a new seal key from `at`, the old one until `end`;  revoke: `kid` since `at`, signed by another key
    #            foreign: a new ES256 key from `at`, those before it until `end`, when given;  end: the ES256 key `kid`
    at: int
    end: int | None = None
    kid: str = ""
    reason: str = ""
    label: str = ""  # of the new key in the token; taken as it is when the token has it, else made


class Signer(Protocol):
    """Signs typed objects of this node and opens what was sealed for it. Raw bytes only by keys that no node believes."""

    def sign(self, typ: Typ, payloads: Sequence[bytes], *, base: int | None = None) -> list[bytes]:
        """Return the JWS of each payload, signed by the key that is valid now.

        Checks that each is of that type, of this node and realm. Envelopes: all of one lane and epoch, numbers in a row,
        none below the first of the batch signed last for the lane (what was committed since is closed for good). Receipts
        and checkpoints: `base` is the size of the log before what they speak of was appended, never below the one of
        the last call in the same log epoch. Raises SignerRefused, NumberUsed (the store was restored), SignerSilent.
        """

    def sign_again(self, envelopes: Sequence[bytes]) -> list[bytes]:
        """Return envelopes of this node, not a byte of their payloads changed, signed by the key that is valid now."""

    def sign_foreign(self, kid: str, data: bytes) -> bytes:
        """Return the ES256 signature, r and s, by a key whose use is `foreign` and which is valid now.

        For what another protocol signs (such as the e-permit's). No such key signs what nodes send each other.
        """

    def open_sealed(self, sealed: Sequence[str]) -> list[bytes | None]:
        """Return what each JWE holds; None for one that does not open."""

    def change_keys(self, order: KeyOrder) -> list[bytes]:
        """Carry the order out; return the statements that were added to the key log."""

    def statements(self) -> list[bytes]:
        """Return the key log."""

    def places(self) -> dict[str, str]:
        """Return where each key of the log lies: the key file, a token; empty for one that is not there (any more)."""

    def highest(self) -> dict[str, object]:
        """Return how far it has signed: {"lanes": {"SEC register": [epoch, first seq of the last batch, last seq]}, "log": [log_epoch, base]}."""
