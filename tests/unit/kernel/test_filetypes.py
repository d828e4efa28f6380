"""A file is what its bytes are; its name must agree, and what could act is refused."""

import io
from collections.abc import Callable

import pytest

from serai.kernel.filetypes import FileKind, UnusableFile, sniff
from serai.kernel.filetypes.given import PIECE_BYTES
from tests.sample_files import (
    GOOD,
    OPEN,
    make_docx,
    make_jpeg,
    make_office,
    make_pdf,
    make_png,
    make_relations,
    make_xlsx,
    make_zip,
)

PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
FOREIGN = {
    "HTML": PAGE,
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "XML": b'<?xml version="1.0"?><note/>',
    "PHP": b"<?php system($_GET['c']);",
    "SH": b"#!/bin/sh\nrm -rf /\n",
    "BAT": b"@echo off\r\ndel *\r\n",
    "MHTML": b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n",
    "EXE": b"MZ\x90\0\x03\0\0\0",
    "ELF": b"\x7fELF\x02\x01\x01\0",
    "CLASS": b"\xca\xfe\xba\xbe\0\0\0\x34",
    "GIF": b"GIF89a\x01\0\x01\0\0\0\0",
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0",
    "RTF": b"{\\rtf1\\ansi}",
    "ZIP": make_zip({"a.txt": b"a"}),
    "ODF": make_zip({"mimetype": b"application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": b"<m/>"}),
    "OLE (DOC, XLS)": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100,
    "DOCM": make_office("application/vnd.ms-word.document.macroEnabled.main+xml"),
    "XLSM": make_office("application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
    "PPTX": make_office(f"{OPEN}.presentationml.presentation.main+xml"),
}


def told(data: bytes, name: str) -> str:
    """Return the sentence that refuses a file."""
    with pytest.raises(UnusableFile) as refused:
        sniff(io.BytesIO(data), name=name)
    return str(refused.value)


def kind_of(data: bytes, name: str) -> FileKind:
    return sniff(io.BytesIO(data), name=name)


@pytest.mark.parametrize("kind", list(FileKind))
def test_each_kind_is_taken_under_its_endings(kind: FileKind) -> None:
    names = [f"report{ending}" for ending in kind.endings] + [f"REPORT{kind.endings[0].upper()}"]

    assert [kind_of(GOOD[kind], name) for name in names] == [kind] * len(names)


@pytest.mark.parametrize("kind", [kind for kind in FileKind if kind is not FileKind.CSV])
@pytest.mark.parametrize("name", ["report", "report.bin", "report.v2", "отчёт", ""])
def test_a_name_that_claims_nothing_does_not_matter(kind: FileKind, name: str) -> None:
    assert kind_of(GOOD[kind], name) is kind


def test_csv_is_told_from_other_text_by_its_name_only() -> None:
    assert [kind_of(GOOD[FileKind.CSV], name) for name in ("a.csv", "a.txt", "a")] == [
        FileKind.CSV,
        FileKind.TXT,
        FileKind.TXT,
    ]


@pytest.mark.parametrize(("content", "data"), FOREIGN.items())
def test_another_content_under_a_good_name_is_named(content: str, data: bytes) -> None:
    assert told(data, "report.pdf") == (
        f"The file is named “report.pdf”, but its content is {content}. Save it as PDF and send that."
    )


@pytest.mark.parametrize(("content", "data"), FOREIGN.items())
def test_another_content_under_its_own_name_is_told_what_is_taken(content: str, data: bytes) -> None:
    assert told(data, "report.other").startswith(f"“report.other” is {content}, which is not taken.")
    assert "PDF, PNG, JPEG, DOCX, XLSX, TXT, CSV" in told(data, "report.other")


def test_a_good_content_under_another_good_name_is_to_be_renamed() -> None:
    assert told(make_png(), "photo.jpg") == (
        "The file is named “photo.jpg”, but its content is PNG. Let its name end in .png and send it again."
    )


@pytest.mark.parametrize("name", ["report.pdf", "photo.png", "table.xlsx"])
def test_a_text_is_not_taken_for_a_document(name: str) -> None:
    assert "but its content is TXT" in told(b"the export failed: no such report", name)


def test_a_content_that_is_nothing_known_is_refused() -> None:
    noise = bytes(range(256)) * 4

    assert told(noise, "report.pdf") == (
        "The file is named “report.pdf”, but its content is not PDF. Save it as PDF and send that."
    )
    assert told(noise, "report").startswith("What “report” is cannot be told from its content.")


def test_an_empty_file_is_refused() -> None:
    assert told(b"", "report.pdf") == "“report.pdf” is empty. Choose the file again, and look whether it was saved."


@pytest.mark.parametrize("kind", [FileKind.PDF, FileKind.PNG, FileKind.DOCX, FileKind.XLSX])
def test_a_file_that_was_cut_off_is_refused(kind: FileKind) -> None:
    data = GOOD[kind]

    assert f"is damaged or cut off: it is not whole as {kind}" in told(data[: len(data) - 15], f"a{kind.endings[0]}")


@pytest.mark.parametrize("cut", [1, 4, 5, 12, 13])
def test_a_picture_without_its_last_bytes_is_refused(cut: int) -> None:
    assert "is damaged" in told(make_png()[:-cut], "a.png")


@pytest.mark.parametrize(
    ("name", "data", "content"),
    [
        ("a.pdf", b"%!PS\n" + make_pdf(), "PS"),
        ("a.txt", b"a note\n" + b"%PDF-1.7\n1 0 obj\n", "PDF"),
        ("a.jpg", make_jpeg(comment=b"%PDF-1.7\n"), "PDF"),
        ("a.jpg", make_jpeg(comment=PAGE), "HTML"),
        ("a.jpg", make_jpeg(after=make_zip({"a.class": b"a"})), "ZIP"),
        ("a.png", make_png() + make_zip({"a.class": b"a"}), "ZIP"),
        ("a.png", make_png() + b"#!/bin/sh", "9 B"),
        ("a.pdf", b"%PDF-1.7\n" + PAGE + make_pdf(), "PDF"),
        ("a.pdf", b"%PDF-1.7\n" + PAGE + b"%%EOF", "HTML"),
        ("a.pdf", make_pdf() + make_zip({"a.class": b"a"}), "ZIP"),
    ],
)
def test_a_file_that_is_two_things_at_once_is_refused(name: str, data: bytes, content: str) -> None:
    assert f" {content}" in told(data, name)


def test_a_pdf_begins_with_its_mark() -> None:
    assert "is not PDF" in told(b"\0" + make_pdf(), "report.pdf")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>", "/JavaScript"),
        (b"<< /S/JavaScript/JS 5 0 R >>", "/JavaScript"),
        (b"<< /S /J#61vaScript >>", "/JavaScript"),
        (b"<< /#4a#61#76#61#53#63#72#69#70#74 >>", "/JavaScript"),
        (b"<< /S /Rendition /JS (x) >>", "/Rendition"),
        (b"<< /Type /Action /JS (app.alert\\(1\\)) >>", "/JS"),
        (b"<< /Type /Action /#4AS\n5 0 R >>", "/JS"),
        (b"<< /OpenAction << /S /Launch /F (cmd.exe) >> >>", "/Launch"),
        (b"<< /Type /EmbeddedFile >>", "/EmbeddedFile"),
        (b"<< /Names << /EmbeddedFiles 7 0 R >> >>", "/EmbeddedFiles"),
    ],
)
def test_a_pdf_that_acts_is_refused(name: bytes, found: str) -> None:
    told_so = told(make_pdf(b"4 0 obj\n" + name + b"\nendobj\n"), "report.pdf")

    assert f"acts when it is opened, or a file inside ({found})." in told_so


