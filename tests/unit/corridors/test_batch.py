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
        (b"", "column is missing"),
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

    assert b"\r\n2,'=1+1," in write_csv(COLUMNS, rows)
