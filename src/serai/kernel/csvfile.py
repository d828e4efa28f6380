"""CSV that a spreadsheet opens without running anything in it."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

# The full-width signs too: a spreadsheet in a Chinese or Japanese setting may read them as the plain ones.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0")


def safe_cell(value: object) -> object:
    """Return the value so that no spreadsheet takes it for a formula (OWASP: CSV injection).

    Figures stay figures; a text that begins like a formula gets an apostrophe, which spreadsheets hide.

    >>> safe_cell("=1+1"), safe_cell(-3), safe_cell("VI.13a"), safe_cell("  @cmd")
    ("'=1+1", -3, 'VI.13a', "'  @cmd")
    """
    return "'" + value if isinstance(value, str) and find_formula_sign(value) else value


def find_formula_sign(text: str) -> str:
    """Return the sign that makes a spreadsheet take a cell for a formula; empty when there is none.

    >>> find_formula_sign(" =1+1"), find_formula_sign("1+1")
    ('=', '')
    """
    begun = text.lstrip(" \u00a0\ufeff")
    return begun[:1] if begun.startswith(FORMULA_STARTS) else ""


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV file (RFC 4180, UTF-8 with a mark, so that Excel reads Cyrillic and Han)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return "\ufeff".encode() + out.getvalue().encode()
