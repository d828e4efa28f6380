"""Text is sent compressed to whoever takes that, and is the same text."""

import gzip

import brotli
import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
LARGE = (
    "/register/",
    "/register/entries.csv",
    "/register/entries.json",
    "/register/calendar.ics",
    "/api/v1/register/bodies",
)


def get(client: Client, address: str, accepted: str) -> tuple[bytes, str, str]:
    answer = client.get(address, headers={"Accept-Encoding": accepted})
    assert answer.status_code == 200
    return answer.content, answer.get("Content-Encoding", ""), answer.get("Content-Length", "")


@pytest.mark.parametrize("address", LARGE)
@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br", "br"),
        ("gzip", "gzip"),
        ("gzip;q=0.5, br;q=0.1", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000", ""),
        ("gzip;q=0", ""),
        ("BR", "br"),
        ("identity", ""),
        ("zebra, gzipped", ""),
        ("", ""),
    ],
)
def test_the_answer_comes_in_an_encoding_that_is_taken(
    client: Client, address: str, accepted: str, encoding: str
) -> None:
    plain, _, _ = get(client, address, "identity")

    content, given, length = get(client, address, accepted)

    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding]
    assert given == encoding
    assert unpack(content) == plain
    assert length in {"", str(len(content))}
    assert not encoding or len(content) < len(plain)


def test_a_compressed_answer_has_a_weak_tag_and_a_plain_one_a_strong_one(client: Client) -> None:
    plain = client.get("/register/", headers={"Accept-Encoding": "identity"})
    packed = client.get("/register/", headers={"Accept-Encoding": "br"})

    assert packed["ETag"] == f"W/{plain['ETag']}"


@pytest.mark.parametrize("accepted", ["br", "identity"])
def test_caches_are_told_that_the_encoding_varies(client: Client, accepted: str) -> None:
    assert "Accept-Encoding" in client.get("/register/", headers={"Accept-Encoding": accepted})["Vary"]


def test_a_short_answer_is_left_as_it_is(client: Client) -> None:
    answer = client.get("/health/live", headers={"Accept-Encoding": "br"})

    assert "Content-Encoding" not in answer


def test_the_same_page_is_packed_into_the_same_bytes(client: Client) -> None:
    assert get(client, "/register/", "gzip") == get(client, "/register/", "gzip")
