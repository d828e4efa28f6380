"""Evidence is kept once under its hash, whole or not at all, and read back as it was."""

import io
import random
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from serai.kernel import clock
from serai.kernel.errors import NodeFault
from serai.kernel.filetypes import FileKind, UnusableFile
from serai.kernel.models import AuditRow
from serai.kernel.roles import Actor
from serai.register.followup.evidence import keep_token, read_file, read_keep_token, store_file
from serai.register.followup.evidence_errors import DamagedEvidence, FileTooLarge, KeptFileGone
from serai.register.followup.models import EvidenceFile, EvidencePiece
from tests.integration.conftest import RunTogether
from tests.integration.followup.conftest import NOW, Staff
from tests.sample_files import GOOD, make_pdf

pytestmark = pytest.mark.django_db
PDF = GOOD[FileKind.PDF]
LARGE = make_pdf(b"stream\n" + random.Random(3).randbytes(600_000) + b"\nendstream\n")


def sent(data: bytes = PDF, name: str = "report.pdf") -> "UploadedFile[bytes]":
    return SimpleUploadedFile(name, data, content_type="text/html")  # what a browser claims does not count


def stores() -> list[AuditRow]:
    return list(AuditRow.objects.filter(action="followup:evidence:store"))


@pytest.mark.parametrize("kind", list(FileKind))
def test_each_kind_is_kept_and_read_back(kind: FileKind, staff: Staff) -> None:
    ending = kind.endings[0]

    file, name = store_file(sent(GOOD[kind]), name=f"доказательство{ending}", actor=staff.focal)

    assert (file.pk, file.size) == (sha256(GOOD[kind]).hexdigest(), len(GOOD[kind]))
    assert (file.media_type, file.stored_at, name) == (kind.media_type, NOW, f"доказательство{ending}")
    assert b"".join(read_file(file)) == GOOD[kind]


def test_a_large_file_is_kept_in_pieces(staff: Staff) -> None:
    file, _name = store_file(sent(LARGE), name="scan.pdf", actor=staff.focal)

    sizes = [len(piece.data) for piece in EvidencePiece.objects.filter(file=file).order_by("number")]
    assert sizes == [262_144, 262_144, len(LARGE) - 524_288]
    assert b"".join(read_file(file)) == LARGE


def test_a_name_without_ending_gets_that_of_its_content(staff: Staff) -> None:
    assert store_file(sent(), name="../report", actor=staff.focal).name == "report.pdf"


def test_keeping_is_written_down_without_the_files_name(staff: Staff) -> None:
    file, _name = store_file(sent(), name="Иванов И. И.pdf", actor=staff.focal)

    (row,) = stores()
    assert (row.subject, row.actor_name) == (f"evidence {file.pk}", "focal")
    assert row.details == {"size": len(PDF), "media_type": "application/pdf"}


def test_the_same_bytes_are_kept_once_under_as_many_names_as_come(staff: Staff) -> None:
    first = store_file(sent(), name="a.pdf", actor=staff.focal)
    second = store_file(sent(), name="b.pdf", actor=staff.editor)

    assert first.file == second.file
    assert (first.name, second.name) == ("a.pdf", "b.pdf")
    assert (EvidenceFile.objects.count(), EvidencePiece.objects.count(), len(stores())) == (1, 1, 1)


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"<html>", "report.pdf"), (b"", "report.pdf"), (PDF[:-20], "report.pdf"), (b"a,b\n1,=2\n", "a.csv")],
)
def test_nothing_is_kept_of_a_file_that_is_refused(data: bytes, name: str, staff: Staff) -> None:
    with pytest.raises(UnusableFile):
        store_file(sent(data), name=name, actor=staff.focal)

    assert (EvidenceFile.objects.count(), stores()) == (0, [])


def test_a_refusal_shows_a_name_in_which_nothing_is_hidden(staff: Staff) -> None:
    with pytest.raises(UnusableFile) as refused:
        store_file(sent(b"<html>"), name="/tmp/x\u202efdp.exe.pdf", actor=staff.focal)

    assert "named “xfdp.exe.pdf”," in str(refused.value)


class Endless(io.RawIOBase):
    """Claims to be small, and never ends."""

    size = 10
    given = 0

    def read(self, size: int = -1) -> bytes:
        self.given += size
        return b"a" * size

    def seek(self, offset: int, whence: int = 0) -> int:
        return offset


def test_a_file_is_too_large_by_what_is_read_and_not_by_what_it_claims(staff: Staff) -> None:
    endless: Any = Endless()

    with pytest.raises(FileTooLarge) as refused:
        store_file(UploadedFile(endless, size=10), name="a.txt", actor=staff.focal)

    assert "“a.txt” is larger than 20 MB, the most that a file may have." in str(refused.value)
    assert endless.given <= 21 * 2**20


