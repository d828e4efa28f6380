"""CSV: text in rows and cells, none of which a spreadsheet would run."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from serai.kernel.csvfile import FORMULA_STARTS
from serai.kernel.filetypes.errors import BrokenTable, FormulaCell, TooManyRows
from serai.kernel.filetypes.given import Given
from serai.kernel.filetypes.refusal import refuse_content
from serai.kernel.filetypes.text import read_text

MOST_ROWS: Final = 1_048_576  # what a spreadsheet opens
_MOST_ROW: Final = 300_000  # characters; the widest row of a spreadsheet's own is far below
_SEPARATORS: Final = (",", ";", "\t")
_NAMED_SEPARATOR: Final = re.compile(r'"?sep=([^"\r\n])"?[\r\n]', re.IGNORECASE)
_SYLK: Final = re.compile(r"ID;P[A-Z]*(?:;[A-Z])*[ \t]*[\r\n]+(?:[BCEFOPW]|N[ELNU]);[A-Z]")
_SHOWN: Final = {"\t": "\\t", "\r": "\\r", "\n": "\\n"}

# Cells of a row are looked at together, parted by a sign that no text has by now: a regular expression is far quicker
# than a loop. A figure may begin with a sign, and so may the dashes with which tables write “no figure”.
# The digits of a figure are taken for good (`*+`): given back one by one, a long row of blanks costs its square in time.
_PART: Final = "\0"
_FIGURE: Final = r"[+\-＋－]?\s?\d[\d .,\u00a0\u202f'’]*+(?:[eE][+-]?\d{1,4})?\s?[%‰]?|[-－]{1,3}"
_SIGN: Final = "".join(re.escape(sign) for sign in FORMULA_STARTS if sign != _PART)
_RUN: Final = re.compile(rf"(?<={_PART})[ \u00a0\ufeff]*(?!(?:{_FIGURE})\s*{_PART})([{_SIGN}])([^{_PART}]*)")
_CALLS: Final = re.compile(r"[(|!]")  # no formula reaches beyond its own table without one of these


def check_table(given: Given) -> None:
    """Raise FormulaCell for the first cell that a spreadsheet would run, whatever sign it parts cells at.

    That sign is told by the first line, but a spreadsheet in another language may use its own. A cell that appears
    only then counts when it could call something: else “Delivered; -3 in May” would be refused.
    """
    own = _separator_of(given)
    _check_cells(given, own, is_own=True)
    if any(_CALLS.search(piece) for piece in read_text(given)):
        for separator in set(_SEPARATORS) - {own}:
            if any(separator in piece for piece in read_text(given)):
                _check_cells(given, separator, is_own=False)


def _separator_of(given: Given) -> str:
    text = next(read_text(given), "")
    if _SYLK.match(text):  # a spreadsheet takes it for SYLK, whatever its name
        refuse_content(given, "SYLK")
    if named := _NAMED_SEPARATOR.match(text):
        return named[1]
    line = text.partition("\n")[0]
    return max(_SEPARATORS, key=line.count)


def _check_cells(given: Given, separator: str, *, is_own: bool) -> None:
    for number, row in enumerate(_rows(given, separator, is_own=is_own), start=1):
        if number > MOST_ROWS:
            raise TooManyRows(name=given.name, most=MOST_ROWS)
        cells = _PART + _PART.join(row) + _PART
        for found in _RUN.finditer(cells):
            if is_own or _CALLS.search(found[2]):
                column = cells.count(_PART, 0, found.start(1))
                raise FormulaCell(name=given.name, row=number, column=column, sign=_SHOWN.get(found[1], found[1]))


def _rows(given: Given, separator: str, *, is_own: bool) -> Iterator[list[str]]:
    lines = _Lines(given)
    done = 0
    try:
        for row in csv.reader(lines, delimiter=separator, strict=is_own):
            lines.in_row = 0
            yield row
            done += 1
    except (csv.Error, _RowTooLong):
        raise BrokenTable(name=given.name, row=done + 1) from None


class _RowTooLong(Exception):
    pass


class _Lines:
    """The lines of a table, however they end; `in_row` counts what was taken since the reader's last row."""

    def __init__(self, given: Given) -> None:
        self._pieces = read_text(given)
        self.in_row = 0

    def __iter__(self) -> Iterator[str]:
        ends, rest = io.IncrementalNewlineDecoder(None, translate=True), ""
        for piece in self._pieces:
            *lines, rest = (rest + ends.decode(piece)).split("\n")
            for line in lines:
                yield self._take(line + "\n")
            self._check(len(rest))
        yield self._take(rest)

    def _take(self, line: str) -> str:
        self._check(len(line))
        self.in_row += len(line)
        return line

    def _check(self, length: int) -> None:
        if self.in_row + length > _MOST_ROW:
            raise _RowTooLong
