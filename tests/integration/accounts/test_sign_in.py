"""Signing in by password: who gets in, what those see who do not, where it leads, and what is written down."""

import os
import subprocess
import sys

import pytest
from django.core import mail
from django.test import Client

from serai.kernel.models import AuditRow
from serai.site.accounts import outgoing
from serai.site.accounts.models import Account, Session
from tests.html import Page
from tests.signing_in import PASSWORD, browser, is_signed_in, open_account, signed_in, try_password

pytestmark = pytest.mark.django_db


def test_email_and_password_open_the_account_whatever_the_case_of_the_email() -> None:
    open_account("editor@example.org")
    client = browser()

    answer = try_password(client, " Editor@Example.ORG ")

    assert (answer.status_code, answer.url) == (302, "/work/")
    assert is_signed_in(client)


def test_sign_in_leads_to_work_in_the_language_of_the_account() -> None:
    open_account("editor@example.org", language="zh-hans")

    answer = browser().post("/ru/account/sign-in/", {"login": "editor@example.org", "password": PASSWORD})

    assert answer.url == "/zh-hans/work/"


def test_sign_in_leads_back_to_where_the_reader_was_going() -> None:
    open_account("editor@example.org")

    answer = try_password(browser(), "editor@example.org", next="/ru/register/VI.13a?a=1")

    assert answer.url == "/ru/register/VI.13a?a=1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        " //evil.example",
        "https://testserver@evil.example/",
    ],
)
def test_sign_in_leads_nowhere_else(elsewhere: str) -> None:
    open_account("editor@example.org")

    answer = try_password(browser(), "editor@example.org", next=elsewhere)

    assert answer.url == "/work/"


def test_unknown_email_wrong_password_closed_account_and_no_password_look_the_same() -> None:
    from serai.kernel import clock

    open_account("known@example.org")
    open_account("closed@example.org", closed_at=clock.now())
    open_account("linked@example.org", password="")
    pages = {}

    for email, password in (
        ("known@example.org", "wrong"),
        ("nobody@example.org", "wrong"),
        ("closed@example.org", PASSWORD),
        ("linked@example.org", "wrong"),
    ):
        answer = try_password(browser(), email, password)
        page = Page.read(answer.text)
        assert page.faults == []
        pages[email] = (answer.status_code, sorted(answer.headers), page.text.replace(email, ""), answer.cookies.keys())

    assert len({str(page) for page in pages.values()}) == 1
    assert "No account has this e-mail with this password." in str(pages["nobody@example.org"])


def test_an_unknown_account_costs_one_hash_just_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from serai.site.accounts.passwords import Hasher

    open_account("known@example.org")
    hashed = []
    for name in ("encode", "verify"):
        plain = getattr(Hasher, name)
        monkeypatch.setattr(Hasher, name, lambda *a, plain=plain, name=name: (hashed.append(name), plain(*a))[1])

    try_password(browser(), "known@example.org", "wrong")
    known, hashed[:] = list(hashed), []
    try_password(browser(), "nobody@example.org", "wrong")

    assert (len(known), len(hashed)) == (1, 1)


def test_there_is_no_way_to_sign_up() -> None:
    client = browser()

    assert client.get("/account/signup/").status_code == 404
    assert client.post("/account/sign-in/", {"email": "new@example.org", "password1": PASSWORD}).status_code == 200
    assert not Account.objects.exists()


def test_the_key_of_the_session_is_a_new_one_after_the_sign_in() -> None:
    open_account("editor@example.org")
    client = browser()
    client.get("/account/sign-in/passkey/", headers={"Accept": "application/json"})
    before = client.cookies["serai"].value

    try_password(client, "editor@example.org")

    assert client.cookies["serai"].value != before
    assert not Session.objects.filter(pk=before).exists()


def test_a_session_that_somebody_else_chose_is_not_taken_over() -> None:
    open_account("editor@example.org")
    client = browser()
    client.cookies["serai"] = "chosen0by0somebody0else0000000000"

    try_password(client, "editor@example.org")

    assert client.cookies["serai"].value != "chosen0by0somebody0else0000000000"
    assert is_signed_in(client)


def test_cookies_are_for_this_node_alone_and_out_of_reach_of_scripts() -> None:
    open_account("editor@example.org")

    answer = try_password(browser(), "editor@example.org")

    assert set(answer.cookies) == {"serai", "serai-form", "serai-device"}
    for cookie in answer.cookies.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert answer.cookies["serai"]["max-age"] == ""


def test_sign_out_is_a_button_and_ends_the_session() -> None:
    client = signed_in(open_account())

    assert Page.read(client.get("/account/sign-out/").text).h1 == ["Sign out"]
    assert is_signed_in(client)
    answer = client.post("/account/sign-out/")

    assert answer.url == "/account/sign-in/?out=1"
    assert "You are signed out." in client.get(answer.url).text
    assert not is_signed_in(client)
    assert not Session.objects.exists()


def test_a_form_without_the_mark_of_the_node_is_refused_with_a_sentence() -> None:
    open_account("editor@example.org")

    answer = try_password(Client(enforce_csrf_checks=True), "editor@example.org")

    assert answer.status_code == 403
    assert "This form is too old, or your browser keeps no cookies." in answer.text
    assert not Session.objects.exists()