def test_the_limit_is_exact(staff: Staff, settings: Any) -> None:
    settings.MOST_EVIDENCE_BYTES = 2**20

    assert store_file(sent(b"a" * 2**20), name="a.txt", actor=staff.focal).file.size == 2**20
    with pytest.raises(FileTooLarge):
        store_file(sent(b"a" * (2**20 + 1)), name="a.txt", actor=staff.focal)


def swap(file: EvidenceFile) -> None:
    EvidencePiece.objects.filter(file=file, number=1).update(data=b"something else")


def drop(file: EvidenceFile) -> None:
    EvidencePiece.objects.filter(file=file, number=2).delete()


def turn(file: EvidenceFile) -> None:
    first, second = EvidencePiece.objects.filter(file=file, number__lt=2).order_by("number")
    EvidencePiece.objects.filter(pk=first.pk).update(data=second.data)
    EvidencePiece.objects.filter(pk=second.pk).update(data=first.data)


@pytest.mark.parametrize("damage", [swap, drop, turn])
def test_a_damaged_file_is_told_before_its_last_piece_is_given(
    damage: Callable[[EvidenceFile], None], staff: Staff
) -> None:
    file, _name = store_file(sent(LARGE), name="scan.pdf", actor=staff.focal)
    damage(file)
    pieces = EvidencePiece.objects.filter(file=file).count()
    given: list[bytes] = []

    with pytest.raises(DamagedEvidence) as fault:
        given.extend(read_file(file))

    assert isinstance(fault.value, NodeFault)
    assert file.pk in str(fault.value)
    assert given == [] or len(given) < pieces


def test_a_file_whose_pieces_are_gone_is_damaged(staff: Staff) -> None:
    file, _name = store_file(sent(), name="a.pdf", actor=staff.focal)
    EvidencePiece.objects.filter(file=file).delete()

    with pytest.raises(DamagedEvidence):
        list(read_file(file))


def test_a_form_that_comes_back_brings_its_file_along(staff: Staff) -> None:
    stored = store_file(sent(), name="отчёт.pdf", actor=staff.focal)

    token = keep_token(*stored, staff.focal)

    assert read_keep_token(token, staff.focal) == stored


def test_a_file_is_kept_for_a_form_for_a_day(staff: Staff) -> None:
    stored = store_file(sent(), name="a.pdf", actor=staff.focal)
    token = keep_token(*stored, staff.focal)

    with clock.frozen(NOW + timedelta(hours=23.9)):
        kept = read_keep_token(token, staff.focal)

    assert kept == stored
    with clock.frozen(NOW + timedelta(hours=24.1)), pytest.raises(KeptFileGone):
        read_keep_token(token, staff.focal)


def test_a_token_is_good_for_its_own_account_only(staff: Staff) -> None:
    stored = store_file(sent(), name="a.pdf", actor=staff.focal)
    token = keep_token(*stored, staff.focal)
    of_nobody = keep_token(*stored, Actor.public())

    for false, actor in [(token, staff.other_focal), (token, Actor.public()), (of_nobody, Actor.public())]:
        with pytest.raises(KeptFileGone) as refused:
            read_keep_token(false, actor)
        assert str(refused.value) == "A file that you sent before is no longer kept for this form. Choose it again."


@pytest.mark.parametrize(
    "change", [lambda t: t + "x", lambda t: "x" + t, lambda t: "", lambda t: "a:b:c", lambda t: "\0"]
)
def test_a_false_token_is_refused(change: Callable[[str], str], staff: Staff) -> None:
    token = keep_token(*store_file(sent(), name="a.pdf", actor=staff.focal), staff.focal)

    with pytest.raises(KeptFileGone):
        read_keep_token(change(token), staff.focal)


def test_a_token_whose_file_was_swept_away_is_refused(staff: Staff) -> None:
    stored = store_file(sent(), name="a.pdf", actor=staff.focal)
    token = keep_token(*stored, staff.focal)
    EvidenceFile.objects.all().delete()

    with pytest.raises(KeptFileGone):
        read_keep_token(token, staff.focal)


_STORE = """
import random
from django.core.files.uploadedfile import SimpleUploadedFile
from serai.kernel.roles import Actor
from serai.register.followup.evidence import store_file
data = ("line of text\\n" * 60_000).encode()
for _ in range(5):
    file, name = store_file(SimpleUploadedFile("a.txt", data), name="a.txt", actor=Actor.system("test"))
print(file.pk)
"""
_COUNT = """
from serai.kernel.models import AuditRow
from serai.register.followup.evidence import read_file
from serai.register.followup.models import EvidenceFile, EvidencePiece
file = EvidenceFile.objects.get()
print(EvidencePiece.objects.count(), AuditRow.objects.filter(action="followup:evidence:store").count(), len(b"".join(read_file(file))))
"""


def test_processes_that_keep_the_same_bytes_at_once_keep_them_once(run_together: RunTogether) -> None:
    printed = run_together(_STORE, _STORE, _STORE)

    assert len(set(printed)) == 1
    assert run_together(_COUNT) == ["3 1 780000\n"]
