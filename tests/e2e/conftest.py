"""A real node on a free port, and Debian's chromium to look at it with."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, sync_playwright

from serai.kernel.ports import free_port

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def node_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start `serai node run --setup` on a folder of its own; stop it gracefully afterwards."""
    folder = tmp_path_factory.mktemp("node")
    port = free_port()
    environment = os.environ | {"SERAI_HOME": str(folder / "home"), "SERAI_REQUESTS_PER_MINUTE": "1000000"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "serai.site.cli", "node", "run", "--setup", "--port", str(port)]
    with (folder / "out").open("w") as out:
        process = subprocess.Popen([*command, "--log", str(folder / "log")], env=environment, stdout=out, stderr=out)
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(url, process, folder / "out")
            yield url
        finally:
            process.terminate()
            assert process.wait(30) == 0, (folder / "out").read_text()


def wait_for(url: str, process: "subprocess.Popen[bytes]", out: Path) -> None:
    """Return when the node is ready; fail with what it printed when it is not within a minute."""
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the node did not start: {out.read_text()}")


def follow(locator: Locator) -> None:
    """Click what leads to another page and return when that is there: a click alone does not wait for it."""
    with locator.page.expect_navigation():
        locator.click()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start chromium for a module only: while Playwright runs, Django takes its thread for an asynchronous one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()