def test_sign_in_and_sign_out_are_written_down_without_name_or_email() -> None:
    account = open_account()

    signed_in(account).post("/account/sign-out/")

    rows = AuditRow.objects.filter(action__startswith="accounts:session:").order_by("pk")
    assert [(row.action, row.subject, row.details) for row in rows] == [
        ("accounts:session:start", f"account {account.pk}", {"by": ["password"]}),
        ("accounts:session:end", f"account {account.pk}", {}),
    ]


def test_pages_of_signing_in_are_kept_by_nobody_and_sent_as_they_are() -> None:
    answer = browser().get("/account/sign-in/", headers={"Accept-Encoding": "gzip, br"})

    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    assert "Content-Encoding" not in answer


@pytest.mark.parametrize("path", ["/account/sign-in/", "/account/password/reset/", "/account/link/abc"])
@pytest.mark.parametrize("prefix", ["", "/ru", "/zh-hans"])
def test_pages_for_strangers_are_well_made_in_every_language(path: str, prefix: str) -> None:
    page = Page.read(browser().get(prefix + path).text)

    assert page.faults == []
    assert page.lang == {"": "en", "/ru": "ru", "/zh-hans": "zh-Hans"}[prefix]
    assert len(page.h1) == 1


def test_fields_tell_a_browser_what_they_are_for_and_name_their_error() -> None:
    answer = try_password(browser(), "not an e-mail", "")

    assert 'autocomplete="username webauthn"' in answer.text
    assert 'autocomplete="current-password"' in answer.text
    assert 'aria-describedby="id_login_error"' in answer.text
    assert 'id="id_login_error"' in answer.text
    assert '<a href="#id_password">' in answer.text


def test_an_address_for_a_new_password_says_the_same_for_all_and_is_mailed_to_those_who_exist() -> None:
    open_account("editor@example.org", language="ru")
    client = browser()
    pages = []

    for email in ("editor@example.org", "nobody@example.org"):
        answer = client.post("/account/password/reset/", {"email": email}, follow=True)
        pages.append((answer.redirect_chain, answer.text))
    outgoing.finish()

    assert pages[0] == pages[1]
    assert [message.to for message in mail.outbox] == [["editor@example.org"]]


def test_a_new_password_by_mail_works_once_and_ends_every_session() -> None:
    account = open_account("editor@example.org")
    elsewhere = signed_in(account)
    client = browser("192.0.2.9")
    client.post("/account/password/reset/", {"email": "editor@example.org"})
    outgoing.finish()
    link = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http://testserver/"))

    form = client.get(link.removeprefix("http://testserver"), follow=True)
    saved = client.post(
        form.request["PATH_INFO"],
        {"password1": "three wagons cross at noon", "password2": "three wagons cross at noon"},
    )

    assert saved.url == "/account/password/reset/done/"
    assert not is_signed_in(elsewhere)
    assert try_password(browser(), "editor@example.org", PASSWORD).status_code == 200
    assert try_password(browser(), "editor@example.org", "three wagons cross at noon").status_code == 302
    assert "This link is no longer good" in browser().get(link.removeprefix("http://testserver"), follow=True).text


def test_mails_for_a_new_password_do_not_pile_up() -> None:
    open_account("editor@example.org")

    for number in range(9):
        browser(f"198.51.100.{number}").post("/account/password/reset/", {"email": "editor@example.org"})
    outgoing.finish()

    assert len(mail.outbox) == 5


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "at least 12 characters"),
        ("password1234", "too common"),
        ("editor@example.org", "too similar"),
        ("x" * 129, "at most 128"),
    ],
)
def test_a_weak_password_is_not_taken(password: str, sentence: str) -> None:
    client = signed_in(open_account("editor@example.org"))

    answer = client.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )

    assert answer.status_code == 200
    assert sentence in answer.text


def test_words_without_capitals_figures_or_signs_are_a_good_password() -> None:
    client = signed_in(open_account("editor@example.org"))
    new = "верблюды идут на рассвете"

    answer = client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert answer.url == "/account/"
    assert try_password(browser(), "editor@example.org", new).status_code == 302


def test_a_changed_password_ends_the_other_sessions_and_is_told_to_the_person() -> None:
    from serai.kernel.models import Notice

    account = open_account("editor@example.org")
    here, there = signed_in(account), signed_in(account)
    new = "three wagons cross at noon"

    here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert list(Notice.objects.values_list("account", "kind", "is_duty")) == [
        (str(account.pk), "accounts:password", True)
    ]
    assert AuditRow.objects.filter(action="accounts:password:change").count() == 1


def test_over_https_a_browser_takes_the_cookies_from_this_host_alone() -> None:
    program = """
from django.conf import settings
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.DEVICE_COOKIE_NAME)
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE)
"""
    environment = os.environ | {"SERAI_HTTPS": "1", "DJANGO_SETTINGS_MODULE": "serai.site.settings"}

    done = subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True)

    assert done.stdout.split() == ["__Host-serai", "__Host-serai-form", "__Host-serai-device", "True", "True"]
