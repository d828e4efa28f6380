"""Mail servers that are well, down, silent or unwilling: nothing is lost, nothing is tried for ever, no address is logged."""

import logging
import time
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from serai.kernel.models import AuditRow, MailState, Notice
from serai.kernel.ports import free_port
from serai.kernel.roles import Actor
from serai.site.doctor import content
from serai.site.doctor.finding import Unfit
from serai.site.logs import JsonLines
from serai.site.notices.actions import retry_given_up
from serai.site.notices.cli import notices
from serai.site.notices.sender import send_due
from serai.site.notices.timing import MOST_ATTEMPTS, wait_after
from tests.integration.notices.conftest import DUTY, NOON, KnownPeople, Tell
from tests.integration.notices.mail_server import MailServer

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def duty(known_people: KnownPeople, tell: Tell) -> Notice:
    """A duty that is due at noon."""
    return tell(known_people.add(name="Айгерим"), kind=DUTY, retry_after_s="7")


@pytest.fixture
def no_server(server: MailServer, settings: Any) -> int:
    """A port at which nobody answers; returns the port at which the server does."""
    port = int(settings.EMAIL_PORT)
    settings.EMAIL_PORT = free_port()
    return port


def test_a_mail_arrives_as_it_was_written(server: MailServer, duty: Notice) -> None:
    sent = send_due(NOON)

    assert sent == 1
    (received,) = server.mails
    assert received["To"].addresses[0].display_name == "Айгерим"
    assert received["To"].addresses[0].addr_spec == "aigerim@example.org"
    assert received["From"].addresses[0].addr_spec == "serai@serai.example.org"
    assert received["Subject"] == "Serai: Too many requests from your address. Try again in 7 seconds."
    assert received.get_content().splitlines()[:3] == [
        "Too many requests from your address. Try again in 7 seconds.",
        "",
        "https://serai.example.org/work/",
    ]


def test_a_server_that_is_down_is_tried_again_later(
    no_server: int, server: MailServer, settings: Any, duty: Notice
) -> None:
    sent = [send_due(NOON)]
    settings.EMAIL_PORT = no_server

    sent += [send_due(NOON + wait_after(1) - SECOND), send_due(NOON + wait_after(1) + SECOND)]

    assert sent == [0, 0, 1]
    assert len(server.mails) == 1


def test_a_server_that_is_down_holds_the_turn_up_once(
    server: MailServer, known_people: KnownPeople, tell: Tell
) -> None:
    server.is_silent = True
    for _ in range(20):
        tell(known_people.add(), kind=DUTY, retry_after_s="7")
    started = time.monotonic()

    send_due(NOON)

    assert time.monotonic() - started < 5  # one time limit of half a second, not twenty
    assert Notice.objects.filter(attempts=1).count() == 1


def test_a_refused_person_holds_up_nobody_else(server: MailServer, known_people: KnownPeople, tell: Tell) -> None:
    server.refused = {"gone@example.org"}
    refused = tell(known_people.add(email="gone@example.org"), kind=DUTY, retry_after_s="7")
    tell(known_people.add(), kind=DUTY, retry_after_s="7")

    sent = send_due(NOON)

    assert sent == 1
    refused.refresh_from_db()
    assert (refused.mail, refused.attempts, refused.claim) == (MailState.WAITING, 1, "")


def test_a_daily_mail_that_fails_is_tried_again_whole(
    server: MailServer, known_people: KnownPeople, tell: Tell
) -> None:
    server.refused = {"aigerim@example.org"}
    account = known_people.add()
    for number in range(3):
        tell(account, f"{number}", reason=f"r{number}")
    day = NOON + timedelta(days=1)
    send_due(day)
    server.refused = set()

    sent = [send_due(day + wait_after(1) + SECOND), send_due(day + timedelta(hours=20))]

    assert sent == [1, 0]
    assert [text in server.mails[0].get_content() for text in ("r0", "r1", "r2")] == [True] * 3


def test_after_twelve_attempts_a_mail_is_given_up_and_the_doctor_says_so(no_server: int, duty: Notice) -> None:
    moment = NOON
    for attempt in range(1, MOST_ATTEMPTS + 1):
        send_due(moment)
        moment += wait_after(attempt) + SECOND

    duty.refresh_from_db()
    assert (duty.mail, duty.attempts) == (MailState.GIVEN_UP, MOST_ATTEMPTS)
    assert send_due(moment + timedelta(days=9)) == 0
    with pytest.raises(Unfit, match=r"about 1 notices were given up.*serai notices retry"):
        content.check_mail()


def test_what_was_given_up_is_tried_again_when_the_operator_says_so(server: MailServer, duty: Notice) -> None:
    Notice.objects.update(mail=MailState.GIVEN_UP, mail_at=None, attempts=MOST_ATTEMPTS)

    counts = [retry_given_up(actor=Actor.operator()), retry_given_up(actor=Actor.operator())]

    assert counts == [1, 0]
    assert AuditRow.objects.filter(action="notices:mail:retry").count() == 1
    assert send_due(NOON + timedelta(days=9000)) == 1
    assert content.check_mail().startswith("No mail was given up")


def test_the_command_says_how_many_are_tried_again(duty: Notice) -> None:
    Notice.objects.update(mail=MailState.GIVEN_UP, mail_at=None, attempts=MOST_ATTEMPTS)

    said = [CliRunner().invoke(notices, ["retry"], obj=lambda: None).output for _ in range(2)]

    assert said == ["1 notices are mailed again by the worker.\n", "No mail was given up.\n"]


def test_mails_that_wait_for_more_than_a_day_are_told_by_the_doctor(duty: Notice) -> None:
    Notice.objects.update(at=NOON - timedelta(days=9000), mail_at=NOON - timedelta(days=9000))

    with pytest.raises(Unfit, match="1 notices have been waiting"):
        content.check_mail()


@pytest.mark.parametrize("trouble", ["refused", "down", "silent"])
def test_no_address_is_logged(
    trouble: str, server: MailServer, settings: Any, duty: Notice, caplog: pytest.LogCaptureFixture
) -> None:
    server.refused, server.is_silent = {"aigerim@example.org"}, trouble == "silent"
    settings.EMAIL_PORT = free_port() if trouble == "down" else settings.EMAIL_PORT

    with caplog.at_level(logging.DEBUG):
        send_due(NOON)

    lines = "\n".join(JsonLines().format(record) for record in caplog.records)
    assert '"mail not handed over' in lines
    assert '"attempt": 1' in lines
    assert "aigerim" not in lines
    assert "@" not in lines
    assert ('"smtp_code": 550' in lines) == (trouble == "refused")
