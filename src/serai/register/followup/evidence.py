"""Evidence files: stored once under their hash, read back in pieces, and swept away when nothing names them.

`stored_at` is when a file was last handed in: the sweeper goes by it, so each use of a file before a submission names
it moves it on. When it came first is in the audit trail.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from serai.kernel import audit, clock
from serai.kernel.filetypes import FileKind, sniff
from serai.kernel.locks import take_lock
from serai.kernel.roles import Actor
from serai.register.followup.evidence_errors import DamagedEvidence, FileTooLarge, KeptFileGone
from serai.register.followup.evidence_name import clean_name
from serai.register.followup.models import Evidence, EvidenceFile, EvidencePiece

PIECE_BYTES: Final = 256 * 1024
KEPT_FOR: Final = timedelta(hours=24)
SWEEPER: Final = Actor.system("evidence sweeper")
_MOST_BYTES: Final = 20 * 1024 * 1024
_MOST_SWEPT: Final = 20  # at once: freeing hundreds of megabytes would keep other writers waiting
_SALT: Final = "followup.evidence.kept"


class StoredFile(NamedTuple):
    """A file and the name it goes by."""

    file: EvidenceFile
    name: str


def most_bytes() -> int:
    """Return how large a file may be."""
    return int(getattr(settings, "MOST_EVIDENCE_BYTES", _MOST_BYTES))


def store_file(uploaded: "UploadedFile[bytes]", *, name: str, actor: Actor) -> StoredFile:
    """Keep a file, once however often it is sent; raise UnusableFile or FileTooLarge, with nothing kept.

    Call it before the transaction of the submission: what no submission comes to name is swept away after a day.
    """
    shown = clean_name(name)
    digest, size = _measure(uploaded, shown)
    kind = sniff(uploaded, name=shown)
    with transaction.atomic():
        take_lock(f"evidence {digest}")
        if not _touch(digest):
            _write(uploaded, digest=digest, size=size, kind=kind, actor=actor)
        return StoredFile(EvidenceFile.objects.get(pk=digest), clean_name(name, kind))


def _measure(uploaded: "UploadedFile[bytes]", name: str) -> tuple[str, int]:
    """Return the hash and the size, read and not believed."""
    digest, size = sha256(), 0
    for piece in _pieces(uploaded):
        digest.update(piece)
        size += len(piece)
        if size > most_bytes():
            raise FileTooLarge(name=name, limit_mb=most_bytes() // 2**20)
    return digest.hexdigest(), size


def _pieces(uploaded: "UploadedFile[bytes]") -> Iterator[bytes]:
    """Read in pieces, which Django's own `chunks` does not for a file in memory."""
    uploaded.seek(0)
    while piece := uploaded.read(PIECE_BYTES):
        yield piece


def _touch(digest: str) -> bool:
    """Keep the sweeper from a file for another day; return whether it is there."""
    return EvidenceFile.objects.filter(pk=digest).update(stored_at=clock.now()) > 0


def _write(uploaded: "UploadedFile[bytes]", *, digest: str, size: int, kind: FileKind, actor: Actor) -> None:
    file = EvidenceFile.objects.create(pk=digest, size=size, media_type=kind.media_type, stored_at=clock.now())
    for number, piece in enumerate(_pieces(uploaded)):
        EvidencePiece.objects.create(file=file, number=number, data=piece)
    audit.record(
        "followup:evidence:store", subject=f"evidence {digest}", actor=actor, size=size, media_type=kind.media_type
    )


def read_file(file: EvidenceFile) -> Iterator[bytes]:
    """Give a file in pieces, each by a query of its own: a slow reader must hold no transaction open.

    Raises DamagedEvidence before the last piece when the bytes are not those that were stored.
    """
    digest, held = sha256(), b""
    for number in range(EvidencePiece.objects.filter(file=file).count()):
        if number:
            yield held
        held = bytes(EvidencePiece.objects.values_list("data", flat=True).get(file=file, number=number))
        digest.update(held)
    if digest.hexdigest() != file.pk:
        raise DamagedEvidence(sha256=file.pk)
    yield held


def keep_token(file: EvidenceFile, name: str, actor: Actor) -> str:
    """Return what a form that is sent back carries in place of the file: for this account, for a day."""
    _touch(file.pk)
    until = (clock.now() + KEPT_FOR).timestamp()
    return signing.dumps([actor.account, file.pk, name, until], salt=_SALT, compress=True)


def read_keep_token(token: str, actor: Actor) -> StoredFile:
    """Return the file of a token; raise KeptFileGone unless it is this account's and not too old."""
    try:
        account, digest, name, until = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        raise KeptFileGone from None
    if not account or account != actor.account or clock.now().timestamp() > until or not _touch(digest):
        raise KeptFileGone
    return StoredFile(EvidenceFile.objects.get(pk=digest), name)


def sweep_unused(now: datetime) -> int:
    """Delete files that were handed in more than a day ago and that no submission names; return how many.

    A file that is being handed in again is locked by that, and passed over. Where a submission names one at the same
    moment, the database refuses the whole batch, and the next round sees what is left.
    """
    unused = EvidenceFile.objects.filter(
        ~Exists(Evidence.objects.filter(file=OuterRef("pk"))), stored_at__lt=now - KEPT_FOR
    ).select_for_update(skip_locked=True)
    try:
        with transaction.atomic():
            names = list(unused.order_by("stored_at").values_list("pk", flat=True)[:_MOST_SWEPT])
            if names:
                EvidenceFile.objects.filter(pk__in=names).delete()
                audit.record("followup:evidence:sweep", subject="evidence files", actor=SWEEPER, files=names)
            return len(names)
    except IntegrityError:
        return 0
