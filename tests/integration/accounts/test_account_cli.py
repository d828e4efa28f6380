"""`serai account`: whoever runs the machine opens and closes accounts, gives roles, makes links and tokens."""

import json
import os
import subprocess
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from serai.kernel import clock
from serai.kernel.models import AuditRow
from serai.kernel.roles import Role
from serai.site.accounts.cli import account as account_group
from serai.site.accounts.errors import (
    AccountClosed,
    BadEmail,
    BadLimits,
    EmailTaken,
    LastOperator,
    NoSuchAccount,
    NoSuchToken,
)
from serai.site.accounts.models import Account, ApiToken, RoleGrant, Session, SignInLink
from tests.running import SERAI
from tests.signing_in import browser, is_signed_in, open_account, signed_in

pytestmark = pytest.mark.django_db


def call(*arguments: str) -> Result:
    """Run a command in this process, on the test's own store."""
    return CliRunner().invoke(account_group, list(arguments), obj=lambda: None)


def done(*arguments: str) -> str:
    """Run a command that must succeed; return what it printed."""
    result = call(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def test_an_account_is_opened_with_its_roles_and_no_password() -> None:
    said = done("open", "New@Example.org", "--name", "Aliya", "--role", "editor", "--role", "focal-point:state:KZ")

    row = Account.objects.get(email="new@example.org")
    assert not row.has_usable_password()
    assert set(row.grants.values_list("role", "scope")) == {("editor", ""), ("focal-point", "state:KZ")}
    assert "serai account link new@example.org" in said


def test_the_trail_names_the_account_by_its_id_alone() -> None:
    done("open", "new@example.org", "--name", "Aliya", "--role", "editor")
    done("change", "new@example.org", "--email", "other@example.org", "--name", "Aliya B.", "--language", "ru")
    done("link", "other@example.org", "--url", "http://node.example")
    done("token", "other@example.org", "--name", "payroll", "--limit", "read")
    done("close", "other@example.org", "--reason", "left the Secretariat")

    key = Account.objects.get().pk
    rows = AuditRow.objects.filter(action__startswith="accounts:").order_by("pk")
    assert [row.action.removeprefix("accounts:") for row in rows] == [
        "account:open",
        "grant:give",
        "account:change",
        "link:make",
        "token:make",
        "account:close",
    ]
    assert {(row.subject, row.actor_kind) for row in rows} == {(f"account {key}", "operator")}
    assert rows[2].details == {"changed": ["name", "language", "email"]}
    written = json.dumps([[row.subject, row.details, row.actor_name] for row in rows])
    assert not [word for word in ("example", "Aliya", "payroll", "serai_") if word in written]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("open", "taken@example.org", "--name", "Aliya"), EmailTaken),
        (("open", "no address", "--name", "Aliya"), BadEmail),
        (("change", "taken@example.org", "--email", "no address"), BadEmail),
        (("link", "nobody@example.org"), NoSuchAccount),
        (("show", "not-an-id"), NoSuchAccount),
        (("end-token", "77"), NoSuchToken),
        (("token", "taken@example.org", "--name", "x", "--limit", "everything"), BadLimits),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(arguments: tuple[str, ...], error: type[Exception]) -> None:
    open_account("taken@example.org")

    result = call(*arguments)

    assert isinstance(result.exception, error)
    assert list(Account.objects.values_list("email", "name")) == [("taken@example.org", "Aigerim Editor")]
    assert not AuditRow.objects.filter(action__startswith="accounts:").exists()


@pytest.mark.parametrize("role", ["chief", "editor:state:XX", "editor:body:no-such-body", "focal-point:customs-dg", ""])
def test_a_role_that_is_none_is_wrong_usage(role: str) -> None:
    open_account("a@example.org")

    result = call("grant", "a@example.org", role)

    assert result.exit_code == 2
    assert "is not a role" in result.stderr or "knows no body" in result.stderr
    assert not RoleGrant.objects.exists()


def test_a_role_is_given_once_and_taken_again() -> None:
    row = open_account("a@example.org")

    for _ in range(2):
        done("grant", "a@example.org", "reviewer:state:UZ")
    given = list(row.grants.values_list("role", "scope"))
    for _ in range(2):
        done("revoke", str(row.pk), "reviewer:state:UZ")

    assert given == [("reviewer", "state:UZ")]
    assert not row.grants.exists()
    assert AuditRow.objects.filter(action__startswith="accounts:grant:").count() == 2


