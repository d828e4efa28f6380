"""Two operators in two browsers introduce two nodes by fingerprint and follow a message to its receipt; its proof verifies alone."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from serai.site.home import NodeHome, Realm
from tests.e2e.conftest import follow
from tests.e2e.test_pages import LANGUAGES, look_at, watch
from tests.running import SERAI, Running, environment_of, start

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Side:
    """A node, and its operator's browser."""

    node: Running
    page: Page

    def open(self, path: str) -> None:
        self.page.goto(f"{self.node.address}{path}")


def serai(home: NodeHome, *arguments: str) -> str:
    done = subprocess.run(
        [*SERAI, *arguments], env=environment_of(home.folder), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Running]]:
    running = dict[str, Running]()
    try:
        for code in ("XA", "XB"):
            home = NodeHome(tmp_path_factory.mktemp(code) / "node")
            serai(home, "node", "init", "--code", code, "--realm", Realm.TRAINING)
            serai(home, "register", "load")
            running[code] = start(home)
        yield running
    finally:
        for node in running.values():
            node.kill()


@pytest.fixture(scope="module")
def sides(browser: Browser, nodes: dict[str, Running]) -> Iterator[dict[str, Side]]:
    """Each operator signed in by a one-time link, in a browser of their own."""
    found = dict[str, Side]()
    for code, node in nodes.items():
        printed = serai(node.home, "account", "link", f"operator@{code.lower()}.invalid")
        link = re.search(r"/account/link/\S+", printed)
        assert link, printed
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.goto(f"{node.address}{link[0]}")
        follow(page.locator("main form button"))
        found[code] = Side(node, page)
    yield found
    for side in found.values():
        side.page.context.close()


def read_fingerprint(side: Side) -> str:
    """Read it off the page, as an operator does over the telephone."""
    side.open("/exchange/")
    return side.page.locator("#own-fingerprint").inner_text()


def introduce(side: Side, *, code: str, address: str, fingerprint: str) -> None:
    side.open("/exchange/")
    follow(side.page.get_by_role("link", name="Meet a node"))
    side.page.get_by_label("Address of the node").fill(address)
    follow(side.page.get_by_role("button", name="Ask it who it is"))
    expect(side.page.locator("h1")).to_have_text(code)
    assert fingerprint.split(maxsplit=1)[0] not in side.page.locator("main").inner_text()
    side.page.get_by_label(re.compile("as read to you")).fill(fingerprint)
    follow(side.page.get_by_role("button", name="Introduce"))
    expect(side.page.locator("[role=status]").first).to_contain_text(f"{code} is introduced")


def test_two_operators_introduce_two_nodes_and_follow_a_message(sides: dict[str, Side], tmp_path: Path) -> None:
    ours, theirs = sides["XA"], sides["XB"]
    read = {code: read_fingerprint(side) for code, side in sides.items()}
    for side, code in ((ours, "XB"), (theirs, "XA")):
        introduce(side, code=code, address=sides[code].node.address, fingerprint=read[code])

    ours.page.get_by_label("Text").fill("good day from XA")
    follow(ours.page.get_by_role("button", name="Send the note"))
    for _ in range(60):  # what a person does: look again
        if ours.page.locator("main .status--ok", has_text="took effect").count():
            break
        ours.page.wait_for_timeout(500)
        ours.page.reload()
    expect(ours.page.locator("main .status--ok")).to_have_text("took effect")
    number = ours.page.locator("dd.mono").first.inner_text()

    theirs.open(f"/exchange/find/?id={number}")
    expect(theirs.page.locator("h1")).to_have_text("Message from XA")
    for side, name in ((ours, "ours.json"), (theirs, "theirs.json")):
        with side.page.expect_download() as download:
            side.page.get_by_role("link", name="Download the proof").click()
        download.value.save_as(tmp_path / name)
        check_alone(tmp_path / name)


def check_alone(file: Path) -> None:
    """Verify a proof without a node: no settings, no folder; then with one letter of it changed."""
    command = [sys.executable, "-m", "serai.exchange.proof", str(file)]
    done = subprocess.run(command, env={}, cwd=file.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    text = file.read_text()
    at = text.index('"envelope": "') + 300
    file.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :])
    done = subprocess.run(command, env={}, cwd=file.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout


PAGES = (
    "/exchange/",
    "/exchange/meet/",
    "/exchange/peers/XB/",
    "/exchange/peers/XB/lanes/control/",
    "/exchange/messages/1/",
    "/exchange/evidence/",
    "/exchange/refusals/",
)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_the_exchange_are_whole(sides: dict[str, Side], language: str, width: int) -> None:
    page, faults = sides["XA"].page, list[str]()
    page.set_viewport_size({"width": width, "height": 900})
    complaints = watch(page)
    for path in PAGES:
        sides["XA"].open(f"{LANGUAGES[language]}{path}")
        faults += [f"{path}: {line}" for line in look_at(page, width, language)]

    assert faults + complaints == []
