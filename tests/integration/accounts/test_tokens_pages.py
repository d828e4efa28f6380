"""One's own tokens: made with care, shown once, ended at a press."""

import re
from typing import Any

import pytest
from django.test import Client

from serai.kernel.models import AuditRow
from serai.kernel.roles import Role
from serai.site.accounts import actions
from serai.site.accounts.models import ApiToken
from tests.html import Page
from tests.integration.accounts.conftest import OperatorAtWork
from tests.signing_in import browser, open_account, signed_in

pytestmark = pytest.mark.django_db
GOOD = {"name": "Nightly figures", "limits": ["read", "submit"], "days": "30"}


def make(client: Client, **changed: Any) -> Any:
    return client.post("/account/tokens/make", GOOD | changed)


def test_strangers_are_led_to_sign_in() -> None:
    assert browser().get("/account/tokens/").url == "/account/sign-in/?next=%2Faccount%2Ftokens%2F"
    assert make(browser()).url.startswith("/account/sign-in/")
    assert not ApiToken.objects.exists()


def test_in_service_a_role_needs_the_second_step_for_tokens() -> None:
    client = signed_in(open_account(role=Role.EDITOR))

    assert client.get("/account/tokens/").url.startswith("/account/second-step/")
    assert make(client).url.startswith("/account/second-step/")
    assert not ApiToken.objects.exists()


def test_a_token_is_shown_once_with_what_it_allows(operator: OperatorAtWork) -> None:
    answer = make(operator.client)

    token = re.findall(r"serai_[\w-]{43}", answer.text)[0]
    row = ApiToken.objects.get()
    assert actions.hash_of_token(token) == row.hash
    assert (row.account, row.name, row.limits) == (operator.account, "Nightly figures", ["read", "submit"])
    assert (row.expires_at - row.made_at).days == 30
    assert "hand in figures, notes and corrections" in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert Page.read(answer.text).faults == []
    later = operator.client.get("/account/tokens/").text
    assert "Nightly figures" in later
    assert token not in later


def test_the_page_explains_each_limit_in_the_words_of_the_rights(operator: OperatorAtWork) -> None:
    page = Page.read(operator.client.get("/account/tokens/").text)

    assert "Publish or return what others handed in" in page.text
    assert "Ask for updates; name and end focal points" in page.text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "What uses it"),
        ({"limits": []}, "Choose at least one."),
        ({"limits": ["everything"]}, "What it allows"),
        ({"days": "366"}, "Days until it expires"),
        ({"days": "0"}, "Days until it expires"),
        ({"days": "soon"}, "Days until it expires"),
    ],
)
def test_what_cannot_be_used_is_told_at_its_field(
    operator: OperatorAtWork, changed: dict[str, Any], sentence: str
) -> None:
    answer = make(operator.client, **changed)

    page = Page.read(answer.text)
    assert sentence in page.text.split("This needs a change")[1].split("Make a token")[0]
    assert page.faults == []
    assert all(link.removeprefix("#") in page.ids for link in page.links if link.startswith("#"))
    assert not ApiToken.objects.exists()


def test_making_a_token_is_confirmed_when_the_sign_in_is_old(operator: OperatorAtWork) -> None:
    session = operator.client.session
    session["account_authentication_methods"] = [
        record | {"at": record["at"] - 3600} for record in session["account_authentication_methods"]
    ]
    session.save()

    asked = make(operator.client)
    made_before = ApiToken.objects.count()
    shown = operator.client.post(
        "/account/confirm/", {"password": "seven camels cross at dawn", "next": "/account/tokens/make"}
    )

    assert asked.url == "/account/confirm/?next=%2Faccount%2Ftokens%2Fmake"
    assert made_before == 0
    assert re.search(r"serai_[\w-]{43}", shown.text)


def test_a_token_is_ended_by_its_person(operator: OperatorAtWork) -> None:
    make(operator.client)

    answer = operator.post(f"/account/tokens/{ApiToken.objects.get().pk}/end")

    assert answer.redirect_chain == [("/account/tokens/", 302)]
    assert "The token has ended." in answer.text
    assert "Nightly figures" not in answer.text
    assert [row.action for row in AuditRow.objects.filter(action__startswith="accounts:token")] == [
        "accounts:token:make",
        "accounts:token:end",
    ]


def test_nobody_ends_the_token_of_another(operator: OperatorAtWork) -> None:
    make(operator.client)
    number = ApiToken.objects.get().pk

    answer = signed_in(open_account("b@example.org")).post(f"/account/tokens/{number}/end")

    assert answer.status_code == 403
    assert ApiToken.objects.get().ended_at is None


def test_a_person_without_a_role_is_told_how_little_a_token_would_do() -> None:
    answer = signed_in(open_account()).get("/account/tokens/")

    assert "You hold no role" in answer.text


@pytest.mark.parametrize("path", ["make", "7/end"])
def test_an_address_that_takes_forms_leads_a_reader_to_the_page(operator: OperatorAtWork, path: str) -> None:
    assert operator.client.get(f"/zh-hans/account/tokens/{path}").url == "/zh-hans/account/tokens/"


@pytest.mark.parametrize("prefix", ["", "/ru", "/zh-hans"])
def test_the_page_is_well_made_in_every_language(operator: OperatorAtWork, prefix: str) -> None:
    make(operator.client, name="<script>alert(1)</script>")

    answer = operator.client.get(f"{prefix}/account/tokens/")

    page = Page.read(answer.text)
    assert answer.status_code == 200
    assert page.faults == []
    assert len(page.h1) == 1
    assert "<script>alert" not in answer.text
