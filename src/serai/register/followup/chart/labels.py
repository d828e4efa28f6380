"""The texts of a drawing: axis, periods, values and names, put so that none covers another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Final

from serai.kernel.dates import PartialDate
from serai.kernel.languages import format_date
from serai.register.followup.chart.gaps import Band
from serai.register.followup.chart.marks import RADIUS, Place, marker_box
from serai.register.followup.chart.points import Point, Series, in_order
from serai.register.followup.chart.scale import TimeScale
from serai.register.followup.chart.text import LINE_EM, NARROW_PX, WIDE_PX, Box, Sheet, Text, shorten, width_of, wrap
from serai.register.followup.chart.words import Voice

NAME_WIDTH: Final = 140.0
MOST_PRINTED: Final = 12  # points of a series whose values are printed
_NEARER: Final = 3.0
_APART: Final = 6.0
_MOST_PERIODS: Final = 24  # that are named one by one


def period_texts(points: Sequence[Point], time: TimeScale, area: Box, language: str) -> list[Text]:
    """Return a label for each period, on one line where all of them have room, else on two; `y` is set later.

    Where periods are many, the calendar years that hold them are named instead.
    """
    labels = {point.middle: point.label for point in reversed(in_order(points))}
    if len(labels) > _MOST_PERIODS:
        labels = _years(time, language) or labels
    single = [Text(x=time.x(middle), y=0, lines=(label,), lift=1.4) for middle, label in sorted(labels.items())]
    texts = single if _have_room(single, WIDE_PX) else [_on_two_lines(text) for text in single]
    return [_within(text, area) for text in texts]


def _years(time: TimeScale, language: str) -> dict[float, str]:
    """Return the years that the axis shows for the most part, by their middles; none for a short axis."""
    found = {}
    for year in range(date.fromordinal(time.first).year, date.fromordinal(time.end - 1).year + 1):
        middle = (date(year, 1, 1).toordinal() + date(year, 12, 31).toordinal() + 1) / 2
        if time.first <= middle <= time.end:
            found[middle] = format_date(PartialDate(year), language, short=True)
    return found if len(found) > 1 else {}


def _on_two_lines(text: Text) -> Text:
    """Break a label into the two lines that come nearest to equal widths."""
    words = text.lines[0].split(" ")
    halves = [(" ".join(words[:place]), " ".join(words[place:])) for place in range(1, len(words))]
    if not halves:
        return text
    lines = min(halves, key=lambda pair: max(width_of(line, WIDE_PX) for line in pair))
    return replace(text, lines=lines)


def _within(text: Text, area: Box) -> Text:
    """Shift a text sideways until it is on the drawing."""
    box = text.box(NARROW_PX)
    shift = max(0.0, area.left - box.left) - max(0.0, box.right - area.right)
    return replace(text, x=text.x + shift)


def _have_room(texts: Sequence[Text], px: float) -> bool:
    boxes = [text.box(px) for text in texts]
    return all(before.right + _APART <= after.left for before, after in pairwise(boxes))


def put_periods(sheet: Sheet, texts: Sequence[Text], axis: float) -> None:
    """Put every period that has room; where not all have, every second, third …, so that the latest is named."""
    wide = _stride(texts, 1, WIDE_PX)
    narrow = _stride(texts, wide, NARROW_PX)
    latest_first = [replace(text, y=axis) for text in reversed(texts)]
    for text in latest_first[::narrow]:
        sheet.put(text)
    for place, text in enumerate(latest_first):
        if place % wide == 0 and place % narrow:
            sheet.try_put([text], WIDE_PX)


def _stride(texts: Sequence[Text], times: int, px: float) -> int:
    step = times
    while step < len(texts) and not _have_room(list(texts)[::-1][::step][::-1], px):
        step += times
    return step


def put_bands(sheet: Sheet, bands: Sequence[Band], time: TimeScale, plot: Box, voice: Voice) -> None:
    """Say in each band that figures are missing, across it or, where it is narrow, along it."""
    for band in bands:
        left, right = time.x(band.start), time.x(band.end)
        area = Box(left, plot.top, right, plot.bottom)
        choices = [_across(voice.lacking(band.names), area, share) for share in (0.5, 0.25, 0.75, 0.1, 0.9)]
        choices += [_along(voice.lacking(band.names), area, share) for share in (0.5, 0.3, 0.7)]
        if not sheet.try_put(choices, NARROW_PX, area):
            sheet.try_put(choices, WIDE_PX, area)


def _across(words: str, area: Box, share: float) -> Text:
    lines = wrap(words, area.right - area.left, NARROW_PX)
    middle = area.top + (area.bottom - area.top) * share
    return Text(
        x=(area.left + area.right) / 2, y=middle, lines=tuple(lines), lift=0.33 - (len(lines) - 1) * LINE_EM / 2
    )


def _along(words: str, area: Box, share: float) -> Text:
    middle = area.top + (area.bottom - area.top) * share
    return Text(x=(area.left + area.right) / 2, y=middle, lines=(words,), lift=0.33, turned=True)


def put_values(sheet: Sheet, rows: Sequence[Sequence[tuple[Place, str]]], area: Box) -> bool:
    """Print values beside their points, the ends and extremes first; return whether some had no room.

    A value that could be taken for that of another point is not printed at all.
    """
    spots = [spot for row in rows for spot, _ in row]
    ranked = [(_importance(row, place), spot, words) for row in rows for place, (spot, words) in enumerate(row)]
    waiting = [(spot, words) for _, spot, words in sorted(ranked)]
    for px in (NARROW_PX, WIDE_PX):
        waiting = [
            (spot, words)
            for spot, words in waiting
            if not sheet.try_put([text for text in _beside(spot, words) if _is_clear(text, px, spot, spots)], px, area)
        ]
    return bool(waiting)


def _is_clear(text: Text, px: float, own: Place, spots: Sequence[Place]) -> bool:
    """Whether the text is nearer to its own point than to any other, by more than the eye needs."""
    box = text.box(px)
    limit = box.distance(own) + _NEARER
    left, top, right, bottom = box.left - limit, box.top - limit, box.right + limit, box.bottom + limit
    near = [spot for spot in spots if left < spot[0] < right and top < spot[1] < bottom]
    return all(spot == own or box.distance(spot) >= limit for spot in near)


def _importance(row: Sequence[tuple[Place, str]], place: int) -> tuple[int, int]:
    heights = [spot[1] for spot, _ in row]
    if place in {0, len(row) - 1}:
        return 0, -place
    return (1 if heights[place] in {min(heights), max(heights)} else 2), place


def _beside(place: Place, words: str) -> list[Text]:
    """Return where a value may stand: above its point, below it, to its right, to its left."""
    x, y = place
    away = RADIUS + 3
    ways = (
        (x, y - away, -0.25, "middle"),
        (x, y + away, 0.85, "middle"),
        (x + away, y, 0.33, "start"),
        (x - away, y, 0.33, "end"),
    )
    return [
        Text(x=at_x, y=at_y, lines=(words,), lift=lift, anchor=anchor, css="c-strong")
        for at_x, at_y, lift, anchor in ways
    ]


def name_lines(row: Series) -> tuple[str, ...]:
    """Return the name of a series as it stands at its line's end."""
    return tuple(shorten(wrap(row.name, NAME_WIDTH, WIDE_PX), 3))


