"""Evidence goes out inert, to those who may see it; the others learn nothing, not even that it exists."""

import gc
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from serai.kernel.filetypes import FileKind
from serai.kernel.roles import Actor
from serai.register.followup import evidence_view
from serai.register.followup.actions import decisions, submissions
from serai.register.followup.actions.submissions import Attachment
from serai.register.followup.checks import Draft
from serai.register.followup.domain import Kind, Verdict
from serai.register.followup.evidence import store_file
from serai.register.followup.evidence_errors import DamagedEvidence, NoSuchEvidence, TooManyDownloads
from serai.register.followup.models import Evidence, EvidencePiece, Submission
from serai.register.followup.parties import state_party
from serai.register.models import Entry
from tests.integration.followup.conftest import Staff
from tests.sample_files import GOOD, make_pdf

pytestmark = pytest.mark.django_db
NOTE = Draft(kind=Kind.UPDATE, note="The nursery in the delta was planted.")
LARGE = make_pdf(b"stream\n" + random.Random(5).randbytes(700_000) + b"\nendstream\n")


@pytest.fixture(autouse=True)
def _all_places_are_given_back() -> Iterator[None]:
    yield
    gc.collect()
    assert evidence_view._places._value == evidence_view.MOST_AT_ONCE


def hand_in(
    entry: Entry, staff: Staff, *, data: bytes = GOOD[FileKind.PDF], name: str = "report.pdf", is_public: bool = False
) -> Evidence:
    """Hand a file in for Kazakhstan with a note."""
    file, kept = store_file(SimpleUploadedFile("x", data), name=name, actor=staff.focal)
    row = submissions.submit(
        entry=entry,
        party=state_party("KZ"),
        draft=NOTE,
        actor=staff.focal,
        attachments=[Attachment(file=file, name=kept, is_public=is_public)],
    )
    return row.evidence.get()


def publish(submission: Submission, staff: Staff) -> None:
    decisions.decide(number=submission.pk, verdict=Verdict.PUBLISH, actor=staff.reviewer)


def published(entry: Entry, staff: Staff, **values: Any) -> str:
    """Return the address of a file that everybody may fetch."""
    evidence = hand_in(entry, staff, is_public=True, **values)
    publish(evidence.submission, staff)
    return f"/work/evidence/{evidence.pk}/"


def fetch(evidence_id: int, actor: Actor) -> bytes:
    """Ask the view as an actor would."""
    request = RequestFactory().get("/")
    request.actor = actor  # type: ignore[attr-defined]
    answer: Any = evidence_view.serve(request, evidence_id)
    try:
        return b"".join(answer.streaming_content)
    finally:
        answer.close()


@pytest.mark.parametrize("name", ["focal", "editor", "reviewer", "auditor"])
def test_the_concerned_fetch_what_is_not_public(name: str, entry: Entry, staff: Staff) -> None:
    evidence = hand_in(entry, staff)

    assert fetch(evidence.pk, getattr(staff, name)) == GOOD[FileKind.PDF]


@pytest.mark.parametrize("name", ["other_focal", "operator"])
def test_others_are_told_what_is_told_of_no_file(name: str, entry: Entry, staff: Staff) -> None:
    evidence = hand_in(entry, staff, is_public=True)
    actor = getattr(staff, name)

    with pytest.raises(NoSuchEvidence) as unseen:
        fetch(evidence.pk, actor)
    with pytest.raises(NoSuchEvidence) as missing:
        fetch(evidence.pk + 1, actor)

    assert (str(unseen.value), unseen.value.http_status) == (str(missing.value), 404)
    assert (unseen.value.is_denial, missing.value.is_denial) == (True, False)  # the first is written down


def test_a_stranger_cannot_tell_a_hidden_file_from_none(entry: Entry, staff: Staff, client: Client) -> None:
    evidence = hand_in(entry, staff)
    publish(evidence.submission, staff)
    numbers = (evidence.pk, evidence.pk + 1, 10**18, 10**30)

    answers = [client.get(f"/work/evidence/{number}/") for number in numbers]

    assert [answer.status_code for answer in answers] == [404] * 4
    texts = {answer.text.replace(f"/evidence/{number}/", "") for number, answer in zip(numbers, answers, strict=True)}
    assert len(texts) == 1
    assert "There is no file at this address that you may see." in answers[0].text


