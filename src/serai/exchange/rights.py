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


def check_may_read(actor: Actor) -> None:
    """Raise Refused unless the actor is an operator or an auditor."""
    if not is_operator(actor) and not actor.has(Role.AUDITOR):
        raise Refused
