"""A node's key log: signed statements that add, end and revoke public keys, so that “valid at time t” has one answer. Pure."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from serai.exchange import jws
from serai.exchange.claims import Claims, dump
from serai.exchange.errors import BadJws, BadKeyLog, BadMessage, KeyNotValid, UnknownKey
from serai.exchange.jws import NO_HASH, Typ, from_base64, hash_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FIELDS: Final = ("v", "node", "realm", "number", "prev", "at")


class Use(StrEnum):
    SIGN = "sign"
    SEAL = "seal"
    FOREIGN = "foreign"  # where another protocol needs ES256


ALGORITHM_OF: Final[Mapping[Use, str]] = {Use.SIGN: "Ed25519", Use.SEAL: "X25519", Use.FOREIGN: "ES256"}
_MARK: Final = {Use.SIGN: "", Use.SEAL: "S", Use.FOREIGN: "F"}  # in the ids of a node's own keys
_KEY_BYTES: Final = {Use.SIGN: 32, Use.SEAL: 32, Use.FOREIGN: 65}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """One key as the log knows it now. Times are seconds UTC; `end` and `since` are exclusive ends of validity."""

    kid: str
    use: Use
    x: bytes  # raw; for ES256 the uncompressed point
    start: int
    end: int | None = None
    revoked_since: int | None = None
    reason: str = ""

    def is_valid(self, at: int) -> bool:
        ends = [end for end in (self.end, self.revoked_since) if end is not None]
        return self.start <= at and all(at < end for end in ends)


@lru_cache(maxsize=256)
def load_ed25519(raw: bytes) -> "Ed25519PublicKey":
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415  # a page that reads needs none

    return ed25519.Ed25519PublicKey.from_public_bytes(raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a statement says: exactly one of `add`, `end`, `revoke`."""

    verb: Literal["add", "end", "revoke"]
    kid: str
    use: Use = Use.SIGN
    x: bytes = b""
    start: int = 0
    end: int | None = None
    since: int = 0
    reason: str = ""

    def dump(self) -> dict[str, object]:
        if self.verb == "add":
            return {
                "kid": self.kid,
                "use": str(self.use),
                "alg": ALGORITHM_OF[self.use],
                "x": jws.to_base64(self.x),
                "start": self.start,
                "end": self.end,
            }
        if self.verb == "end":
            return {"kid": self.kid, "end": self.end}
        return {"kid": self.kid, "since": self.since, "reason": self.reason}


def statement_payload(*, node: str, realm: str, number: int, prev: str, at: int, change: Change) -> bytes:
    """Return the payload of a key statement, ready to be signed."""
    head = dict(zip(FIELDS, (1, node, realm, number, prev, at), strict=True))
    return dump(head | {change.verb: change.dump()})


