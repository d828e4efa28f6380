"""`./dev test`: run all that can run on this machine, and say by name what cannot."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.tokens import MODULE, NO_TOKEN

SHARED = Path(__file__).parent.parent.parent / "shared"


def main() -> int:
    """Run pytest over both cores; print the lanes that are missing last, where they are seen."""
    arguments = sys.argv[1:] or ["-q", "-n", "2", "--dist", "loadscope"]
    code = int(pytest.main(arguments))
    store = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    print(f"store: {store}")
    if store == "SQLite":
        print("SKIPPED LANE PostgreSQL: set DATABASE_URL=postgres://user:password@127.0.0.1/serai and run again")
    if shutil.which("chromium") is None:
        print("SKIPPED LANE browser: no chromium; on Debian: apt-get install chromium fonts-noto-cjk")
    if not MODULE:
        print(NO_TOKEN)
    if not SHARED.is_dir():
        print("SKIPPED wording checks: the declaration's text is not beside this folder (../shared)")
    return code


if __name__ == "__main__":
    sys.exit(main())
