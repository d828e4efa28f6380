"""Ending mails from a mail itself: without signing in, never by merely opening a link, and not for duties."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from serai.kernel.languages import LANGUAGES
from serai.kernel.models import AuditRow, NoticeWish, Wish
from serai.site.notices import links
from serai.site.notices.sender import send_due
from serai.site.notices.wishes import wish_of
from tests.html import Page
from tests.integration.notices.conftest import DUTY, NOON, Tell

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def stranger() -> Client:
    """A mail program: no session, no cookie, no token against forged forms."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def address(reader: str, tell: Tell) -> str:
    """The address in the header of a mail that was sent."""
    tell(reader, reason="x")
    assert send_due(NOON + timedelta(days=1)) == 1
    header = str(mail.outbox[0].message()["List-Unsubscribe"])
    return header.strip("<>").removeprefix("https://serai.example.org")


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_changes_nothing_and_says_what_would(
    stranger: Client, address: str, reader: str, method: str
) -> None:
    answer = getattr(stranger, method)(address)

    assert answer.status_code == 200
    assert wish_of(reader) is Wish.DAILY
    assert "no-store" in answer["Cache-Control"]
    if method == "get":
        page = Page.read(answer.content.decode())
        assert page.faults == []
        assert "Nothing has changed yet." in page.text
        assert "while you are a focal point" in page.text


def test_one_click_ends_mails_and_duties_still_come(stranger: Client, address: str, reader: str, tell: Tell) -> None:
    answer = stranger.post(address, ONE_CLICK)

    tell(reader, "news", reason="y", at=NOON + timedelta(days=1))
    tell(reader, "duty", kind=DUTY, retry_after_s="7")
    mail.outbox.clear()
    assert answer.status_code == 200
    assert "These mails have ended" in answer.content.decode()
    assert wish_of(reader) is Wish.NEVER
    assert send_due(NOON + timedelta(days=9)) == 1
    assert "7 seconds" in mail.outbox[0].subject


def test_one_click_again_does_no_harm_and_is_recorded_once(stranger: Client, address: str, reader: str) -> None:
    answers = [stranger.post(address, ONE_CLICK) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    row = AuditRow.objects.get(action="notices:wish:set")
    assert (row.subject, row.actor_name) == (f"account {reader}", "")  # whoever held the mail


@pytest.mark.parametrize("damage", [lambda a: a[:-2] + "/", lambda a: a.replace(".", "x."), lambda a: a.upper()])
def test_a_link_that_is_not_ours_is_told_and_changes_nothing(stranger: Client, address: str, damage: "object") -> None:
    assert callable(damage)
    path, _, token = address.strip("/").rpartition("/")

    answer = stranger.post(f"/{path}/{damage(token)}/".replace("//", "/"), ONE_CLICK)

    assert answer.status_code == 404
    assert "was cut short" in answer.content.decode()
    assert not NoticeWish.objects.filter(mail=Wish.NEVER).exists()


def test_a_link_ends_only_its_own_accounts_mails(stranger: Client, reader: str, tell: Tell) -> None:
    stranger.post(links.unsubscribe_path("another"), ONE_CLICK)

    assert (wish_of("another"), wish_of(reader)) == (Wish.NEVER, Wish.DAILY)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_link_works_in_each_language(stranger: Client, reader: str, language: str) -> None:
    path = links.in_language(links.unsubscribe_path(reader), language)

    assert [stranger.get(path).status_code, stranger.post(path, ONE_CLICK).status_code] == [200, 200]
