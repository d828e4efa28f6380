"""What a run of the benchmark has found so far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from serai.register.bench.goals import GOALS

Say = Callable[[str], None]


@dataclass(slots=True)
class Report:
    """A figure stays null until it is measured, and `why` says why; `faults` make the run not ok."""

    figures: dict[str, float | None] = field(default_factory=lambda: dict.fromkeys(GOALS))
    why: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def leave_out(self, keys: Sequence[str], reason: str) -> None:
        self.why |= dict.fromkeys(keys, reason)

    def fail(self, keys: Sequence[str], reason: str) -> None:
        self.leave_out(keys, reason)
        self.faults.append(reason)


def three(rounds: Sequence[float]) -> str:
    """Write the least, the median and the most of the rounds."""
    ordered = sorted(rounds)
    return f"{ordered[0]:.1f} / {ordered[len(ordered) // 2]:.1f} / {ordered[-1]:.1f}"
