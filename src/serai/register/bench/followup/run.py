"""Follow-up in `serai bench register`, from outside: a training node, people by its commands, then each part.

A training node, because there an account works without a second step, which a benchmark could not show.
"""

import json
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from serai.kernel.benching import BenchFailed, Report, Say, three
from serai.register.bench.followup.plan import (
    DecisionsFound,
    DecisionsPlan,
    GuessesFound,
    GuessesPlan,
    PagesFound,
    PagesPlan,
)
from serai.register.bench.node import environment
from serai.register.bench.stores import run_process

_INNER: Final = "serai.register.bench.followup.inner"
_PAGES: Final = ("followup_work_p95_ms", "followup_entry_p95_ms", "followup_growth_100k_over_10k")
_DECISIONS: Final = ("followup_one_decision",)
_GUESSES: Final = ("guess_successes", "guess_lockouts", "guess_memory_kb")
_WORKER, _TARGET = "worker@bench.invalid", "target@bench.invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sizes:
    """How much a run does."""

    figures: tuple[int, ...]
    visits: int
    rounds: int
    reviewers: int
    decisions: int
    guesses: int  # from one address, and again from many


_PLAIN: Final = _Sizes(figures=(10_000, 100_000), visits=100, rounds=3, reviewers=200, decisions=5, guesses=5_000)
_QUICK: Final = _Sizes(figures=(2_000,), visits=20, rounds=1, reviewers=40, decisions=1, guesses=150)


def measure_followup(report: Report, folder: Path, *, quick: bool, seed: int, say: Say) -> None:
    """Measure this part's keys; what breaks is a fault and leaves the others alone."""
    say("follow-up: a training node with two accounts")
    sizes = _QUICK if quick else _PLAIN
    try:
        base = _Base(folder)
    except BenchFailed as error:
        report.fail([*_PAGES, *_DECISIONS, *_GUESSES], str(error))
        return
    for keys, part in ((_PAGES, _measure_pages), (_DECISIONS, _measure_decisions), (_GUESSES, _measure_guesses)):
        try:
            part(report, base, sizes, seed, say)
        except BenchFailed as error:
            report.fail([key for key in keys if report.figures[key] is None], str(error))


class _Base:
    """A node with the register and two accounts, to copy from: rows of follow-up cannot be taken away again."""

    def __init__(self, folder: Path) -> None:
        self.node = folder / "base"
        folder.mkdir()
        _serai(self.node, "node", "init", "--realm", "training")
        _serai(self.node, "register", "load")
        roles = ["--role", "editor", "--role", "reviewer"]
        told = _serai(self.node, "account", "open", _WORKER, "--name", "Worker", *roles, "--json")
        self.worker = str(json.loads(told)["id"])
        _serai(self.node, "account", "open", _TARGET, "--name", "Target")

    def copy(self, name: str) -> Path:
        return Path(shutil.copytree(self.node, self.node.with_name(name), symlinks=True))


def _serai(node: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "serai.site.cli", *arguments]
    done = subprocess.run(  # noqa: S603  # our own command
        command, env=environment(node), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise BenchFailed(f"serai {' '.join(arguments[:2])}: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout


def _make_link(node: Path, email: str) -> str:
    """Return the path that signs an account in, once."""
    return _serai(node, "account", "link", email, "--url", "http://localhost").strip().removeprefix("http://localhost")


def _measure_pages(report: Report, base: _Base, sizes: _Sizes, seed: int, say: Say) -> None:
    found = [_pages_with(figures, base, sizes, seed, say) for figures in sizes.figures]
    figures, last = report.figures, found[-1]
    figures["followup_work_p95_ms"] = statistics.median(last.work_p95_ms)
    figures["followup_entry_p95_ms"] = statistics.median(last.entry_p95_ms)
    figures["x_followup_figures"] = last.figures
    figures["x_followup_pages_compared"] = sum(each.compared for each in found)
    for name in ("work_p50_ms", "entry_p50_ms", "work_cpu_p95_ms", "entry_cpu_p95_ms", "largest_p95_ms"):
        figures[f"x_followup_{name}"] = getattr(last, name)
    if len(found) > 1:
        figures["followup_growth_100k_over_10k"] = max(
            statistics.median(last.work_p95_ms) / statistics.median(found[0].work_p95_ms),
            statistics.median(last.entry_p95_ms) / statistics.median(found[0].entry_p95_ms),
        )
    else:
        report.leave_out(["followup_growth_100k_over_10k"], "a quick run fills one node only")
    report.faults += [fault for each in found for fault in each.differences]


def _pages_with(figures: int, base: _Base, sizes: _Sizes, seed: int, say: Say) -> PagesFound:
    say(f"  {figures:,} published figures: {sizes.rounds} x {sizes.visits} requests for each of two pages")
    node = base.copy(f"pages-{figures}")
    plan = PagesPlan(
        seed=seed,
        link=_make_link(node, _WORKER),
        account=base.worker,
        figures=figures,
        visits=sizes.visits,
        rounds=sizes.rounds,
    )
    found = PagesFound(**run_process([_INNER, "pages"], plan, node=node, say=say))
    say(
        f"    {found.figures:,} figures, {found.waiting:,} submissions wait, {found.requests:,} requests, made in "
        f"{found.made_s:.0f} s"
    )
    for name in ("work", "entry"):
        rounds: list[float] = getattr(found, f"{name}_p95_ms")
        median, cpu = getattr(found, f"{name}_p50_ms"), getattr(found, f"{name}_cpu_p95_ms")
        say(
            f"    {name} p95 {three(rounds)} ms (least, median, most of {len(rounds)} rounds), median {median:.1f}, CPU p95 {cpu:.1f}"
        )
    say(f"    {found.compared} pages compared with the reference, {len(found.differences)} differences")
    shutil.rmtree(node)
    return found


def _measure_decisions(report: Report, base: _Base, sizes: _Sizes, _seed: int, say: Say) -> None:
    say(f"  {sizes.decisions} rounds of {sizes.reviewers} reviewers who decide on one submission at once")
    plan = DecisionsPlan(reviewers=sizes.reviewers, rounds=sizes.decisions)
    found = DecisionsFound(**run_process([_INNER, "decisions"], plan, node=base.copy("decisions"), say=say))
    report.figures["followup_one_decision"] = len(found.violations)
    report.figures["x_followup_decision_round_ms"] = statistics.median(found.round_ms)
    for fault in found.violations:
        say(f"    {fault}")


def _measure_guesses(report: Report, base: _Base, sizes: _Sizes, seed: int, say: Say) -> None:
    say(f"  {2 * sizes.guesses:,} guesses at a password, half from one address and half from a hundred")
    node = base.copy("guesses")
    plan = GuessesPlan(seed=seed, link=_make_link(node, _TARGET), email=_TARGET, guesses=sizes.guesses, addresses=100)
    found = GuessesFound(**run_process([_INNER, "guesses"], plan, node=node, say=say))
    report.figures["guess_successes"] = len(found.successes)
    report.figures["guess_lockouts"] = len(found.lockouts)
    report.figures["guess_memory_kb"] = found.rss_kb + found.table_kb
    report.figures["x_guess_p95_ms"] = found.p95_ms
    report.figures["x_guess_refused"] = found.refused
    say(f"    {found.refused:,} were not even compared; p95 {found.p95_ms:.1f} ms")
    for line in (*found.successes[:5], *found.lockouts):
        say(f"    {line}")
