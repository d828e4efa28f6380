"""A node made once, and copies of it to act on."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from serai.site.home import NodeHome, Realm
from tests.preloaded import Preloaded
from tests.running import Running, environment_of, start

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


@pytest.fixture(scope="session")
def made_node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node with tables, register and a sealed trail, to copy from."""
    folder = tmp_path_factory.mktemp("made") / "node"
    NodeHome(folder).init(code="SEC", realm=Realm.SERVICE)
    subprocess.run([sys.executable, "-c", _SET_UP], env=environment_of(folder), check=True)
    return folder


@pytest.fixture
def home(made_node: Path, tmp_path: Path) -> NodeHome:
    """The node on which the `serai` fixture works: set up and stopped."""
    shutil.copytree(made_node, tmp_path / "node", symlinks=True)
    return NodeHome(tmp_path / "node")


@pytest.fixture(scope="session")
def preloaded() -> Iterator[Preloaded]:
    """Where the commands of these tests are forked from."""
    made = Preloaded()
    yield made
    made.stop()


@pytest.fixture
def serai(preloaded: Preloaded, tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run the command on a node folder of its own (SQLite), as a person would."""
    environment = environment_of(tmp_path / "node")

    def call(*arguments: str, **extra: str) -> "subprocess.CompletedProcess[str]":
        return preloaded.call(list(arguments), environment | extra, tmp_path)

    return call


@pytest.fixture(scope="session")
def running_node(made_node: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A node that serves all tests that only look at one."""
    folder = tmp_path_factory.mktemp("running") / "node"
    shutil.copytree(made_node, folder, symlinks=True)
    running = start(NodeHome(folder))
    yield running
    running.kill()
