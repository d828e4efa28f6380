"""Files that no submission came to name are swept away; no other ever is."""

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from serai.kernel import clock
from serai.kernel.models import AuditRow
from serai.register.followup.actions import submissions
from serai.register.followup.actions.submissions import Attachment
from serai.register.followup.checks import Draft
from serai.register.followup.domain import Kind
from serai.register.followup.evidence import StoredFile, keep_token, read_keep_token, store_file, sweep_unused
from serai.register.followup.models import Evidence, EvidenceFile, EvidencePiece, Submission
from serai.register.followup.parties import state_party
from serai.register.models import Entry
from tests.integration.followup.conftest import NOW, Staff

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=24, seconds=1)


def keep(text: str, staff: Staff) -> StoredFile:
    return store_file(SimpleUploadedFile("a.txt", text.encode()), name="a.txt", actor=staff.focal)


def hand_in(stored: StoredFile, entry: Entry, staff: Staff) -> Submission:
    return submissions.submit(
        entry=entry,
        party=state_party("KZ"),
        draft=Draft(kind=Kind.UPDATE, note="The nursery was planted."),
        actor=staff.focal,
        attachments=[Attachment(file=stored.file, name=stored.name)],
    )


def left() -> set[str]:
    return set(EvidenceFile.objects.values_list("pk", flat=True))


def test_what_nothing_names_is_swept_away_after_a_day(entry: Entry, staff: Staff) -> None:
    unused, used = keep("unused", staff), keep("used", staff)
    hand_in(used, entry, staff)

    early, swept = sweep_unused(NOW + timedelta(hours=23)), sweep_unused(LATER)

    assert (early, swept, left()) == (0, 1, {used.file.pk})
    assert not EvidencePiece.objects.filter(file=unused.file.pk).exists()


def test_a_sweep_is_written_down_once_with_what_it_took(staff: Staff) -> None:
    names = sorted(keep(text, staff).file.pk for text in "abc")

    assert sweep_unused(LATER) == 3
    assert sweep_unused(LATER) == 0

    row = AuditRow.objects.get(action="followup:evidence:sweep")
    assert sorted(row.details["files"]) == names


def test_a_sweep_takes_few_at_once_the_oldest_first(staff: Staff) -> None:
    with clock.frozen(NOW - timedelta(hours=1)):
        oldest = {keep(f"old {number}", staff).file.pk for number in range(20)}
    newest = {keep(f"new {number}", staff).file.pk for number in range(3)}

    assert sweep_unused(LATER) == 20

    assert left() == newest
    assert not oldest & left()


def test_a_file_that_is_sent_again_is_kept_another_day(staff: Staff) -> None:
    keep("again", staff)
    with clock.frozen(NOW + timedelta(hours=23)):
        keep("again", staff)

    assert sweep_unused(LATER) == 0


def test_a_file_that_a_form_holds_on_to_is_kept_as_long_as_the_token(staff: Staff) -> None:
    stored = keep("held", staff)
    with clock.frozen(NOW + timedelta(hours=23)):
        token = keep_token(*stored, staff.focal)

    swept = sweep_unused(NOW + timedelta(hours=46))

    assert swept == 0
    with clock.frozen(NOW + timedelta(hours=46, minutes=50)):
        read_keep_token(token, staff.focal)
    assert sweep_unused(NOW + timedelta(hours=70)) == 0


def test_evidence_cannot_be_deleted_with_its_file(entry: Entry, staff: Staff) -> None:
    stored = keep("used", staff)
    hand_in(stored, entry, staff)

    swept = sweep_unused(NOW + timedelta(days=4000))

    assert swept == 0
    assert Evidence.objects.get().file == stored.file


def test_a_submission_made_between_look_and_deletion_keeps_its_file(
    entry: Entry, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored, other = keep("used", staff), keep("unused", staff)
    real = EvidenceFile.objects.filter

    def hand_in_meanwhile(*args: object, **kwargs: object) -> object:
        if "pk__in" in kwargs and not Evidence.objects.exists():
            hand_in(stored, entry, staff)
        return real(*args, **kwargs)

    monkeypatch.setattr(EvidenceFile.objects, "filter", hand_in_meanwhile)
    with clock.frozen(NOW):
        swept = sweep_unused(LATER)

    assert swept == 0
    assert {stored.file.pk, other.file.pk} <= left()


HELD = "0" * 64


def hold(taken: threading.Event, done: threading.Event) -> None:
    """Take a file up in a transaction of its own, as a form does that comes back, and keep at it until told."""
    file = EvidenceFile.objects.create(pk=HELD, size=1, media_type="text/plain", stored_at=NOW)
    try:
        with transaction.atomic():
            EvidenceFile.objects.filter(pk=HELD).update(stored_at=LATER)
            taken.set()
            done.wait(20)
    finally:
        file.delete()
        connection.close()


@pytest.mark.postgres
def test_on_postgresql_a_file_that_another_transaction_takes_up_is_passed_over() -> None:
    taken, done = threading.Event(), threading.Event()
    holder = threading.Thread(target=hold, args=(taken, done))
    holder.start()
    assert taken.wait(10)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")  # to wait for the other would be wrong, too

    try:
        swept = sweep_unused(LATER)
    finally:
        done.set()
        holder.join()

    assert EvidenceFile.objects.count() == swept == 0
