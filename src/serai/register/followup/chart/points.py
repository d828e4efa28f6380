"""What a chart is made of: figures, each with its period, in series."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from serai.register.followup.domain import Provenance

MOST_DRAWN: Final = 4  # series in one chart; the colours and the reader's eye part no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One published figure. `label` is its period in the reader's language; `coverage` is a share in per cent."""

    period_start: date
    period_end: date
    label: str
    value: Decimal
    provenance: Provenance
    coverage: Decimal | None
    submission_id: int
    party: str = ""
    source: str = ""
    link: str = ""

    @property
    def middle(self) -> float:
        """The middle of the period, in days since the year 1: where the point stands on the axis."""
        return (self.period_start.toordinal() + self.period_end.toordinal() + 1) / 2

    @property
    def days(self) -> int:
        return self.period_end.toordinal() - self.period_start.toordinal() + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Figures of one thing over time; a lone series may go without a name."""

    key: str
    name: str
    points: Sequence[Point]


def in_order(points: Sequence[Point]) -> list[Point]:
    """Return the points as time runs."""
    return sorted(points, key=lambda point: (point.middle, point.period_start, point.submission_id))
