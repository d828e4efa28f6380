"""Who may manage whom: as a table of every kind of actor against every act."""

import uuid

import pytest

from serai.kernel.roles import Actor, ActorKind, Grant, Role, Scope
from serai.site.accounts.errors import BadScope, NotAnOperator, OwnGrants, OwnTokensOnly
from serai.site.accounts.models import Account
from serai.site.accounts.rights import (
    check_grant,
    check_may_change_grants,
    check_may_make_token,
    check_operator,
    check_self_or_operator,
    is_operator,
)

OTHER = Account(id=uuid.UUID(int=1))
ME = Account(id=uuid.UUID(int=2))


def person(*grants: Grant, limits: frozenset[str] | None = None) -> Actor:
    return Actor(kind=ActorKind.ACCOUNT, name=str(ME.pk), grants=frozenset(grants), limits=limits)


OPERATOR = person(Grant(Role.OPERATOR))
NO_OPERATORS = {
    "public": Actor.public(),
    "no role": person(),
    "every other role": person(*(Grant(role) for role in Role if role is not Role.OPERATOR)),
    "operator of a state": person(Grant(Role.OPERATOR, Scope("state:KZ"))),
    "token of an operator": person(Grant(Role.OPERATOR), limits=frozenset({"read", "decide"})),
}


@pytest.mark.parametrize("actor", [OPERATOR, Actor.operator(), Actor.system("test")])
def test_operators_and_the_machine_manage_others(actor: Actor) -> None:
    assert is_operator(actor)

    check_operator(actor)
    check_may_change_grants(actor, OTHER)
    check_self_or_operator(actor, OTHER)


@pytest.mark.parametrize("actor", NO_OPERATORS.values(), ids=NO_OPERATORS)
def test_nobody_else_manages_others(actor: Actor) -> None:
    assert not is_operator(actor)

    for refused in (
        lambda: check_operator(actor),
        lambda: check_may_change_grants(actor, OTHER),
        lambda: check_self_or_operator(actor, OTHER),
    ):
        with pytest.raises(NotAnOperator):
            refused()


def test_an_operator_does_not_change_her_own_grants_and_the_machine_may_change_hers() -> None:
    with pytest.raises(OwnGrants):
        check_may_change_grants(OPERATOR, ME)

    check_may_change_grants(Actor.operator(), ME)


def test_a_person_manages_her_own_sessions_and_her_token_does_not() -> None:
    check_self_or_operator(person(), ME)

    with pytest.raises(NotAnOperator):
        check_self_or_operator(person(limits=frozenset({"read"})), ME)


def test_a_token_is_made_by_its_own_person_or_at_the_machine() -> None:
    check_may_make_token(person(), ME)
    check_may_make_token(Actor.operator(), OTHER)

    for actor, account in ((OPERATOR, OTHER), (person(limits=frozenset({"read"})), ME), (Actor.public(), OTHER)):
        with pytest.raises(OwnTokensOnly):
            check_may_make_token(actor, account)


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.FOCAL_POINT, "state:KZ"),
        (Role.FOCAL_POINT, "body:customs-dg"),
        (Role.EDITOR, ""),
        (Role.EDITOR, "state:KZ"),
        (Role.REVIEWER, "body:customs-dg"),
        (Role.OPERATOR, ""),
        (Role.AUDITOR, ""),
    ],
)
def test_a_role_is_given_where_it_means_something(role: Role, scope: str) -> None:
    check_grant(Grant(role, Scope(scope)))


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.FOCAL_POINT, ""),
        (Role.OPERATOR, "state:KZ"),
        (Role.AUDITOR, "body:customs-dg"),
        (Role.EDITOR, "state:XX"),
        (Role.EDITOR, "KZ"),
        (Role.EDITOR, "body:"),
        (Role.EDITOR, "state:KZ\n"),
    ],
)
def test_a_role_is_refused_where_it_means_nothing(role: Role, scope: str) -> None:
    with pytest.raises(BadScope):
        check_grant(Grant(role, Scope(scope)))
