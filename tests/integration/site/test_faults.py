"""What is not there, and what goes wrong, is told in a sentence: as a page, or as JSON to a program."""

import logging

import pytest
from django.test import Client

from serai.kernel.languages import HTML_TAGS
from serai.register import queries
from tests.html import Page

pytestmark = pytest.mark.django_db
UNKNOWN = {
    "/nothing-here": "not_found",
    "/register/VI.99": "no_such_entry",
    "/register/ZZ.1": "no_such_entry",
    "/register/VI.13aa": "not_found",
    "/register/bodies/ghost/": "no_such_body",
    "/register/bodies/ghost/brief/": "no_such_body",
    "/register/instruments/ghost/": "no_such_instrument",
    "/register/%00": "not_found",
    "/register/../../etc/passwd": "not_found",
    "/%3Cscript%3E": "not_found",
    f"/{'x' * 5000}": "not_found",
    "/static/nothing.css": "not_found",
}


@pytest.mark.parametrize(("address", "code"), UNKNOWN.items(), ids=lambda value: str(value)[:40])
def test_what_is_not_there_is_told_in_a_sentence_with_a_code(client: Client, address: str, code: str) -> None:
    answer = client.get(address)

    page = Page.read(answer.text)
    assert answer.status_code == 404
    assert (page.h1, page.faults) == (["Not found"], [])
    assert code in page.texts
    assert "<script" not in answer.text


@pytest.mark.parametrize(("prefix", "language"), [("/ru", "ru"), ("/zh-hans", "zh-hans")])
def test_it_is_told_in_the_language_of_the_address(client: Client, prefix: str, language: str) -> None:
    page = Page.read(client.get(f"{prefix}/register/VI.99").text)

    assert page.lang == HTML_TAGS[language]
    assert page.h1 != ["Not found"]
    assert any("VI.99" in text for text in page.texts)


@pytest.mark.parametrize(
    "address", ["/register/VI.99.json", "/api/v1/register/entries/VI.99", "/api/nothing", "/ru/register/VI.99.json"]
)
def test_a_program_is_told_in_json(client: Client, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 404
    assert set(answer.json()["error"]) == {"code", "message", "fields"}


def test_an_entrys_number_in_other_case_leads_to_its_page(client: Client) -> None:
    answer = client.get("/ru/register/vi.13A")

    assert (answer.status_code, answer["Location"]) == (302, "/ru/register/VI.13a")


def test_a_missing_slash_leads_to_the_page(client: Client) -> None:
    answer = client.get("/register/bodies")

    assert (answer.status_code, answer["Location"]) == (301, "/register/bodies/")


@pytest.mark.parametrize("address", ["/register/method/", "/api/v1/register/states"])
def test_a_fault_of_the_node_shows_no_secret_and_is_logged(
    address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the password is 1234")

    monkeypatch.setattr("serai.register.caching.get_revisions", fail)
    monkeypatch.setattr("serai.register.api.RULES", property(fail))
    client = Client(raise_request_exception=False)

    with caplog.at_level(logging.ERROR, logger="serai.web"):
        answer = client.get(address)

    assert answer.status_code == 500
    assert "1234" not in answer.text
    assert "Something went wrong on this node. Try again later." in answer.text
    assert [record.message for record in caplog.records if record.name == "serai.web"] == ["unhandled"]


def test_health_says_what_is_missing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "get_version", lambda: None)

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "reason": "no register is loaded"}


def test_robots_are_kept_from_the_api(client: Client) -> None:
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /api/\n"


def test_the_log_has_neither_address_nor_query(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="serai.web"):
        client.get("/register/?q=private+words", REMOTE_ADDR="192.0.2.77")

    (record,) = [record for record in caplog.records if record.message == "request"]
    fields = {name: str(value) for name, value in record.__dict__.items() if name not in {"pathname", "msg"}}
    assert (fields["method"], fields["route"], fields["status"]) == ("GET", "register/", "200")
    assert not any("private" in value or "192.0.2.77" in value for value in fields.values())
