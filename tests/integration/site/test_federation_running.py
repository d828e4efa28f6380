"""The training federation as one command: four real nodes, a figure that travels, a node that dies, no orphans."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from serai.kernel.ports import free_port
from tests.browser import Browser
from tests.running import SERAI, environment_of, until

pytestmark = pytest.mark.slow
_READY_S = 120.0  # a machine that is busy with something else is no failure


@dataclass(frozen=True, kw_only=True)
class Running:
    """The supervisor, and what it printed."""

    folder: Path
    process: "subprocess.Popen[bytes]"
    out: Path
    urls: dict[str, str] = field(default_factory=dict)
    links: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def printed(self) -> str:
        return self.out.read_text()

    def read_links(self) -> None:
        code = ""
        for line in self.printed.splitlines():
            if found := re.fullmatch(r"([A-Z]{2,3})  \w+  (http\S+)", line):
                code = found[1]
                self.urls[code] = found[2]
            elif found := re.fullmatch(r"  (\w+) +(http\S+/account/link/\S+)", line):
                self.links[code, found[1]] = found[2]


def start(folder: Path) -> Running:
    folder.mkdir(exist_ok=True)
    out = folder.parent / "out"
    with out.open("w") as file:
        process = subprocess.Popen(
            [*SERAI, "node", "run", "--training", "--port", str(free_port())],
            env=environment_of(folder) | {"PYTHONUNBUFFERED": "1"},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    running = Running(folder=folder, process=process, out=out)
    until(lambda: process.poll() is not None or "Stop with Ctrl+C" in running.printed, seconds=_READY_S)
    assert process.poll() is None, running.printed
    running.read_links()
    return running


def processes_of(folder: Path) -> list[int]:
    """Return the processes of the nodes in a folder: their command lines name it."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and f"{folder}/federation.json".encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return sorted(found)


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = start(tmp_path_factory.mktemp("federation") / "training")
    yield running
    running.process.kill()
    running.process.wait()
    for pid in processes_of(running.folder):
        os.kill(pid, signal.SIGKILL)


def test_a_figure_published_at_one_node_stands_on_the_secretariats_page(federation: Running) -> None:
    assert list(federation.urls) == ["SEC", "CN", "KZ", "UZ"]
    focal, reviewer = Browser(), Browser()

    focal.use(federation.links["KZ", "focal"])
    focal.get(federation.urls["KZ"] + "/work/entries/VI.4/hand-in/")
    focal.send(value="62.5", period="2025", provenance="published", source="Report", note_language="en")
    reviewer.use(federation.links["KZ", "reviewer"]).get(focal.url)
    reviewer.send(focal.url + "decide/", verdict="publish")

    assert reviewer.status == 200, reviewer.page
    page = federation.urls["SEC"] + "/register/VI.4"
    until(lambda: "62.5" in Browser().get(page).page)


def test_one_browser_is_a_person_at_each_node(federation: Running) -> None:
    browser = Browser()

    browser.use(federation.links["SEC", "operator"]), browser.use(federation.links["KZ", "operator"])

    for code in ("SEC", "KZ"):
        assert "/work/" in browser.get(federation.urls[code] + "/work/").url
        assert "Operator (training)" in browser.page


def test_a_node_that_dies_is_started_again(federation: Running) -> None:
    port = federation.urls["UZ"].rpartition(":")[2]
    server = min(pid for pid in processes_of(federation.folder) if port in Path(f"/proc/{pid}/cmdline").read_text())

    os.kill(server, signal.SIGKILL)

    until(lambda: "UZ   ended (SIGKILL); it is started again" in federation.printed)
    until(lambda: federation.printed.count("UZ   serves") == 2, seconds=60)
    assert Browser().get(federation.urls["UZ"] + "/health/ready").status == 200
    assert federation.printed.count("CN   serves") == 1


def test_killing_the_supervisor_leaves_no_orphans_and_the_folder_can_be_used_again(federation: Running) -> None:
    (federation.folder / "node.json").write_text("{}")  # a training node of before, which has the folder itself
    assert len(processes_of(federation.folder)) >= 16

    federation.process.kill()
    until(lambda: not processes_of(federation.folder), seconds=30)

    again = start(federation.folder)
    try:
        assert "holds a training node from before" in again.printed
        assert len(processes_of(again.folder)) >= 16
        again.process.send_signal(signal.SIGINT)
        assert again.process.wait(60) == 0
        assert processes_of(again.folder) == []
        assert re.search(r"(?s)Stopping.*UZ   stopped.*CN   stopped.*SEC  stopped\n$", again.printed)
    finally:
        again.process.kill()
