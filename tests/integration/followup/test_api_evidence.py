"""Files by token: sent before what they belong to, fetched by those who may see them."""

import json
from hashlib import sha256
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from serai.kernel.roles import Role
from serai.register.followup.models import Evidence, EvidenceFile, Submission
from tests.programs import BASE, Program, open_program

pytestmark = pytest.mark.django_db
CODE = "VIII.3a"
TEXT = b"Planted in 2025: 1,250 hectares.\n"


@pytest.fixture
def focal(db: None) -> Program:
    return open_program("focal", (Role.FOCAL_POINT, "state:KZ"))


@pytest.fixture
def reviewer(db: None) -> Program:
    return open_program("reviewer", (Role.REVIEWER, ""))


def hand_in(program: Program, token: str, *, is_public: bool = False) -> dict[str, object]:
    body = {
        "kind": "figure",
        "party": "state:KZ",
        "value": "1250",
        "period": "2025",
        "evidence": [token],
        "evidence_is_public": is_public,
    }
    answer = program.post(f"/entries/{CODE}/submissions", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_file_is_sent_named_and_fetched(focal: Program, reviewer: Program) -> None:
    sent = focal.send(TEXT, quote("отчёт 2025.txt"))
    assert sent.status_code == 201, sent.text
    row = hand_in(focal, sent.json()["token"])

    (item,) = row["evidence"]  # type: ignore[misc]
    fetched = Client().get(item["address"], headers=reviewer.headers)

    assert (item["name"], item["sha256"], item["size"]) == ("отчёт 2025.txt", sha256(TEXT).hexdigest(), len(TEXT))
    assert b"".join(fetched.streaming_content) == TEXT
    assert fetched["Content-Disposition"].startswith("attachment")
    assert "no-store" in fetched["Cache-Control"]


def test_file_may_come_as_the_only_part_of_a_form(focal: Program) -> None:
    answer = Client().post(
        f"{BASE}/evidence",
        {"file": SimpleUploadedFile("letter.txt", TEXT)},
        headers=focal.headers | {"Idempotency-Key": "k"},
    )

    assert answer.status_code == 201, answer.text
    assert (answer.json()["name"], answer.json()["media_type"]) == ("letter.txt", "text/plain")


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"other": SimpleUploadedFile("a.txt", TEXT)},
        {"file": SimpleUploadedFile("a.txt", TEXT), "note": "x"},
        {"file": [SimpleUploadedFile("a.txt", TEXT), SimpleUploadedFile("b.txt", TEXT)]},
    ],
    ids=["none", "by another name", "with a field", "two"],
)
def test_form_with_anything_else_is_refused(focal: Program, parts: dict[str, object]) -> None:
    answer = Client().post(f"{BASE}/evidence", parts, headers=focal.headers | {"Idempotency-Key": "k"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "one_file")
    assert not EvidenceFile.objects.exists()


def test_form_that_breaks_off_is_refused(focal: Program) -> None:
    answer = Client().post(
        f"{BASE}/evidence",
        b"--x\r\nnothing",
        content_type="multipart/form-data; boundary=",
        headers=focal.headers | {"Idempotency-Key": "k"},
    )

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_input"


@pytest.mark.parametrize("name", ["", "%20", "%FF%FE"])
def test_file_without_a_name_is_refused(focal: Program, name: str) -> None:
    assert focal.send(TEXT, name).json()["error"]["code"] == "no_file_name"
    assert not EvidenceFile.objects.exists()


def test_content_that_is_not_taken_is_refused(focal: Program) -> None:
    answer = focal.send(b"<html><script>alert(1)</script></html>", "report.pdf")

    assert answer.status_code == 400
    assert "report.pdf" in answer.json()["error"]["message"]
    assert not EvidenceFile.objects.exists()


def test_file_larger_than_a_megabyte_is_taken_and_one_over_the_limit_is_not(focal: Program) -> None:
    line = b"0123456789abcdef" * 64 + b"\n"

    taken, refused = (focal.send(line * (size // len(line)), "long.txt") for size in (2 * 2**20, 21 * 2**20))

    assert taken.status_code == 201, taken.text
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "file_too_large")
    assert EvidenceFile.objects.count() == 1


def test_large_body_without_a_token_is_refused_unread(db: None) -> None:
    size = str(15 * 2**20)

    bare = Client().generic("POST", f"{BASE}/evidence", CONTENT_LENGTH=size)
    wrong = Client().generic("POST", f"{BASE}/evidence", CONTENT_LENGTH=size, HTTP_AUTHORIZATION="Bearer serai_no")

    assert (bare.status_code, wrong.status_code) == (413, 401)


def test_repeat_gives_a_token_that_works_and_another_file_is_refused(focal: Program) -> None:
    first = focal.send(TEXT, "a.txt", key="k-1")

    again, other = focal.send(TEXT, "a.txt", key="k-1"), focal.send(TEXT + b"more\n", "a.txt", key="k-1")

    assert again.json()["sha256"] == first.json()["sha256"]
    assert again["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json()["error"]["code"]) == (409, "key_of_another")
    assert hand_in(focal, again.json()["token"])["evidence"]


def test_file_of_another_account_cannot_be_named(focal: Program, reviewer: Program) -> None:
    other = open_program("other", (Role.FOCAL_POINT, "state:UZ"))
    token = other.send(TEXT, "a.txt").json()["token"]

    body = {"kind": "note", "party": "state:KZ", "note": "See the file.", "evidence": [token]}
    answer = focal.post(f"/entries/{CODE}/submissions", body)

    assert answer.json()["error"]["code"] == "kept_file_gone"
    assert not Submission.objects.exists()


def test_draft_evidence_is_as_absent_as_none_to_others(focal: Program) -> None:
    other = open_program("other", (Role.FOCAL_POINT, "state:UZ"))
    hand_in(focal, focal.send(TEXT, "a.txt").json()["token"], is_public=True)
    number = Evidence.objects.get().pk

    hidden, absent = other.get(f"/evidence/{number}"), other.get("/evidence/999999")

    assert (hidden.status_code, hidden.json()) == (404, absent.json())
    assert focal.get(f"/evidence/{number}").status_code == 200


def test_public_file_stands_beside_the_published_figure_for_everybody(focal: Program, reviewer: Program) -> None:
    row = hand_in(focal, focal.send(TEXT, "a.txt").json()["token"], is_public=True)
    before = Client().get(f"{BASE}/evidence/{Evidence.objects.get().pk}").status_code

    reviewer.post(f"/submissions/{row['number']}/decision", {"verdict": "publish"})

    (figure,) = json.loads(Client().get(f"{BASE}/entries/{CODE}/figures").content)["figures"]
    (item,) = figure["evidence"]
    assert (before, item["name"]) == (404, "a.txt")
    assert b"".join(Client().get(item["address"]).streaming_content) == TEXT
