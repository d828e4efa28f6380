"""Lines as the text of an SVG path, as short as the eye allows: points that hardly tell are left out, steps are relative. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

XY = tuple[float, float]
_TINY: Final = 4.0  # a ring or a line that reaches no further than so many units is a dot, and is left out
_TENTHS: Final = 10


def simplify(points: Sequence[XY], slack: float) -> list[XY]:
    """Return the points without which the line would leave its course by more than the slack (Douglas and Peucker 1973).

    Points nearer to the one before than the slack are left out beforehand: that is much quicker, and no eye sees it.

    >>> simplify([(0, 0), (5, 0.1), (10, 0), (10, 10)], 0.5)
    [(0, 0), (10, 0), (10, 10)]
    """
    points = _thin(points, slack)
    kept = {0, len(points) - 1}
    left = [(0, len(points) - 1)]
    while left:
        first, last = left.pop()
        inner = range(first + 1, last)
        far, at = max(((_off(points[at], points[first], points[last]), at) for at in inner), default=(0.0, first))
        if far > slack:
            kept.add(at)
            left += [(first, at), (at, last)]
    return [points[at] for at in sorted(kept)]


def _thin(points: Sequence[XY], slack: float) -> list[XY]:
    found = [points[0]]
    for point in points[1:-1]:
        if abs(point[0] - found[-1][0]) + abs(point[1] - found[-1][1]) >= slack:
            found.append(point)
    return [*found, points[-1]]


def _off(point: XY, start: XY, end: XY) -> float:
    """Return how far a point is from a segment."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    size = dx * dx + dy * dy
    along = max(0.0, min(1.0, ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / size)) if size else 0.0
    found: float = ((point[0] - start[0] - along * dx) ** 2 + (point[1] - start[1] - along * dy) ** 2) ** 0.5
    return found


def write_path(
    lines: Iterable[Sequence[XY]], slack: float, *, is_closed: bool = False, keeps_tiny: bool = False
) -> str:
    """Write lines as one path, to a tenth of a unit.

    >>> write_path([[(0, 0), (10, 0), (10, -5.25)]], 0.5)
    'M0 0l10 0 0-5.2'
    """
    return "".join(
        "".join(_write(simplify(line, slack), is_closed=is_closed))
        for line in lines
        if len(line) > 1 and (keeps_tiny or _reach(line) > _TINY)
    )


def _reach(line: Sequence[XY]) -> float:
    xs, ys = [x for x, _ in line], [y for _, y in line]
    return max(max(xs) - min(xs), max(ys) - min(ys))


def _write(points: Sequence[XY], *, is_closed: bool) -> Iterator[str]:
    """Write one line. Tenths are counted in whole numbers, so that rounding does not add up along it."""
    (x, y), *rest = [(round(x * _TENTHS), round(y * _TENTHS)) for x, y in points]
    yield f"M{_tenths(x)} {_tenths(y)}l"
    is_first = True
    for to_x, to_y in rest:
        for step in (to_x - x, to_y - y):
            yield _tenths(step) if is_first or step < 0 else f" {_tenths(step)}"
            is_first = False
        x, y = to_x, to_y
    if is_closed:
        yield "z"


def _tenths(value: int) -> str:
    """Write tenths without what a path does not need.

    >>> _tenths(5), _tenths(-12), _tenths(30), _tenths(0)
    ('.5', '-1.2', '3', '0')
    """
    whole, rest = divmod(abs(value), _TENTHS)
    return ("-" if value < 0 else "") + (str(whole) if whole or not rest else "") + (f".{rest}" if rest else "")