def put_names(sheet: Sheet, ends: Sequence[tuple[Series, float]], left: float, plot: Box) -> list[tuple[float, float]]:
    """Put names beside the ends of their lines, pushed apart where lines end together; return where their markers go."""
    height = WIDE_PX * LINE_EM
    blocks = [[end, len(name_lines(row)) * height, place] for place, (row, end) in enumerate(ends)]
    blocks.sort()
    tops = _push_apart([(end - size / 2, size) for end, size, _ in blocks], plot)
    markers: list[tuple[float, float]] = [(0.0, 0.0)] * len(blocks)
    for top, (_, _, place) in zip(tops, blocks, strict=True):
        lines = name_lines(ends[int(place)][0])
        middle = top + height / 2
        text = Text(x=left + 14, y=middle, lines=lines, lift=0.33, anchor="start", css="c-strong")
        sheet.put(text, WIDE_PX)
        sheet.block(marker_box(left, middle))
        markers[int(place)] = (left, middle)
    return markers


def _push_apart(blocks: Sequence[tuple[float, float]], plot: Box) -> list[float]:
    """Return tops, in order, so that blocks touch nowhere and stay on the drawing."""
    tops: list[float] = []
    lowest = plot.top
    for top, size in blocks:
        tops.append(max(top, lowest))
        lowest = tops[-1] + size + 3
    ceiling = plot.bottom
    for place in range(len(blocks) - 1, -1, -1):
        tops[place] = min(tops[place], ceiling - blocks[place][1])
        ceiling = tops[place] - 3
    return tops
