"""What a run of the fault report has found, as figures with their goals, and the machine it ran on."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from serai.exchange.faults.stage import Finding
from serai.kernel.benching import Goal, Report, Say, describe_machine, judge

GOALS: Final[Mapping[str, Goal]] = {
    "failed": Goal(operator="<=", value=0, meaning="fault tests that failed"),
    "passed": Goal(operator=">=", value=12, meaning="fault tests that passed, of the 28 of the list"),
    "planted_bugs_caught": Goal(
        operator=">=", value=10, meaning="checker rules shown able to fail by a planted bug, of 10"
    ),
    "kills": Goal(operator=">=", value=100, meaning="kill -9, 500 with --full; 0 lost, 0 doubled, 0 out of order"),
}


def figures_of(tests: Sequence[Finding], planted: Sequence[Finding]) -> dict[str, float]:
    """Return the figures that have goals, and more about each test under x_…; a test of two parts passes with both."""
    numbers = {test.number for test in tests if not test.skipped}
    failed = {test.number for test in tests if test.faults}
    found: dict[str, float] = {
        "failed": len(failed) + sum(bool(one.faults) for one in planted),
        "passed": len(numbers - failed),
        "planted_bugs_caught": planted[0].figures.get("caught", 0) if planted else 0,
        "kills": sum(test.figures.get("kills", 0) for test in tests if not test.faults),
    }
    if len(planted) > 1:
        found["x_live_bugs_caught"] = planted[1].figures.get("caught", 0)
    for test in tests:
        found |= {f"x_{test.number}_{key}": round(value, 3) for key, value in test.figures.items()}
    return found


def result_of(
    tests: Sequence[Finding], planted: Sequence[Finding], *, seed: int, size: str, load: Mapping[str, Any], say: Say
) -> dict[str, Any]:
    """Return what the command prints as its one JSON line."""
    figures = figures_of(tests, planted)
    why = {"kills": "a quick run kills 20 times"} if size == "quick" else {}
    ok = judge(GOALS, Report(figures=dict(figures), why=why), say)
    rows = [asdict(one) | {"verdict": one.verdict} for one in (*planted, *tests)]
    return {
        "figures": figures,
        "goals": {key: [goal.operator, goal.value] for key, goal in GOALS.items()},
        "ok": ok,
        "machine": describe_machine(),
        "load": load,
        "seed": seed,
        "quick": size == "quick",
        "size": size,
        "why": why,
        "commit": find_commit(),
        "tests": rows,
    }


def find_commit() -> str:
    """Return the commit that runs, with “+” when files were changed since; empty outside a clone."""
    folder = Path(__file__).parent
    shown = ["git", "-C", str(folder), "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        done = subprocess.run(shown, capture_output=True, text=True, check=False)  # noqa: S603  # a tool, fixed arguments
    except OSError:
        return ""
    return done.stdout.strip()
