"""Who does something. Accounts come later; until then actions are done by the software or by a node's operator."""

import getpass
from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    SYSTEM = "system"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The doer of an action, as the audit trail names it."""

    kind: ActorKind
    name: str

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
