"""The `serai` command in processes forked from one that has the libraries imported: the same, a second sooner.

What a command does from its first line on is done in a process of its own, as ever; only loading Python's modules is
shared. Nothing that reads a node's settings is loaded beforehand.
"""

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
_LONGEST_S = 60
_LIBRARIES = (
    "django.db.models",
    "django.core.management",
    "django.db.backends.sqlite3.base",
    "django.contrib.staticfiles.management.commands.collectstatic",
    "gunicorn.app.base",
    "psycopg",
    "serai.register.catalogue",
    "serai.register.proof",
    "serai.site.backup.restore",
    "serai.site.backup.postgres",
    "serai.site.cli",
    "serai.site.doctor",
    "serai.site.node_cli",
)


class Preloaded:
    """Runs commands, one at a time."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.preloaded"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def call(
        self, arguments: list[str], environment: Mapping[str, str], folder: Path
    ) -> "subprocess.CompletedProcess[str]":
        """Run `serai` with the arguments; keep its output in the folder meanwhile."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        out, err = folder / "serai.out", folder / "serai.err"
        request = {"arguments": arguments, "environment": dict(environment), "out": str(out), "err": str(err)}
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        code = int(self._server.stdout.readline())
        return subprocess.CompletedProcess(["serai", *arguments], code, out.read_text(), err.read_text())

    def stop(self) -> None:
        """End the process that the others are forked from."""
        self._server.communicate()


def main() -> None:
    """Fork a command for each request on standard input; answer with its exit code."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    gc.freeze()  # what is loaded stays shared with the forks
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(request)
            return
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _become(request: dict[str, object]) -> None:
    from serai.site.cli import main as serai

    signal.alarm(_LONGEST_S)  # one that does not end is ended, and fails its test by its exit code
    os.environ.clear()
    os.environ.update(request["environment"])  # type: ignore[call-overload]
    sys.argv = ["serai", *request["arguments"]]  # type: ignore[misc]
    for handle, path in ((0, os.devnull), (1, request["out"]), (2, request["err"])):
        opened = os.open(str(path), os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, handle)
        os.close(opened)
    serai()


if __name__ == "__main__":
    main()
