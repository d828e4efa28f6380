"""One address may ask so much and no more; a large request is refused before it is read."""

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from serai.site.middleware import client_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def narrow(settings: Any) -> Client:
    """A node that takes twelve requests a minute from one address: two at once."""
    settings.REQUESTS_PER_MINUTE = 12
    return Client()


def test_the_request_too_many_is_told_when_to_come_back(narrow: Client) -> None:
    statuses = [narrow.get("/register/VI.13a").status_code for _ in range(2)]

    refused = narrow.get("/register/VI.13a")

    assert statuses == [200, 200]
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 6
    assert f"Try again in {refused['Retry-After']} seconds." in refused.text


def test_a_program_is_told_in_its_own_form(narrow: Client) -> None:
    for _ in range(2):
        narrow.get("/api/v1/register/states")

    refused = narrow.get("/api/v1/register/states")

    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "too_many_requests"
    assert refused.json()["error"]["fields"] == {"retry_after_s": refused["Retry-After"]}


def test_a_reader_is_told_in_the_language_of_the_page(narrow: Client) -> None:
    for _ in range(3):
        refused = narrow.get("/ru/register/")

    assert refused.status_code == 429
    assert '<html lang="ru">' in refused.text


def test_another_address_is_not_held_up(narrow: Client) -> None:
    for _ in range(3):
        narrow.get("/register/states", REMOTE_ADDR="192.0.2.1")

    assert narrow.get("/register/VI.13a", REMOTE_ADDR="192.0.2.1").status_code == 429
    assert narrow.get("/register/VI.13a", REMOTE_ADDR="192.0.2.2").status_code == 200


def test_health_is_never_held_up(narrow: Client) -> None:
    assert {narrow.get("/health/ready").status_code for _ in range(10)} == {200}


@pytest.mark.parametrize("size", ["1048577", "99999999999999999999"])
def test_a_large_request_is_refused_unread(client: Client, size: str) -> None:
    answer = client.generic("POST", "/api/v1/register/entries", CONTENT_LENGTH=size)

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"
    assert "1024 kB" in answer.json()["error"]["message"]


@pytest.mark.parametrize("size", ["0", "1048576", "", "many", "-1"])
def test_a_request_that_is_not_large_is_not_refused_for_its_size(client: Client, size: str) -> None:
    assert client.generic("GET", "/register/VI.13a", CONTENT_LENGTH=size).status_code == 200


def request_from(address: str, forwarded: str | None) -> HttpRequest:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    return request


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, "10.0.0.9"),
        (0, "203.0.113.5", "10.0.0.9"),  # nobody is believed who was not named
        (1, None, "10.0.0.9"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "6.6.6.6, 203.0.113.5", "203.0.113.5"),  # what a client wrote itself stands further left
        (2, "6.6.6.6, 203.0.113.5, 10.0.0.1", "203.0.113.5"),
        (2, "203.0.113.5", "10.0.0.9"),  # fewer than named: it did not come through all of them
        (1, " , ,203.0.113.5, ", "203.0.113.5"),
        (1, "", "10.0.0.9"),
    ],
)
def test_proxies_are_believed_only_as_many_as_were_named(
    settings: Any, proxies: int, forwarded: str | None, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies

    assert client_address(request_from("10.0.0.9", forwarded)) == expected


@given(st.text(alphabet="0123456789., :", max_size=60))
def test_without_a_proxy_nothing_forwarded_counts(forwarded: str) -> None:
    assert client_address(request_from("10.0.0.9", forwarded)) == "10.0.0.9"
