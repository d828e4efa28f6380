"""What a chart says in sentences. They state figures and periods; none says better, worse, rose or fell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from serai.kernel.errors import gettext_noop
from serai.register.followup.chart.gaps import Gap, find_gaps
from serai.register.followup.chart.points import MOST_DRAWN, Point, Series, in_order
from serai.register.followup.domain import write_value
from serai.register.units import UnitKind, UnitRule

_YES: Final = gettext_noop("Yes")
_NO: Final = gettext_noop("No")
_NO_FIGURE: Final = gettext_noop("no figure")
_NAMES_LACK: Final = gettext_noop("{names}: no figure")
_NOT_STATED: Final = gettext_noop("not stated")
_WITH_UNIT: Final = gettext_noop("{name}, {unit}")
_TITLE_ONE: Final = gettext_noop("{what}: {value} ({period})")
_TITLE_TWO: Final = gettext_noop("{what}: {first} ({first_period}), {last} ({last_period})")
_TITLE_MANY: Final = gettext_noop("{what}: {first_period} – {last_period}")
_ENDS: Final = gettext_noop("{name}: {first} ({first_period}), {last} ({last_period}).")
_ONE: Final = gettext_noop("{name}: {value} ({period}).")
_EXTREMES: Final = gettext_noop("Lowest {low} ({low_period}), highest {high} ({high_period}).")
_GAP: Final = gettext_noop("No figure between {before} and {after}.")
_GAP_OF: Final = gettext_noop("{name}: no figure between {before} and {after}.")
_COVERAGE: Final = gettext_noop("Coverage: {coverage}.")
_COVERAGE_SPAN: Final = gettext_noop("Coverage: {least} to {most}.")
_COVERAGE_PART: Final = gettext_noop("Coverage is not stated for {count} of {all} figures.")
_ONLY_IN_TABLE: Final = gettext_noop(
    "The chart shows the first {most} series; these are only in the table below: {names}."
)
_UNPRINTED: Final = gettext_noop("Where values lie too close to be printed, the table below has them.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How the chart speaks: its language and its indicator. `unit` is in that language, `rule` is the English unit's."""

    language: str
    translate: Callable[[str], str]
    name: str
    unit: str
    rule: UnitRule

    def say(self, template: str, **fields: object) -> str:
        return self.translate(template).format(**fields)

    @property
    def is_yes_no(self) -> bool:
        return self.rule.kind is UnitKind.YES_NO

    @property
    def levels(self) -> tuple[str, str]:
        """Return the words for no and for yes."""
        return self.translate(_NO), self.translate(_YES)

    def value(self, value: Decimal) -> str:
        """Write a figure in full; yes and no as words."""
        return self.levels[bool(value)] if self.is_yes_no else write_value(value, self.language)

    def coverage(self, share: Decimal | None) -> str:
        """Write a coverage, or that there is none."""
        return self.translate(_NOT_STATED) if share is None else f"{write_value(share, self.language)}\u00a0%"

    def lacking(self, names: Sequence[str] = ()) -> str:
        """Say that there is no figure, and of which series when others have one."""
        return self.say(_NAMES_LACK, names=", ".join(names)) if names else self.translate(_NO_FIGURE)

    @property
    def what(self) -> str:
        """Name what is measured, and in what."""
        return self.name if self.is_yes_no else self.say(_WITH_UNIT, name=self.name, unit=self.unit)


def title_of(series: Sequence[Series], voice: Voice) -> str:
    """State what is seen: the figures of a lone series, the time span of several."""
    points = in_order([point for row in series for point in row.points])
    first, last = points[0], points[-1]
    periods = {"first_period": first.label, "last_period": last.label}
    if len(points) == 1:
        return voice.say(_TITLE_ONE, what=voice.what, value=voice.value(first.value), period=first.label)
    if len(series) > 1:
        return voice.say(_TITLE_MANY, what=voice.what, **periods)
    return voice.say(
        _TITLE_TWO, what=voice.what, first=voice.value(first.value), last=voice.value(last.value), **periods
    )


def describe(series: Sequence[Series], voice: Voice) -> list[str]:
    """Return the sentences below the title: figures, gaps, coverage."""
    lines = [_ends_of(row, voice) for row in series] if len(series) > 1 else _extremes_of(series[0], voice)
    lines += [_gap_in_words(gap, row.name, voice) for row in series for gap in find_gaps(row.points)]
    return [*lines, *coverage_in_words([point for row in series for point in row.points], voice)]


def _ends_of(row: Series, voice: Voice) -> str:
    points = in_order(row.points)
    first, last = points[0], points[-1]
    if len(points) == 1:
        return voice.say(_ONE, name=row.name, value=voice.value(first.value), period=first.label)
    return voice.say(
        _ENDS,
        name=row.name,
        first=voice.value(first.value),
        first_period=first.label,
        last=voice.value(last.value),
        last_period=last.label,
    )


def _extremes_of(row: Series, voice: Voice) -> list[str]:
    points = in_order(row.points)
    low = min(points, key=lambda point: point.value)
    high = max(points, key=lambda point: point.value)
    if voice.is_yes_no or len(points) < 3 or low.value == high.value:
        return []
    said = {"low": voice.value(low.value), "high": voice.value(high.value)}
    return [voice.say(_EXTREMES, low_period=low.label, high_period=high.label, **said)]


def _gap_in_words(gap: Gap, name: str, voice: Voice) -> str:
    template = _GAP_OF if name else _GAP
    return voice.say(template, name=name, before=gap.before.label, after=gap.after.label)


def coverage_in_words(points: Sequence[Point], voice: Voice) -> list[str]:
    """Say how much of the matter the figures speak of, and where nobody said."""
    stated = [point.coverage for point in points if point.coverage is not None]
    if not stated:
        return [voice.say(_COVERAGE, coverage=voice.coverage(None))]
    least, most = voice.coverage(min(stated)), voice.coverage(max(stated))
    lines = [
        voice.say(_COVERAGE, coverage=least) if least == most else voice.say(_COVERAGE_SPAN, least=least, most=most)
    ]
    missing = len(points) - len(stated)
    return lines + ([voice.say(_COVERAGE_PART, count=missing, all=len(points))] if missing else [])


def notes_on(left_out: Sequence[Series], *, unprinted: bool, voice: Voice) -> list[str]:
    """Say what is in the table and not on the drawing."""
    notes = [voice.translate(_UNPRINTED)] if unprinted else []
    if left_out:
        names = ", ".join(row.name for row in left_out)
        notes.insert(0, voice.say(_ONLY_IN_TABLE, most=MOST_DRAWN, names=names))
    return notes
