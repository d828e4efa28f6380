"""Who asks for what they may not have is written down: once in the trail, without what they sent, and never without end."""

import logging
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from serai.kernel import clock
from serai.kernel.models import AuditRow
from serai.kernel.roles import Role
from serai.register import queries as register
from serai.register.followup.actions.requests import ask_for_update
from serai.register.followup.parties import state_party
from serai.site.accounts import throttle
from serai.site.denials import MOST_AN_HOUR
from tests.programs import BASE, Program, open_program, token_for

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)


def denials() -> list[AuditRow]:
    return list(AuditRow.objects.filter(action="site:denial").order_by("pk"))


@pytest.fixture
def other(db: None) -> Program:
    return open_program("other", (Role.FOCAL_POINT, "state:UZ"))


@pytest.fixture
def hidden(db: None) -> int:
    """A request that concerns Kazakhstan alone."""
    from serai.site.accounts.actor import make_actor
    from serai.site.accounts.models import Account

    editor = open_program("editor", (Role.EDITOR, ""))
    open_program("focal", (Role.FOCAL_POINT, "state:KZ"))
    actor = make_actor(Account.objects.get(pk=editor.account))
    due = date.fromordinal(clock.today().toordinal() + 30)
    return ask_for_update(entry=register.get_entry("VIII.3a"), party=state_party("KZ"), due=due, actor=actor).pk


def browser_of(program: Program) -> Client:
    from serai.site.accounts.models import Account

    browser = Client()
    browser.force_login(Account.objects.get(pk=program.account), backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def training(settings: Any) -> None:
    """In training no second step stands between a person and the daily work."""
    from dataclasses import replace

    settings.IDENTITY = replace(settings.IDENTITY, realm="training")


def test_denied_program_leaves_one_row_that_says_who_where_and_why(other: Program) -> None:
    narrow = Program(other.account, token_for(other.account, ("submit",)))

    answer = narrow.get("/requests/12")

    assert answer.status_code == 403
    (row,) = denials()
    assert (row.actor_kind, row.actor_name) == ("account", other.account)
    assert row.details == {"route": "api:get_request", "code": "token_too_narrow"}
    assert row.subject == "api:get_request number 12"


def test_what_is_told_as_not_there_is_written_down_and_what_is_not_there_is_not(other: Program, hidden: int) -> None:
    other.get("/requests/999999")
    assert denials() == []

    other.get(f"/requests/{hidden}")

    assert [(row.details["code"], row.subject) for row in denials()] == [
        ("no_such_request", f"api:get_request number {hidden}")
    ]


@pytest.mark.usefixtures("training")
def test_denied_person_leaves_a_row_too(other: Program, hidden: int) -> None:
    answer = browser_of(other).get(f"/ru/work/requests/{hidden}/?q=private+words")

    assert answer.status_code == 404
    (row,) = denials()
    assert (row.actor_name, row.subject) == (other.account, f"work:request number {hidden}")
    assert "private" not in str(row.details)


def test_body_of_a_denied_write_is_not_kept(hidden: int) -> None:
    auditor = open_program("auditor", (Role.AUDITOR, ""))

    answer = auditor.post(f"/requests/{hidden}/answer", {"kind": "note", "note": "a private remark"})

    assert answer.status_code == 403
    (row,) = denials()
    assert row.details == {"route": "api:answer", "code": "not_allowed"}
    assert "private" not in f"{row.subject} {row.reason}"


def test_secret_in_an_address_is_not_kept(other: Program) -> None:
    from django.test import RequestFactory
    from django.urls import resolve

    from serai.kernel.errors import Refused
    from serai.kernel.roles import Actor, ActorKind
    from serai.site.denials import record_denial

    request = RequestFactory().get("/account/link/a-secret-token")
    request.resolver_match = resolve(request.path)

    record_denial(request, Actor(kind=ActorKind.ACCOUNT, name=other.account), Refused())

    (row,) = denials()
    assert "secret" not in f"{row.subject} {row.details}"
    assert row.subject == "account_link"


def test_public_leaves_a_line_in_the_log_without_an_address_and_no_row(
    hidden: int, caplog: pytest.LogCaptureFixture
) -> None:
    focal = open_program("colleague", (Role.FOCAL_POINT, "state:KZ"))
    token = focal.send(b"A letter.\n", "a.txt").json()["token"]
    body = {"kind": "note", "party": "state:KZ", "note": "See the file.", "evidence": [token]}
    number = focal.post("/entries/VIII.3a/submissions", body).json()["evidence"][0]["number"]

    with caplog.at_level(logging.INFO, logger="serai.web"):
        answer = Client().get(f"{BASE}/evidence/{number}", REMOTE_ADDR="192.0.2.77")

    (line,) = [record for record in caplog.records if record.message == "denied"]
    assert answer.status_code == 404
    assert (line.__dict__["by"], line.__dict__["code"], line.__dict__["in_trail"]) == (
        "public",
        "no_such_evidence",
        False,
    )
    assert "192.0.2.77" not in str(line.__dict__)
    assert denials() == []


def test_session_beside_a_denied_call_is_not_blamed_for_it(other: Program, hidden: int) -> None:
    """The API knows nobody by a cookie."""
    answer = browser_of(other).get(f"{BASE}/work", headers={"Authorization": "Bearer serai_wrong"})

    assert answer.status_code == 401
    assert denials() == []


def test_a_flood_fills_the_log_and_not_the_trail(other: Program, caplog: pytest.LogCaptureFixture) -> None:
    narrow = Program(other.account, token_for(other.account, ("submit",)))

    with clock.frozen(NOW), caplog.at_level(logging.INFO, logger="serai.web"):
        statuses = {narrow.get("/work").status_code for _ in range(MOST_AN_HOUR + 15)}

    assert statuses == {403}
    assert len(denials()) == MOST_AN_HOUR
    assert len([record for record in caplog.records if record.message == "denied"]) == MOST_AN_HOUR + 15


def test_the_next_hour_and_another_account_have_a_number_of_their_own(other: Program) -> None:
    narrow = Program(other.account, token_for(other.account, ("submit",)))
    neighbour = open_program("neighbour", (Role.EDITOR, ""), limits=("submit",))
    with clock.frozen(NOW):
        for _ in range(MOST_AN_HOUR + 1):
            narrow.get("/work")

    with clock.frozen(NOW + timedelta(minutes=50)):
        throttle.sweep(clock.now())
        narrow.get("/work")
        neighbour.get("/work")
    with clock.frozen(NOW + timedelta(minutes=56)):
        throttle.sweep(clock.now())
        narrow.get("/work")

    names = [row.actor_name for row in denials()]
    assert (names.count(other.account), names.count(neighbour.account)) == (MOST_AN_HOUR + 1, 1)


def test_a_trail_that_cannot_be_written_makes_no_refusal_into_an_answer(
    other: Program, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("INSERT") and "kernel_auditrow" in sql:
            raise DatabaseError("the disk is full")
        return execute(sql, *rest)

    narrow = Program(other.account, token_for(other.account, ("read",)))

    with connection.execute_wrapper(fail):
        answer = narrow.post("/requests", {"entry": "VIII.3a", "parties": ["state:UZ"], "due": "2027-01-15"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "token_too_narrow")
    assert any(record.message == "a denial could not be written down" for record in caplog.records)
