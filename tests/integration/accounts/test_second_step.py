"""The second step: who needs one, how it is set up, that a code is good once, and what stands in when it is lost."""

import re
from typing import Any

import pytest
from django.test import Client

from serai.kernel.models import AuditRow, Notice
from serai.kernel.roles import Role
from serai.site.accounts.models import Account
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


def set_up_app(client: Client) -> tuple[str, list[str]]:
    """Set an app up as a person does; return its key and the recovery codes."""
    secret = re.search(r'account-secret">([A-Z2-7]+)<', client.get("/account/second-step/app/").text)
    assert secret
    answer = client.post("/account/second-step/app/", {"code": code_of(secret[1])})
    assert answer.url == "/account/second-step/recovery-codes/", answer.text
    return secret[1], re.findall(r"<li>(\d{8})</li>", client.get(answer.url).text)


@pytest.fixture
def in_training(settings: Any) -> None:
    from dataclasses import replace

    settings.IDENTITY = replace(settings.IDENTITY, realm="training")


@pytest.mark.parametrize("path", ["/work/", "/ru/work/requests/", "/account/people/"])
def test_in_service_a_role_needs_a_second_step_and_the_page_says_why(path: str) -> None:
    client = signed_in(open_account(role=Role.OPERATOR))

    answer = client.get(path)
    page = client.get(answer.url)

    assert answer.status_code == 302
    assert answer.url.partition("?")[0] == ("/ru" if path.startswith("/ru") else "") + "/account/second-step/"
    assert 'class="banner banner--caution"' in page.text
    assert Page.read(page.text).faults == []


def test_without_a_role_or_with_a_step_nobody_is_sent_to_set_one_up() -> None:
    reader = signed_in(open_account("reader@example.org"))
    editor = open_account("editor@example.org", role=Role.EDITOR)
    client = signed_in(editor)
    add_app(editor)

    for visitor in (reader, client):
        assert "second-step" not in visitor.get("/work/").headers.get("Location", "")


def test_in_training_nobody_needs_a_second_step(in_training: None) -> None:
    client = signed_in(open_account(role=Role.EDITOR))

    assert "second-step" not in client.get("/work/").headers.get("Location", "")


def test_leaving_the_mails_needs_no_second_step() -> None:
    client = signed_in(open_account(role=Role.EDITOR))

    assert "second-step" not in client.get("/work/notices/unsubscribe/x/").headers.get("Location", "")


def test_an_app_is_set_up_with_its_key_as_picture_and_text() -> None:
    client = signed_in(open_account())

    page = client.get("/ru/account/second-step/app/").text

    assert Page.read(page).faults == []
    assert '<svg viewBox="0 0 ' in page
    assert "data:" not in page
    assert re.search(r'account-secret">[A-Z2-7]{32}<', page)
    assert 'autocomplete="one-time-code"' in page


def test_a_wrong_first_code_sets_nothing_up() -> None:
    account = open_account()
    client = signed_in(account)
    client.get("/account/second-step/app/")

    answer = client.post("/account/second-step/app/", {"code": "000000"})

    assert "This code is not right" in answer.text
    assert not AuditRow.objects.filter(action="accounts:second-step:add").exists()


def test_setting_an_app_up_is_written_down_told_and_asks_for_codes_from_then_on(
    django_capture_on_commit_callbacks: Any,
) -> None:
    account = open_account()
    client = signed_in(account)

    with django_capture_on_commit_callbacks(execute=True):
        secret, codes = set_up_app(client)
    client.post("/account/sign-out/")
    first = try_password(client, account.email)

    assert len(set(codes)) == 10
    assert AuditRow.objects.get(action="accounts:second-step:add").details == {"type": "totp"}
    assert Notice.objects.get(kind="accounts:step-added").is_duty
    assert first.url == "/account/sign-in/code/"
    assert not is_signed_in(client)
    assert client.post(first.url, {"code": code_of(secret)}).url == "/work/"
    assert is_signed_in(client)


