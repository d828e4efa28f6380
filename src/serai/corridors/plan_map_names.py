"""Where names stand on a map, so that none lies over another. Pure.

The members' names are all there or none is: a map that had room for some only would seem to rank them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from unicodedata import east_asian_width

_LETTER: Final = 8.4  # units, rather too wide; Han signs are wider
_HAN: Final = 15.0
_STATE: Final = 1.05  # capitals, small and spaced
_TALL: Final = 17.0
_AWAY: Final = 8.0
_BADGE: Final = 10.0


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "_Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Want:
    """A point that would like a name beside it."""

    x: float
    y: float
    name: str
    is_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A point and its name, as the template writes them; no name where there is no room. dx and dy are from the point."""

    x: str
    y: str
    name: str
    css: str = ""
    anchor: str = "middle"
    dx: str = "0"
    dy: str = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    states: Sequence[Mark]
    places: Sequence[Mark]


def place_names(
    states: Sequence[Want], places: Sequence[Want], badges: Sequence[tuple[float, float]], *, width: float
) -> Named:
    """Put the states' names where they belong, then those of the places, in their order, where there is room.

    The letters of the ways stand at `badges` already.
    """
    taken = [_Box(x - _BADGE, y - _BADGE, x + _BADGE, y + _BADGE) for x, y in badges]
    boxes = [_around(one) for one in states]
    is_crowded = any(box.meets(other) for at, box in enumerate(boxes) for other in boxes[:at])
    return Named(
        states=[] if is_crowded else [Mark(x=f"{one.x:.1f}", y=f"{one.y:.1f}", name=one.name) for one in states],
        places=list(_marks(places, taken + ([] if is_crowded else boxes), width)),
    )


def _wide(name: str) -> float:
    return sum(_HAN if east_asian_width(char) in {"W", "F"} else _LETTER for char in name)


def _around(one: Want) -> _Box:
    half = _wide(one.name) * _STATE / 2
    return _Box(one.x - half, one.y - _TALL, one.x + half, one.y + 4)


def _sides(one: Want) -> Iterator[tuple[str, float, float, _Box]]:
    """Give where a name may stand, the best first: above to the right, to the left, then below."""
    wide = _wide(one.name)
    for dy in (-7.0, 17.0):
        low = one.y + dy + 4
        yield "start", _AWAY, dy, _Box(one.x + _AWAY, low - _TALL, one.x + _AWAY + wide, low)
        yield "end", -_AWAY, dy, _Box(one.x - _AWAY - wide, low - _TALL, one.x - _AWAY, low)


def _marks(places: Sequence[Want], taken: list[_Box], width: float) -> Iterator[Mark]:
    for one in places:
        sides = [side for side in _sides(one) if side[3].left >= 0 and side[3].right <= width]
        free = next((side for side in sides if not any(side[3].meets(box) for box in taken)), None)
        at = {"x": f"{one.x:.1f}", "y": f"{one.y:.1f}"}
        if found := free or (sides[0] if one.is_end and sides else None):
            anchor, dx, dy, box = found
            taken.append(box)
            css = "m-label m-label--end" if one.is_end else "m-label m-label--minor"
            yield Mark(**at, name=one.name, css=css, anchor=anchor, dx=f"{dx:g}", dy=f"{dy:g}")
        else:
            yield Mark(**at, name="")