@dataclass(slots=True)
class KeyLog:
    """The keys of one node, from its statements; each was checked against those before it."""

    node: str
    realm: str
    statements: list[bytes] = field(default_factory=list)
    keys: dict[str, PublicKey] = field(default_factory=dict)

    @classmethod
    def read(cls, node: str, realm: str, statements: Iterable[bytes | str]) -> "KeyLog":
        """Check statement after statement; raise BadKeyLog at the first that does not follow."""
        log = cls(node, realm)
        for statement in statements:
            log.append(statement.encode() if isinstance(statement, str) else statement)
        return log

    @property
    def fingerprint(self) -> str:
        """Return the node's fingerprint; of an empty log, an empty text."""
        return fingerprint_of(self.statements[0]) if self.statements else ""

    @property
    def head(self) -> str:
        """Return the hash of the last statement."""
        return hash_of(self.statements[-1]) if self.statements else NO_HASH

    def append(self, raw: bytes) -> None:
        """Take the next statement."""
        number = len(self.statements) + 1
        try:
            signed = jws.read_jws(raw, Typ.KEY)
            claims = Claims(signed.payload)
            at, change = self._read(claims, number)
            self._check_signer(signed, change, number, at)
        except BadKeyLog:
            raise
        except BadMessage as error:
            raise self._bad(number, str(error).rstrip(".")) from None
        self._apply(change, number)
        self.statements.append(raw)

    def _read(self, claims: Claims, number: int) -> tuple[int, Change]:
        if (claims.integer("v"), claims.text("node"), claims.text("realm")) != (1, self.node, self.realm):
            raise self._bad(number, "it is of another node, realm or version")
        if (claims.integer("number"), claims.text("prev")) != (number, self.head):
            raise self._bad(number, "it does not follow the statement before")
        at, change = claims.integer("at"), _read_change(claims)
        claims.check_no_more()
        return at, change

    def _check_signer(self, signed: jws.Jws, change: Change, number: int, at: int) -> None:
        if number == 1:
            if change.verb != "add" or change.use is not Use.SIGN or change.kid != signed.kid:
                raise self._bad(number, "the first statement must add the key that signs it")
            key = load_ed25519(change.x)
        else:
            if change.verb == "revoke" and change.kid == signed.kid:
                raise self._bad(number, "a key cannot revoke itself: whoever stole it could")
            key = self.signing_key(signed.kid, at=at)
        jws.verify(signed, key)

    def _apply(self, change: Change, number: int) -> None:
        known = self.keys.get(change.kid)
        if change.verb == "add":
            if known is not None:
                raise self._bad(number, f"the key {change.kid} was added before")
            self.keys[change.kid] = PublicKey(
                kid=change.kid, use=change.use, x=change.x, start=change.start, end=change.end
            )
            return
        if known is None:
            raise self._bad(number, f"there is no key {change.kid}")
        self.keys[change.kid] = PublicKey(
            kid=known.kid,
            use=known.use,
            x=known.x,
            start=known.start,
            end=change.end if change.verb == "end" else known.end,
            revoked_since=change.since if change.verb == "revoke" else known.revoked_since,
            reason=change.reason or known.reason,
        )

    def _bad(self, number: int, reason: str) -> BadKeyLog:
        return BadKeyLog(node=self.node, number=number, reason=reason)

    def signing_key(self, kid: str, *, at: int) -> "Ed25519PublicKey":
        """Return the key for a signature made at a time; raise UnknownKey, KeyNotValid."""
        key = self.keys.get(kid)
        if key is None or key.use is not Use.SIGN:
            raise UnknownKey(kid=kid, node=self.node)
        if not key.is_valid(at):
            raise KeyNotValid(kid=kid, at=at)
        return load_ed25519(key.x)

    def signs_now(self, *, at: int) -> PublicKey | None:
        """Return the key that signs at a time: the first made of the valid ones; the next is ready to follow it."""
        return min(self.valid(Use.SIGN, at=at), key=lambda key: number_of(key.kid), default=None)

    def valid(self, use: Use, *, at: int) -> list[PublicKey]:
        """Return the keys for a use that are valid at a time, the one whose validity began last at the end."""
        found = [key for key in self.keys.values() if key.use is use and key.is_valid(at)]
        return sorted(found, key=lambda key: key.start)


def number_of(kid: str) -> int:
    """Return the number of a key id: 3 of “KZ-3”, of “KZ-S3” and of “KZ-F3”."""
    return int(kid.rpartition("-")[2].lstrip("SF"))


def kid_of(node: str, use: Use, number: int) -> str:
    """Return the id that a node gives to its key of this number."""
    return f"{node}-{_MARK[use]}{number}"


def use_of(kid: str) -> Use:
    """Return what a key of this node is for, by its id."""
    mark = kid.rpartition("-")[2][:1]
    return next((use for use, letter in _MARK.items() if letter == mark), Use.SIGN)


def _read_change(claims: Claims) -> Change:
    verbs = [verb for verb in ("add", "end", "revoke") if claims.has(verb)]
    if len(verbs) != 1:
        raise BadJws(reason="a key statement says one of add, end and revoke")
    part = claims.part(verbs[0])
    kid = part.text("kid", longest=12)
    if verbs[0] == "add":
        change = _read_added(part, kid)
    elif verbs[0] == "end":
        change = Change(verb="end", kid=kid, end=part.integer("end"))
    else:
        change = Change(verb="revoke", kid=kid, since=part.integer("since"), reason=part.text("reason", longest=200))
    part.check_no_more()
    return change


def _read_added(part: Claims, kid: str) -> Change:
    use, algorithm = part.text("use"), part.text("alg")
    if use not in set(Use) or ALGORITHM_OF[Use(use)] != algorithm:
        raise BadJws(reason=f"a key for “{use[:20]}” by “{algorithm[:20]}” is not used here")
    x = from_base64(part.text("x", longest=120))
    if len(x) != _KEY_BYTES[Use(use)]:
        raise BadJws(reason="the key has a wrong length")
    end = None if part.is_null("end") else part.integer("end")
    return Change(verb="add", kid=kid, use=Use(use), x=x, start=part.integer("start"), end=end)


def fingerprint_of(statement: bytes) -> str:
    """Return a node's fingerprint: 12 groups of 5 digits from the hash of its first key statement.

    Digits, since two operators read them to each other in whatever language they share; 12 groups keep 199 bits.

    >>> fingerprint_of(b"statement")[:17]
    '10653 91842 45127'
    """
    number = int.from_bytes(hashlib.sha256(statement).digest()) % 10**60
    digits = f"{number:060}"
    return " ".join(digits[place : place + 5] for place in range(0, 60, 5))


def same_fingerprint(given: str, statement: bytes) -> bool:
    """Return whether somebody wrote a node's fingerprint, spaces and dashes as they like."""
    return "".join(filter(str.isdigit, given)) == fingerprint_of(statement).replace(" ", "")
