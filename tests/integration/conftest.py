"""Real node folders on which several processes can act at once, since a test's own transaction cannot show that."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from serai.site.home import NodeHome, Realm
from tests.running import environment_of

_START = "from serai.site.start import set_up_store, start_django\nstart_django()\n"
RunTogether = Callable[..., list[str]]


@pytest.fixture(scope="session")
def _bare_node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node with tables but without a register, to copy from."""
    folder = tmp_path_factory.mktemp("bare") / "node"
    NodeHome(folder).init(code="SEC", realm=Realm.SERVICE)
    subprocess.run([sys.executable, "-c", f"{_START}set_up_store()"], env=environment_of(folder), check=True)
    return folder


@pytest.fixture
def run_together(_bare_node: Path, tmp_path: Path) -> RunTogether:
    """Run Python programs at once, each a process of its own, on a new node without a register (SQLite).

    Returns what each printed; the node stays for the next call.
    """
    folder = tmp_path / "node"
    shutil.copytree(_bare_node, folder, symlinks=True)

    def run(*programs: str) -> list[str]:
        started = [
            subprocess.Popen(
                [sys.executable, "-c", _START + program],
                env=environment_of(folder),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for program in programs
        ]
        printed = [process.communicate(timeout=60) for process in started]
        assert [err for _, err in printed] == [""] * len(programs)
        return [out for out, _ in printed]

    return run