@pytest.mark.parametrize("before", range(0, 30, 3))
def test_what_acts_is_found_across_the_border_of_two_pieces(before: int) -> None:
    name = b"/J#61vaScript "
    filled = b"%" * (PIECE_BYTES - before - make_pdf(name).index(name))

    data = make_pdf(filled + name + b" " * 300_000)

    assert data.index(name) == PIECE_BYTES - before
    assert "/JavaScript" in told(data, "report.pdf")


@pytest.mark.parametrize(
    "name", [b"<< /OpenAction [3 0 R /Fit] >>", b"<< /JavaScripting 1 >>", b"<< /JST (x) >>", b"<< /URI (http://a) >>"]
)
def test_a_pdf_that_only_looks_so_is_taken(name: bytes) -> None:
    assert kind_of(make_pdf(b"4 0 obj\n" + name + b"\nendobj\n"), "report.pdf") is FileKind.PDF


@pytest.mark.parametrize(
    "letters", [b"\x93\xa1\0\x1f/JS(\xfe\x80\x03", b"\x93\xa1\0\x1f/JS(abc)", b"abcd/JS(\xfe\x80\x03"]
)
def test_three_letters_in_a_picture_are_no_script(letters: bytes) -> None:
    picture = b"stream\n" + letters * 100 + b"\nendstream\n"

    assert kind_of(make_pdf(picture), "scan.pdf") is FileKind.PDF


