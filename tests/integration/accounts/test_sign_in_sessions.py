"""How long a session lasts, what its end looks like, and that one sees and ends one's own."""

from datetime import UTC, datetime, timedelta

import pytest

from serai.kernel import clock
from serai.site.accounts.models import Session
from tests.html import Page
from tests.signing_in import browser, is_signed_in, open_account, signed_in

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def after(**time: float) -> datetime:
    return MORNING + timedelta(**time)


def test_a_session_in_use_goes_on_and_one_left_alone_ends() -> None:
    with clock.frozen(MORNING):
        client = signed_in(open_account())
    for minutes in (29, 58, 87):
        with clock.frozen(after(minutes=minutes)):
            assert is_signed_in(client)

    with clock.frozen(after(minutes=87 + 30)):
        answer = client.get("/account/second-step/")

        assert answer.url == "/account/sign-in/?next=%2Faccount%2Fsecond-step%2F&ended=1"
        assert "Your session has ended" in client.get(answer.url).text
        assert not Session.objects.exists()


def test_a_session_ends_after_twelve_hours_however_busy() -> None:
    with clock.frozen(MORNING):
        client = signed_in(open_account())
    for minutes in range(20, 12 * 60, 20):
        with clock.frozen(after(minutes=minutes)):
            assert is_signed_in(client), minutes

    with clock.frozen(after(hours=12)):
        assert not is_signed_in(client)


def test_writing_to_a_session_does_not_make_it_younger() -> None:
    account = open_account()
    with clock.frozen(MORNING):
        client = signed_in(account)
    with clock.frozen(after(minutes=20)):
        client.post("/account/", {"name": "Another Name", "language": "en"})

    assert Session.objects.get(account=account).started_at == MORNING


def test_the_moment_last_seen_is_written_at_most_once_a_minute() -> None:
    with clock.frozen(MORNING):
        client = signed_in(open_account())
    seen = []
    for seconds in (59, 60, 100, 121):
        with clock.frozen(after(seconds=seconds)):
            client.get("/account/")
        seen.append(Session.objects.get().seen_at)

    assert seen == [MORNING, after(seconds=60), after(seconds=60), after(seconds=121)]


def test_public_pages_do_not_count_as_use() -> None:
    with clock.frozen(MORNING):
        client = signed_in(open_account())
    with clock.frozen(after(minutes=20)):
        client.get("/register/")

    assert Session.objects.get().seen_at == MORNING


def test_a_form_sent_after_the_end_leads_back_to_its_page() -> None:
    client = signed_in(open_account())
    Session.objects.all().delete()

    answer = client.post(
        "/account/sessions/end/", {"session": "x"}, headers={"Referer": "http://testserver/ru/account/"}
    )
    foreign = client.post("/account/sessions/end/", headers={"Referer": "https://evil.example/"})

    assert answer.url == "/account/sign-in/?next=%2Fru%2Faccount%2F&ended=1"
    assert foreign.url == "/account/sign-in/"


def test_who_never_was_signed_in_is_not_told_that_a_session_ended() -> None:
    answer = browser().get("/ru/account/")

    assert answer.url == "/ru/account/sign-in/?next=%2Fru%2Faccount%2F"


def test_a_closed_account_is_out_at_its_next_request() -> None:
    account = open_account()
    client = signed_in(account)
    account.closed_at = clock.now()
    account.save()

    assert not is_signed_in(client)


def test_one_sees_ones_devices_by_kind_and_ends_another() -> None:
    account = open_account()
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    phone = browser(
        HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"
    )
    desk = browser(HTTP_USER_AGENT=firefox)
    for client in (phone, desk):
        client.post("/account/sign-in/", {"login": account.email, "password": "seven camels cross at dawn"})

    page = desk.get("/account/")
    refs = [part.split('"')[0] for part in page.text.split('name="session" value="')[1:]]
    ended = desk.post("/account/sessions/end/", {"session": refs[0]})

    assert "Chrome, Android" in page.text
    assert "Firefox, Linux" in page.text
    assert len(refs) == 1
    assert all(session.session_key not in page.text for session in Session.objects.all())
    assert ended.url == "/account/#devices"
    assert is_signed_in(desk)
    assert not is_signed_in(phone)


def test_nobody_ends_another_persons_session() -> None:
    from serai.site.accounts.signed_in import ref_of

    other = open_account("other@example.org")
    theirs = signed_in(other)
    client = signed_in(open_account("mallory@example.org"))

    client.post("/account/sessions/end/", {"session": ref_of(Session.objects.get(account=other).session_key)})

    assert is_signed_in(theirs)


def test_a_new_language_shows_at_once_and_a_wrong_one_is_not_taken() -> None:
    account = open_account()
    client = signed_in(account)

    wrong = client.post("/account/", {"name": "", "language": "xx"})
    right = client.post("/account/", {"name": "Айгерим", "language": "ru"})
    account.refresh_from_db()

    assert wrong.status_code == 200
    assert 'aria-invalid="true"' in wrong.text
    assert right.url == "/ru/account/"
    assert (account.name, account.language) == ("Айгерим", "ru")


def test_the_bar_names_the_person_and_says_where_to_go() -> None:
    client = signed_in(open_account(name="Ай <герим>"))

    page = Page.read(client.get("/ru/account/").text)

    assert page.faults == []
    assert "Ай <герим>" in page.texts
    assert {"/ru/work/", "/ru/work/notices/", "/ru/account/", "/ru/account/sign-out/"} <= set(page.links)
    assert "/ru/account/people/" not in page.links
