"""Many consignments at once: read from CSV or XLSX, each planned alone, answered as rows. Pure.

A line that cannot be planned gets its sentence in the answer; the others go on.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from serai.corridors.asking import Asked, read_enquiry
from serai.corridors.errors import BadTable
from serai.corridors.itinerary import Itinerary
from serai.corridors.naming import in_english, name_itinerary
from serai.corridors.network import Network
from serai.corridors.planning import plan
from serai.corridors.telling import letter_of, local
from serai.corridors.workbook import read_workbook
from serai.kernel.errors import SeraiError

MOST_LINES: Final = 10_000
_MOST_BYTES: Final = 16 * 2**20  # of a file
_NEEDED: Final = ("from", "to")
_FIELDS: Final = {
    "from": "origin", "to": "destination", "load": "load", "cargo_t": "cargo_t", "hs_chapter": "hs_chapter", "ready": "ready",
    "window_days": "window_days", "arrive_by": "arrive_by",
}  # fmt: skip
_LISTS: Final = ("via", "avoid_countries", "avoid_places", "avoid_modes", "avoid_crossings", "scenarios")
COLUMNS: Final = (
    "line", "reference", "way", "name", "tags", "departs", "arrives", "hours", "usd", "co2e_kg", "p50", "p90", "p95", "on_time",
    "assumed_time_share", "assumed_cost_share", "is_complete", "column", "error",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One consignment of a batch: its line in the file (as a spreadsheet counts), what it is called there, and what is asked."""

    number: int
    reference: str
    asked: Asked
    fault: BadTable | None = None  # the line cannot be used as it stands


def read_batch(name: str, content: bytes) -> list[Line]:
    """Return the consignments of a CSV or XLSX file. Raises BadTable: no table, a column missing or unknown, none or too many lines.

    A single line that cannot be used does not stop the others: it is told of in the answer.
    """
    if len(content) > _MOST_BYTES:
        raise _refusal(name, 0, "the file is larger than any batch; send it in parts.")
    rows = read_workbook(name, content) if content[:4] == b"PK\x03\x04" else _csv_rows(name, content)
    header = [cell.strip().lower() for cell in next(rows, [])]
    while header and not header[-1]:
        header.pop()  # a spreadsheet may end its rows with empty cells
    _check_header(name, header)
    found = list[Line]()
    for number, cells in enumerate(rows, start=2):
        if any(cell.strip() for cell in cells):
            found.append(_line(name, number, header, cells))
        if len(found) > MOST_LINES:
            raise _refusal(name, number, f"the batch has more than {MOST_LINES} consignments; send it in parts.")
    if not found:
        raise _refusal(name, 1, "no consignment stands below the header.")
    return found


def _refusal(name: str, line: int, reason: str, column: str = "–") -> BadTable:
    return BadTable(file=name, line=line, column=column, reason=reason)


def _check_header(name: str, header: Sequence[str]) -> None:
    known = (*_FIELDS, *_LISTS, "reference")
    if not header:
        raise _refusal(name, 1, "the first row is empty; it names the columns.")
    for column in header:
        if column not in known:
            reason = f"the column is not known. Known are: {', '.join(known)}."
            raise _refusal(name, 1, reason, column[:40] or "–")
        if header.count(column) > 1:
            raise _refusal(name, 1, "the column stands twice.", column)
    for column in _NEEDED:
        if column not in header:
            raise _refusal(name, 1, "the column is missing.", column)


def _csv_rows(name: str, content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal(name, 0, f"it is no UTF-8 at byte {error.start}; save it as CSV UTF-8.") from None
    first = text.partition("\n")[0]
    separator = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise _refusal(name, reader.line_num, f"it is no CSV: {error}.") from None


def _line(name: str, number: int, header: Sequence[str], cells: Sequence[str]) -> Line:
    by_column = {column: cell.strip() for column, cell in zip(header, cells, strict=False)}
    fields: dict[str, object] = {
        field: by_column.get(column, "")
        for column, field in _FIELDS.items()
        if by_column.get(column) or column in _NEEDED
    }
    if re.fullmatch(r"[1-9]", by_column.get("hs_chapter", "")):
        fields["hs_chapter"] = f"0{by_column['hs_chapter']}"  # a spreadsheet takes the zero away
    lists = {
        column: [one for one in by_column.get(column, "").replace(",", ";").split(";") if one.strip()]
        for column in _LISTS
    }
    return Line(
        number=number,
        reference=by_column.get("reference", ""),
        asked=Asked(**fields, **lists),  # type: ignore[arg-type]  # by name
        fault=_too_long(name, number, header, cells),
    )


def _too_long(name: str, number: int, header: Sequence[str], cells: Sequence[str]) -> BadTable | None:
    """Return what is wrong with a row that goes on beyond the header: its cells may stand in the wrong columns."""
    if not any(cell.strip() for cell in cells[len(header) :]):
        return None
    reason = f"the row has {len(cells)} cells, the header {len(header)}. Put a cell that holds the separator in quotes."
    return _refusal(name, number, reason)


def answer_batch(
    network: Network, lines: Sequence[Line], *, now: datetime, progress: Callable[[int], None] = lambda _: None
) -> Iterator[Sequence[object]]:
    """Give the rows of the answer, under COLUMNS: the ways worth choosing from of each consignment, or what is wrong with it."""
    for done, line in enumerate(lines, start=1):
        yield from _answer(network, line, now)
        progress(done)


def _answer(network: Network, line: Line, now: datetime) -> Iterator[Sequence[object]]:
    try:
        if line.fault:
            raise line.fault
        answer = plan(network, read_enquiry(network, line.asked, now=now), with_closures=False)
    except SeraiError as error:
        column = error.fields.get("field") or error.fields.get("column") or ""
        yield _without_way(line, str(column), str(error))
        return
    if not answer.itineraries:
        stops = ", ".join(answer.nothing.stops) if answer.nothing else ""
        reason = f"Nothing found. It is stopped by: {stops or 'more than one limit, or no way at all'}."
        yield _without_way(line, "", reason)
    for number, one in enumerate(answer.itineraries):
        if one.is_shown:
            begin = [line.number, line.reference, letter_of(number)]
            yield [*begin, *_way(answer.network, one), answer.is_complete, "", ""]


def _without_way(line: Line, column: str, reason: str) -> list[object]:
    return [line.number, line.reference, *[""] * (len(COLUMNS) - 4), column, reason]


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
