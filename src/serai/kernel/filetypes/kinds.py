"""The kinds of file that are taken."""

from enum import StrEnum
from typing import Final


class FileKind(StrEnum):
    """A kind of file, by the name people know it under."""

    PDF = "PDF"
    PNG = "PNG"
    JPEG = "JPEG"
    DOCX = "DOCX"
    XLSX = "XLSX"
    TXT = "TXT"
    CSV = "CSV"

    @property
    def endings(self) -> tuple[str, ...]:
        """The endings that a name of this kind may have; the first is given to a name without one."""
        return _ENDINGS[self]

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]


TAKEN: Final = "PDF, PNG, JPEG, DOCX, XLSX, TXT, CSV"
_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument"
_ENDINGS: Final[dict[FileKind, tuple[str, ...]]] = {
    FileKind.PDF: (".pdf",),
    FileKind.PNG: (".png",),
    FileKind.JPEG: (".jpg", ".jpeg"),
    FileKind.DOCX: (".docx",),
    FileKind.XLSX: (".xlsx",),
    FileKind.TXT: (".txt",),
    FileKind.CSV: (".csv",),
}
_MEDIA_TYPES: Final[dict[FileKind, str]] = {
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.DOCX: f"{_OPEN_XML}.wordprocessingml.document",
    FileKind.XLSX: f"{_OPEN_XML}.spreadsheetml.sheet",
    FileKind.TXT: "text/plain",
    FileKind.CSV: "text/csv",
}
KIND_OF_MEDIA_TYPE: Final = {media_type: kind for kind, media_type in _MEDIA_TYPES.items()}
_KIND_OF_ENDING: Final = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings}


def kind_of_name(name: str) -> FileKind | None:
    """Return the kind that a name claims; None when it claims none of ours.

    >>> kind_of_name("Report.PDF"), kind_of_name("figures.2026.csv"), kind_of_name("page.html"), kind_of_name("pdf")
    (<FileKind.PDF: 'PDF'>, <FileKind.CSV: 'CSV'>, None, None)
    """
    _stem, dot, ending = name.rpartition(".")
    return _KIND_OF_ENDING.get(f"{dot}{ending}".lower())
