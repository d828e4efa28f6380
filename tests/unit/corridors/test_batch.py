"""Batches: a line that is wrong gets its sentence, the others go on."""

import io
from datetime import UTC, datetime
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.corridors.batch import COLUMNS, MOST_LINES, answer_batch, read_batch
from serai.corridors.errors import BadTable
from serai.kernel.csvfile import write_csv
from tests.unit.corridors.enquiries import NETWORK

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def answers(text: str) -> list[dict[str, object]]:
    rows = answer_batch(NETWORK, read_batch("b.csv", text.encode()), now=NOW)
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def test_each_consignment_gets_its_ways_and_a_wrong_one_its_sentence() -> None:
    found = answers(
        "reference,from,to,cargo_t,avoid_countries\r\nA1,Xi'an,Ташкент,20,\r\nA2,Xi'an,Tashknet,20,\r\nA3,Xi'an,Tashkent,0,\r\n"
        "A4,Xi'an,Tashkent,20,KZ;KG;TJ;TM;AF\r\n\r\nA5,西安,Almaty,,\r\n"
    )

    by_reference = {one["reference"]: one for one in found}
    assert by_reference["A1"]["usd"] > 1000
    assert "Tashkent" in by_reference["A2"]["error"]
    assert "do not go into one unit" in by_reference["A3"]["error"]
    assert "country:AF" in by_reference["A4"]["error"]
    assert by_reference["A5"]["line"] == 7
    assert not by_reference["A5"]["error"]


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("from", "Tashknet", "Tashkent"),
        ("to", "Khorgos", "kz-khorgos-gateway"),
        ("to", "Xi'an", "same place"),
        ("to", "Madrid", "No container can begin or end at Madrid"),
        ("load", "c99", "no load"),
        ("cargo_t", "0", "do not go into one unit"),
        ("cargo_t", "NaN", "no number of tonnes"),
        ("cargo_t", "=20", "no number of tonnes"),
        ("cargo_t", "-1", "do not go into one unit"),
        ("hs_chapter", "99", "no HS chapter"),
        ("ready", "30.11.2026", "no moment"),
        ("window_days", "40", "cannot be planned"),
        ("window_days", "two", "cannot be planned"),
        ("arrive_by", "2026-11-27", "arrive before it is ready"),
        ("avoid_countries", "KZ;XX", "country:XX"),
        ("avoid_crossings", "nowhere", "crossing:nowhere"),
        ("avoid_modes", "camel", "mode:camel"),
        ("avoid_places", "Almaty;Nowhere", "“Nowhere”"),
        ("avoid_places", "Tashkent", "both to be avoided and to be passed"),
        ("via", "Nowhere", "“Nowhere”"),
        ("via", "country:XX", "country:XX"),
        ("via", "mode:rail;mode:rail;mode:rail;mode:rail", "at most 3"),
        ("scenarios", "peace", "“peace”"),
    ],
)
def test_a_cell_that_cannot_be_used_is_told_by_line_and_column(column: str, cell: str, reason: str) -> None:
    cells = {"from": "Xi'an", "to": "Tashkent"} | {column: cell}

    (found,) = answers("\t".join(cells) + "\n" + "\t".join(cells.values()))

    assert (found["line"], found["column"]) == (2, column)
    assert reason in str(found["error"])
    assert not found["way"]


def test_a_row_with_a_separator_too_many_is_refused_and_the_others_go_on() -> None:
    """Its cells stand in the wrong columns: it would be another consignment."""
    shifted, whole, *_ = answers("from,to,cargo_t\nXi'an, Shaanxi,Tashkent,20\n\"Xi'an\",Tashkent,20,,,\n")

    assert (shifted["line"], shifted["way"]) == (2, "")
    assert "the row has 4 cells, the header 3" in str(shifted["error"])
    assert (whole["line"], whole["error"]) == (3, "")


