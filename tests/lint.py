"""`./dev check`: style, types, arrows between contexts, translations; all of it runs, then it says what failed."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def steps() -> list[tuple[str, list[str]]]:
    """Return each check's name and command."""
    python = sys.executable
    return [
        ("style", ["ruff", "check", "src", "tests", "tools"]),
        ("format", ["ruff", "format", "--check", "src", "tests", "tools"]),
        ("types", [python, "-m", "mypy"]),
        ("types of tools", [python, "-m", "mypy", "tools/check_network.py"]),
        ("arrows", ["lint-imports", "--no-cache"]),
        ("data", ["serai", "check"]),
        ("corridor tables", [python, "tools/check_network.py"]),
        ("translations", ["serai", "messages", "check"]),
        ("sentences gathered", [python, "-m", "tests.sentences"]),
    ]


def main() -> int:
    """Run every check; return 1 when one fails."""
    import tests.node  # noqa: F401  # the checks that start Django need a node

    failed = []
    for name, command in steps():
        started = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, env=os.environ, check=False)
        print(
            f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name} ({time.monotonic() - started:.1f} s)", flush=True
        )
        if done.returncode:
            failed.append(name)
    print(f"{len(failed)} of {len(steps())} checks failed" + (f": {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
