"""Many consignments at once: read from CSV or XLSX, each planned alone, answered as rows. Pure.

A line that cannot be planned gets its sentence in the answer; the others go on.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

from serai.corridors.asking import Asked, read_enquiry
from serai.corridors.errors import BadTable
from serai.corridors.itinerary import Itinerary
from serai.corridors.naming import in_english, name_itinerary
from serai.corridors.network import Network
from serai.corridors.planning import plan
from serai.corridors.telling import letter_of, local
from serai.kernel.errors import SeraiError

MOST_LINES: Final = 10_000
_MOST_UNPACKED: Final = 64 * 1024 * 1024  # bytes of an XLSX
_NEEDED: Final = ("from", "to")
_FIELDS: Final = {
    "from": "origin", "to": "destination", "load": "load", "cargo_t": "cargo_t", "hs_chapter": "hs_chapter", "ready": "ready",
    "window_days": "window_days", "arrive_by": "arrive_by",
}  # fmt: skip
_LISTS: Final = ("via", "avoid_countries", "avoid_places", "avoid_modes", "avoid_crossings", "scenarios")
COLUMNS: Final = (
    "line", "reference", "way", "name", "tags", "departs", "arrives", "hours", "usd", "co2e_kg", "p50", "p90", "p95", "on_time",
    "assumed_time_share", "assumed_cost_share", "is_complete", "error",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One consignment of a batch: its line in the file, what it is called there, and what is asked."""

    number: int
    reference: str
    asked: Asked


def read_batch(name: str, content: bytes) -> list[Line]:
    """Return the consignments of a CSV or XLSX file. Raises BadTable: no table, a column missing or unknown, too many lines."""
    rows = _xlsx_rows(name, content) if content[:4] == b"PK\x03\x04" else _csv_rows(name, content)
    header = [cell.strip().lower() for cell in next(rows, [])]
    while header and not header[-1]:
        header.pop()  # a spreadsheet may end its rows with empty cells
    _check_header(name, header)
    found = list[Line]()
    for number, cells in enumerate(rows, start=2):
        if any(cell.strip() for cell in cells):
            found.append(_line(number, dict(zip(header, cells, strict=False))))
        if len(found) > MOST_LINES:
            _refuse(name, number, f"the batch has more than {MOST_LINES} consignments; send it in parts.")
    return found


def _refuse(name: str, line: int, reason: str, column: str = "–") -> None:
    raise BadTable(file=name, line=line, column=column, reason=reason)


def _check_header(name: str, header: Sequence[str]) -> None:
    known = (*_FIELDS, *_LISTS, "reference")
    for column in header:
        if column not in known:
            _refuse(name, 1, f"the column is not known. Known are: {', '.join(known)}.", column[:40] or "–")
        if header.count(column) > 1:
            _refuse(name, 1, "the column stands twice.", column)
    for column in _NEEDED:
        if column not in header:
            _refuse(name, 1, "the column is missing.", column)


def _csv_rows(name: str, content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(name, 0, f"it is no UTF-8 at byte {error.start}; save it as CSV UTF-8.")
    first = text.partition("\n")[0]
    separator = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        _refuse(name, reader.line_num, f"it is no CSV: {error}.")


def _xlsx_rows(name: str, content: bytes) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    try:
        with ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
                _refuse(name, 0, "unpacked, the workbook is larger than any batch.")
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        for row in sheet.iter_rows(max_row=MOST_LINES + 2, max_col=len(_FIELDS) + len(_LISTS) + 2, values_only=True):
            yield [_cell(value) for value in row]
    except (BadZipFile, KeyError, ValueError, OSError, IndexError) as error:
        _refuse(name, 0, f"it is no workbook: {error}.")


def _cell(value: object) -> str:
    """Return what a cell of a workbook says; an empty one says nothing."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _line(number: int, cells: dict[str, str]) -> Line:
    fields: dict[str, object] = {
        field: cells.get(column, "").strip()
        for column, field in _FIELDS.items()
        if cells.get(column, "").strip() or column in _NEEDED
    }
    lists = {
        column: [one for one in cells.get(column, "").replace(",", ";").split(";") if one.strip()] for column in _LISTS
    }
    return Line(number, cells.get("reference", "").strip(), Asked(**fields, **lists))  # type: ignore[arg-type]  # by name


def answer_batch(
    network: Network, lines: Sequence[Line], *, now: datetime, progress: Callable[[int], None] = lambda _: None
) -> Iterator[Sequence[object]]:
    """Give the rows of the answer, under COLUMNS: the ways worth choosing from of each consignment, or what is wrong with it."""
    for done, line in enumerate(lines, start=1):
        yield from _answer(network, line, now)
        progress(done)


def _answer(network: Network, line: Line, now: datetime) -> Iterator[Sequence[object]]:
    begin = [line.number, line.reference]
    try:
        answer = plan(network, read_enquiry(network, line.asked, now=now), with_closures=False)
    except SeraiError as error:
        yield [*begin, *[""] * (len(COLUMNS) - 3), str(error)]
        return
    if not answer.itineraries:
        stops = ", ".join(answer.nothing.stops) if answer.nothing else ""
        yield [
            *begin,
            *[""] * (len(COLUMNS) - 3),
            f"Nothing found. It is stopped by: {stops or 'more than one limit, or no way at all'}.",
        ]
    for number, one in enumerate(answer.itineraries):
        if one.is_shown:
            yield [*begin, letter_of(number), *_way(answer.network, one), answer.is_complete, ""]


def _way(network: Network, one: Itinerary) -> list[object]:
    end, risk = network.places[one.legs[-1].to].country, one.reliability
    moments = [local(getattr(risk, name), end).isoformat() for name in ("p50", "p90", "p95")] if risk else [""] * 3
    on_time = "" if risk is None or risk.on_time is None else round(risk.on_time, 3)
    return [
        in_english(network, name_itinerary(network, one)),
        "; ".join(one.tags),
        local(one.departs, one.legs[0].country).isoformat(),
        local(one.arrives, end).isoformat(),
        round(one.hours, 1),
        round(one.usd, 2),
        round(one.co2e_kg, 1),
        *moments,
        on_time,
        *(round(share, 3) for share in one.assumed_share()),
    ]


def read_batch_file(file: Path) -> list[Line]:
    try:
        return read_batch(file.name, file.read_bytes())
    except OSError as error:
        raise BadTable(file=file.name, line=0, column="–", reason=f"it cannot be read: {error.strerror}.") from None
