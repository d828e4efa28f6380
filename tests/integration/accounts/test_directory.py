"""The people of the node as contexts ask for them, and who stands behind a request."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from serai.kernel import people
from serai.kernel.roles import EVERYWHERE, Actor, ActorKind, Grant, Role, Scope
from serai.kernel.who import actor_of
from serai.site.accounts import actions
from serai.site.accounts.models import Account
from tests.signing_in import open_account, signed_in

pytestmark = pytest.mark.django_db
KZ, DG = Scope("state:KZ"), Scope("body:customs-dg")


def person(name: str, *grants: tuple[Role, str]) -> Account:
    return actions.open_account(
        email=f"{name.lower()}@example.org",
        name=name,
        language="ru",
        grants=[Grant(role, Scope(scope)) for role, scope in grants],
        actor=Actor.operator(),
    )


def names(role: Role, scope: Scope) -> list[str]:
    return [found.name for found in people.find_holders(role, scope)]


def test_people_are_found_by_their_ids_and_what_is_no_id_is_nobody() -> None:
    account = person("Madina")

    found = people.find_people([str(account.pk), "", "not an id", "00000000-0000-4000-8000-000000000000"])

    assert list(found) == [str(account.pk)]
    assert found[str(account.pk)] == people.Person(
        account=str(account.pk), name="Madina", email="madina@example.org", language="ru"
    )


def test_nobody_is_asked_for_without_a_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert people.find_people(["the sealer", ""]) == {}


def test_a_closed_person_keeps_her_name_in_history_and_gets_no_mail() -> None:
    account = person("Madina", (Role.EDITOR, ""))
    actions.close_account(account=account, reason="", actor=Actor.operator())

    found = people.find_people([str(account.pk)])[str(account.pk)]

    assert (found.name, found.email) == ("Madina", "")
    assert names(Role.EDITOR, EVERYWHERE) == []


def test_a_role_for_the_whole_node_reaches_every_party_but_a_focal_point_speaks_for_one() -> None:
    person("Boris", (Role.REVIEWER, ""), (Role.REVIEWER, "state:KZ"))
    person("Anna", (Role.REVIEWER, "state:KZ"))
    person("Customs", (Role.FOCAL_POINT, DG), (Role.REVIEWER, "state:UZ"))

    assert names(Role.REVIEWER, KZ) == ["Anna", "Boris"]  # each once, by name
    assert names(Role.REVIEWER, EVERYWHERE) == ["Boris"]
    assert names(Role.REVIEWER, DG) == ["Boris"]  # the focal point's other role is for another party
    assert names(Role.FOCAL_POINT, DG) == ["Customs"]
    assert names(Role.FOCAL_POINT, KZ) == []
    assert names(Role.FOCAL_POINT, EVERYWHERE) == []


def test_a_role_without_a_scope_makes_nobody_speak_for_a_party() -> None:
    account = person("Wrong")
    account.grants.create(role=Role.FOCAL_POINT, scope="", given_at=account.made_at, given_by="by hand")

    assert names(Role.FOCAL_POINT, KZ) == []


# Who stands behind a request


def request_of(user: object, path: str = "/work/") -> Any:
    request = RequestFactory().get(path)
    request.user = user  # type: ignore[assignment]
    return request


def test_who_is_signed_in_acts_with_what_was_granted() -> None:
    account = person("Madina", (Role.EDITOR, ""), (Role.FOCAL_POINT, "state:KZ"))

    assert actor_of(request_of(account)) == Actor(
        kind=ActorKind.ACCOUNT,
        name=str(account.pk),
        grants=frozenset({Grant(Role.EDITOR), Grant(Role.FOCAL_POINT, KZ)}),
    )


def test_strangers_and_closed_accounts_are_the_public() -> None:
    account = person("Madina", (Role.EDITOR, ""))
    actions.close_account(account=account, reason="", actor=Actor.operator())

    for user in (AnonymousUser(), None, account, SimpleNamespace(is_active=True)):
        assert actor_of(request_of(user)) == Actor.public()


@pytest.mark.parametrize("path", ["/", "/register/", "/ru/register/I.1", "/api/v1/follow-up/work"])
def test_a_session_counts_on_the_pages_of_the_work_alone(path: str) -> None:
    account = person("Madina", (Role.EDITOR, ""))

    assert actor_of(request_of(account, path)) == Actor.public()
    assert actor_of(request_of(account, "/zh-hans/work/")).account == str(account.pk)


def test_a_request_is_asked_once_who_makes_it(django_assert_num_queries: Any) -> None:
    request = request_of(person("Madina", (Role.EDITOR, "")))

    with django_assert_num_queries(1):
        assert actor_of(request) is actor_of(request)


def test_a_role_taken_away_counts_at_the_next_request() -> None:
    account = open_account(role=Role.OPERATOR)
    other = open_account("other@example.org", role=Role.OPERATOR)
    client = signed_in(account)
    before = client.get("/account/people/").status_code
    actions.revoke_role(account=account, grant=Grant(Role.OPERATOR), actor=Actor.operator())

    assert before == 302  # to the second step that the role asks for
    assert client.get("/account/people/").status_code == 403
    assert other.grants.exists()
