"""The same figures as a table, exact, and with a row wherever there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from serai.kernel.errors import gettext_noop
from serai.register.followup.chart.gaps import find_gaps
from serai.register.followup.chart.points import Point, Series, in_order
from serai.register.followup.chart.words import Voice

_BETWEEN = gettext_noop("between {before} and {after}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; a gap has neither chip nor number."""

    series: str
    period: str
    value: str
    number: int = 0
    coverage: str = ""
    chip: str = ""  # the end of the class of the provenance chip
    provenance: str = ""
    source: str = ""
    link: str = ""
    party: str = ""

    @property
    def is_gap(self) -> bool:
        return not self.number


def make_rows(series: Sequence[Series], voice: Voice) -> list[Row]:
    """Return all figures, series by series, as time runs."""
    return [line for row in series for line in _rows_of(row, voice)]


def _rows_of(row: Series, voice: Voice) -> list[Row]:
    gaps = {gap.before.submission_id: gap for gap in find_gaps(row.points)}
    lines = []
    for point in in_order(row.points):
        lines.append(_row_of(point, row.name, voice))
        if gap := gaps.get(point.submission_id):
            period = voice.say(_BETWEEN, before=gap.before.label, after=gap.after.label)
            lines.append(Row(series=row.name, period=period, value=voice.lacking()))
    return lines


def _row_of(point: Point, series: str, voice: Voice) -> Row:
    return Row(
        series=series,
        period=point.label,
        value=voice.value(point.value),
        number=point.submission_id,
        coverage=voice.coverage(point.coverage),
        chip=str(point.provenance),
        provenance=voice.translate(str(point.provenance)),  # followup/present.py marks these words
        source=point.source,
        link=point.link,
        party=point.party,
    )


def chips_of(series: Sequence[Series], voice: Voice) -> list[tuple[str, str]]:
    """Return the kinds of provenance that occur, each with its word."""
    kinds = sorted({str(point.provenance) for row in series for point in row.points})
    return [(kind, voice.translate(kind)) for kind, _ in groupby(kinds)]
