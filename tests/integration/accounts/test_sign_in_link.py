"""A link signs its account in once, by a button and not by being opened."""

from typing import Any

import pytest

from serai.kernel.models import AuditRow
from serai.site.accounts.models import Session, SignInLink
from tests.html import Page
from tests.signing_in import (
    add_app,
    browser,
    code_of,
    is_signed_in,
    make_link,
    open_account,
    signed_in,
    try_password,
)

pytestmark = pytest.mark.django_db


def test_opening_a_link_shows_a_button_and_uses_nothing_up() -> None:
    path = make_link(open_account())
    client = browser()

    pages = [client.get(path), client.head(path), client.get(path)]

    assert Page.read(pages[0].text).h1 == ["Sign in by link"]
    assert SignInLink.objects.get().used_at is None
    assert not is_signed_in(client)


def test_the_button_signs_in_once() -> None:
    account = open_account(password="", language="ru")
    path = make_link(account)
    first, second = browser(), browser()

    answer = first.post(path)
    again = second.post(path)

    assert (answer.status_code, answer.url) == (302, "/ru/work/")
    assert is_signed_in(first)
    assert again.status_code in {403, 404}
    assert not is_signed_in(second)
    assert AuditRow.objects.get(action="accounts:session:start").details == {"by": ["link"]}


@pytest.mark.parametrize("minutes", [-1, None])
def test_a_link_that_is_over_and_one_that_never_was_are_refused_alike(minutes: int | None) -> None:
    path = "/account/link/never-made" if minutes is None else make_link(open_account(), minutes=minutes)

    answer = browser().post(path)

    assert answer.status_code in {403, 404}
    assert not Session.objects.exists()


def test_a_link_needs_the_second_step_where_there_is_one() -> None:
    account = open_account()
    secret = add_app(account)
    client = browser()

    answer = client.post(make_link(account))

    assert answer.url == "/account/sign-in/code/"
    assert not is_signed_in(client)
    client.post("/account/sign-in/code/", {"code": code_of(secret)})
    assert is_signed_in(client)


def test_a_link_takes_the_place_of_whoever_was_signed_in() -> None:
    client = signed_in(open_account("other@example.org"))

    client.post(make_link(open_account("linked@example.org", password="")))

    assert "linked@example.org" in client.get("/account/").text
    assert client.get("/account/password/set/").status_code == 200  # the link still counts as just now


def test_links_are_not_to_be_guessed() -> None:
    client = browser()

    answers = [client.post(f"/account/link/guess-{number}") for number in range(31)]

    assert answers[29].status_code in {403, 404}
    assert answers[30].status_code == 429


def test_the_way_of_a_link_is_logged_without_its_secret(caplog: Any) -> None:
    path = make_link(open_account())

    with caplog.at_level("INFO"):
        browser().post(path)

    routes = [getattr(record, "route", "") for record in caplog.records if record.name == "serai.web"]
    assert routes == ["account/link/<slug:token>"]
    assert path.rpartition("/")[2] not in caplog.text


def test_a_first_password_may_be_set_after_a_link_and_is_good_afterwards() -> None:
    account = open_account("linked@example.org", password="")
    client = browser()
    client.post(make_link(account))
    new = "three wagons cross at noon"

    answer = client.post("/account/password/set/", {"password1": new, "password2": new})

    assert answer.url == "/account/"
    assert is_signed_in(client)
    assert try_password(browser(), "linked@example.org", new).status_code == 302