@pytest.mark.parametrize("arguments", [("revoke", "a@example.org", "operator"), ("close", "a@example.org")])
def test_the_last_operator_stays(arguments: tuple[str, ...]) -> None:
    row = open_account("a@example.org", role=Role.OPERATOR)
    open_account("former@example.org", role=Role.OPERATOR, closed_at=clock.now())

    refused = call(*arguments)
    open_account("b@example.org", role=Role.OPERATOR)
    allowed = call(*arguments)

    assert isinstance(refused.exception, LastOperator)
    assert allowed.exit_code == 0
    row.refresh_from_db()
    assert row.closed_at is not None or not row.grants.exists()


def test_a_link_is_one_line_that_signs_in_once() -> None:
    open_account("a@example.org", password="")

    result = call("link", "a@example.org", "--url", "http://node.example/")
    path = result.stdout.strip().removeprefix("http://node.example")
    first, second = browser(), browser()
    first.post(path)
    again = second.post(path)

    assert result.stdout.count("\n") == 1
    assert "once" in result.stderr
    assert "ten minutes" in result.stderr
    assert (is_signed_in(first), is_signed_in(second)) == (True, False)
    assert again.status_code == 404
    assert path.rpartition("/")[2] not in str(list(SignInLink.objects.values()))


def test_a_link_is_over_after_ten_minutes_and_void_once_another_is_made() -> None:
    open_account("a@example.org")
    paths = [done("link", "a@example.org").strip().removeprefix("http://127.0.0.1:8000") for _ in range(2)]
    former, late, latest = browser(), browser(), browser()

    former.post(paths[0])
    with clock.frozen(clock.now() + timedelta(minutes=10, seconds=1)):
        late.post(paths[1])
    latest.post(paths[1])

    assert [is_signed_in(client) for client in (former, late, latest)] == [False, False, True]


def test_a_closed_account_is_out_at_its_next_page_and_back_when_reopened() -> None:
    row = open_account("a@example.org", role=Role.EDITOR)
    client = signed_in(row)
    token = done("token", "a@example.org", "--name", "x", "--limit", "read")

    done("close", "a@example.org", "--reason", "left")
    was_in = is_signed_in(client)
    link = call("link", "a@example.org")
    done("reopen", "a@example.org")

    assert token.startswith("serai_")
    assert not was_in
    assert isinstance(link.exception, AccountClosed)
    assert not is_signed_in(client)  # what ended stays ended
    assert ApiToken.objects.get().ended_at is not None
    assert is_signed_in(signed_in(Account.objects.get()))
    assert AuditRow.objects.get(action="accounts:account:close").reason == "left"


def test_sessions_are_told_by_their_device_and_ended_together() -> None:
    row = open_account("a@example.org")
    clients = [signed_in(row), signed_in(row)]

    told = json.loads(done("sessions", "a@example.org", "--json"))
    said = done("end-sessions", "a@example.org")

    assert [set(session) for session in told] == [{"device", "started", "seen"}] * 2
    assert not [key for key in Session.objects.values_list("pk", flat=True) if key in str(told)]
    assert said == "2 sessions ended\n"
    assert [is_signed_in(client) for client in clients] == [False, False]


def test_a_token_is_printed_once_told_without_its_secret_and_ended_by_its_number() -> None:
    open_account("a@example.org")

    token = done("token", "a@example.org", "--name", "payroll", "--limit", "submit", "--limit", "read").strip()
    shown = done("show", "a@example.org")
    number = json.loads(shown)["tokens"][0]["number"]
    done("end-token", str(number))

    assert json.loads(shown)["tokens"][0]["limits"] == ["read", "submit"]
    assert token not in shown
    assert token not in str(list(ApiToken.objects.values()))
    assert json.loads(done("show", "a@example.org"))["tokens"] == []


def test_the_list_tells_roles_and_who_is_closed() -> None:
    open_account("a@example.org", name="Aliya", role=Role.AUDITOR)
    open_account("b@example.org", name="Bek", closed_at=clock.now())

    rows = json.loads(done("list", "--json"))

    assert [(row["email"], row["roles"], bool(row["closed"])) for row in rows] == [
        ("a@example.org", ["auditor"], False),
        ("b@example.org", [], True),
    ]
    assert "(closed)" in done("list").splitlines()[1]


def test_help_needs_no_node_and_every_other_command_says_that_there_is_none(serai: Callable[..., Any]) -> None:
    names = account_group.list_commands(None)  # type: ignore[arg-type]  # the group has no use for it

    helped = subprocess.run(
        [*SERAI, "account", "open", "--help"],
        env=os.environ | {"SERAI_HOME": "/nowhere"},
        capture_output=True,
        text=True,
        check=True,
    )
    refused = serai("account", "list")

    assert set(names) >= {"open", "list", "show", "link", "grant", "revoke", "close", "reopen", "sessions", "token"}
    assert "--role" in helped.stdout
    assert refused.returncode == 1
    assert "[no_node]" in refused.stderr
