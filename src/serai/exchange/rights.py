"""Who may do what in the exchange: operators act, operators and auditors read."""

from serai.kernel.errors import Refused
from serai.kernel.roles import Actor, ActorKind, Role


def is_operator(actor: Actor) -> bool:
    """Whether the actor is an operator of this node, or whoever sits at its command line."""
    return actor.kind is ActorKind.OPERATOR or actor.has(Role.OPERATOR)


def check_operator(actor: Actor) -> None:
    """Raise Refused unless the actor is one."""
    if not is_operator(actor):
        raise Refused


def may_read(actor: Actor) -> bool:
    """Whether the actor is an operator or an auditor."""
    return is_operator(actor) or actor.has(Role.AUDITOR)


def check_may_read(actor: Actor) -> None:
    """Raise Refused unless the actor is one of them."""
    if not may_read(actor):
        raise Refused