def test_recovery_codes_are_shown_once_and_each_is_good_once() -> None:
    account = open_account()
    client = signed_in(account)
    _, codes = set_up_app(client)

    again = client.get("/account/second-step/recovery-codes/")
    uses = []
    for code in (codes[0], codes[0], codes[1]):
        other = browser()
        try_password(other, account.email)
        other.post("/account/sign-in/code/", {"code": code})
        uses.append(is_signed_in(other))

    assert not any(code in again.text for code in codes)
    assert uses == [True, False, True]


def test_a_code_is_good_once_and_then_no_older_one_either() -> None:
    account = open_account()
    secret = add_app(account)
    uses = []

    for code in (code_of(secret), code_of(secret), code_of(secret, ahead=-1), code_of(secret, ahead=1)):
        client = browser()
        try_password(client, account.email)
        client.post("/account/sign-in/code/", {"code": code})
        uses.append(is_signed_in(client))

    assert uses == [True, False, False, True]


def test_one_code_signs_one_of_two_processes_in(run_together: Any) -> None:
    make = """
from tests.signing_in import add_app, open_account
print(add_app(open_account()))
"""
    use = """
from allauth.mfa.models import Authenticator
from serai.site.accounts.forms_second_step import use_app_code
print(use_app_code(Authenticator.objects.get(), "{code}"))
"""
    secret = run_together(make)[0].strip()
    code = code_of(secret)

    answers = run_together(use.format(code=code), use.format(code=code), use.format(code=code))

    assert sorted(answers) == ["False\n", "False\n", "True\n"]


def test_codes_are_not_to_be_guessed_even_with_the_password_and_from_many_addresses() -> None:
    account = open_account()
    secret = add_app(account)
    answers = []

    for number in range(12):
        client = browser(f"198.51.100.{number}")
        try_password(client, account.email)
        answers.append(client.post("/account/sign-in/code/", {"code": "000000"}))
    right = client.post("/account/sign-in/code/", {"code": code_of(secret)})

    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 2
    assert right.status_code == 429
    assert not is_signed_in(client)


def test_the_owner_still_gets_in_from_her_device_while_somebody_guesses_codes() -> None:
    account = open_account()
    secret = add_app(account)
    own = browser("203.0.113.5")
    try_password(own, account.email)
    own.post("/account/sign-in/code/", {"code": code_of(secret, ahead=-1)})
    own.post("/account/sign-out/")
    for number in range(12):
        client = browser(f"198.51.100.{number}")
        try_password(client, account.email)
        client.post("/account/sign-in/code/", {"code": "000000"})

    try_password(own, account.email)
    own.post("/account/sign-in/code/", {"code": code_of(secret)})

    assert is_signed_in(own)


def test_the_page_for_the_code_is_closed_to_who_has_not_given_a_password() -> None:
    assert browser().get("/account/sign-in/code/").url == "/account/sign-in/"


def test_removing_the_last_step_takes_the_recovery_codes_along() -> None:
    from allauth.mfa.models import Authenticator

    account = open_account()
    client = signed_in(account)
    set_up_app(client)

    answer = client.post("/account/second-step/app/remove/")

    assert answer.url == "/account/second-step/"
    assert not Authenticator.objects.exists()
    assert AuditRow.objects.filter(action="accounts:second-step:end").count() == 1


# Confirming who is there


def age_sign_in(client: Client, seconds: int) -> None:
    """Let the sign-in of a browser be some seconds ago."""
    session = client.session
    session["account_authentication_methods"] = [
        record | {"at": record["at"] - seconds} for record in session["account_authentication_methods"]
    ]
    session.save()


def test_a_sign_in_just_now_is_enough_and_an_older_one_is_confirmed() -> None:
    client = signed_in(open_account())

    now = client.get("/account/second-step/app/")
    age_sign_in(client, 299)
    soon = client.get("/account/second-step/app/")
    age_sign_in(client, 2)
    later = client.get("/account/second-step/app/")
    wrong = client.post(later.url, {"password": "wrong", "next": "/account/second-step/app/"})
    right = client.post(later.url, {"password": "seven camels cross at dawn", "next": "/account/second-step/app/"})

    assert (now.status_code, soon.status_code) == (200, 200)
    assert later.url == "/account/confirm/?next=%2Faccount%2Fsecond-step%2Fapp%2F"
    assert "This is not your password." in wrong.text
    assert right.url == "/account/second-step/app/"
    assert client.get(right.url).status_code == 200


