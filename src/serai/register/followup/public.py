"""What the public sees of an entry's follow-up: figures with their charts, notes, statements, corrections."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from serai.kernel.roles import Actor
from serai.register.followup import queries
from serai.register.followup.chart import Chart, Point, Series, make_chart
from serai.register.followup.domain import Provenance
from serai.register.followup.feeds import FEED_FOR, Feed
from serai.register.followup.models import Submission
from serai.register.followup.parties import name_givers
from serai.register.followup.present import (
    FigureView,
    newest_first,
    period_in_words,
    source_in_words,
    unit_in,
    view_rows,
)
from serai.register.models import Entry
from serai.register.units import rule_of_unit

LEAST_DRAWN = 2  # a single figure is a sentence, not a chart
MOST_PANELS = 8  # one a series, the newest; the table below the chart holds all
MOST_NOTES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFollowUp:
    """All of it, ready for the entry's page."""

    newest: Sequence[FigureView]
    series: int
    charts: Sequence[Chart]
    notes: Sequence[FigureView]
    has_more_notes: bool
    total: int
    shown: int
    feed: Feed | None


def follow_up_of(entry: Entry, language: str) -> PublicFollowUp:
    """Return what was published on an entry."""
    rows = queries.figures_of(entry)
    notes = queries.notes_of(entry, most=MOST_NOTES + 1)
    indicators = {entry.pk: entry.indicator} if hasattr(entry, "indicator") else {}
    series = newest_first(rows)
    newest = _choose(series)
    shown = [*newest, *notes[:MOST_NOTES]]
    evidence = queries.evidence_of(shown, Actor.public())
    views = view_rows(shown, language, indicators=indicators, evidence=evidence)
    total = len(rows) if len(rows) < queries.MOST_POINTS else queries.count_figures(entry)
    return PublicFollowUp(
        newest=views[: len(newest)],
        series=len(series),
        charts=_charts(entry, rows, language),
        notes=views[len(newest) :],
        has_more_notes=len(notes) > MOST_NOTES,
        total=total,
        shown=len(rows),
        feed=FEED_FOR.get(entry.code),
    )


def _choose(series: Sequence[Submission]) -> list[Submission]:
    """Return the series to be shown one by one: of each unit the newest, which may have no chart, then the newest of all."""
    firsts = {row.measure: row for row in reversed(series)}.values()
    wanted = list(dict.fromkeys(row.pk for row in (*firsts, *series)))[:MOST_PANELS]
    return [row for row in series if row.pk in wanted]


def _charts(entry: Entry, rows: Sequence[Submission], language: str) -> list[Chart]:
    """Draw one chart for each unit that has something to draw."""
    if not hasattr(entry, "indicator"):
        return []
    name = entry.indicator.text("name", language)
    givers = name_givers(rows, language)
    charts = []
    for measure in sorted({row.measure for row in rows if row.measure is not None}):
        own = [row for row in rows if row.measure == measure]
        if len(own) < LEAST_DRAWN:
            continue
        charts.append(
            make_chart(
                make_series(own, givers, language),
                name=name[:1].upper() + name[1:],
                unit=unit_in(entry.indicator, own[0], language),
                rule=rule_of_unit(own[0].unit),
                language=language,
                translate=gettext,
                key=f"chart-{measure}",
            )
        )
    return charts


def make_series(rows: Sequence[Submission], givers: dict[int, str], language: str) -> list[Series]:
    """Group figures by what they are of and by who gave them; names say only what tells them apart."""
    groups: dict[tuple[str, str, str, str], list[Submission]] = {}
    for row in rows:  # two nodes' figures are two series, whatever their parties are called
        groups.setdefault((row.series, givers[row.pk], row.party, row.owner_node), []).append(row)
    many_givers = len({(party, owner) for _, _, party, owner in groups}) > 1
    return [
        Series(
            key=f"{series}|{party}|{owner}",
            name=" · ".join(part for part in (series, giver if many_givers else "") if part),
            points=[_point(row, giver, language) for row in group],
        )
        for (series, giver, party, owner), group in sorted(groups.items())
    ]


def _point(row: Submission, party: str, language: str) -> Point:
    assert row.value is not None
    assert row.period_start is not None
    assert row.period_end is not None
    return Point(
        period_start=row.period_start,
        period_end=row.period_end,
        label=period_in_words(row, language),
        value=row.value,
        provenance=Provenance(row.provenance),
        coverage=row.coverage,
        submission_id=row.pk,
        party=party,
        source=source_in_words(row),
        link=row.link,
    )


def values_now(entries: Sequence[Entry], language: str) -> dict[int, list[FigureView]]:
    """Return entry → the newest figure of each of its series; entries without a figure are left out."""
    found = queries.latest_figures([entry.pk for entry in entries])
    rows = [row for group in found.values() for row in group]
    if not rows:
        return {}
    indicators = {entry.pk: entry.indicator for entry in entries if hasattr(entry, "indicator")}
    views = iter(view_rows(rows, language, indicators=indicators))
    return {entry: [next(views) for _ in group] for entry, group in found.items()}
