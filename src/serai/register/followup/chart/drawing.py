"""The drawing itself: where the axes stand, and every mark on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from serai.register.followup.chart.gaps import find_bands, split_runs
from serai.register.followup.chart.labels import (
    MOST_PRINTED,
    name_lines,
    period_texts,
    put_bands,
    put_names,
    put_periods,
    put_values,
)
from serai.register.followup.chart.marks import Drawn, LegendItem, Place, line_path, marker_box, marker_path
from serai.register.followup.chart.points import Point, Series, in_order
from serai.register.followup.chart.scale import TimeScale, ValueScale, value_scale
from serai.register.followup.chart.text import LINE_EM, NARROW_PX, WIDE_PX, Box, Sheet, Text, shorten, width_of, wrap
from serai.register.followup.chart.words import Voice
from serai.register.followup.domain import write_value
from serai.register.units import UnitKind

WIDTH: Final = 640
HEIGHT: Final = 340
_LEVELS: Final = (0.2, 0.8)  # how far up no and yes stand
_LANE: Final = 15.0  # between series on one level
_HEAD: Final = 30.0  # above the topmost line, for a value printed there
_DENSE: Final = 40  # points of a series from which on markers are small
_SMALL: Final = 0.6
_SHORT_UNIT: Final = 4  # characters that have room behind the top label


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Coordinates and texts as the template writes them."""

    width: int
    height: int
    left: str
    right: str
    top: str
    tall: str
    axis: str
    grid: Sequence[str]
    bands: Sequence[tuple[str, str]]  # x and width
    drawn: Sequence[Drawn]
    name_marks: Sequence[tuple[str, str]]  # colour and path
    texts: Sequence[Text]
    legend: Sequence[LegendItem]
    has_unprinted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The axes of a chart."""

    plot: Box
    time: TimeScale
    scale: ValueScale
    periods: Sequence[Text]
    unit: tuple[str, ...]
    names: tuple[str, ...]  # of the levels, from below
    voice: Voice

    def y(self, point: Point, place: int, of: int) -> float:
        share = self.scale.share(point.value)
        if not self.voice.is_yes_no:
            return self._height(share)
        return self._height(_LEVELS[point.value > 0]) + (place - (of - 1) / 2) * _LANE

    def _height(self, share: float) -> float:
        return self.plot.bottom - share * (self.plot.bottom - self.plot.top)

    @property
    def levels(self) -> list[tuple[float, str]]:
        """Return where the lines of the grid stand, with what each is called."""
        shares = _LEVELS if self.voice.is_yes_no else [self.scale.share(tick) for tick in self.scale.ticks]
        return [(self._height(share), name) for share, name in zip(shares, self.names, strict=True)]


def draw(series: Sequence[Series], voice: Voice) -> Drawing:
    """Draw the series, each with at least one point."""
    frame = _make_frame(series, voice)
    sheet = Sheet(area=Box(0, 0, WIDTH, HEIGHT))
    places = _places(series, frame)
    for row in places:
        for x, y in row:
            sheet.block(marker_box(x, y))
    _put_axes(sheet, frame)
    bands = find_bands(series)
    ends = [(row, spots[-1][1]) for row, spots in zip(series, places, strict=True) if row.name]
    marks = put_names(sheet, ends, frame.plot.right + 12, frame.plot)
    put_bands(sheet, bands, frame.time, frame.plot, voice)
    has_unprinted = not voice.is_yes_no and put_values(
        sheet, _printed(series, places, frame), Box(0, 0, WIDTH, frame.plot.bottom)
    )
    named = [place for place, row in enumerate(series) if row.name]
    return Drawing(
        width=WIDTH,
        height=HEIGHT,
        left=f"{frame.plot.left:.1f}",
        right=f"{frame.plot.right:.1f}",
        top=f"{frame.plot.top:.1f}",
        tall=f"{frame.plot.bottom - frame.plot.top:.1f}",
        axis=f"{frame.plot.bottom:.1f}",
        grid=[f"{y:.1f}" for y, _ in frame.levels],
        bands=[_span(frame.time.x(band.start), frame.time.x(band.end)) for band in bands],
        drawn=_marks(series, places, frame),
        name_marks=[(_css(place), marker_path(place, x, y)) for place, (x, y) in zip(named, marks, strict=True)],
        texts=sheet.texts,
        legend=[
            LegendItem(css=_css(place), marker=marker_path(place, 13, 6), name=series[place].name) for place in named
        ],
        has_unprinted=has_unprinted,
    )


def _css(place: int) -> str:
    return f"c-{place + 1}"


def _span(left: float, right: float) -> tuple[str, str]:
    return f"{left:.1f}", f"{right - left:.1f}"


def _make_frame(series: Sequence[Series], voice: Voice) -> _Frame:
    points = in_order([point for row in series for point in row.points])
    scale = value_scale([point.value for point in points], voice.rule)
    unit = voice.say(scale.pattern, unit=voice.unit)
    names = _level_names(scale, unit, voice)
    is_short = voice.is_yes_no or voice.rule.kind is UnitKind.SHARE or len(unit) <= _SHORT_UNIT
    unit_lines = () if is_short else tuple(shorten(wrap(unit, WIDTH, NARROW_PX), 2))
    left = max(width_of(name, NARROW_PX) for name in names) + 8
    right = WIDTH - max(
        [14.0] + [width_of(line, WIDE_PX) + 30 for row in series if row.name for line in name_lines(row)]
    )
    time = TimeScale.over(points, left, right)
    periods = period_texts(points, time, Box(0, 0, WIDTH, HEIGHT), voice.language)
    foot = (1.7 + LINE_EM * (max(len(text.lines) for text in periods) - 1)) * NARROW_PX
    top = _HEAD + len(unit_lines) * NARROW_PX * LINE_EM
    return _Frame(
        plot=Box(left, top, right, HEIGHT - foot),
        time=time,
        scale=scale,
        periods=periods,
        unit=unit_lines,
        names=names,
        voice=voice,
    )


def _level_names(scale: ValueScale, unit: str, voice: Voice) -> tuple[str, ...]:
    if voice.is_yes_no:
        return voice.levels
    names = [write_value(scale.scaled(tick), voice.language) for tick in scale.ticks]
    if voice.rule.kind is UnitKind.SHARE:
        names[-1] += "\u00a0%"
    elif len(unit) <= _SHORT_UNIT:
        names[-1] += f"\u00a0{unit}"
    return tuple(names)


def _places(series: Sequence[Series], frame: _Frame) -> list[list[Place]]:
    return [
        [(frame.time.x(point.middle), frame.y(point, place, len(series))) for point in in_order(row.points)]
        for place, row in enumerate(series)
    ]


def _put_axes(sheet: Sheet, frame: _Frame) -> None:
    if frame.unit:
        sheet.put(Text(x=0, y=0, lines=frame.unit, lift=1.2, anchor="start"))
    for y, name in frame.levels:
        sheet.put(Text(x=frame.plot.left - 8, y=y, lines=(name,), lift=0.33, anchor="end"))
    put_periods(sheet, frame.periods, frame.plot.bottom)


def _printed(
    series: Sequence[Series], places: Sequence[Sequence[Place]], frame: _Frame
) -> list[list[tuple[Place, str]]]:
    """Return the values to print beside their points, series by series."""
    return [
        [
            (place, write_value(frame.scale.rounded(point.value), frame.voice.language))
            for place, point in zip(spots, in_order(row.points), strict=True)
        ]
        for row, spots in zip(series, places, strict=True)
        if len(row.points) <= MOST_PRINTED
    ]


def _marks(series: Sequence[Series], places: Sequence[Sequence[Place]], frame: _Frame) -> list[Drawn]:
    is_dense = max(len(row.points) for row in series) > _DENSE
    return [
        Drawn(
            css=_css(place) + (" c-small" if is_dense else ""),
            lines=tuple(_lines(row, place, len(series), frame)),
            markers=tuple(marker_path(place, x, y, _SMALL if is_dense else 1) for x, y in places[place]),
        )
        for place, row in enumerate(series)
    ]


def _lines(row: Series, place: int, of: int, frame: _Frame) -> list[str]:
    """Return a line for each run of points without a gap between them; a point alone needs none."""
    runs = split_runs(row.points)
    if frame.voice.is_yes_no:
        return [line_path(_steps(run, place, of, frame)) for run in runs]
    return [
        line_path([(frame.time.x(point.middle), frame.y(point, place, of)) for point in run])
        for run in runs
        if len(run) > 1
    ]


def _steps(run: Sequence[Point], place: int, of: int, frame: _Frame) -> list[Place]:
    """Hold each answer from the start of its period to the next one's."""
    path: list[Place] = [(frame.time.x(run[0].period_start.toordinal()), frame.y(run[0], place, of))]
    for before, after in pairwise(run):
        x = frame.time.x(after.period_start.toordinal())
        path += [(x, frame.y(before, place, of)), (x, frame.y(after, place, of))]
    return [*path, (frame.time.x(run[-1].period_end.toordinal() + 1), frame.y(run[-1], place, of))]
