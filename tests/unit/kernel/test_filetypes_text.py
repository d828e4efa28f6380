"""Text is UTF-8 without control characters or markup; a table runs nothing in a spreadsheet."""

import io

import pytest

from serai.kernel.csvfile import FORMULA_STARTS
from serai.kernel.filetypes import FileKind, UnusableFile, sniff

PAGE = "<html><body onload=alert(1)>"


def told(data: bytes, name: str) -> str:
    with pytest.raises(UnusableFile) as refused:
        sniff(io.BytesIO(data), name=name)
    return str(refused.value)


def kind_of(data: bytes, name: str) -> FileKind:
    return sniff(io.BytesIO(data), name=name)


@pytest.mark.parametrize("name", ["note.txt", "table.csv"])
@pytest.mark.parametrize(
    "data",
    [
        PAGE.encode(),
        b"\xef\xbb\xbf" + PAGE.encode(),
        b" \r\n\t " + PAGE.upper().encode(),
        b"<!-- a, b -->\n<!-- c --> " + PAGE.encode(),
        b"<!-- never closed " + PAGE.encode(),
        PAGE.encode("utf-16"),
        PAGE.encode("utf-16-le"),
        PAGE.encode("utf-16-be"),
        ("<!-- x -->" + PAGE).encode("utf-16-be"),
        b"an innocent beginning\n" * 20_000 + PAGE.encode(),
        b"a,b\n1,<script src=//example.invalid></script>\n",
        b"a\n<x tabindex=1 onfocus=alert(1) autofocus>",
        b"a\n<IFRAME/src=x>",
        b'a\n<svg\nonload="x">',
        b"a\n<!DOCTYPE svg>",
    ],
)
def test_markup_in_any_dress_is_refused(name: str, data: bytes) -> None:
    assert "but its content is " in told(data, name)


def test_comments_do_not_hide_what_follows() -> None:
    assert "its content is HTML." in told(b"<!-- a -->\n/* b */ <!-- c --><html>", "note.txt")
    assert "its content is SVG." in told(b"\xef\xbb\xbf <!-- a --><svg/>", "note.txt")


def test_a_tag_across_the_border_of_two_pieces_is_found() -> None:
    for place in range(262_130, 262_150):
        assert "HTML" in told(b"a" * place + b"<script >" + b"a" * 100, "note.txt")


@pytest.mark.parametrize(
    "text",
    [
        "5 < 6 and 7 > 6; a <= b; <5 days; <- left; <<quoted>>\n",
        "Write to <office@example.invalid> at once.\n",
        "BMW, MZ and PK are names; GIF8 is no image here.\n",
        "Set the flag on = 1. onload = yes\n",
        "- a list\n= a heading\n+ a plus\n@ a place\n",
    ],
)
def test_plain_text_is_taken(text: str) -> None:
    assert kind_of(text.encode(), "note.txt") is FileKind.TXT


@pytest.mark.parametrize(("name", "line"), [("note.txt", 3), ("table.csv", 3), ("note", 3)])
@pytest.mark.parametrize("character", ["\x01", "\x1b", "\x7f", "\x85", "\x0c"])
def test_a_control_character_is_named_with_its_line(name: str, line: int, character: str) -> None:
    sentence = told(f"a\nb\nc{character}d\n".encode(), name)

    assert sentence == (
        f"Line {line} of “{name}” holds a character that is no text (U+{ord(character):04X}). "
        "Remove it and send the file again."
    )


def test_a_control_character_far_inside_is_named_with_its_line() -> None:
    assert told(b"a line of text\n" * 100_000 + b"\0\n", "note.txt").startswith("Line 100001 of “note.txt”")


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-16", "utf-16-be-with-mark"])
def test_text_in_another_encoding_is_told_so(encoding: str) -> None:
    text = "Срок доставки составил пять суток.\n"
    data = b"\xfe\xff" + text.encode("utf-16-be") if encoding == "utf-16-be-with-mark" else text.encode(encoding)

    assert told(data, "note.txt") == (
        "The text of “note.txt” is not in the encoding UTF-8. Save it in UTF-8 and send that."
    )


