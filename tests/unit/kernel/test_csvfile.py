"""CSV files open anywhere, keep what was written, and run nothing."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.kernel.csvfile import safe_cell, write_csv

OPENERS = ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"]
BLANKS = ["", " ", "   ", "\u00a0", "\ufeff", "\ufeff \u00a0"]
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)
FORMULAS = st.builds(
    lambda blank, opener, rest: blank + opener + rest, st.sampled_from(BLANKS), st.sampled_from(OPENERS), TEXTS
)
CELLS = st.one_of(TEXTS, FORMULAS, st.integers(), st.none())


def read_back(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("opener", OPENERS)
def test_a_text_that_begins_like_a_formula_is_made_a_text(opener: str, blank: str) -> None:
    assert safe_cell(f"{blank}{opener}cmd|'/c calc'!A1") == f"'{blank}{opener}cmd|'/c calc'!A1"


@pytest.mark.parametrize("value", ["VI.13a", "e-permit", "'quoted'", "", "–", 0, -3, 2.5, None])
def test_harmless_values_stay_as_they_are(value: object) -> None:
    assert safe_cell(value) == value


@given(st.lists(st.lists(CELLS, min_size=2, max_size=5), max_size=6))
def test_what_is_written_is_read_back(rows: list[list[object]]) -> None:
    expected = [["" if cell is None else str(safe_cell(cell)) for cell in row] for row in rows]

    found = read_back(write_csv(["id", "text"], rows))

    assert found == [["id", "text"], *expected]


@given(st.lists(st.lists(st.one_of(TEXTS, FORMULAS), min_size=1, max_size=4), min_size=1, max_size=6))
def test_no_cell_of_text_is_a_formula(rows: list[list[object]]) -> None:
    found = read_back(write_csv(["id"], rows))

    assert [cell for row in found for cell in row if cell.strip(" \u00a0\ufeff")[:1] in OPENERS] == []


def test_the_file_says_that_it_is_utf8_and_ends_lines_as_the_standard_does() -> None:
    data = write_csv(["id", "title"], [["VI.13a", "Разрешения, “許可”\nвторая строка"]])

    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")
    assert data.decode("utf-8-sig") == 'id,title\r\nVI.13a,"Разрешения, “許可”\nвторая строка"\r\n'
