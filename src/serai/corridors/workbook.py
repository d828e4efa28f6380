"""The rows of a workbook (XLSX) that somebody sent, as text. Pure.

A workbook is XML in a zip: a few kilobytes may unpack to gigabytes, and a reader that takes it all in is held up for minutes. So each
part is walked through first, piece by piece, and one that is more than a table of consignments needs is refused. What openpyxl then
reads has been counted.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from serai.corridors.errors import BadTable

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

MOST_COLUMNS: Final = 40  # that are read
_LAST_ROW: Final = 2**20  # of any workbook
_EMPTY: Final = (None,) * MOST_COLUMNS
_MOST_UNPACKED: Final = 64 * 2**20  # bytes of all parts
_MOST_PARTS: Final = 1_000
_MOST_CELLS: Final = 1_000_000  # elements of cells: 10,000 rows of 15 columns have 600,000
_MOST_OTHERS: Final = 50_000  # elements of styles and all else, which take a reader much longer
_OF_CELLS: Final = frozenset({"row", "c", "v", "f", "is", "t", "si", "r"})
_PIECE: Final = 256 * 1024  # bytes; a cell holds at most 32,767 characters, so a tag begins in each piece
_METHODS: Final = {0, 8}  # stored and deflated, the only ways of a package (ECMA-376 part 2)
_DAMAGED: Final = (
    ArithmeticError, AttributeError, EOFError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError, struct.error, zlib.error,
)  # what zipfile and openpyxl raise over a damaged file; XML that is none is a SyntaxError  # fmt: skip


def read_workbook(name: str, content: bytes) -> Iterator[list[str]]:
    """Give the rows of the first sheet; those between that are empty have no cells. Raises BadTable."""
    from zipfile import BadZipFile, ZipFile

    from openpyxl import load_workbook

    try:
        with ZipFile(io.BytesIO(content)) as archive:
            _check(name, archive)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        for row in book.worksheets[0].iter_rows(max_row=_LAST_ROW, max_col=MOST_COLUMNS, values_only=True):
            yield [] if row == _EMPTY else [_text(value) for value in row]
    except (BadZipFile, *_DAMAGED) as error:
        raise _refusal(name, f"it is no workbook, or a damaged one ({error}). Save it anew as XLSX or CSV.") from None


def _refusal(name: str, reason: str) -> BadTable:
    return BadTable(file=name, line=0, column="–", reason=reason)


def _text(value: object) -> str:
    """Return what a cell says; an empty one says nothing."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return "" if value is None else f"{value:.12g}" if isinstance(value, float) else str(value)


def _check(name: str, archive: "ZipFile") -> None:
    """Raise BadTable for a workbook that is more than a table."""
    parts = archive.infolist()
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise _refusal(
            name, "unpacked, the workbook is larger than any batch. Keep only the sheet with the consignments."
        )
    if any(part.compress_type not in _METHODS for part in parts):
        raise _refusal(name, "the workbook is packed in a way that is not taken. Save it anew as XLSX or CSV.")
    count = _Count(name)
    for part in parts:
        count.walk(archive, part)


class _Count:
    """Counts the elements of all parts.

    A part that is no XML is walked as far as it can be read; a reader that is sent there stops at the same place.
    """

    def __init__(self, name: str) -> None:
        self.name, self.cells, self.others = name, 0, 0

    def walk(self, archive: "ZipFile", part: "ZipInfo") -> None:
        from xml.parsers import expat

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._element
        parser.StartDoctypeDeclHandler = self._document_type
        with archive.open(part) as file:
            try:
                while piece := file.read(_PIECE):
                    parser.Parse(piece)
                    if len(piece) == _PIECE and b"<" not in piece:
                        raise _refusal(self.name, "a cell of the workbook is longer than any can be.")
            except expat.ExpatError:
                return

    def _element(self, tag: str, _attributes: dict[str, str]) -> None:
        if tag.rpartition(" ")[2] in _OF_CELLS:
            self.cells += 1
        else:
            self.others += 1
        if self.cells > _MOST_CELLS:
            raise _refusal(self.name, "the workbook has more cells than any batch. Keep only the consignments.")
        if self.others > _MOST_OTHERS:
            raise _refusal(
                self.name, "the workbook holds more than a table. Copy the cells to a new one, without formats."
            )

    def _document_type(self, *_: object) -> None:
        """Refuse what comes with entities, which may unfold without end; no workbook has it (ECMA-376 part 2)."""
        raise _refusal(self.name, "a part of the workbook has a document type, which no workbook has.")
