"""The pages of one's notices and of one's wishes about mails."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from serai.kernel.models import AuditRow, Notice, NoticeWish
from serai.site.accounts.models import Account
from serai.site.notices.wishes import wish_of
from tests.html import Page
from tests.integration.notices.conftest import DUTY, NOON, Tell

pytestmark = pytest.mark.django_db
Enter = Callable[..., Client]


@pytest.fixture
def me() -> Account:
    """Somebody without any role, so that no second step is asked for."""
    return Account.objects.create(email="me@example.org", name="Me", made_at=NOON)


@pytest.fixture
def mine(me: Account, client: Client) -> Client:
    """A browser that is signed in as me."""
    client.force_login(me, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(client: Client, path: str) -> Page:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    page = Page.read(answer.content.decode())
    assert page.faults == []
    assert len(page.h1) == 1
    return page


def test_notices_are_listed_newest_first_in_the_readers_language(me: Account, mine: Client, tell: Tell) -> None:
    tell(str(me.pk), "old", reason="older <b>", at=NOON)
    tell(str(me.pk), "new", kind=DUTY, retry_after_s="7", at=NOON + timedelta(hours=1))
    tell("somebody-else", "other", reason="not mine")

    text = read(mine, "/ru/work/notices/").text

    assert text.index("Повторите попытку через 7 с.") < text.index("older <b>")
    assert "24 ноября 2026 года, 13:00 UTC" in text
    assert "not mine" not in text


def test_no_notices_are_told_as_such(mine: Client) -> None:
    assert "There are no notices for you yet." in read(mine, "/work/notices/").text


def test_a_link_leads_on_in_the_readers_language_and_marks_read(me: Account, mine: Client, tell: Tell) -> None:
    notice = tell(str(me.pk), path="/work/requests/3/", reason="x")
    before = read(mine, "/ru/work/notices/")

    answer = mine.get(f"/ru/work/notices/{notice.pk}/")

    assert f"/ru/work/notices/{notice.pk}/" in before.links
    assert answer["Location"] == "/ru/work/requests/3/"
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert "Nothing is new to you." in read(mine, "/work/notices/").text


@pytest.mark.parametrize("number", ["1", "999999999999999999999999"])
def test_a_notice_of_another_is_not_found_and_stays_new(mine: Client, tell: Tell, number: str) -> None:
    theirs = tell("somebody-else", reason="x")

    answers = [mine.get(f"/work/notices/{number}/"), mine.get(f"/work/notices/{theirs.pk}/")]

    assert [answer.status_code for answer in answers] == [404 if len(number) < 9 else 400, 404]
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_all_are_marked_read_but_what_came_since_the_page_was_shown(me: Account, mine: Client, tell: Tell) -> None:
    tell(str(me.pk), "seen", reason="x")
    theirs = tell("somebody-else", reason="x")
    shown = Notice.objects.get(key="seen").pk
    tell(str(me.pk), "since", reason="x")

    answer = mine.post("/work/notices/read/", {"up_to": shown})

    assert answer["Location"] == "/work/notices/"
    assert set(Notice.objects.filter(read_at=None).values_list("key", flat=True)) == {"since", theirs.key}


@pytest.mark.parametrize("up_to", ["", "x", "-1", "9" * 30, "１"])
def test_a_mark_that_names_nothing_is_refused(me: Account, mine: Client, tell: Tell, up_to: str) -> None:
    tell(str(me.pk), reason="x")

    answer = mine.post("/work/notices/read/", {"up_to": up_to})

    assert answer.status_code == 400
    assert Notice.objects.filter(read_at=None).count() == 1


def test_fifty_stand_on_a_page(me: Account, mine: Client, tell: Tell) -> None:
    for number in range(51):
        tell(str(me.pk), f"{number}", reason=f"number {number}.", at=NOON + timedelta(seconds=number))

    first, second = read(mine, "/work/notices/"), read(mine, "/work/notices/?page=2")

    assert first.text.count("number ") == 50
    assert "number 0." in second.text
    assert "?page=2" in first.links
    assert read(mine, "/work/notices/?page=nonsense").text.count("number ") == 50


def test_a_wish_is_saved_and_said(me: Account, mine: Client) -> None:
    answer = mine.post("/work/notices/wishes/", {"wish": "now"}, follow=True)

    assert "Your wish was saved." in answer.content.decode()
    assert wish_of(str(me.pk)) == "now"
    row = AuditRow.objects.get(action="notices:wish:set")
    assert (row.actor_name, row.details) == (str(me.pk), {"wish": "now"})


@pytest.mark.parametrize("wish", ["", "hourly", "NOW"])
def test_a_wish_that_is_none_changes_nothing(mine: Client, wish: str) -> None:
    answer = mine.post("/work/notices/wishes/", {"wish": wish})

    assert answer.status_code == 400
    assert "Choose when mails are to come" in answer.content.decode()
    assert not NoticeWish.objects.exists()


def test_the_page_of_wishes_says_what_comes_in_any_case(mine: Client) -> None:
    text = read(mine, "/work/notices/wishes/").text

    assert "while you are a focal point" in text
    assert "To hand the duty over" in text


@pytest.mark.parametrize("path", ["/work/notices/", "/ru/work/notices/wishes/", "/work/notices/3/"])
def test_strangers_are_sent_to_sign_in_and_back(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 302
    assert "/account/sign-in/" in answer["Location"]
    assert path.replace("/", "%2F") in answer["Location"]


@pytest.mark.parametrize("path", ["/work/notices/wishes/", "/work/notices/read/"])
def test_a_form_of_another_site_is_refused(me: Account, path: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(me, backend="django.contrib.auth.backends.ModelBackend")

    answer = strict.post(path, {"wish": "never", "up_to": "1"})

    assert answer.status_code == 403
    assert not NoticeWish.objects.exists()
