"""What the tests of the running node share: a node made once, copies of it, and a node that serves."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from serai.site.home import NodeHome, Realm

_SET_UP = """
from serai.site.start import set_up_store, start_django
start_django()
set_up_store()
from serai.kernel import audit
from serai.kernel.roles import Actor
from serai.register.actions import load_catalogue
load_catalogue(actor=Actor.system("tests"))
while audit.seal():
    pass
"""
_START_S = 20


def environment_of(folder: Path) -> dict[str, str]:
    """The environment of a command on the node in the folder, on SQLite."""
    return {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"SERAI_HOME": str(folder)}


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node with tables, register and a sealed trail, to copy from."""
    folder = tmp_path_factory.mktemp("template") / "node"
    NodeHome(folder).init(code="SEC", realm=Realm.SERVICE)
    subprocess.run([sys.executable, "-c", _SET_UP], env=environment_of(folder), check=True)
    return folder


@pytest.fixture
def home(_template: Path, tmp_path: Path) -> NodeHome:
    """The node on which the `serai` fixture works, set up and stopped."""
    shutil.copytree(_template, tmp_path / "node", symlinks=True)
    return NodeHome(tmp_path / "node")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A node that serves."""

    home: NodeHome
    process: "subprocess.Popen[bytes]"
    address: str
    log: Path

    def get(self, path: str) -> tuple[int, bytes]:
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return answer.status, answer.read()


@pytest.fixture
def start_node() -> Iterator[Callable[[NodeHome], Running]]:
    """Start nodes that are stopped at the end of the test."""
    started: list[Running] = []

    def start(home: NodeHome) -> Running:
        started.append(_start(home))
        return started[-1]

    yield start
    for running in started:
        _stop(running)


@pytest.fixture(scope="module")
def running_node(_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One node that serves for all tests of a module."""
    folder = tmp_path_factory.mktemp("running") / "node"
    shutil.copytree(_template, folder, symlinks=True)
    running = _start(NodeHome(folder))
    yield running
    _stop(running)


def _start(home: NodeHome) -> Running:
    port = free_port()
    log = home.folder / "log" / "serai.log"
    command = [sys.executable, "-m", "serai.site.cli", "node", "run", "--port", str(port), "--processes", "1"]
    process = subprocess.Popen(
        [*command, "--log", str(log)], env=environment_of(home.folder), stdout=subprocess.DEVNULL, start_new_session=True
    )
    running = Running(home=home, process=process, address=f"http://127.0.0.1:{port}", log=log)
    until(lambda: process.poll() is not None or _answers(running))
    assert process.poll() is None, log.read_text() if log.exists() else "the node did not start"
    return running


def _answers(running: Running) -> bool:
    try:
        return running.get("/health/ready")[0] == 200
    except OSError:
        return False


def _stop(running: Running) -> None:
    if running.process.poll() is None:
        os.killpg(running.process.pid, signal.SIGKILL)
    running.process.wait()


def until(is_so: Callable[[], bool], *, seconds: float = _START_S) -> None:
    """Wait until something is so; fail when it never is."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def store_of(home: NodeHome) -> Iterator[sqlite3.Connection]:
    """Open the store in use as a file, beside Django."""
    with closing(sqlite3.connect(home.database)) as connection, connection:
        yield connection