@pytest.mark.parametrize("make", [make_png, make_jpeg])
@pytest.mark.parametrize(("width", "height"), [(20_001, 1), (1, 20_001)])
def test_an_image_beyond_measure_is_refused(make: Callable[[int, int], bytes], width: int, height: int) -> None:
    name = "a.png" if make is make_png else "a.jpg"

    assert told(make(width, height), name) == (
        f"“{name}” is {width} by {height} pixels; at most 20000 a side are taken. Make it smaller and send that."
    )
    assert kind_of(make(20_000, 20_000), name)


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_an_image_without_a_size_is_refused(name: str) -> None:
    assert "is damaged" in told(make_png(0, 2) if name == "a.png" else make_jpeg(2, 0), name)


def test_what_a_camera_leaves_behind_a_picture_is_let_be() -> None:
    assert kind_of(make_jpeg(after=b"Image_UTC_Data1234567"), "photo.jpg") is FileKind.JPEG


@pytest.mark.parametrize(
    "member",
    [
        "word/vbaProject.bin",
        "xl/vbaProject.bin",
        "WORD\\VBAPROJECT.BIN",
        "word/vbaData.xml",
        "word/embeddings/setup.exe",
        "xl/macrosheets/sheet1.xml",
        "word/activeX/activeX1.bin",
    ],
)
def test_a_document_with_macros_or_programs_is_refused(member: str) -> None:
    assert "holds macros or programs" in told(make_docx({member: b"x"}), "report.docx")
    assert "Save it as XLSX without macros, or as PDF, and send that." in told(make_xlsx({member: b"x"}), "t.xlsx")


def test_a_macro_part_under_a_harmless_name_is_refused() -> None:
    types = '<Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.vbaProject"/>'

    assert "application/vnd.ms-office.vbaproject" in told(make_docx({"word/x.bin": b"x"}, types=types), "report.docx")


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("attachedTemplate", "https://example.invalid/t.dotm"),
        ("oleObject", "mhtml:http://example.invalid/x"),
        ("frame", "http://example.invalid/"),
    ],
)
def test_a_document_that_fetches_a_part_is_refused(kind: str, target: str) -> None:
    rels = {"word/_rels/settings.xml.rels": make_relations(kind, target, "External")}

    assert f"({kind}: {target})" in told(make_docx(rels), "report.docx")


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("hyperlink", "https://example.invalid/"),
        ("attachedTemplate", "file:///C:\\Normal.dotm"),
        ("oleObject", "C:\\a"),
    ],
)
def test_a_document_with_links_for_its_reader_is_taken(kind: str, target: str) -> None:
    rels = {"word/_rels/settings.xml.rels": make_relations(kind, target, "External")}

    assert kind_of(make_docx(rels), "report.docx") is FileKind.DOCX


def test_a_locked_document_is_refused() -> None:
    data = bytearray(make_docx())
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1

    assert told(bytes(data), "report.docx") == (
        "“report.docx” is locked with a password. Save it without one and send that."
    )


def test_a_document_of_too_many_parts_is_refused() -> None:
    data = make_docx({f"word/media/{number}.png": b"" for number in range(5_000)})

    assert told(data, "a.docx") == "“a.docx” has more than 5000 parts inside. Save it as PDF and send that."


def test_a_document_that_grows_without_measure_is_refused() -> None:
    data = make_docx({f"word/{number}.xml": b"\0" * (70 * 2**20) for number in range(3)})

    assert len(data) < 2**20
    assert "would unpack to more than 200 MB" in told(data, "a.docx")


def test_a_list_of_parts_that_grows_without_measure_is_refused() -> None:
    data = make_docx({"word/_rels/a.rels": b"<a>" + b" " * (17 * 2**20)})

    assert "would unpack to more than 16 MB" in told(data, "a.docx")


@pytest.mark.parametrize(
    "listed",
    [
        b"not XML",
        b'<!DOCTYPE a [<!ENTITY b "c">]><Types/>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a []><Types/>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="no-such"?><Types/>',
        b"<Types>" * 10,
    ],
)
def test_a_broken_list_of_parts_is_refused(listed: bytes) -> None:
    assert "is damaged" in told(make_docx({"[Content_Types].xml": listed}), "a.docx")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_document_with_two_parts_of_one_name_is_refused() -> None:
    assert "is damaged" in told(make_docx({"[content_types].xml": b"<Types/>"}), "a.docx")
