"""Who may manage whom. The command line of the machine may what an operator may: who holds it holds the store."""

from typing import Final

from serai.kernel.roles import EVERYWHERE, Actor, ActorKind, Grant, Role, parse_scope
from serai.site.accounts.errors import BadScope, NotAnOperator, OwnGrants, OwnTokensOnly
from serai.site.accounts.models import Account

_WHOLE_NODE: Final = frozenset({Role.OPERATOR, Role.AUDITOR})


def is_operator(actor: Actor) -> bool:
    """Whether the actor manages accounts; a token never does."""
    if actor.kind is ActorKind.OPERATOR or actor.kind is ActorKind.SYSTEM:
        return True
    return actor.limits is None and Grant(Role.OPERATOR, EVERYWHERE) in actor.grants


def check_operator(actor: Actor) -> None:
    if not is_operator(actor):
        raise NotAnOperator


def check_may_change_grants(actor: Actor, account: Account) -> None:
    """Raise unless the actor manages accounts, and this one is not their own."""
    check_operator(actor)
    if actor.account == str(account.pk):
        raise OwnGrants


def check_self_or_operator(actor: Actor, account: Account) -> None:
    """Raise unless the account is the actor's own or the actor manages accounts."""
    if actor.limits is not None or actor.account != str(account.pk):
        check_operator(actor)


def check_may_make_token(actor: Actor, account: Account) -> None:
    """Raise unless the account is the actor's own: with another's token an operator could review what he handed in."""
    is_own = actor.limits is None and actor.account == str(account.pk)
    if not is_own and actor.kind is not ActorKind.OPERATOR:
        raise OwnTokensOnly


def check_grant(grant: Grant) -> None:
    """Raise BadScope for a scope that is none, and for a role in a scope where it means nothing."""
    try:
        parse_scope(grant.scope)
    except ValueError:
        raise BadScope(role=grant.role, scope=grant.scope[:80]) from None
    wants_party = grant.role is Role.FOCAL_POINT
    if wants_party != bool(grant.scope) and (wants_party or grant.role in _WHOLE_NODE):
        raise BadScope(role=grant.role, scope=grant.scope)
