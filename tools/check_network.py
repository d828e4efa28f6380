#!/usr/bin/env python3
"""Prove the invariants of the corridor tables: `python tools/check_network.py [FOLDER]`.

It needs nothing but Python and reads the tables on its own. It ends with 0 when every check holds, with 1 when one
does not or a file cannot be read, with 2 when it was called wrongly.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from network_checks.reading import UnreadableError, read_data
from network_checks.registry import CHECKS
from network_checks.tables import Data, Outcome

SHIPPED: Final = Path(__file__).parent.parent / "src" / "serai" / "corridors" / "data"
SHOWN: Final = 5  # failures of a check that are printed
USAGE: Final = "usage: python tools/check_network.py [FOLDER]\n"


def main(arguments: Sequence[str]) -> int:
    """Print one line for each check and the first failures; return the exit code."""
    if len(arguments) > 1 or any(argument.startswith("-") for argument in arguments):
        sys.stderr.write(USAGE)
        return 2
    folder = Path(arguments[0]) if arguments else SHIPPED
    if not folder.is_dir():
        sys.stderr.write(f"{folder} is no folder.\n{USAGE}")
        return 2
    try:
        data = read_data(folder)
    except UnreadableError as error:
        sys.stdout.write(f"FAIL reading: {error}\n")
        return 1
    return report(data)


def report(data: Data) -> int:
    """Run every check and print what it found; return 1 when one failed."""
    outcomes = {name: check(data) for name, check in CHECKS.items()}
    for name, outcome in outcomes.items():
        sys.stdout.writelines(f"{line}\n" for line in lines_of(name, outcome))
    failed = sum(bool(outcome.faults) for outcome in outcomes.values())
    sys.stdout.write(f"{len(outcomes)} checks, {failed} failed\n")
    return 1 if failed else 0


def lines_of(name: str, outcome: Outcome) -> Iterator[str]:
    """Give the line of a check, then its first failures."""
    yield f"{'FAIL' if outcome.faults else 'ok  '} {name}: {outcome.checked} checked, {len(outcome.faults)} failed"
    yield from (f"     {fault}" for fault in outcome.faults[:SHOWN])
    if len(outcome.faults) > SHOWN:
        yield f"     and {len(outcome.faults) - SHOWN} more."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
