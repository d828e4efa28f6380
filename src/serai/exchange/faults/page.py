"""The fault report as a page of the documentation, made from a run."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from serai.exchange.faults.checker import RULES

# Tests of the list that this command does not play, and where else they are, if anywhere.
ELSEWHERE: Final[Mapping[int, str]] = {
    6: "64 kbit/s and 600 ms: not played yet",
    7: "link flapping during a large attachment: attachments are not exchanged yet",
    18: "flood by one peer: not played yet",
    19: "slow clients and endless bodies: not played yet",
    21: "fuzzing of parsers: in the test suite",
    22: "attachments of 2 GB: attachments are not exchanged yet",
    23: "rights of every role: in the test suite of the pages",
    25: "the last permit: comes with permits",
    26: "guessing passwords: `serai bench register`",
    27: "two versions side by side: unknown types are parked in the test suite",
}
_INTRODUCTION: Final = """# Faults

What two nodes do under kills, cuts, damage and forgery. Two nodes of the neutral codes XA and XB, in the training realm, run as
real processes in folders of their own, introduced to each other by fingerprint, with a link between them that can be made
bad. After each test a checker reads both stores by plain SQL and puts ten rules to them; it shares no code with the product:
trees are computed as RFC 6962 defines them, signatures are checked by another library.

This page was written by `serai bench faults --write docs/faults.md`. `--quick` plays less of each in a minute, `--full` more.
"""


def write_page(result: Mapping[str, Any]) -> str:
    """Return the page, in Markdown."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: Mapping[str, Any]) -> Iterator[str]:
    figures, machine = result["figures"], result["machine"]
    yield _INTRODUCTION
    yield f"- Run: {datetime.now(UTC):%Y-%m-%d}, commit {result['commit'] or 'unknown'}, {result['size']} run, seed {result['seed']}"
    yield "- Machine: " + ", ".join(f"{name} {value}" for name, value in machine.items())
    yield f"- {figures['passed']:g} tests of 28 passed, {figures['failed']:g} failed; {figures['kills']:g} kills"
    yield f"- Planted bugs found: {figures['planted_bugs_caught']:g} of 10 rules"
    yield ""
    yield "## Tests"
    yield ""
    yield "| no. | test | what was done | verdict |"
    yield "|---|---|---|---|"
    for test in sorted(result["tests"], key=lambda row: row["number"]):
        yield f"| {test['number'] or '–'} | {test['name']} | {_told(test)} | {test['verdict']} |"
    yield ""
    yield "Not in this run:"
    yield ""
    yield from (f"- {number}: {where}" for number, where in ELSEWHERE.items())
    yield ""
    yield "## The ten rules"
    yield ""
    yield from (f"- {(rule.__doc__ or '').strip()}" for rule in RULES.values())


def _told(test: Mapping[str, Any]) -> str:
    parts = [test["skipped"] and f"skipped: {test['skipped']}", test["done"], *test["notes"], *test["faults"]]
    return ". ".join(part[:1].upper() + part[1:] for part in parts if part).replace("|", "\\|")
