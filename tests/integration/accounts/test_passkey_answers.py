"""What a browser says for a key is a stranger's input: nothing of it breaks a page or signs anybody in."""

import json

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.signing_in import add_app, browser, is_signed_in, open_account, signed_in, try_password

pytestmark = pytest.mark.django_db
_CLIENT = "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQUEiLCJvcmlnaW4iOiJodHRwOi8vbG9jYWxob3N0In0"
_GET = {"clientDataJSON": _CLIENT, "authenticatorData": "A" * 50, "signature": "AA"}
ANSWERS = [
    "",
    "5",
    "[]",
    "{}",
    "null",
    "1e999",
    "[" * 100_000,
    '{"a":' * 3_000,
    json.dumps({"id": 1}),
    json.dumps({"response": {"userHandle": 5}}),
    json.dumps({"id": {}, "rawId": [], "type": 4, "response": {"clientDataJSON": {}, "attestationObject": []}}),
    json.dumps({"id": "é", "rawId": "\0", "type": "public-key", "response": {"clientDataJSON": "\ud800"}}),
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": _GET}),
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": _GET | {"userHandle": "MTIzNA"}}),
    json.dumps(
        {
            "id": "AA",
            "rawId": "AA",
            "type": "public-key",
            "response": {"clientDataJSON": _CLIENT, "attestationObject": "oA"},
        }
    ),
]


@pytest.fixture(autouse=True)
def _no_limits_of_other_tests() -> None:
    cache.clear()


def ask(client: Client) -> None:
    client.get("/account/sign-in/passkey/", headers={"Accept": "application/json"})


@pytest.mark.parametrize("answer", ANSWERS, ids=range(len(ANSWERS)))
def test_no_such_answer_signs_in(answer: str) -> None:
    client = browser()
    ask(client)

    refused = client.post("/account/sign-in/passkey/", {"credential": answer})

    assert refused.url == "/account/sign-in/"
    assert "The key was not accepted." in client.get("/account/sign-in/").text
    assert not is_signed_in(client)


@pytest.mark.parametrize("answer", ANSWERS, ids=range(len(ANSWERS)))
def test_no_such_answer_adds_a_key(answer: str) -> None:
    account = open_account()
    client = signed_in(account)
    client.get("/account/second-step/passkeys/add/")

    refused = client.post("/account/second-step/passkeys/add/", {"credential": answer, "name": "Phone"})

    assert refused.status_code == 200
    assert "The key was not accepted." in refused.text
    assert not account.authenticator_set.exists()


@pytest.mark.parametrize("answer", ANSWERS, ids=range(len(ANSWERS)))
def test_no_such_answer_is_a_second_step(answer: str) -> None:
    account = open_account()
    add_app(account)
    client = browser()
    try_password(client, account.email)

    refused = client.post("/account/sign-in/code/", {"credential": answer})

    assert "The key was not accepted." in refused.text
    assert not is_signed_in(client)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answer=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "userHandle", "signature", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    )
)
def test_whatever_is_sent_the_page_stands(answer: object) -> None:
    cache.clear()
    client = browser()
    ask(client)

    assert client.post("/account/sign-in/passkey/", {"credential": json.dumps(answer)}).status_code == 302
