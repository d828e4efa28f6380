"""Rules that an adversary leaned on: what a token learns, whose work it is, what is kept, files that are made to hurt."""

import io
import time
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings

from serai.kernel import clock
from serai.kernel.filetypes import UnusableFile, sniff
from serai.kernel.roles import Scope
from serai.register.followup.actions.focal_points import name_focal_point
from serai.register.followup.actions.requests import ask_for_update
from serai.register.followup.actions.submissions import answer_request, digest_of, submit
from serai.register.followup.checks import Draft
from serai.register.followup.domain import Kind
from serai.register.followup.errors import AlreadyAnswered
from serai.register.followup.models import EvidenceFile, Submission
from serai.register.followup.queries import work_of
from serai.register.models import Entry
from serai.site.jobs import _jobs
from tests.integration.followup.conftest import NOW, Staff

pytestmark = pytest.mark.django_db
KZ = Scope("state:KZ")
FIGURE = Draft(kind=Kind.MEASUREMENT, value="12", period="2025", provenance="declared", source="Letter")


def test_token_that_may_not_read_learns_nothing_of_the_answer_that_stands(staff: Staff, entry: Entry) -> None:
    request = ask_for_update(entry=entry, party=KZ, due=date(2026, 12, 15), actor=staff.editor)
    answer_request(number=request.pk, draft=FIGURE, actor=staff.focal)
    narrow = replace(staff.focal, limits=frozenset({"submit"}), name="colleague")

    with pytest.raises(AlreadyAnswered) as caught:
        answer_request(number=request.pk, draft=replace(FIGURE, value="13"), actor=narrow)

    assert caught.value.theirs == {}
    assert "Focal" not in str(caught.value)
    assert "Kazakhstan" in str(caught.value)


def test_request_is_everybodys_work_again_when_its_focal_point_lost_the_role(staff: Staff, entry: Entry) -> None:
    colleague = staff.directory.add("colleague", *((grant.role, grant.scope) for grant in staff.focal.grants))
    name_focal_point(party=KZ, entry=entry, account=staff.focal.account, actor=staff.editor)
    request = ask_for_update(entry=entry, party=KZ, due=date(2026, 12, 15), actor=staff.editor)
    before = work_of(colleague, today=NOW.date()).to_answer

    staff.directory.grants[staff.focal.account] = frozenset()

    assert list(before) == []
    assert [row.pk for row in work_of(colleague, today=NOW.date()).to_answer] == [request.pk]


@pytest.mark.parametrize("given", ["-0", "-0.0", "-0,00"])
def test_digest_of_nought_is_the_same_when_it_is_made_again_from_the_store(
    staff: Staff, entry: Entry, given: str
) -> None:
    row = submit(entry=entry, party=KZ, draft=replace(FIGURE, value=given, coverage=given), actor=staff.focal)

    kept = Submission.objects.get(pk=row.pk)

    assert digest_of(row, files=[]) == row.digest
    assert digest_of(kept, files=[]) == row.digest
    assert not (row.value or Decimal(1)).is_signed()


def test_worker_sweeps_files_that_nothing_names() -> None:
    EvidenceFile.objects.create(pk="0" * 64, size=0, media_type="text/plain", stored_at=NOW - timedelta(days=3))

    with clock.frozen(NOW):
        _jobs["sweep"].function(clock.now())

    assert not EvidenceFile.objects.exists()


def test_what_is_sent_waits_where_a_killed_process_leaves_nothing() -> None:
    assert settings.FILE_UPLOAD_HANDLERS[-1] == "serai.site.uploads.NamelessFileHandler"


def test_table_made_to_be_slow_is_read_at_once() -> None:
    table = b"a,b\n" + (b"-1" + b" " * 100_000 + b"x,2\n") * 3
    started = time.process_time()

    with pytest.raises(UnusableFile):
        sniff(io.BytesIO(table), name="a.csv")

    assert time.process_time() - started < 5


def test_archive_packed_in_another_way_than_office_does_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>" * 50)
    content = bytearray(packed.getvalue())
    start = content.find(b"[Content_Types].xml") + len("[Content_Types].xml")
    content[start + 9 : start + 14] = b"\xff" * 5  # no stream that LZMA can read

    with pytest.raises(UnusableFile):
        sniff(io.BytesIO(bytes(content)), name="a.docx")
