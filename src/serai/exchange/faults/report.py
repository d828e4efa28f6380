"""What a run of the fault report has found, as figures with their goals, and the machine it ran on."""

import os
import platform
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from serai.exchange.faults.stage import Finding, Say

# key → operator, goal, meaning
GOALS: Final[Mapping[str, tuple[str, float, str]]] = {
    "failed": ("<=", 0, "fault tests that failed"),
    "passed": (">=", 12, "fault tests that passed, of the 28 of the list"),
    "planted_bugs_caught": (">=", 10, "checker rules shown able to fail by a planted bug, of 10"),
    "kills": (">=", 100, "kill -9, 500 with --full; 0 lost, 0 doubled, 0 out of order"),
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


def judge(figures: Mapping[str, float], why: Mapping[str, str], say: Say) -> bool:
    """Say of each goal whether it is met; return whether all that were measured are."""
    missed = 0
    for key, (operator, goal, meaning) in GOALS.items():
        if key in why:
            say(f"{key:22} {figures[key]:6g}  not judged: {why[key]}")
            continue
        met = figures[key] <= goal if operator == "<=" else figures[key] >= goal
        missed += not met
        say(f"{key:22} {figures[key]:6g}  goal {operator} {goal:g}: {'met' if met else 'NOT MET'}  ({meaning})")
    return not missed


def result_of(
    tests: Sequence[Finding], planted: Sequence[Finding], *, seed: int, size: str, load: Mapping[str, Any], say: Say
) -> dict[str, Any]:
    """Return what the command prints as its one JSON line."""
    figures = figures_of(tests, planted)
    why = {"kills": "a quick run kills 20 times"} if size == "quick" else {}
    ok = judge(figures, why, say)
    rows = [asdict(one) | {"verdict": one.verdict} for one in (*planted, *tests)]
    return {
        "figures": figures,
        "goals": {key: [operator, goal] for key, (operator, goal, _) in GOALS.items()},
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


def find_commit() -> str:
    """Return the commit that runs, with “+” when files were changed since; empty outside a clone."""
    folder = Path(__file__).parent
    shown = ["git", "-C", str(folder), "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        done = subprocess.run(shown, capture_output=True, text=True, check=False)  # noqa: S603  # a tool, fixed arguments
    except OSError:
        return ""
    return done.stdout.strip()
