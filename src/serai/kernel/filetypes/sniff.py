"""The way in: the kind of a file by its content, compared with its name, then checked as that kind."""

import re
from collections.abc import Callable, Mapping
from typing import IO, Final

from serai.kernel.filetypes.errors import EmptyFile, HiddenContent
from serai.kernel.filetypes.given import Given
from serai.kernel.filetypes.image import check_jpeg, check_png
from serai.kernel.filetypes.kinds import FileKind
from serai.kernel.filetypes.office import check_office, ends_as_archive, name_archive
from serai.kernel.filetypes.pdf import check_pdf
from serai.kernel.filetypes.refusal import refuse_content, refuse_name
from serai.kernel.filetypes.signatures import ZIP, find_signature
from serai.kernel.filetypes.table import check_table
from serai.kernel.filetypes.text import check_text, name_text

_CHECKS: Final[Mapping[FileKind, Callable[[Given], None]]] = {
    FileKind.PDF: check_pdf,
    FileKind.PNG: check_png,
    FileKind.JPEG: check_jpeg,
    FileKind.DOCX: check_office,
    FileKind.XLSX: check_office,
    FileKind.TXT: check_text,
    FileKind.CSV: check_table,
}
_TAKEN: Final = {kind.value for kind in FileKind}
_READERS_LOOK_SO_FAR: Final = 1024  # PDF readers take a %PDF, and browsers a tag, that stands anywhere in here
_TAG: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|svg|iframe|\?php)[\s/>]", re.IGNORECASE)


def sniff(file: IO[bytes], *, name: str) -> FileKind:
    """Return the kind of a seekable file; raise UnusableFile, with the reason, for one that is not taken.

    The name is used to refuse a file that is not what it says, and to tell CSV from other text, which content cannot.
    """
    given = Given.of(file, name)
    if not given.size:
        raise EmptyFile(name=name)
    kind = _kind_of(given)
    if kind is FileKind.TXT and given.claimed is FileKind.CSV:
        kind = FileKind.CSV
    if given.claimed not in {None, kind}:
        refuse_name(given, kind)
    _check_nothing_hidden(given, kind)
    _CHECKS[kind](given)
    return kind


def _kind_of(given: Given) -> FileKind:
    found = find_signature(given.head) or name_text(given)
    if found == ZIP:
        found = name_archive(given)
    if found not in _TAKEN:
        refuse_content(given, found)
    return FileKind(found)


def _check_nothing_hidden(given: Given, kind: FileKind) -> None:
    """Refuse a file that other readers would take for another kind (a polyglot)."""
    beginning = given.head[:_READERS_LOOK_SO_FAR]
    if b"%PDF-" in beginning[1:]:
        raise HiddenContent(name=given.name, content="PDF", kind=kind.value)
    if _TAG.search(beginning):
        raise HiddenContent(name=given.name, content="HTML", kind=kind.value)
    if kind not in {FileKind.DOCX, FileKind.XLSX} and ends_as_archive(given):
        raise HiddenContent(name=given.name, content=ZIP, kind=kind.value)
