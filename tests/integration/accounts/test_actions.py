"""Every write of accounts: what it changes, what it refuses, and the one row that it leaves in the trail."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from serai.kernel import clock
from serai.kernel.models import AuditRow
from serai.kernel.roles import Actor, ActorKind, Grant, Role, Scope
from serai.site.accounts import actions
from serai.site.accounts.errors import (
    AccountClosed,
    BadEmail,
    BadLimits,
    BadName,
    BadScope,
    EmailTaken,
    LastOperator,
    LinkNotUsable,
    NoSuchAccount,
    NoSuchSession,
    NoSuchToken,
    NotAnOperator,
    OwnGrants,
    OwnTokensOnly,
)
from serai.site.accounts.models import Account, ApiToken, Session, SignInLink
from tests.signing_in import is_signed_in, open_account, signed_in

pytestmark = pytest.mark.django_db
AT_WORK = Actor.operator()


def actor_for(account: Any, *grants: Grant) -> Actor:
    return Actor(kind=ActorKind.ACCOUNT, name=str(account.pk), grants=frozenset(grants))


def rows() -> list[AuditRow]:
    return list(AuditRow.objects.filter(action__startswith="accounts:").order_by("pk"))


# Finding


def test_an_account_is_found_by_id_and_by_address_in_any_case() -> None:
    account = open_account("madina@example.org")

    assert actions.get_account(str(account.pk)) == account
    assert actions.get_account(" Madina@Example.org ") == account


@pytest.mark.parametrize("key", ["", "nobody", "nobody@example.org", "00000000-0000-4000-8000-000000000000", "x" * 999])
def test_an_account_that_is_not_there_is_told_by_a_sentence(key: str) -> None:
    with pytest.raises(NoSuchAccount):
        actions.get_account(key)


# Opening and changing


def test_an_account_is_opened_without_a_password_and_with_one_row_for_each_thing_done() -> None:
    account = actions.open_account(
        email=" Madina@Example.ORG", name=" Madina \t K. ", language="ru", grants=[Grant(Role.EDITOR)], actor=AT_WORK
    )

    account.refresh_from_db()
    assert (account.email, account.name, account.language) == ("madina@example.org", "Madina K.", "ru")
    assert not account.has_usable_password()
    assert [(row.action, row.subject, row.actor_kind) for row in rows()] == [
        ("accounts:account:open", f"account {account.pk}", "operator"),
        ("accounts:grant:give", f"account {account.pk}", "operator"),
    ]
    assert rows()[1].details == {"role": "editor", "scope": ""}


@pytest.mark.parametrize(
    "email", ["", "x", "x@", "@x.org", "a b@x.org", "a@b@x.org", "a\0@x.org", f"a@{'b' * 250}.org"]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(BadEmail):
        actions.open_account(email=email, name="A", actor=AT_WORK)


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "a\0b", "Ann\u202egnal", "zero\u200bwidth", "\ud800"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(BadName):
        actions.open_account(email="a@example.org", name=name, actor=AT_WORK)


@pytest.mark.parametrize("name", ["Әлихан Бөкейхан", "司马迁", "Ҷамшед", "Gülşirin Ö.", "O’Neill-Lê"])
def test_names_of_the_region_and_of_others_are_taken(name: str) -> None:
    assert actions.open_account(email="a@example.org", name=name, actor=AT_WORK).name == name


def test_one_address_has_one_account_and_the_second_leaves_nothing_behind() -> None:
    open_account("madina@example.org")

    with pytest.raises(EmailTaken):
        actions.open_account(email="MADINA@example.org", name="M", grants=[Grant(Role.EDITOR)], actor=AT_WORK)

    assert (Account.objects.count(), rows()) == (1, [])


def test_an_account_with_a_role_that_means_nothing_is_not_opened() -> None:
    with pytest.raises(BadScope):
        actions.open_account(email="a@example.org", name="A", grants=[Grant(Role.FOCAL_POINT)], actor=AT_WORK)

    assert not Account.objects.exists()


def test_a_person_changes_her_name_and_not_her_address() -> None:
    account = open_account("old@example.org")
    me = actor_for(account)

    actions.change_account(account=account, name="New", language="zh-hans", actor=me)
    with pytest.raises(NotAnOperator):
        actions.change_account(account=account, name="New", language="en", email="new@example.org", actor=me)

    account.refresh_from_db()
    assert (account.name, account.language, account.email) == ("New", "zh-hans", "old@example.org")
    assert [row.details for row in rows()] == [{"changed": ["name", "language"]}]


def test_a_change_that_changes_nothing_leaves_no_row() -> None:
    account = open_account(name="Same", language="ru")

    actions.change_account(account=account, name=" Same ", language="ru", actor=AT_WORK)

    assert rows() == []


def test_no_name_address_or_secret_stands_in_the_trail() -> None:
    account = actions.open_account(email="secret-mail@example.org", name="Secretname", actor=AT_WORK)
    actions.change_account(
        account=account, name="Secretnamed", language="en", email="secret-mail2@example.org", actor=AT_WORK
    )
    link = actions.make_sign_in_link(account=account, actor=AT_WORK)
    actions.use_sign_in_link(link)
    token = actions.make_token(account=account, name="Secretprogram", limits=["read"], days=1, actor=AT_WORK)
    actions.end_token(number=ApiToken.objects.get().pk, actor=AT_WORK)
    client = signed_in(open_account("secret-third@example.org"))
    actions.end_session(key=str(client.session.session_key), actor=AT_WORK)
    actions.end_sessions(account=account, actor=AT_WORK)
    actions.close_account(account=account, reason="left", actor=AT_WORK)

    told = json.dumps([[row.action, row.subject, row.actor_name, row.reason, row.details] for row in rows()])
    assert len(rows()) == 10
    assert "ecret" not in told
    assert not any(
        secret in told for secret in (link, token, actions.hash_of_token(link), actions.hash_of_token(token))
    )


# Roles


def test_a_role_is_given_once_however_often_it_is_given() -> None:
    account = open_account()

    for _ in range(2):
        actions.grant_role(account=account, grant=Grant(Role.REVIEWER, Scope("state:KZ")), actor=AT_WORK)

    assert account.grants.count() == 1
    assert len(rows()) == 1


def test_the_store_itself_holds_one_row_for_a_role() -> None:
    account = open_account(role=Role.EDITOR)

    with pytest.raises(IntegrityError), transaction.atomic():
        account.grants.create(role=Role.EDITOR, given_at=clock.now(), given_by="x")


def test_taking_a_role_that_is_not_held_leaves_no_row() -> None:
    account = open_account(role=Role.EDITOR)

    actions.revoke_role(account=account, grant=Grant(Role.EDITOR, Scope("state:KZ")), actor=AT_WORK)

    assert (account.grants.count(), rows()) == (1, [])


def test_the_last_operator_stays_even_for_the_command_line() -> None:
    account = open_account(role=Role.OPERATOR)

    with pytest.raises(LastOperator):
        actions.revoke_role(account=account, grant=Grant(Role.OPERATOR), actor=AT_WORK)
    with pytest.raises(LastOperator):
        actions.close_account(account=account, reason="", actor=AT_WORK)

    account.refresh_from_db()
    assert (account.closed_at, account.grants.count(), rows()) == (None, 1, [])


def test_a_closed_operator_and_one_of_a_state_do_not_count_as_another() -> None:
    account = open_account(role=Role.OPERATOR)
    closed = open_account("closed@example.org", role=Role.OPERATOR)
    actions.close_account(account=closed, reason="", actor=AT_WORK)
    open_account("state@example.org").grants.create(
        role=Role.OPERATOR, scope="state:KZ", given_at=clock.now(), given_by="x"
    )

    with pytest.raises(LastOperator):
        actions.close_account(account=account, reason="", actor=AT_WORK)


def test_an_operator_goes_when_there_is_another() -> None:
    account, other = open_account(role=Role.OPERATOR), open_account("other@example.org", role=Role.OPERATOR)

    actions.close_account(account=account, reason="", actor=actor_for(other, Grant(Role.OPERATOR)))

    account.refresh_from_db()
    assert account.closed_at is not None


def test_an_operator_does_not_change_her_own_roles_or_close_herself() -> None:
    account = open_account(role=Role.OPERATOR)
    open_account("other@example.org", role=Role.OPERATOR)
    me = actor_for(account, Grant(Role.OPERATOR))

    for act in (
        lambda: actions.grant_role(account=account, grant=Grant(Role.EDITOR), actor=me),
        lambda: actions.revoke_role(account=account, grant=Grant(Role.OPERATOR), actor=me),
        lambda: actions.close_account(account=account, reason="", actor=me),
        lambda: actions.reopen_account(account=account, actor=me),
    ):
        with pytest.raises(OwnGrants):
            act()

    assert rows() == []


@pytest.mark.parametrize("role", [None, *(role for role in Role if role is not Role.OPERATOR)])
def test_nobody_but_an_operator_does_anything_to_another(role: Role | None) -> None:
    account = open_account(role=Role.OPERATOR)
    client = signed_in(account)
    actions.make_token(account=account, name="t", limits=["read"], days=1, actor=AT_WORK)
    number, before = ApiToken.objects.get().pk, len(rows())
    me = actor_for(open_account("me@example.org"), *([Grant(role)] if role else []))

    for act in (
        lambda: actions.open_account(email="a@example.org", name="A", actor=me),
        lambda: actions.change_account(account=account, name="X", language="en", actor=me),
        lambda: actions.grant_role(account=account, grant=Grant(Role.EDITOR), actor=me),
        lambda: actions.revoke_role(account=account, grant=Grant(Role.OPERATOR), actor=me),
        lambda: actions.close_account(account=account, reason="", actor=me),
        lambda: actions.reopen_account(account=account, actor=me),
        lambda: actions.make_sign_in_link(account=account, actor=me),
        lambda: actions.end_session(key=str(client.session.session_key), actor=me),
        lambda: actions.end_sessions(account=account, actor=me),
        lambda: actions.end_token(number=number, actor=me),
    ):
        with pytest.raises(NotAnOperator):
            act()
    with pytest.raises(OwnTokensOnly):
        actions.make_token(account=account, name="t", limits=["read"], days=1, actor=me)

    assert len(rows()) == before
    assert is_signed_in(client)


# Closing


def test_closing_and_reopening_twice_leaves_one_row_each() -> None:
    account = open_account()

    for _ in range(2):
        actions.close_account(account=Account.objects.get(pk=account.pk), reason="left", actor=AT_WORK)
    for _ in range(2):
        actions.reopen_account(account=Account.objects.get(pk=account.pk), actor=AT_WORK)

    assert [row.action for row in rows()] == ["accounts:account:close", "accounts:account:reopen"]
    assert rows()[0].reason == "left"


def test_a_closed_account_is_given_nothing() -> None:
    account = open_account()
    stale = Account.objects.get(pk=account.pk)
    actions.close_account(account=account, reason="", actor=AT_WORK)

    for act in (
        lambda: actions.grant_role(account=stale, grant=Grant(Role.EDITOR), actor=AT_WORK),
        lambda: actions.make_sign_in_link(account=stale, actor=AT_WORK),
        lambda: actions.make_token(account=stale, name="t", limits=["read"], days=1, actor=AT_WORK),
    ):
        with pytest.raises(AccountClosed):
            act()

    assert not SignInLink.objects.exists()
    assert not ApiToken.objects.exists()
    assert not account.grants.exists()


def test_a_closed_account_s_session_dies_at_its_next_request_even_if_its_row_is_still_there() -> None:
    account = open_account(role=Role.EDITOR)
    client = signed_in(account)
    Account.objects.filter(pk=account.pk).update(closed_at=clock.now())  # as if the session were read a moment before

    assert Session.objects.count() == 1
    assert not is_signed_in(client)


def test_a_closed_person_keeps_her_roles_for_when_she_is_back() -> None:
    account = open_account(role=Role.EDITOR)

    actions.close_account(account=account, reason="", actor=AT_WORK)
    actions.reopen_account(account=account, actor=AT_WORK)

    assert {row.as_grant for row in account.grants.all()} == {Grant(Role.EDITOR)}


# Sessions


def test_a_person_ends_one_session_of_hers() -> None:
    account = open_account()
    first, second = signed_in(account), signed_in(account)

    actions.end_session(key=str(first.session.session_key), actor=actor_for(account))

    assert (is_signed_in(first), is_signed_in(second)) == (False, True)


def test_a_person_ends_all_sessions_but_the_one_she_sits_at() -> None:
    account = open_account()
    clients = [signed_in(account) for _ in range(3)]

    ended = actions.end_sessions(
        account=account, except_key=str(clients[0].session.session_key), actor=actor_for(account)
    )

    assert ended == 2
    assert [is_signed_in(client) for client in clients] == [True, False, False]


def test_a_session_that_is_none_or_nobodys_is_not_found() -> None:
    now = clock.now()
    Session.objects.create(session_key="nobody", session_data="", expire_date=now, started_at=now, seen_at=now)

    for key in ("", "never", "nobody"):
        with pytest.raises(NoSuchSession):
            actions.end_session(key=key, actor=AT_WORK)


# Links


def test_a_link_is_kept_as_a_hash_and_used_once() -> None:
    account = open_account(password="")
    token = actions.make_sign_in_link(account=account, actor=AT_WORK)

    assert token not in str(SignInLink.objects.values().get())
    assert len(token) >= 43  # 256 bits
    assert actions.use_sign_in_link(token) == account
    with pytest.raises(LinkNotUsable):
        actions.use_sign_in_link(token)
    assert [row.action for row in rows()] == ["accounts:link:make", "accounts:link:use"]


def test_why_a_link_cannot_be_used_is_never_told_apart() -> None:
    sentences = set()
    account = open_account()
    used = actions.make_sign_in_link(account=account, actor=AT_WORK)
    actions.use_sign_in_link(used)
    expired = actions.make_sign_in_link(account=open_account("b@example.org"), actor=AT_WORK)
    of_closed = actions.make_sign_in_link(account=open_account("c@example.org"), actor=AT_WORK)
    Account.objects.filter(email="c@example.org").update(closed_at=clock.now())

    for token, minutes in ((used, 0), (expired, 10), (of_closed, 0), ("never-made", 0), ("", 0)):
        with clock.frozen(clock.now() + timedelta(minutes=minutes)), pytest.raises(LinkNotUsable) as refusal:
            actions.use_sign_in_link(token)
        sentences.add((str(refusal.value), refusal.value.code))

    assert len(sentences) == 1
    assert SignInLink.objects.filter(used_at=None).count() == 2  # what was refused was not used up


# Tokens


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"name": " "},
        {"name": "x" * 81},
        {"limits": []},
        {"limits": ["read", "everything"]},
        {"days": 0},
        {"days": -1},
        {"days": 366},
    ],
)
def test_a_token_without_a_name_a_limit_or_an_end_is_refused(changed: dict[str, Any]) -> None:
    account = open_account()
    values: dict[str, Any] = {"name": "nightly", "limits": ["read"], "days": 90} | changed

    with pytest.raises(BadLimits):
        actions.make_token(account=account, actor=actor_for(account), **values)

    assert not ApiToken.objects.exists()


def test_a_token_is_made_and_ended_by_its_person() -> None:
    account = open_account()
    me = actor_for(account)

    actions.make_token(account=account, name=" My  program ", limits=["submit", "read", "read"], days=365, actor=me)
    row = ApiToken.objects.get()
    actions.end_token(number=row.pk, actor=me)

    assert (row.name, row.limits) == ("My program", ["read", "submit"])
    assert row.expires_at - row.made_at == timedelta(days=365)
    for number in (row.pk, row.pk + 1, 10**30):
        with pytest.raises(NoSuchToken):
            actions.end_token(number=number, actor=me)
    assert [row.action for row in rows()] == ["accounts:token:make", "accounts:token:end"]
