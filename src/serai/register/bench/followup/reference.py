"""The reference of the follow-up pages: what each must show, found by looking through all rows. Slow, and easy to see right."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from serai.kernel.languages import ENGLISH, format_number
from serai.register.bench.followup.data import Asked, Made, Row
from serai.register.followup.domain import Kind, RequestState, SubmissionState
from serai.register.units import UnitKind, rule_of_unit

ROWS_SHOWN: Final = 12  # of each part of the work list
FIGURES_CONSIDERED: Final = 60
PANELS_SHOWN: Final = 8
NOTES_SHOWN: Final = 5


@dataclass(slots=True, kw_only=True)
class WorkPage:
    """The parts of the work list: how much there is of each, and the numbers of the rows shown."""

    counts: dict[str, int] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class EntryPage:
    """What an entry's page shows of its follow-up: the newest figure of each series, then notes; and how many figures."""

    numbers: list[int] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    statements: int = 0
    counts: list[int] = field(default_factory=list)  # shown and all, when not all are


def expect_work(made: Made, account: str, today: date) -> WorkPage:
    """Return what the work list of an editor and reviewer must show."""
    to_review, own, silent = list[Row](), list[Row](), list[Asked]()
    for row in made.rows:
        if row.state is SubmissionState.WAITING:
            (own if row.made_by == account else to_review).append(row)
    for asked in made.requests:
        if asked.state is RequestState.OPEN and asked.due < today:
            silent.append(asked)
    to_review.sort(key=lambda row: (row.made_at, row.number))
    own.sort(key=lambda row: row.made_at, reverse=True)
    silent.sort(key=lambda asked: (asked.due, asked.number))
    rows = {
        "review": [row.number for row in to_review[:ROWS_SHOWN]],
        "silent": [asked.number for asked in silent[:ROWS_SHOWN]],
        "waiting": [row.number for row in own[:ROWS_SHOWN]],
    }
    return WorkPage(counts={"review": len(to_review), "silent": len(silent)}, rows=rows)


def expect_entries(made: Made) -> dict[int, EntryPage]:
    """Return entry → what its page must show, in English."""
    figures: dict[int, list[Row]] = {place.entry: [] for place in made.places}
    notes: dict[int, list[Row]] = {place.entry: [] for place in made.places}
    statements: Counter[int | None] = Counter()
    for row in made.rows:
        if row.state is SubmissionState.PUBLISHED:
            if row.kind is Kind.MEASUREMENT:
                figures[row.entry].append(row)
            elif row.kind is Kind.UPDATE:
                notes[row.entry].append(row)
            else:
                statements[row.about] += 1
    return {entry: _expect(figures[entry], notes[entry], statements) for entry in figures}


def _expect(figures: list[Row], notes: list[Row], statements: "Counter[int | None]") -> EntryPage:
    shown = sorted(figures, key=lambda row: (-_end(row).toordinal(), row.series, row.party, row.number))[
        :FIGURES_CONSIDERED
    ]
    series: dict[tuple[str, str], Row] = {}
    for row in shown:
        known = series.get((row.series, row.party))
        if known is None or _end(row) > _end(known):
            series[row.series, row.party] = row
    newest = list(series.values())[:PANELS_SHOWN]
    told = sorted(notes, key=lambda row: (row.decided_at or row.made_at, row.number), reverse=True)[:NOTES_SHOWN]
    return EntryPage(
        numbers=[row.number for row in (*newest, *told)],
        values=[_write(row) for row in newest],
        statements=sum(statements[row.number] for row in newest),
        counts=[len(shown), len(figures)] if len(shown) < len(figures) else [],
    )


def _end(row: Row) -> date:
    assert row.period is not None
    return row.period.end


def _write(row: Row) -> str:
    assert row.value is not None
    if rule_of_unit(row.unit).kind is UnitKind.YES_NO:
        return "Yes" if row.value else "No"
    return format_number(row.value, ENGLISH)


_SECTION: Final = re.compile(r'<section [^>]*aria-labelledby="(\w+)"[^>]*>(.*?)</section>', re.DOTALL)
_COUNT: Final = re.compile(r"<h2[^>]*>[^(<]*\(([^)]*)\)</h2>")
_LINKS: Final = re.compile(r"/work/(?:submissions|requests)/(\d+)/")
_NUMBER: Final = re.compile(r'<p class="kicker">.*?</a> · \D*(\d+)</p>')
_VALUE: Final = re.compile(r'<p class="figure-value"><b class="num">([^<]*)</b>')
_SHOWN: Final = re.compile(r"The newest ([\d,]+) of ([\d,]+) figures are shown")
_STATEMENT: Final = '<div class="banner"><h3>Statement by'


def read_work(html: str) -> WorkPage:
    """Return what a work list shows.

    >>> read_work('<section class="a" aria-labelledby="review"><h2 id="review">To review (1,204)</h2>'
    ...           '<a href="/ru/work/submissions/7/">…</a></section>')
    WorkPage(counts={'review': 1204}, rows={'review': [7]})
    """
    page = WorkPage()
    for name, body in _SECTION.findall(html):
        if count := _COUNT.search(body):
            page.counts[name] = int(re.sub(r"\D", "", count[1]))
        if numbers := _LINKS.findall(body):
            page.rows[name] = [int(number) for number in numbers]
    return page


def read_entry(html: str) -> EntryPage:
    """Return what an English entry page shows of its follow-up."""
    shown = _SHOWN.search(html)
    return EntryPage(
        numbers=[int(number) for number in _NUMBER.findall(html)],
        values=_VALUE.findall(html),
        statements=html.count(_STATEMENT),
        counts=[int(text.replace(",", "")) for text in shown.groups()] if shown else [],
    )


def compare(asked: str, found: WorkPage | EntryPage, expected: WorkPage | EntryPage) -> list[str]:
    """Say, one sentence each, where a page and the reference differ."""
    return [
        f"{asked}: {name} {_few(getattr(found, name))}, {_few(getattr(expected, name))} by the reference"
        for name in found.__dataclass_fields__
        if getattr(found, name) != getattr(expected, name)
    ]


def _few(value: "Sequence[object] | dict[str, object] | int") -> str:
    text = str(value)
    return text if len(text) < 200 else f"{text[:200]} …"
