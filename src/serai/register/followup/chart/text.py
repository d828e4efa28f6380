"""Text on a drawing whose fonts nobody can measure: widths are guessed on the wide side, and nothing may overlap.

The style sheet sets chart text larger in a narrow column. A text is therefore tried at both sizes; one that fits only
at the small one carries the class `c-wide` and is left out where the column is narrow.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import hypot
from typing import Final, NamedTuple

WIDE_PX: Final = 12.5
NARROW_PX: Final = 20.0
LINE_EM: Final = 1.15
ASCENT_EM: Final = 0.8
DESCENT_EM: Final = 0.25
_GAP_PX: Final = 1.0


@lru_cache(maxsize=1024)  # a text is tried in several places and at two sizes
def width_of(text: str, px: float) -> float:
    """Return the width of a text, in px; rather too much than too little.

    >>> width_of("51,907", 10) < width_of("51,907,000", 10) < width_of("五万一千九百零七", 10)
    True
    """
    return sum(_em(char) for char in text) * px


def _em(char: str) -> float:
    if unicodedata.east_asian_width(char) in {"W", "F"}:
        return 1.0
    if unicodedata.category(char) in {"Zs", "Po", "Pd", "Ps", "Pe"}:
        return 1.0 if char in "%—" else 0.42
    return 0.8 if char.isupper() or char in "mwжмфшщыю" else 0.65


def wrap(text: str, most: float, px: float) -> list[str]:
    """Break a text into lines that are at most so wide: between words, Han anywhere, a longer word where it must.

    >>> wrap("no figure obtained", 100, 10)
    ['no figure', 'obtained']
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, most, px):
        if line and width_of((line + piece).rstrip(" "), px) > most:
            lines.append(line.strip(" "))
            line = ""
        line += piece
    return [*lines, line.strip(" ")]


def _pieces(text: str, most: float, px: float) -> Iterable[str]:
    piece = ""
    for char in text:
        if piece and width_of(piece + char, px) > most:
            yield piece
            piece = ""
        piece += char
        if char == " " or _em(char) == 1.0:
            yield piece
            piece = ""
    if piece:
        yield piece


def shorten(lines: list[str], most: int) -> list[str]:
    """Keep so many lines; the last one kept says that there was more."""
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1].rstrip(",;: ") + "…"]


class Box(NamedTuple):
    """A rectangle on the drawing."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        return (
            self.left < other.right + _GAP_PX
            and other.left < self.right + _GAP_PX
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def distance(self, place: tuple[float, float]) -> float:
        """Return how far a place is from the rectangle; 0 inside of it."""
        x, y = place
        return hypot(max(self.left - x, 0.0, x - self.right), max(self.top - y, 0.0, y - self.bottom))

    def is_within(self, other: "Box") -> bool:
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Lines of text. `lift` is from `y` to the first baseline, in em, so that it grows with the font."""

    x: float
    y: float
    lines: tuple[str, ...]
    lift: float = 0.0
    anchor: str = "middle"
    css: str = "c-text"
    turned: bool = False  # read from bottom to top

    def box(self, px: float) -> Box:
        """Return what the text covers when its font is so large."""
        width = max(width_of(line, px) for line in self.lines)
        left = {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        top = (self.lift - ASCENT_EM) * px
        bottom = (self.lift + (len(self.lines) - 1) * LINE_EM + DESCENT_EM) * px
        if self.turned:
            return Box(self.x + top, self.y - left, self.x + bottom, self.y - left + width)
        return Box(self.x - left, self.y + top, self.x - left + width, self.y + bottom)

    @property
    def spans(self) -> list[tuple[str, str]]:
        """Each line with the distance of its baseline from the one before."""
        return [(f"{LINE_EM if number else self.lift:g}em", line) for number, line in enumerate(self.lines)]

    @property
    def at(self) -> tuple[str, str]:
        return f"{self.x:.1f}", f"{self.y:.1f}"


@dataclass(slots=True)
class Sheet:
    """What is taken already, at either size; and the texts that were put there."""

    area: Box
    texts: list[Text] = field(default_factory=list)
    _taken: dict[float, list[Box]] = field(default_factory=lambda: {WIDE_PX: [], NARROW_PX: []})

    def block(self, box: Box) -> None:
        """Keep texts off a place."""
        for boxes in self._taken.values():
            boxes.append(box)

    def put(self, text: Text, px: float = NARROW_PX) -> None:
        """Put a text where it belongs, come what may."""
        for size in _sizes(px):
            self._taken[size].append(text.box(size))
        self.texts.append(text if px == NARROW_PX else replace(text, css=f"{text.css} c-wide"))

    def try_put(self, choices: Sequence[Text], px: float, area: Box | None = None) -> bool:
        """Put the first of these texts that hits nothing; return whether one did."""
        for text in choices:
            if all(self._is_free(text.box(size), size, area or self.area) for size in _sizes(px)):
                self.put(text, px)
                return True
        return False

    def _is_free(self, box: Box, size: float, area: Box) -> bool:
        return box.is_within(area) and not any(box.overlaps(other) for other in self._taken[size])


def _sizes(px: float) -> tuple[float, ...]:
    """A text for narrow columns is seen in wide ones, too."""
    return (WIDE_PX, NARROW_PX) if px == NARROW_PX else (WIDE_PX,)