def test_a_file_for_the_public_is_fetched_by_all_once_it_is_published(
    entry: Entry, staff: Staff, client: Client
) -> None:
    evidence = hand_in(entry, staff, is_public=True)
    address = f"/work/evidence/{evidence.pk}/"
    before = client.get(address)

    publish(evidence.submission, staff)
    after = client.get(address)

    assert (before.status_code, after.status_code) == (404, 200)
    assert after.getvalue() == GOOD[FileKind.PDF]


@pytest.mark.parametrize("prefix", ["", "/ru", "/zh-hans"])
def test_a_file_goes_out_inert(prefix: str, entry: Entry, staff: Staff, client: Client) -> None:
    address = published(entry, staff, name="отчёт, 1.pdf")

    answer = client.get(prefix + address, headers={"Accept-Encoding": "br, gzip"})

    assert answer.getvalue() == GOOD[FileKind.PDF]
    expected = {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(GOOD[FileKind.PDF])),
        "Content-Disposition": "attachment; filename*=utf-8''%D0%BE%D1%82%D1%87%D1%91%D1%82_%201.pdf",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store, no-transform",
        "X-Frame-Options": "DENY",
    }
    assert {name: answer.headers.get(name) for name in expected} == expected
    assert not {"Content-Encoding", "ETag", "Set-Cookie"} & set(answer.headers)


@pytest.mark.parametrize("kind", [FileKind.TXT, FileKind.CSV])
def test_texts_are_never_more_than_plain_text(kind: FileKind, entry: Entry, staff: Staff, client: Client) -> None:
    address = published(entry, staff, data=GOOD[kind], name=f"a{kind.endings[0]}")

    answer = client.get(address, headers={"Accept-Encoding": "br, gzip"})

    assert answer.getvalue() == GOOD[kind]
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="a{kind.endings[0]}"'


def test_head_tells_the_same_and_sends_nothing(entry: Entry, staff: Staff, client: Client) -> None:
    address = published(entry, staff, data=LARGE)

    head, whole = client.head(address), client.get(address)

    assert head.getvalue() == b""
    assert whole.getvalue() == LARGE
    less = {"X-Request-ID"}
    assert {k: v for k, v in head.headers.items() if k not in less} == {
        k: v for k, v in whole.headers.items() if k not in less
    }


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_file_is_only_ever_read(method: str, entry: Entry, staff: Staff, client: Client) -> None:
    address = published(entry, staff)

    assert getattr(client, method)(address).status_code == 405


def test_a_small_damaged_file_is_told_as_a_page(entry: Entry, staff: Staff, client: Client) -> None:
    address = published(entry, staff)
    EvidencePiece.objects.update(data=b"%PDF-something else")

    answer = client.get(address)

    assert answer.status_code == 503
    assert "is not what was stored here" in answer.text
    assert answer["Content-Type"].startswith("text/html")


def test_a_large_damaged_file_is_never_sent_whole(entry: Entry, staff: Staff, client: Client) -> None:
    address = published(entry, staff, data=LARGE)
    EvidencePiece.objects.filter(number=1).update(data=b"\0" * 262_144)
    answer: Any = client.get(address)

    sent = []
    with pytest.raises(DamagedEvidence):
        sent.extend(answer.streaming_content)
    answer.close()

    assert len(b"".join(sent)) < len(LARGE)


def test_few_are_served_at_once_and_a_place_is_given_back(entry: Entry, staff: Staff) -> None:
    evidence = hand_in(entry, staff, data=LARGE)
    request = RequestFactory().get("/")
    request.actor = staff.focal  # type: ignore[attr-defined]
    answers: list[Any] = [evidence_view.serve(request, evidence.pk) for _ in range(evidence_view.MOST_AT_ONCE)]

    with pytest.raises(TooManyDownloads) as refused:
        evidence_view.serve(request, evidence.pk)
    answers[0].close()
    answers[1] = None  # an answer that was dropped before it began

    assert "Try again in 5 seconds." in str(refused.value)
    assert [fetch(evidence.pk, staff.focal) == LARGE for _ in range(3)] == [True] * 3
