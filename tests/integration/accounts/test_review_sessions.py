"""What an adversary leaned on: secrets that wait in the store, addresses that change within one network."""

from typing import Any

from django.test import RequestFactory

from serai.kernel import clock
from serai.site.accounts.models import Session
from serai.site.middleware import Limits
from tests.signing_in import add_app, browser, code_of, make_link, open_account

SECRET = "nine owls read by candlelight"


def test_first_password_does_not_wait_in_the_store_while_its_person_confirms_who_she_is(
    db: None, monkeypatch: Any
) -> None:
    account = open_account(password="")
    key, client = add_app(account), browser()
    client.post(make_link(account))
    client.post("/account/sign-in/code/", {"code": code_of(key)})
    later = clock.now().timestamp() + 400
    monkeypatch.setattr("time.time", lambda: later)
    given = {"password1": SECRET, "password2": SECRET}

    answer = client.post("/account/password/set/", given)
    then = client.get(answer.url)

    sessions = [row.get_decoded() for row in Session.objects.filter(account=account)]
    assert SECRET.split(maxsplit=1)[0] not in str(sessions)
    assert then.url.startswith("/account/confirm/")
    assert len(sessions) == 1


def test_one_network_is_one_asker_whatever_address_it_takes_in_it(settings: Any) -> None:
    settings.REQUESTS_PER_MINUTE = 60
    limits = Limits(lambda request: None)  # type: ignore[arg-type,return-value]
    asks = [RequestFactory().get("/", REMOTE_ADDR=f"2001:db8:1:2::{number:x}") for number in range(1, 30)]

    answers = [limits(request) for request in asks]
    neighbour = limits(RequestFactory().get("/", REMOTE_ADDR="2001:db8:1:3::1"))

    assert any(answer is not None and answer.status_code == 429 for answer in answers)
    assert neighbour is None
