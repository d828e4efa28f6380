"""A chart as a page shows it: what it says, the drawing, and the table behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from serai.kernel.errors import gettext_noop
from serai.register.followup.chart.drawing import Drawing, draw
from serai.register.followup.chart.points import MOST_DRAWN, Series
from serai.register.followup.chart.table import Row, chips_of, make_rows
from serai.register.followup.chart.words import Voice, describe, notes_on, title_of
from serai.register.units import UnitRule

_UNNAMED: Final = gettext_noop("series without a name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """All that the template shows. `key` makes the ids of a page's charts differ."""

    key: str
    title: str
    description: Sequence[str]
    drawing: Drawing
    rows: Sequence[Row]
    chips: Sequence[tuple[str, str]]  # the end of the class, and the word
    what: str  # what is measured, and in what
    notes: Sequence[str]

    @property
    def has_series(self) -> bool:
        return any(row.series for row in self.rows)

    @property
    def has_parties(self) -> bool:
        return any(row.party for row in self.rows)


def make_chart(
    series: Sequence[Series],
    *,
    name: str,
    unit: str,
    rule: UnitRule,
    language: str,
    translate: Callable[[str], str] = str,
    key: str = "chart",
) -> Chart:
    """Draw series of one unit. `unit` is in the reader's language, `rule` is of the English unit.

    At most four series are drawn; more stand in the table, and a note names them. Raises ValueError without a figure.
    """
    voice = Voice(language=language, translate=translate, name=name, unit=unit, rule=rule)
    series = _named([row for row in series if row.points], voice)
    if not series:
        raise ValueError("a chart needs a figure; without one the page says “Not yet measured”")
    drawing = draw(series[:MOST_DRAWN], voice)
    return Chart(
        key=key,
        title=title_of(series, voice),
        description=describe(series[:MOST_DRAWN], voice),
        drawing=drawing,
        rows=make_rows(series, voice),
        chips=chips_of(series, voice),
        what=voice.what,
        notes=notes_on(series[MOST_DRAWN:], unprinted=drawing.has_unprinted, voice=voice),
    )


def _named(series: Sequence[Series], voice: Voice) -> list[Series]:
    """Return the series, each with a name where there are several: words and lines' ends need one."""
    if len(series) == 1:
        return list(series)
    return [row if row.name else replace(row, name=voice.translate(_UNNAMED)) for row in series]