def test_what_was_sent_before_confirming_goes_on_afterwards() -> None:
    account = open_account()
    add_app(account)
    client = browser()
    try_password(client, account.email)
    account_secret = account.authenticator_set.get().data["secret"]
    client.post("/account/sign-in/code/", {"code": code_of(account_secret, ahead=-1)})
    age_sign_in(client, 301)

    asked = client.post("/account/second-step/app/remove/", {})
    done = client.post(
        asked.url, {"password": "seven camels cross at dawn", "next": "/account/second-step/app/remove/"}
    )

    assert asked.url.startswith("/account/confirm/?next=")
    assert done.url == "/account/second-step/"
    assert not account.authenticator_set.exists()


def test_a_code_confirms_as_well_as_the_password() -> None:
    account = open_account()
    secret = add_app(account)
    client = browser()
    try_password(client, account.email)
    client.post("/account/sign-in/code/", {"code": code_of(secret, ahead=-1)})
    age_sign_in(client, 301)

    page = client.get("/account/confirm/?next=/account/second-step/recovery-codes/make/")
    done = client.post(
        "/account/confirm/code/", {"code": code_of(secret), "next": "/account/second-step/recovery-codes/make/"}
    )

    assert "/account/confirm/code/?next=" in page.text
    assert done.url == "/account/second-step/recovery-codes/make/"
    assert client.get(done.url).status_code == 200


def test_confirming_leads_nowhere_else() -> None:
    client = signed_in(open_account())
    age_sign_in(client, 301)

    answer = client.post(
        "/account/confirm/", {"password": "seven camels cross at dawn", "next": "https://evil.example/"}
    )

    assert answer.url == "/work/"


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (590, 200), (610, 403)])
def test_a_link_counts_for_ten_minutes_where_there_is_nothing_else(seconds: int, status: int) -> None:
    client = browser()
    client.post(make_link(open_account(password="")))
    age_sign_in(client, seconds)

    answers = [client.get(path) for path in ("/account/second-step/app/", "/account/password/set/")]

    assert [answer.status_code for answer in answers] == [status] * 2
    if status == 403:
        assert "Ask the operator of this node for a new link." in answers[0].text


def test_a_link_alone_does_not_confirm_who_has_a_password() -> None:
    client = browser()
    client.post(make_link(open_account()))

    assert client.get("/account/second-step/app/").url.startswith("/account/confirm/")


@pytest.mark.parametrize("prefix", ["", "/ru", "/zh-hans"])
@pytest.mark.parametrize(
    "path",
    [
        "/account/",
        "/account/password/change/",
        "/account/second-step/",
        "/account/second-step/app/remove/",
        "/account/second-step/passkeys/add/",
        "/account/second-step/recovery-codes/make/",
    ],
)
def test_pages_of_the_account_are_well_made_in_every_language(prefix: str, path: str) -> None:
    account: Account = open_account(role=Role.EDITOR)
    client = signed_in(account)
    add_app(account)

    answer = client.get(prefix + path)
    page = Page.read(answer.text)

    assert answer.status_code == 200
    assert page.faults == []
    assert len(page.h1) == 1
    assert "no-store" in answer["Cache-Control"]


def test_who_has_just_set_a_password_or_an_app_is_not_asked_to_confirm(django_capture_on_commit_callbacks: Any) -> None:
    client = browser()
    client.post(make_link(open_account(password="")))
    new = "three wagons cross at noon"

    client.post("/account/password/set/", {"password1": new, "password2": new})
    after_password = client.get("/account/second-step/app/")
    with django_capture_on_commit_callbacks(execute=True):
        _, codes = set_up_app(client)

    assert after_password.status_code == 200
    assert len(codes) == 10