def test_chinese_text_in_gb18030_is_told_so() -> None:
    assert "UTF-8" in told("边境口岸通关时间五天。".encode("gb18030"), "note.csv")


@pytest.mark.parametrize("cut", [1, 2])
def test_a_character_cut_off_at_the_end_is_no_utf8(cut: int) -> None:
    assert "UTF-8" in told("天".encode()[:-cut], "note.txt")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("sign", [sign for sign in FORMULA_STARTS if sign.isprintable()])
def test_a_cell_that_a_spreadsheet_would_run_is_named_with_its_place(sign: str, separator: str) -> None:
    rows = [["post", "days"], ["Khorgos", "3"], ["Dostyk", f"{sign}SUM(A1:A2)"]]
    data = "\r\n".join(separator.join(row) for row in rows).encode()

    assert told(data, "table.csv") == (
        f"Row 3, column 2 begins with “{sign}”: a spreadsheet would run it. "
        "Put its value there instead, and send the file again."
    )


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ('a,b\n1,"=1+1"\n', "Row 2, column 2"),
        ("a,b\n1,  =1+1\n", "Row 2, column 2"),
        ("=1+1\n", "Row 1, column 1"),
        ("\ufeff=1+1,a\n", "Row 1, column 1"),
        ('a,b\n"two\nlines",=1\n', "Row 2, column 2"),
        ("a,b\r1,=1\r", "Row 2, column 2"),
        ("a,b\n1,-1+cmd|' /C calc'!A0\n", "Row 2, column 2"),
        ("a,b\n1,+998 (71) 200-00-00\n", "Row 2, column 2"),
        ("sep=|\na|b\n1|=2\n", "Row 3, column 2"),
        ("a,b\n1,x;=cmd|' /C calc'!A0\n", "Row 2, column 2"),
        ("a;b;c\n1;2,=HYPERLINK(1);3\n", "Row 2, column 2"),
        ('a,b\n1,"x\t@SUM(1)"\n', "Row 2, column 2"),
        ("a,b\n" + "1,2\n" * 200_000 + "1,=2\n", "Row 200002, column 2"),
    ],
)
def test_a_formula_is_found_wherever_a_spreadsheet_would(data: str, place: str) -> None:
    assert told(data.encode(), "table.csv").startswith(f"{place} begins with")


@pytest.mark.parametrize(
    "cell",
    [
        "-3",
        "+1.5",
        "-1 234,5",
        "-12 %",
        "+3e-5",
        "-",
        "--",
        "-0",
        "−3",
        "–",
        "a=b",
        "3-5",
        "e-permit",
        '"Osh; -3 in May"',
    ],
)
def test_figures_and_words_are_taken(cell: str) -> None:
    assert kind_of(f"a,b\n1,{cell}\n".encode(), "table.csv") is FileKind.CSV


def test_a_quotation_mark_that_stays_open_is_told_with_its_row() -> None:
    assert told(b'a,b\n1,2\n3,"4\n5,6\n', "table.csv").startswith("Row 3 of “table.csv” cannot be read as CSV")


@pytest.mark.parametrize("row", [b"," * 300_001, b'"' + b"a" * 200_000 + b'"', b'"a\n",' * 300_000])
def test_a_row_without_end_is_refused(row: bytes) -> None:
    assert told(b"a,b\n" + row, "table.csv").startswith("Row 2 of “table.csv” cannot be read as CSV")


def test_a_table_of_more_rows_than_a_spreadsheet_opens_is_refused() -> None:
    assert told(b"1\n" * 1_048_577, "table.csv").startswith("“table.csv” has more than 1048576 rows")


def test_a_table_that_spreadsheets_take_for_another_format_is_refused() -> None:
    assert "but its content is SYLK" in told(b"ID;PWXL;N;E\nP;PGeneral\nC;Y1;X1;K0;ECMD()\n", "table.csv")


def test_a_table_whose_first_column_is_an_id_is_taken() -> None:
    assert kind_of(b"ID;Population\nKZ;20\nC;1\n", "table.csv") is FileKind.CSV
