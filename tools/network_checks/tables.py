"""What the checks look at: rows that know where they stand, and what a check found. Pure."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

Point = tuple[float, float]  # longitude and latitude in degrees
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a CSV table or one feature of a GeoJSON file.

    Cells hold text as it stands in the file. Points are empty but for a line of GeoJSON.
    """

    where: str  # "network/places.csv line 12", "network/roads.geojson feature 12"
    cells: Mapping[str, str]
    points: tuple[Point, ...] = ()

    def __getitem__(self, column: str) -> str:
        """Return the text of a cell, empty where the row has no such column."""
        return self.cells.get(column, "")

    def number(self, column: str) -> float:
        """Return a cell's value, NaN where it is no number.

        The check of cells names such a cell. NaN is neither above nor below anything, so no other check does.
        """
        return read_number(self[column])


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of one file, in its order, and the columns its header names."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """All tables by their path under the folder, such as network/places.csv, and the paths of all files there."""

    tables: Mapping[str, Table]
    files: frozenset[str]

    def __getitem__(self, path: str) -> tuple[Row, ...]:
        """Return the rows of a table."""
        return self.tables[path].rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How much a check looked at, and a sentence for each row that failed."""

    checked: int
    faults: tuple[str, ...]


def read_number(text: str) -> float:
    """Return the value of a plain decimal.

    >>> read_number("-1.5")
    -1.5
    >>> read_number("1e5"), read_number("inf"), read_number("")
    (nan, nan, nan)
    """
    return float(text) if _NUMBER.fullmatch(text) else math.nan


def over(rows: Iterable[Row], find: Callable[[Row], str | None]) -> Outcome:
    """Look at each row once; find returns what is wrong with it as a sentence, or None."""
    said = [(row, find(row)) for row in rows]
    return Outcome(checked=len(said), faults=tuple(f"{row.where}: {fault}" for row, fault in said if fault))


def first(*findings: tuple[bool, str]) -> str | None:
    """Return the sentence of the first condition that holds."""
    return next((sentence for holds, sentence in findings if holds), None)


def count(rows: Iterable[Row], *columns: str) -> Counter[tuple[str, ...]]:
    """Return how often each key of these columns stands in the rows."""
    return Counter(tuple(row[column] for column in columns) for row in rows)


def index(rows: Iterable[Row], column: str) -> dict[str, Row]:
    """Return the rows by one column; of two with the same value the later."""
    return {row[column]: row for row in rows}
