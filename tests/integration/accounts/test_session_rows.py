"""What a session's row tells of it, and what is swept away."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY

from serai.kernel import clock
from serai.kernel.roles import Actor
from serai.site import wiring
from serai.site.accounts import actions
from serai.site.accounts.models import Session, SignInLink
from serai.site.accounts.sessions import SessionStore, sweep_links, sweep_sessions
from tests.signing_in import browser, open_account, try_password

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def store(**data: Any) -> SessionStore:
    kept = SessionStore()
    for name, value in data.items():
        kept[name] = value
    kept.create()
    return kept


def test_a_session_is_kept_with_whose_it_is_since_when_and_on_what() -> None:
    account = open_account()
    before = clock.now()

    try_password(browser(HTTP_USER_AGENT=FIREFOX), account.email)

    row = Session.objects.get()
    assert (row.account, row.device) == (account, "Firefox, Linux")
    assert before <= row.started_at <= row.seen_at <= clock.now()


def test_a_session_before_its_sign_in_is_nobody_s_and_begins_anew_with_it() -> None:
    account, then = open_account(), clock.now() - timedelta(hours=3)
    with clock.frozen(then):
        kept = store(word="kept")
    row = Session.objects.get()
    assert (row.account, row.started_at) == (None, then)

    kept[SESSION_KEY] = str(account.pk)
    kept.save()

    row.refresh_from_db()
    assert row.account == account
    assert row.started_at > then


def test_writing_again_keeps_the_beginning() -> None:
    then = clock.now() - timedelta(hours=3)
    with clock.frozen(then):
        kept = store(**{SESSION_KEY: str(open_account().pk)})

    kept["more"] = "things"
    kept.save()

    row = Session.objects.get()
    assert row.started_at == then
    assert row.seen_at > then


def test_a_session_of_an_account_that_is_none_is_nobody_s() -> None:
    store(**{SESSION_KEY: "00000000-0000-4000-8000-000000000000"})

    assert Session.objects.get().account is None


def test_a_long_name_of_a_device_is_cut() -> None:
    store(device="x" * 500)

    assert len(Session.objects.get().device) == 60


def test_sessions_past_their_end_are_swept_and_others_stay() -> None:
    now = clock.now()
    for key, hours in (("old", -1), ("new", 1)):
        Session.objects.create(
            session_key=key, session_data="", expire_date=now + timedelta(hours=hours), started_at=now, seen_at=now
        )

    assert sweep_sessions(now) == 1
    assert [row.pk for row in Session.objects.all()] == ["new"]


def test_links_that_nobody_can_use_any_more_are_swept() -> None:
    actions.make_sign_in_link(account=open_account(), actor=Actor.operator())

    assert sweep_links(clock.now()) == 0
    assert sweep_links(clock.now() + timedelta(minutes=11)) == 1


def test_the_worker_sweeps_both() -> None:
    actions.make_sign_in_link(account=open_account(), actor=Actor.operator())
    store()

    wiring._sweep(clock.now() + timedelta(days=30))

    assert not Session.objects.exists()
    assert not SignInLink.objects.exists()
