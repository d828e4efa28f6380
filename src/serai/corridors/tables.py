"""Reading the tables of the network: the shipped ones, and a folder of the same names that replaces or adds rows. Pure.

A row that cannot be used is refused with file, line, column and reason; nothing is skipped in silence.
"""

import csv
import json
import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from serai.corridors.errors import BadTable
from serai.corridors.figures import Basis, Rest

DATA: Final = Path(__file__).parent / "data"
NETWORK: Final = DATA / "network"
FACTORS: Final = DATA / "factors"
BASEMAP: Final = DATA / "basemap"
_LONGEST: Final = 64 * 1024 * 1024  # bytes of one table


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, and where it stands."""

    file: str
    line: int
    cells: Mapping[str, str]

    def bad(self, column: str, reason: str) -> BadTable:
        return BadTable(file=self.file, line=self.line, column=column, reason=reason)

    def text(self, column: str) -> str:
        """Return a cell; empty when the table has none such."""
        return self.cells.get(column, "").strip()

    def needed(self, column: str) -> str:
        if not (found := self.text(column)):
            raise self.bad(column, "the cell is empty; fill it.")
        return found

    def number(self, column: str, *, least: float = 0.0, most: float = math.inf) -> float:
        """Return a finite number within bounds; raise BadTable."""
        written = self.needed(column)
        try:
            found = float(written)
        except ValueError:
            raise self.bad(column, f"“{written[:40]}” is no number.") from None
        if not math.isfinite(found) or not least <= found <= most:
            raise self.bad(column, f"{written[:40]} is no number from {least:g} to {most:g}.")
        return found

    def optional(self, column: str, *, least: float = 0.0, most: float = math.inf) -> float | None:
        return self.number(column, least=least, most=most) if self.text(column) else None

    def whole(self, column: str, *, least: int = 0, most: int = 10**9) -> int:
        found = self.number(column, least=least, most=most)
        if found != int(found):
            raise self.bad(column, f"{self.text(column)[:40]} is no whole number.")
        return int(found)

    def flag(self, column: str) -> bool:
        return self.one_of(column, ("yes", "no")) == "yes"

    def one_of(self, column: str, known: Sequence[str]) -> str:
        found = self.needed(column)
        if found not in known:
            raise self.bad(column, f"“{found[:40]}” is none of: {', '.join(known)}.")
        return found

    def rest(self) -> Rest:
        """Return what the row's numbers rest on."""
        return Rest(Basis(self.one_of("basis", [*Basis])), self.text("source"), self.text("rule"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of the network: its file, and the columns that make a row the same row in an override."""

    name: str
    folder: Path
    key: tuple[str, ...]


PLACES: Final = Table(name="places.csv", folder=NETWORK, key=("id",))
NAMES: Final = Table(name="names.csv", folder=NETWORK, key=("place_id", "lang"))
CROSSINGS: Final = Table(name="border_crossings.csv", folder=NETWORK, key=("bcp_id",))
CROSSING_NAMES: Final = Table(name="crossing_names.csv", folder=NETWORK, key=("bcp_id", "lang"))
BORDER_TIMES: Final = Table(name="border_times.csv", folder=NETWORK, key=("bcp_id", "direction"))
RAIL_NODES: Final = Table(name="rail_nodes.csv", folder=NETWORK, key=("node_id",))
ROAD_NODES: Final = Table(name="road_nodes.csv", folder=NETWORK, key=("node_id",))
SEA_LINKS: Final = Table(name="sea_links.csv", folder=NETWORK, key=("id",))
TERMINALS: Final = Table(name="terminals.csv", folder=NETWORK, key=("terminal_id",))
TIMETABLE: Final = Table(name="timetable.csv", folder=NETWORK, key=("service_id", "stop_seq"))
SPEEDS: Final = Table(name="speeds.csv", folder=FACTORS, key=("mode", "country"))
COSTS: Final = Table(name="costs.csv", folder=FACTORS, key=("item", "mode", "country"))
LOADS: Final = Table(name="loads.csv", folder=FACTORS, key=("load_id",))
EMISSIONS: Final = Table(name="emission_map.csv", folder=FACTORS, key=("mode", "country"))
DISTANCES: Final = Table(name="distance_checks.csv", folder=NETWORK, key=("mode", "from", "to"))
OVERRIDABLE: Final = (
    PLACES, NAMES, CROSSINGS, CROSSING_NAMES, BORDER_TIMES, SEA_LINKS, TERMINALS, TIMETABLE, SPEEDS, COSTS, LOADS, EMISSIONS,
)  # fmt: skip
RAIL_LINES: Final = "rail_lines.geojson"
ROADS: Final = "roads.geojson"


def read_rows(table: Table, overrides: Path | None = None) -> list[Row]:
    """Return the rows of a table; those of the overrides' folder stand in place of shipped ones with the same key.

    Raises BadTable: an unreadable file, a missing or unknown column, a key twice in one file.
    """
    shipped = _read_file(table, table.folder / table.name)
    own = overrides / table.name if overrides is not None else None
    if own is None or not own.exists():
        return list(shipped.values())
    return list((shipped | _read_file(table, own, columns=_columns(shipped))).values())


def read_cells(file: Path, needed: Sequence[str], known: Sequence[str] = ()) -> Iterator[Row]:
    """Give the rows of a file. Its header must name the columns needed and, when some are known, no others. Raises BadTable."""
    lines = _read_text(file).splitlines(keepends=True)
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader, [])
        _check_header(file, header, needed, known)
        for cells in reader:
            if len(cells) != len(header):
                reason = f"the row has {len(cells)} cells, the header {len(header)}."
                raise BadTable(file=file.name, line=reader.line_num, column="–", reason=reason)
            yield Row(file.name, reader.line_num, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        raise BadTable(file=file.name, line=reader.line_num, column="–", reason=f"it is no CSV: {error}.") from None


def check_overrides(folder: Path, without: frozenset[str] = frozenset()) -> None:
    """Raise BadTable when a folder of overrides holds a file that nobody would read, but for those left out."""
    known = {table.name for table in OVERRIDABLE}
    for file in sorted(folder.iterdir()):
        if file.is_file() and not file.name.startswith(".") and file.name not in known | without:
            reason = f"no table of the network has this name. Known are: {', '.join(sorted(known))}."
            raise BadTable(file=file.name, line=0, column="–", reason=reason)


def _columns(rows: Mapping[tuple[str, ...], Row]) -> list[str]:
    return list(next(iter(rows.values())).cells)


def _read_file(table: Table, file: Path, columns: Sequence[str] = ()) -> dict[tuple[str, ...], Row]:
    found = dict[tuple[str, ...], Row]()
    for row in read_cells(file, columns, known=columns):
        key = tuple(row.needed(column) for column in table.key)
        if key in found:
            raise row.bad(table.key[0], f"{' '.join(key)} stands here and on line {found[key].line}; keep one.")
        found[key] = row
    return found


def _read_text(file: Path) -> str:
    try:
        if file.stat().st_size > _LONGEST:
            _refuse(file, "the file is larger than any table of a network.")
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        return _refuse(file, f"it is no UTF-8 at byte {error.start}; save it as CSV UTF-8.")
    except OSError as error:
        return _refuse(file, f"it cannot be read: {error.strerror}.")


def _refuse(file: Path, reason: str) -> NoReturn:
    raise BadTable(file=file.name, line=0, column="–", reason=reason) from None


def _check_header(file: Path, header: Sequence[str], needed: Sequence[str], known: Sequence[str]) -> None:
    faults = {
        "stands twice": sorted({name for name in header if header.count(name) > 1}),
        "is missing": [name for name in needed if name not in header],
        "is not known": [name for name in header if known and name not in known],
    }
    for what, names in faults.items():
        if names:
            raise BadTable(file=file.name, line=1, column=names[0], reason=f"the column {what}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A link of a network of lines: its ends, real length, country (or two, “XX-YY”), gauge and kind."""

    a: str
    b: str
    km: float
    country: str
    gauge: str
    kind: str
    points: "array[float]"  # longitude, latitude, longitude … : a tenth of the memory of pairs, of which there are a hundred thousand

    @property
    def path(self) -> list[tuple[float, float]]:
        """Return its points (longitude, latitude)."""
        return list(zip(self.points[::2], self.points[1::2], strict=True))


def read_lines(name: str) -> list[Line]:
    """Return the links of a shipped network of lines. The files come with the code and are checked before a release."""
    features = json.loads((NETWORK / name).read_bytes())["features"]
    return [_read_line(each["properties"], each["geometry"]["coordinates"]) for each in features]


def _read_line(properties: Mapping[str, Any], path: Sequence[Sequence[float]]) -> Line:
    return Line(
        a=properties["a"],
        b=properties["b"],
        km=float(properties["km"]),
        country=properties.get("cc", ""),
        gauge=str(properties.get("gauge", "")),
        kind=properties.get("kind", ""),
        points=array("d", [number for point in path for number in point[:2]]),
    )
