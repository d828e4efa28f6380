"""The API gives the register as data, and refuses in one form what it cannot use."""

from typing import Any

import pytest
from django.test import Client

from serai.register.index import FACETS
from serai.register.models import Body, Entry, Instrument

pytestmark = pytest.mark.django_db
BASE = "/api/v1/register"
LISTS = {"bodies": 53, "instruments": 39, "events": 19, "indicators": 127, "lineage": 230, "states": 8, "versions": 1}


def error_of(client: Client, address: str, *, status: int) -> dict[str, Any]:
    """Return the error of an address that must be refused, once it has the one form."""
    answer = client.get(f"{BASE}{address}")
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/json")
    body = answer.json()
    assert list(body) == ["error"]
    assert list(body["error"]) == ["code", "message", "fields"]
    assert body["error"]["message"].endswith(".")
    assert all(isinstance(value, str) for value in body["error"]["fields"].values())
    return dict(body["error"])


def test_pages_of_entries_hold_all_230_exactly_once(client: Client) -> None:
    pages = [client.get(f"{BASE}/entries?size=33&page={page}").json() for page in range(1, 8)]

    assert [entry["id"] for page in pages for entry in page["entries"]] == list(
        Entry.objects.values_list("code", flat=True)
    )
    assert {(page["total"], page["pages"], page["size"]) for page in pages} == {(230, 7, 33)}
    assert [page["page"] for page in pages] == list(range(1, 8))


def test_a_page_beyond_the_last_is_the_last(client: Client) -> None:
    body = client.get(f"{BASE}/entries?size=100&page=999").json()

    assert (body["page"], body["entries"][-1]["id"]) == (3, "S.1")


def test_an_entry_says_who_what_when_and_where_it_stands(client: Client) -> None:
    body = client.get(f"{BASE}/entries/VI.13a").json()

    assert body["cite"] == "serai:register/astana-2025/VI.13a"
    assert set(body["title"]) == set(body["summary"]) == {"en", "ru", "zh-hans"}
    assert (body["act"], body["strength"], body["kind"], body["scope"], body["system"]) == (
        "support",
        3,
        "commitment",
        "parties",
        "e-permit",
    )
    assert body["actors"] == ["CN", "KG", "KZ", "TJ", "TM", "UZ"]
    assert (body["state"]["code"], body["indicator"]["figures"], body["indicator"]["status"]) == (
        "not-yet-measured",
        [],
        "not-yet-measured",
    )
    assert (body["owner_node"], body["version"]) == ("SEC", 1)


def test_a_number_is_read_in_any_case(client: Client) -> None:
    assert client.get(f"{BASE}/entries/vi.13A").json()["id"] == "VI.13a"


@pytest.mark.parametrize(("name", "count"), LISTS.items())
def test_every_list_is_whole(client: Client, name: str, count: int) -> None:
    assert len(client.get(f"{BASE}/{name}").json()) == count


def test_every_thing_of_a_list_is_the_same_alone(client: Client) -> None:
    for name, model in (("bodies", Body), ("instruments", Instrument)):
        rows = {row["id"]: row for row in client.get(f"{BASE}/{name}").json()}
        assert list(rows) == list(model._default_manager.order_by("position").values_list("pk", flat=True))
        for slug in list(rows)[::9]:
            assert client.get(f"{BASE}/{name}/{slug}").json() == rows[slug]


def test_relations_agree_both_ways(client: Client) -> None:
    entries = [
        entry for page in (1, 2) for entry in client.get(f"{BASE}/entries?size=200&page={page}").json()["entries"]
    ]

    for name in ("bodies", "instruments", "events"):
        forward = {(entry["id"], other) for entry in entries for other in entry[name]}
        backward = {(code, row["id"]) for row in client.get(f"{BASE}/{name}").json() for code in row["entries"]}
        assert forward == backward, name


def test_facets_count_what_their_filter_gives(client: Client) -> None:
    facets = client.get(f"{BASE}/entries?size=1").json()["facets"]

    assert set(facets) == set(FACETS)
    for facet in FACETS:
        value, count = next(iter(facets[facet].items()))
        assert client.get(f"{BASE}/entries", {facet: value, "size": 1}).json()["total"] == count, facet


def test_a_search_says_what_it_searched_for(client: Client) -> None:
    body = client.get(f"{BASE}/entries?q=perimts").json()

    assert (body["searched_for"], body["any_word"]) == ("permits", False)
    assert [entry["id"] for entry in body["entries"]] == ["VI.13a"]


@pytest.mark.parametrize(
    ("address", "status", "code", "fields"),
    [
        ("/entries/VI.99", 404, "no_such_entry", {"entry": "VI.99"}),
        ("/bodies/ghost", 404, "no_such_body", {"body": "ghost"}),
        ("/instruments/ghost", 404, "no_such_instrument", {"instrument": "ghost"}),
        ("/entries?topic=roads", 400, "bad_filter", {"filter": "topic", "value": "roads"}),
        ("/entries?act=call&act=promise", 400, "bad_filter", {"filter": "act", "value": "promise"}),
        ("/entries/VI.13a?verbose=1", 422, "unknown_parameter", {"parameter": "verbose"}),
        ("/entries?colour=blue&topic=water", 422, "unknown_parameter", {"parameter": "colour"}),
        ("/states?x=1", 422, "unknown_parameter", {"parameter": "x"}),
    ],
)
def test_a_refusal_names_what_it_speaks_of(
    client: Client, address: str, status: int, code: str, fields: dict[str, str]
) -> None:
    error = error_of(client, address, status=status)

    assert (error["code"], error["fields"]) == (code, fields)
    assert all(value in error["message"] for value in fields.values())


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/entries?page=0", "page"),
        ("/entries?page=x", "page"),
        ("/entries?size=201", "size"),
        ("/entries?size=0", "size"),
        ("/entries?order=random", "order"),
        (f"/entries?q={'x' * 201}", "q"),
        ("/entries/nonsense", "code"),
        ("/entries/VI.13a.json", "code"),
        ("/bodies/NOT%20A%20SLUG", "slug"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_refused_by_name(client: Client, address: str, parameter: str) -> None:
    error = error_of(client, address, status=422)

    assert (error["code"], error["fields"]["parameter"]) == ("bad_parameter", parameter)
    assert error["message"].startswith(f"The parameter {parameter} cannot be used: ")


def test_an_unknown_address_is_refused_in_the_same_form(client: Client) -> None:
    assert error_of(client, "/nothing-here", status=404)["code"] == "not_found"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_register_is_only_read(client: Client, method: str) -> None:
    answer = getattr(client, method)(f"{BASE}/entries")

    assert answer.status_code == 405
    assert "GET" in answer["Allow"]


def test_the_descriptions_operations_all_answer(client: Client) -> None:
    schema = client.get("/api/openapi.json").json()
    examples = {"{code}": "VI.13a"}

    for path, methods in schema["paths"].items():
        if not path.startswith(BASE):
            continue
        assert list(methods) == ["get"]
        slug = "customs-dg" if "bodies" in path else "cca-spirit"
        address = path.replace("{code}", examples["{code}"]).replace("{slug}", slug)
        assert client.get(address).status_code == 200, path
        assert {"200", "404", "422", "429"} <= set(methods["get"]["responses"]), path
        assert methods["get"]["summary"], path


def test_answers_are_known_again_by_their_tag(client: Client) -> None:
    """The description promises it."""
    first = client.get(f"{BASE}/entries/VI.13a")

    again = client.get(f"{BASE}/entries/VI.13a", headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
