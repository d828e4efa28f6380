"""Nodes as an operator has them: real processes on folders of their own, stores opened as files."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from serai.kernel.ports import free_port
from serai.site.home import NodeHome

SERAI = [sys.executable, "-m", "serai.site.cli"]
_START_S = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A node that serves."""

    home: NodeHome
    process: "subprocess.Popen[bytes]"
    address: str
    log: Path

    def get(self, path: str) -> tuple[int, bytes]:
        """Fetch a page."""
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return answer.status, answer.read()

    def kill(self) -> None:
        """End all of its processes at once."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def start(home: NodeHome, *, port: int = 0) -> Running:
    """Start a node that is set up; return when it answers."""
    port, log = port or free_port(), home.folder / "log" / "serai.log"
    process = subprocess.Popen(
        [*SERAI, "node", "run", "--port", str(port), "--processes", "1", "--log", str(log)],
        env=environment_of(home.folder),
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    running = Running(home=home, process=process, address=f"http://127.0.0.1:{port}", log=log)
    until(lambda: process.poll() is not None or (_answers(running) and "worker started" in log.read_text()))
    assert process.poll() is None, log.read_text()
    return running


def _answers(running: Running) -> bool:
    try:
        return running.get("/health/ready")[0] == 200
    except OSError:
        return False


def environment_of(folder: Path) -> dict[str, str]:
    """Return the environment of a command on the node in the folder, on SQLite."""
    return {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"SERAI_HOME": str(folder)}


def until(is_so: Callable[[], bool], *, seconds: float = _START_S) -> None:
    """Wait until something is so; fail when it never is."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@contextmanager
def store_of(home: NodeHome) -> Iterator[sqlite3.Connection]:
    """Open the store in use as a file, beside Django."""
    with closing(sqlite3.connect(home.database)) as connection, connection:
        yield connection