def test_a_chapter_that_lost_its_zero_in_a_spreadsheet_keeps_its_meaning() -> None:
    (csv,), (xlsx,) = (
        read_batch("b.csv", b"from,to,hs_chapter\na,b,8"),
        read_batch("b.xlsx", workbook([["from", "to", "hs_chapter"], ["a", "b", 8]])),
    )

    assert csv.asked.hs_chapter == xlsx.asked.hs_chapter == "08"


def test_no_row_of_a_workbook_is_left_out_whatever_stands_between() -> None:
    header, line, empty = ["from", "to"], ["Xi'an", "Tashkent"], [None, None]

    (first, last) = read_batch("b.xlsx", workbook([header, line, *[empty] * (MOST_LINES + 5), line]))

    assert (first.number, last.number) == (2, MOST_LINES + 8)
    with pytest.raises(BadTable, match="send it in parts"):
        read_batch("b.xlsx", workbook([header, *[line, empty] * (MOST_LINES + 1)]))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_a_mark_and_quotes_are_read(separator: str) -> None:
    text = (
        "\ufeff"
        + separator.join(["from", "to", "reference"])
        + "\n"
        + separator.join(["Xi'an", "Tashkent", '"a ""b"""'])
    )

    (line,) = read_batch("b.csv", text.encode())

    assert (line.asked.origin, line.reference, line.number) == ("Xi'an", 'a "b"', 2)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "first row is empty"),
        (b"\xef\xbb\xbf", "first row is empty"),
        (b"\n\nfrom,to\na,b", "first row is empty"),
        (b"from,to\n", "no consignment"),
        (b"from;to\n;\n", "no consignment"),
        (b"from,to\n" + b"a" * 17 * 2**20, "larger than any batch"),
        (b"from,to,colour\n", "column is not known"),
        (b"from,to,to\n", "stands twice"),
        (b"from\n", "column is missing"),
        ("from,to\nСиань,x".encode("cp1251"), "no UTF-8"),
        (b'from,to\n"x', "no CSV"),
        (b"PK\x03\x04rubbish", "no workbook"),
        (b"from,to\n" + b"a,b\n" * (MOST_LINES + 1), "send it in parts"),
    ],
)
def test_what_is_no_batch_is_refused_whole(content: bytes, reason: str) -> None:
    with pytest.raises(BadTable, match=reason):
        read_batch("b.csv", content)


def workbook(rows: list[list[object]]) -> bytes:
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_as_a_table_is() -> None:
    rows = [
        ["from", "to", "cargo_t", "ready", "window_days"],
        ["Xi'an", "Tashkent", 20.5, datetime(2026, 11, 30, 8, tzinfo=UTC).replace(tzinfo=None), 3],
        [None] * 5,
    ]

    (line,) = read_batch("b.xlsx", workbook(rows))

    assert (line.asked.cargo_t, line.asked.ready, line.asked.window_days) == ("20.5", "2026-11-30T08:00:00", "3")


def test_a_workbook_that_unpacks_without_end_is_refused() -> None:
    out = io.BytesIO(workbook([["from", "to"]]))
    with ZipFile(out, "a", compression=8) as packed:
        packed.writestr("xl/media/zeros", b"\0" * (65 * 1024 * 1024))

    with pytest.raises(BadTable, match="larger than any batch"):
        read_batch("b.xlsx", out.getvalue())


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        read_batch("b.csv", b"from,to\n" + content)
    except BadTable:
        pass


def test_an_answer_runs_nothing_in_a_spreadsheet() -> None:
    rows = answer_batch(NETWORK, read_batch("b.csv", b"reference,from,to\n=1+1,=cmd|x,Tashkent"), now=NOW)

    written = write_csv(COLUMNS, rows)
    assert b"\r\n2,'=1+1," in written
    assert (
        ',from,"“=cmd|x” is not one place'.encode() in written
    )  # the cell begins with a quotation mark of the sentence
