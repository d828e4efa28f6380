"""Checks that hold for every table: the files, their columns, their cells, and what a number rests on."""

from collections.abc import Iterator

from network_checks.files import TEXTS
from network_checks.schema import LATITUDE, LONGITUDE, TABLES, Columns
from network_checks.tables import Data, Outcome, Row, first, over

NO_VALUES = frozenset(("nan", "inf", "-inf", "infinity", "-infinity", "null", "none"))
BASES = ("published", "derived", "assumed")


def check_files(data: Data) -> Outcome:
    """Every table and notice is there, and no file that nobody has described."""
    wanted = frozenset(TABLES) | TEXTS
    missing = [f"{path}: it is missing." for path in sorted(wanted - data.files)]
    unknown = [f"{path}: it is described nowhere." for path in sorted(data.files - wanted)]
    return Outcome(checked=len(wanted | data.files), faults=(*missing, *unknown))


def check_columns(data: Data) -> Outcome:
    """A CSV header names the columns in order; a feature has no property that is not described."""
    faults = [fault for path, columns in TABLES.items() if (fault := _find_columns(data, path, columns))]
    return Outcome(checked=len(TABLES), faults=tuple(faults))


def _find_columns(data: Data, path: str, wanted: Columns) -> str | None:
    found = data.tables[path].columns
    if path.endswith(".geojson"):
        unknown = sorted(set(found) - set(wanted.order))
        return f"{path}: the properties {', '.join(unknown)} are described nowhere." if unknown else None
    return None if found == wanted.order else f"{path} line 1: the columns are not {', '.join(wanted.order)}."


def check_cells(data: Data, *, path: str) -> Outcome:
    """No cell is empty that must not be or says that it is none; each number is finite and inside its bounds."""
    return over(data[path], lambda row: next(_find_cells(row, TABLES[path]), None))


def _find_cells(row: Row, columns: Columns) -> Iterator[str]:
    for column in columns.order:
        text = row[column]
        if not text.strip():
            if column not in columns.may_be_empty:
                yield f"{column} is empty."
        elif text.lower() in NO_VALUES:
            yield f"{column} is “{text}”, which is no value."
        elif column in columns.numbers:
            low, high = columns.numbers[column]
            if not low <= row.number(column) <= high:
                yield f"{column} is “{text}”, not a number from {low:g} to {high:g}."


def check_outlines(data: Data, *, path: str) -> Outcome:
    """Every point of every line and outline lies on the globe, and each has two points or more."""
    return over(data[path], _find_outline)


def _find_outline(row: Row) -> str | None:
    longitudes, latitudes = [point[0] for point in row.points], [point[1] for point in row.points]
    return first(
        (len(row.points) < 2, "the line has fewer than two points."),
        (not _lies_in(longitudes, *LONGITUDE), "a longitude is not between -180 and 180 degrees."),
        (not _lies_in(latitudes, *LATITUDE), "a latitude is not between -90 and 90 degrees."),
    )


def _lies_in(values: list[float], low: float, high: float) -> bool:
    return bool(values) and low <= min(values) and max(values) <= high


def check_basis(data: Data, *, path: str) -> Outcome:
    """Each number says what it rests on: published and derived ones name a source, every row a source or a rule."""
    columns = [column for column in TABLES[path].order if column == "basis" or column.endswith("_basis")]
    return over(data[path], lambda row: _find_basis(row, columns))


def _find_basis(row: Row, columns: list[str]) -> str | None:
    unknown = [column for column in columns if row[column] and row[column] not in BASES]
    return first(
        (bool(unknown), f"{', '.join(unknown)} is none of {', '.join(BASES)}."),
        (row["basis"] in BASES[:2] and not row["source"], f"the number is {row['basis']} but names no source."),
        (not row["source"] and not row["rule"], "the row has neither source nor rule."),
    )
