"""Every answer forbids what the node never needs, and says which node gave it."""

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
ADDRESSES = (
    "/",
    "/register/VI.13a",
    "/ru/register/",
    "/register/entries.csv",
    "/api/v1/register/states",
    "/nothing-here",
    "/health/live",
)
POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "script-src": ["'self'"],
    "connect-src": ["'self'"],
    "manifest-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Serai-Node": "SEC",
    "X-Serai-Realm": "service",
}


def directives(policy: str) -> dict[str, list[str]]:
    parts = [part.split() for part in policy.split(";") if part.strip()]
    assert len({part[0] for part in parts}) == len(parts)
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_content_policy_is_exactly_this(client: Client, address: str) -> None:
    answer = client.get(address)

    assert directives(answer["Content-Security-Policy"]) == POLICY
    assert "Content-Security-Policy-Report-Only" not in answer


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(("name", "value"), HEADERS.items())
def test_every_answer_carries_it(client: Client, address: str, name: str, value: str) -> None:
    assert client.get(address)[name] == value


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_answer_sets_a_cookie(client: Client, address: str) -> None:
    assert client.get(address, headers={"Accept-Language": "ru"}).cookies == {}


def test_every_request_has_a_number_of_its_own(client: Client) -> None:
    numbers = [client.get("/health/live")["X-Request-ID"] for _ in range(3)]

    assert len(set(numbers)) == 3
    assert all(re.fullmatch(r"[0-9a-f]{16}", number) for number in numbers)


def test_plain_http_is_not_sent_to_https_unless_asked(client: Client) -> None:
    answer = client.get("/")

    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer


def test_another_host_is_refused_with_a_sentence() -> None:
    answer = Client().get("/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert "The request cannot be used as it stands" in answer.text
    assert "evil.example" not in answer.text
