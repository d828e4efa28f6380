"""What the benchmarks share: goals, what a run has found so far, the judgement, and the machine it ran on."""

import os
import platform
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

Say = Callable[[str], None]
_MOST_FAULTS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A figure's goal, and what the figure means."""

    operator: str
    value: float
    meaning: str

    def is_met_by(self, figure: float) -> bool:
        """Whether the figure is on the right side of the goal; the goal itself is.

        >>> Goal(operator="<=", value=50, meaning="").is_met_by(50), Goal(operator=">=", value=1, meaning="").is_met_by(0.9)
        (True, False)
        """
        return figure <= self.value if self.operator == "<=" else figure >= self.value


class CannotMeasure(Exception):
    """The machine lacks something that a measurement needs; the figure stays unknown and nothing is wrong."""


class BenchFailed(Exception):
    """Something that should work did not; the run is not good."""


@dataclass(slots=True)
class Report:
    """What a run has found so far. A figure stays null until it is measured, and `why` says why; `faults` make the run not ok."""

    figures: dict[str, float | None]
    why: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, goals: Mapping[str, Goal]) -> "Report":
        return cls(figures=dict.fromkeys(goals))

    def leave_out(self, keys: Sequence[str], reason: str) -> None:
        self.why |= dict.fromkeys(keys, reason)

    def fail(self, keys: Sequence[str], reason: str) -> None:
        self.leave_out(keys, reason)
        self.faults.append(reason)


def three(rounds: Sequence[float]) -> str:
    """Write the least, the median and the most of the rounds.

    >>> three([3, 1, 2])
    '1.0 / 2.0 / 3.0'
    """
    ordered = sorted(rounds)
    return f"{ordered[0]:.1f} / {ordered[len(ordered) // 2]:.1f} / {ordered[-1]:.1f}"


def shorten(faults: Sequence[str]) -> list[str]:
    """Return the first faults, and how many more there are: one error may show in every list.

    >>> shorten(["a"] * 400)[19:]
    ['a', 'and 380 more']
    """
    rest = len(faults) - _MOST_FAULTS
    return [*faults[:_MOST_FAULTS], *([f"and {rest} more"] if rest > 0 else [])]


def judge(goals: Mapping[str, Goal], report: Report, say: Say) -> bool:
    """Say of each goal whether it is met, and every fault; return whether all that was measured is good."""
    missed = 0
    for key, goal in goals.items():
        figure = report.figures.get(key)
        if figure is None:
            say(f"{key:30} not measured: {report.why.get(key, 'no reason given')}")
            continue
        if key in report.why:
            say(f"{key:30} {figure:10.2f}  not judged: {report.why[key]}")
            continue
        met = goal.is_met_by(figure)
        missed += not met
        say(f"{key:30} {figure:10.2f}  goal {goal.operator} {goal.value:g}: {'met' if met else 'NOT MET'}")
    for fault in shorten(report.faults):
        say(f"WRONG {fault}")
    return not missed and not report.faults


def describe_machine() -> dict[str, Any]:
    """Return what a reader needs to know of the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": _cpu() or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 1e9, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:  # not Linux
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
