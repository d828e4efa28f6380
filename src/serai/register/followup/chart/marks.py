"""Lines and markers as SVG paths. Each series has its own shape, so that colour alone never parts two."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from serai.register.followup.chart.text import Box

RADIUS: Final = 4.5
Place = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One series on the drawing: `css` is its colour, `lines` join what belongs together, `markers` are its points."""

    css: str
    lines: tuple[str, ...]
    markers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendItem:
    """A marker with its name, for a column too narrow for names at the lines' ends."""

    css: str
    marker: str
    name: str


def line_path(places: Sequence[Place]) -> str:
    """Return a line through the places.

    >>> line_path([(0, 1), (2.04, 3)])
    'M0.0 1.0L2.0 3.0'
    """
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def marker_path(shape: int, x: float, y: float, size: float = 1) -> str:
    """Return the marker of the first, second, third or fourth series: circle, square, diamond, triangle."""
    if shape == 0:
        r = RADIUS * size
        return f"M{x - r:.1f} {y:.1f}a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0z"
    corners = _CORNERS[shape]
    return "M" + "L".join(f"{x + dx * size:.1f} {y + dy * size:.1f}" for dx, dy in corners) + "z"


_CORNERS: Final = {
    1: ((-4, -4), (4, -4), (4, 4), (-4, 4)),
    2: ((0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0)),
    3: ((0, -5.5), (5.2, 3.7), (-5.2, 3.7)),
}


def marker_box(x: float, y: float) -> Box:
    """Return what a marker covers."""
    return Box(x - 6, y - 6, x + 6, y + 6)
