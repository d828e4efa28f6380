"""Who does something, and what they were granted. Who may do what to which object is told by each context's rights."""

import getpass
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NewType

from serai.kernel.countries import STATES

Scope = NewType("Scope", str)  # "" is the whole node; "state:KZ" a state, "body:customs-dg" a body of the register
EVERYWHERE: Final = Scope("")
_BODY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def parse_scope(text: str) -> Scope:
    """Read a scope; whether a body exists is for the register to say.

    >>> parse_scope("state:KZ"), parse_scope("body:customs-dg"), parse_scope("")
    ('state:KZ', 'body:customs-dg', '')
    >>> parse_scope("state:XX")
    Traceback (most recent call last):
    ValueError: 'state:XX' is not a scope: write state:KZ, body:customs-dg, or nothing for the whole node
    """
    kind, _, key = text.partition(":")
    if not text or (kind == "state" and key in STATES) or (kind == "body" and _BODY.fullmatch(key)):
        return Scope(text)
    raise ValueError(f"{text!r} is not a scope: write state:KZ, body:customs-dg, or nothing for the whole node")


class Role(StrEnum):
    """What an account may be granted. A reader without an account is the public and needs no grant."""

    EDITOR = "editor"
    REVIEWER = "reviewer"
    FOCAL_POINT = "focal-point"
    OPERATOR = "operator"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role inside a scope."""

    role: Role
    scope: Scope = EVERYWHERE

    def covers(self, scope: Scope) -> bool:
        """Whether the grant reaches an object of that scope; one for the whole node reaches all."""
        return self.scope in {EVERYWHERE, scope}


class ActorKind(StrEnum):
    SYSTEM = "system"
    OPERATOR = "operator"  # at the command line of the machine
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The doer of an action. `name` is what the audit trail keeps: for an account its id, since a person's name is not."""

    kind: ActorKind
    name: str
    grants: frozenset[Grant] = field(default_factory=frozenset)
    limits: frozenset[str] | None = None  # what a token allows; None for a person who signed in

    @classmethod
    def system(cls, name: str) -> "Actor":
        """A part of the software that acts by itself, such as the sealer."""
        return cls(kind=ActorKind.SYSTEM, name=name)

    @classmethod
    def operator(cls) -> "Actor":
        """The person at the command line, by the login of the machine."""
        try:
            name = getpass.getuser()
        except (KeyError, OSError):  # a container user without an entry in passwd
            name = "unknown"
        return cls(kind=ActorKind.OPERATOR, name=name)

    @classmethod
    def public(cls) -> "Actor":
        """Somebody without an account: granted nothing."""
        return cls(kind=ActorKind.ACCOUNT, name="")

    @property
    def doer(self) -> str:
        """Kind and name together: nobody of one kind passes for one of another."""
        return f"{self.kind}:{self.name}"

    @property
    def account(self) -> str:
        """The id of the account that acts; empty for the software, the command line and the public."""
        return self.name if self.kind is ActorKind.ACCOUNT else ""

    def has(self, role: Role, scope: Scope = EVERYWHERE) -> bool:
        """Whether the actor holds a role that reaches objects of the scope."""
        return any(grant.role is role and grant.covers(scope) for grant in self.grants)

    def has_any(self, *roles: Role) -> bool:
        """Whether the actor holds one of the roles, wherever."""
        return any(grant.role in roles for grant in self.grants)

    def scopes_of(self, role: Role) -> frozenset[Scope]:
        """Return the scopes in which the actor holds the role."""
        return frozenset(grant.scope for grant in self.grants if grant.role is role)
