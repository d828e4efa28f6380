"""A page that did not change is not sent twice; one that did is."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from serai.kernel import clock
from serai.kernel.revision import bump_revision

pytestmark = pytest.mark.django_db
ADDRESSES = (
    "/",
    "/register/",
    "/ru/register/?topic=water",
    "/register/VI.13a",
    "/register/VI.13a.json",
    "/register/entries.csv",
    "/register/entries.json?act=call",
    "/register/calendar.ics",
    "/zh-hans/register/calendar/",
    "/about/privacy/",
)
MORNING, EVENING = datetime(2026, 11, 24, 1, tzinfo=UTC), datetime(2026, 11, 24, 23, tzinfo=UTC)
NEXT_DAY = datetime(2026, 11, 25, 1, tzinfo=UTC)


def tag_of(client: Client, address: str) -> str:
    return client.get(address)["ETag"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_with_its_tag_sent_back_is_not_sent_again(client: Client, address: str) -> None:
    first = client.get(address)

    again = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert first.status_code == 200
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_compressed_page_is_known_again_by_its_weak_tag(client: Client, encoding: str) -> None:
    first = client.get("/register/", headers={"Accept-Encoding": encoding})

    again = client.get("/register/", headers={"Accept-Encoding": encoding, "If-None-Match": first["ETag"]})

    assert first["ETag"].startswith('W/"')
    assert again.status_code == 304


def test_another_tag_gets_the_page(client: Client) -> None:
    assert client.get("/register/", headers={"If-None-Match": '"something else"'}).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_gives_the_same_head_and_no_body(client: Client, address: str) -> None:
    got, head = client.get(address), client.head(address)

    assert (head.status_code, head.content) == (200, b"")
    assert (head["ETag"], head["Content-Type"]) == (got["ETag"], got["Content-Type"])


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize(
    "address", ["/", "/register/", "/register/VI.13a", "/register/entries.csv", "/health/live", "/robots.txt"]
)
def test_a_page_is_only_read(client: Client, method: str, address: str) -> None:
    answer = getattr(client, method)(address)

    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"


def test_a_change_of_the_register_changes_every_tag(client: Client) -> None:
    before = [tag_of(client, address) for address in ADDRESSES]

    bump_revision("register")

    after = [tag_of(client, address) for address in ADDRESSES]
    assert set(before).isdisjoint(after)


def test_a_page_is_the_same_all_day_and_another_the_next(client: Client) -> None:
    tags = []
    for moment in (MORNING, EVENING, NEXT_DAY):
        with clock.frozen(moment):
            tags.append(tag_of(client, "/register/"))

    assert tags[0] == tags[1] != tags[2]


def test_no_two_addresses_share_a_tag(client: Client) -> None:
    tags = [
        tag_of(client, address) for address in (*ADDRESSES, "/register/?topic=water", "/zh-hans/register/?topic=water")
    ]

    assert len(set(tags)) == len(tags)


def test_a_cache_may_keep_a_page_but_must_ask(client: Client) -> None:
    found = {part.strip() for part in client.get("/register/")["Cache-Control"].split(",")}

    assert found == {"public", "no-cache"}


@pytest.mark.parametrize("address", ["/health/live", "/health/ready"])
def test_health_is_never_cached(client: Client, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
