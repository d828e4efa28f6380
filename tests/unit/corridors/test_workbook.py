"""Workbooks that somebody sent: read as tables are, or refused; none takes more memory or time than its rows are worth."""

import io
from datetime import datetime
from time import process_time
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.corridors.errors import BadTable
from serai.corridors.workbook import read_workbook

SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"


def workbook(*rows: list[object]) -> bytes:
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


BOOK = workbook(["from", "to", "cargo_t"], ["Xi'an", "Tashkent", 20.5])
PARTS = ZipFile(io.BytesIO(BOOK)).namelist()


def with_part(name: str, content: bytes, *, method: int = ZIP_DEFLATED) -> bytes:
    """Return the workbook with one of its parts replaced or added."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(BOOK)) as old, ZipFile(out, "w", method) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
        if name not in old.namelist():
            new.writestr(name, content)
    return out.getvalue()


def sheet(rows: str, *, before: str = "") -> bytes:
    return with_part(
        SHEET, f"<?xml version='1.0'?>{before}<worksheet {SPACE}><sheetData>{rows}</sheetData></worksheet>".encode()
    )


def rows_of(content: bytes) -> list[list[str]]:
    return [row for row in read_workbook("b.xlsx", content) if any(row)]


def test_cells_are_told_as_a_person_would_write_them() -> None:
    (row,) = rows_of(
        workbook([20, 20.5, 1234567.5, 0.1 + 0.2, datetime.fromisoformat("2026-11-30T08:20"), "08", True, None])
    )

    assert row[:7] == ["20", "20.5", "1234567.5", "0.3", "2026-11-30T08:20:00", "08", "True"]
    assert not any(row[7:])


def test_the_first_sheet_is_read_and_no_other() -> None:
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    book.active.append(["first"])
    book.create_sheet().append(["second"])
    book.save(out)

    assert [row[0] for row in rows_of(out.getvalue())] == ["first"]


def test_rows_keep_their_numbers_when_some_between_are_empty() -> None:
    content = sheet('<row r="2"><c r="A2"><v>1</v></c></row><row r="20000"><c r="B20000"><v>2</v></c></row>')

    found = {number: row[:2] for number, row in enumerate(read_workbook("b.xlsx", content), start=1) if any(row)}

    assert found == {2: ["1", ""], 20000: ["", "2"]}


@pytest.mark.parametrize(
    "content",
    [
        BOOK[: len(BOOK) // 2],
        b"PK\x03\x04rubbish",
        with_part(SHEET, b"<worksheet><sheetData><row"),
        with_part("xl/workbook.xml", b""),
        with_part("[Content_Types].xml", b"<Types/>"),
        sheet('<row r="x"><c r="A1"><v>1</v></c></row>'),
        sheet('<row r="1"><c r="A1" t="s"><v>77</v></c></row>'),
        sheet('<row r="1"><c r="A1" t="n"><v>one</v></c></row>'),
        with_part(STYLES, f"<styleSheet {SPACE}><cellXfs><xf numFmtId='zzz'/></cellXfs></styleSheet>".encode()),
        with_part(SHEET, b"\0" * 100),
    ],
    ids=["cut off", "rubbish", "sheet cut off", "no workbook", "no types", "row", "string", "number", "style", "zeros"],
)
def test_a_damaged_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(BadTable, match="no workbook"):
        rows_of(content)


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">]>'
MANY = " ".join(f"a{number}=''" for number in range(100_000))
FAR = '<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row>', before=LAUGHS), "document type"),
        (with_part(SHEET, f"{LAUGHS}<worksheet {SPACE}/>".encode("utf-16")), "document type"),
        (with_part("xl/media/zeros", b"\0" * (65 * 2**20)), "larger than any batch"),
        (sheet(f'<row r="1">{"<c><v>1</v></c>" * 600_000}</row>'), "more cells"),
        (with_part(STYLES, f"<styleSheet {SPACE}><cellXfs>{'<xf/>' * 60_000}</cellXfs></styleSheet>".encode()), "more than a table"),
        (sheet(f"<row {MANY}/>"), "longer than any"),
        (with_part(SHEET, b"<worksheet/>", method=ZIP_BZIP2), "packed in a way"),
    ],
    ids=["entities", "entities in UTF-16", "zeros", "cells", "styles", "attributes", "packing"],
)  # fmt: skip
def test_a_workbook_that_would_take_more_than_it_is_worth_is_refused_at_once(content: bytes, reason: str) -> None:
    began = process_time()

    with pytest.raises(BadTable, match=reason):
        rows_of(content)

    assert process_time() - began < 2


@pytest.mark.filterwarnings("ignore")
def test_the_most_that_is_read_is_read_soon() -> None:
    began = process_time()

    with_styles = with_part(STYLES, f"<styleSheet {SPACE}><cellXfs>{'<xf/>' * 15_000}</cellXfs></styleSheet>".encode())
    far = sheet('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')

    assert len(rows_of(with_styles)) == 2
    assert len(rows_of(far)) == 1
    assert rows_of(sheet(FAR)) == []  # below the last row that a workbook can have
    assert process_time() - began < 4


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=120, deadline=None)
@given(part=st.sampled_from(PARTS), at=st.floats(0, 1), put=st.binary(max_size=12), cut=st.integers(0, 12))
def test_any_bytes_in_a_part_are_read_or_refused(part: str, at: float, put: bytes, cut: int) -> None:
    with ZipFile(io.BytesIO(BOOK)) as old:
        content = old.read(part)
    place = int(at * len(content))

    try:
        rows_of(with_part(part, content[:place] + put + content[place + cut :]))
    except BadTable:
        pass


@settings(max_examples=120, deadline=None)
@given(at=st.floats(0, 1), put=st.binary(max_size=8))
def test_any_bytes_in_the_packing_are_read_or_refused(at: float, put: bytes) -> None:
    place = int(at * len(BOOK))

    try:
        rows_of(BOOK[:place] + put + BOOK[place + len(put) :])
    except BadTable:
        pass
