"""Reading the tables so that nothing in them has two meanings: no key twice, no NaN, no row of another width."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

from network_checks.schema import TABLES
from network_checks.tables import Data, Point, Row, Table

NUMBERS: Final = frozenset((int, float))
FAR: Final = 1000  # degrees: beyond that, or without end, a coordinate is none


class UnreadableError(ValueError):
    """A file cannot be read; the message is a sentence that names it."""


def read_data(folder: Path) -> Data:
    """Read every table under the folder; raise UnreadableError at the first file that cannot be read."""
    files = frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return Data(tables={path: read_table(folder, path) for path in TABLES}, files=files)


def read_table(folder: Path, path: str) -> Table:
    """Read one CSV or GeoJSON file, path being relative to the folder; raise UnreadableError."""
    try:
        text = (folder / path).read_bytes().decode("utf-8")
    except OSError as error:
        raise UnreadableError(f"{path} cannot be opened: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UnreadableError(f"{path} is not UTF-8 at byte {error.start}.") from error
    return read_features(path, text) if path.endswith(".geojson") else read_csv(path, text)


def read_csv(path: str, text: str) -> Table:
    """Read a CSV text with a header; raise UnreadableError for a column twice or a row of another width."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = tuple(next(reader, ()))
        if len(set(columns)) < len(columns):
            raise UnreadableError(f"{path} line 1 names a column twice.")
        rows = tuple(_read_rows(path, columns, reader))
    except csv.Error as error:
        raise UnreadableError(f"{path} line {reader.line_num} is not CSV: {error}.") from error
    return Table(columns=columns, rows=rows)


def _read_rows(path: str, columns: tuple[str, ...], reader: Any) -> Iterator[Row]:
    line = reader.line_num + 1
    for cells in reader:
        if len(cells) != len(columns):
            raise UnreadableError(f"{path} line {line} has {len(cells)} cells, its header has {len(columns)}.")
        yield Row(where=f"{path} line {line}", cells=dict(zip(columns, cells, strict=True)))
        line = reader.line_num + 1


def read_features(path: str, text: str) -> Table:
    """Read a feature collection; raise UnreadableError for a name twice, NaN, or another shape than GeoJSON's."""
    try:
        whole = json.loads(text, object_pairs_hook=_read_object, parse_constant=_refuse_constant)
        rows = tuple(_read_feature(path, place, found) for place, found in enumerate(whole["features"], start=1))
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"{path} is not JSON that can be used: {error}.") from error
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise UnreadableError(f"{path} is not a GeoJSON feature collection.") from error
    return Table(columns=tuple(sorted({name for row in rows for name in row.cells})), rows=rows)


def _read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name “{twice}” stands twice in one object")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _read_feature(path: str, place: int, feature: dict[str, Any]) -> Row:
    cells = {name: value if isinstance(value, str) else str(value) for name, value in feature["properties"].items()}
    points = tuple(_points_of(feature["geometry"]["coordinates"]))
    return Row(where=f"{path} feature {place}", cells=cells, points=points)


def _points_of(coordinates: list[Any]) -> Iterator[Point]:
    """Give the points of a line, or of all rings of a polygon, in their order."""
    if not coordinates or not isinstance(coordinates[0], list):
        yield _read_point(coordinates)
    elif isinstance(coordinates[0][0], list):
        for part in coordinates:
            yield from _points_of(part)
    else:
        yield from map(_read_point, coordinates)


def _read_point(coordinates: list[Any]) -> Point:
    if len(coordinates) != 2 or not NUMBERS.issuperset(map(type, coordinates)):
        raise ValueError("a point is not two numbers")
    longitude, latitude = coordinates
    if not (abs(longitude) <= FAR and abs(latitude) <= FAR):
        raise ValueError("a point is no longitude and latitude in degrees")
    return float(longitude), float(latitude)
