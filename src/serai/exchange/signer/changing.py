"""Changes of a node's keys: each makes what it needs, and leads to statements that are appended to the key log."""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from serai.exchange import jws
from serai.exchange.errors import SignerRefused
from serai.exchange.jws import Typ, hash_of
from serai.exchange.keys import Change, KeyLog, Use, kid_of, number_of, statement_payload
from serai.exchange.signer import keyfile
from serai.exchange.signer.errors import KeyMissing, TokenFault
from serai.exchange.signer.interface import KeyOrder
from serai.exchange.signer.private import PrivateKeys

_OVERLAP_S: Final = 90 * 86400  # what was sealed for a key may be long under way


class KeyChanges:
    """Carries orders out on the keys and the log of a signer, whose lock is held meanwhile."""

    def __init__(self, keys: PrivateKeys, log: KeyLog, *, folder: Path | None, now: Callable[[], float]) -> None:
        self._keys, self._log, self._folder, self._now = keys, log, folder, now

    def carry_out(self, order: KeyOrder) -> list[bytes]:
        """Return the statements that were added; raise SignerRefused."""
        orders = {
            "rotate": self._rotate,
            "reseal": self._reseal,
            "foreign": self._foreign,
            "end": self._end,
            "revoke": self._revoke,
        }
        if order.verb not in orders:
            raise SignerRefused(reason=f"there is no order “{order.verb[:20]}”")
        before = len(self._log.statements)
        orders[order.verb](order)
        return self._log.statements[before:]

    def _rotate(self, order: KeyOrder) -> None:
        """End the key that signs, so that the ready one follows; make a new ready one first."""
        current = signing_kid(self._log, at=self._now())
        self._add(Use.SIGN, order.at, order.label)
        self._state(Change(verb="end", kid=current, end=order.end or order.at))

    def _reseal(self, order: KeyOrder) -> None:
        former = self._log.valid(Use.SEAL, at=order.at)
        self._add(Use.SEAL, order.at)
        for key in former:
            self._state(Change(verb="end", kid=key.kid, end=order.end or order.at + _OVERLAP_S))

    def _foreign(self, order: KeyOrder) -> None:
        """Make a key for other protocols; those before it end at `end`, or stay when none is given."""
        former = [] if order.end is None else self._log.valid(Use.FOREIGN, at=order.at)
        self._add(Use.FOREIGN, order.at, order.label)
        for key in former:
            self._state(Change(verb="end", kid=key.kid, end=order.end))

    def _end(self, order: KeyOrder) -> None:
        key = self._log.keys.get(order.kid)
        if key is None or key.use is not Use.FOREIGN or not key.is_valid(order.at):
            raise SignerRefused(
                reason=f"“{order.kid[:12]}” is no valid key for other protocols; others end by rotation or revocation"
            )
        self._state(Change(verb="end", kid=key.kid, end=order.end or order.at))

    def _revoke(self, order: KeyOrder) -> None:
        """Revoke a key by another that is valid and answers; a new one follows it, if its token answers."""
        key = self._log.keys.get(order.kid)
        if key is None or key.revoked_since is not None:
            raise SignerRefused(reason=f"there is no key “{order.kid[:12]}” to revoke")
        now = int(self._now())
        others = [one.kid for one in self._log.valid(Use.SIGN, at=now) if one.kid != order.kid]
        if not others:
            raise SignerRefused(reason="no other signing key is valid: a key cannot revoke itself")
        change = Change(verb="revoke", kid=order.kid, since=min(order.at, now), reason=order.reason[:200])
        self._state_by_any(change, others)
        with contextlib.suppress(TokenFault):  # the revocation stands; whoever ordered it sees that no key was added
            self._add(key.use, now, order.label)

    def _state_by_any(self, change: Change, kids: Sequence[str]) -> None:
        """Have a statement signed by the first key that can: others may lie in the token that was lost."""
        for kid in kids[:-1]:
            try:
                return self._state(change, by=kid)
            except (TokenFault, KeyMissing):
                continue
        return self._state(change, by=kids[-1])

    def _add(self, use: Use, start: int, label: str = "") -> None:
        """Make a key; it is kept durably before the statement that names it."""
        if use is Use.SEAL:
            label = ""  # such keys lie in the key file
        numbers = [number_of(key.kid) for key in self._log.keys.values() if key.use is use]
        kid = kid_of(self._log.node, use, max(numbers, default=0) + 1)
        x = self._keys.make(kid, use, label=label)
        self._state(Change(verb="add", kid=kid, use=use, x=x, start=start))

    def _state(self, change: Change, *, by: str = "") -> None:
        payload = statement_payload(
            node=self._log.node,
            realm=self._log.realm,
            number=len(self._log.statements) + 1,
            prev=hash_of(self._log.statements[-1]),
            at=int(self._now()),
            change=change,
        )
        kid = by or signing_kid(self._log, at=self._now())
        signed = jws.signing_input(kid, Typ.KEY, payload)
        raw = jws.join(signed, self._keys.sign(kid, signed))
        self._log.append(raw)
        if self._folder is not None:
            keyfile.append_statement(self._folder, raw)


def signing_kid(log: KeyLog, *, at: float) -> str:
    """Return which key of a node signs at a time; raise SignerRefused when none does."""
    key = log.signs_now(at=int(at))
    if key is None:
        raise SignerRefused(reason="no signing key of this node is valid now")
    return key.kid
