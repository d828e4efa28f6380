"""The daily work, as four people do it in four browsers: ask, answer, second pair of eyes, public figure, correction."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from serai.kernel.ports import free_port
from tests.e2e.conftest import follow, wait_for
from tests.e2e.test_pages import LANGUAGES, look_at, watch
from tests.running import environment_of

pytestmark = pytest.mark.browser

ROLES = ("editor", "reviewer", "focal", "operator")
# One entry of the body for which the sample focal point speaks, for each language.
CASES = {"en": ("", "VI.16d"), "ru": ("/ru", "VI.16e"), "zh-Hans": ("/zh-hans", "VI.16b")}


@dataclass(frozen=True)
class Training:
    """A training node, and the one-time links that it printed."""

    url: str
    links: dict[str, str]


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Training]:
    folder = tmp_path_factory.mktemp("training")
    port = free_port()
    command = [sys.executable, "-m", "serai.site.cli", "node", "run", "--samples", "--port", str(port)]
    environment = environment_of(folder / "home") | {"SERAI_REQUESTS_PER_MINUTE": "1000000"}
    with (folder / "out").open("w") as out:
        process = subprocess.Popen([*command, "--log", str(folder / "log")], env=environment, stdout=out, stderr=out)
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(url, process, folder / "out")
            yield Training(url=url, links=read_links(folder / "out"))
        finally:
            process.terminate()
            process.wait(30)


def read_links(out: Path) -> dict[str, str]:
    """Return role → link, as printed for a person to read."""
    found = {}
    for line in out.read_text().splitlines():
        if match := re.search(r"(http://\S+/account/link/\S+)", line):
            role = next(role for role in ROLES if role in line.lower())
            found[role] = match[1]
    assert set(found) == set(ROLES), out.read_text()
    return found


@pytest.fixture(scope="module")
def people(browser: Browser, training: Training) -> Iterator[dict[str, Page]]:
    """Each person in a browser of their own, signed in by their link; the focal point on a phone."""
    pages = {}
    for role in ROLES[:3]:
        size = {"width": 390, "height": 844} if role == "focal" else {"width": 1280, "height": 900}
        context = browser.new_context(viewport=size)  # type: ignore[arg-type]  # a plain mapping is enough
        page = context.new_page()
        page.goto(training.links[role])
        follow(page.locator("main form button"))
        expect(page).to_have_url(re.compile("/work/"))
        pages[role] = page
    yield pages
    for page in pages.values():
        page.context.close()


def open_first(page: Page, url: str, code: str) -> None:
    """Open the work list and, on it, the row of the entry."""
    page.goto(url)
    follow(page.locator("main table a", has_text=code).first)


@pytest.mark.parametrize("language", CASES)
def test_request_becomes_a_public_figure_and_is_corrected(
    people: dict[str, Page], training: Training, language: str
) -> None:
    prefix, code = CASES[language]
    work, public = f"{training.url}{prefix}/work/", f"{training.url}{prefix}/register/{code}"
    editor, focal, reviewer = people["editor"], people["focal"], people["reviewer"]

    editor.goto(work)
    editor.fill("#code", code)
    follow(editor.locator("form[role=search] button"))
    follow(editor.locator(f"main a[href$='/entries/{code}/ask/']"))
    editor.locator("input[name=party][value='body:customs-dg']").check()
    follow(editor.locator("main form button"))
    expect(editor).to_have_url(re.compile(r"/work/requests/\d+/$"))
    assert editor.locator("html").get_attribute("lang") == language

    open_first(focal, work, code)
    follow(focal.locator("main a[href$='/answer/']"))
    focal.fill("#value", "62,5")
    focal.fill("#period", "2025")
    focal.fill("#link", "https://example.org/report")
    follow(focal.locator("main form button").last)
    expect(focal).to_have_url(re.compile(r"/work/submissions/\d+/$"))
    first = focal.url

    reviewer.goto(public)
    expect(reviewer.locator(".unmeasured--big")).to_have_count(1)
    open_first(reviewer, work, code)
    follow(reviewer.locator("button[value=publish]"))
    reviewer.goto(public)
    expect(reviewer.locator(".figure-value")).to_contain_text("62,5" if language == "ru" else "62.5")

    focal.goto(first)
    follow(focal.locator("main a[href$='/correct/']"))
    focal.fill("#value", "64")
    follow(focal.locator("main form button").last)
    expect(focal).to_have_url(re.compile(r"/work/submissions/\d+/$"))
    open_first(reviewer, work, code)
    follow(reviewer.locator("button[value=publish]"))
    reviewer.goto(public)
    expect(reviewer.locator(".figure-value")).to_contain_text("64")
    reviewer.goto(f"{public}/history/")
    expect(reviewer.locator("main")).to_contain_text("62,5" if language == "ru" else "62.5")


# Whose page → the pages of the daily work, as they stand after the walks above: with rows in them.
WORK = {
    "editor": (
        "/work/",
        "/work/find/?q=customs",
        "/work/entries/VI.16d/",
        "/work/entries/VI.16d/ask/",
        "/work/entries/VI.16d/focal-points/",
        "/work/entries/VI.16d/hand-in/",
        "/work/requests/",
        "/work/requests/1/",
        "/work/report/",
        "/work/rights/",
        "/work/searches/?topic=customs",
        "/work/notices/",
        "/work/notices/wishes/",
        "/account/",
    ),
    "focal": ("/work/", "/work/submissions/1/", "/work/submissions/1/correct/", "/work/submissions/1/state/"),
    "reviewer": ("/work/", "/work/review/", "/work/submissions/1/", "/register/VI.16d", "/register/VI.16d/history/"),
}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_the_daily_work_are_whole(
    people: dict[str, Page], training: Training, language: str, width: int
) -> None:
    faults: list[str] = []
    for who, paths in WORK.items():
        page = people[who]
        before = page.viewport_size
        page.set_viewport_size({"width": width, "height": 900})
        complaints = watch(page)
        for path in paths:
            page.goto(f"{training.url}{LANGUAGES[language]}{path}")
            with_axe = width == 1280 or language == "ru"  # the longest words, on the narrow screen
            faults += [f"{who} {path}: {line}" for line in look_at(page, width, language, with_axe=with_axe)]
        faults += complaints
        if before:
            page.set_viewport_size(before)

    assert faults == []


def test_future_period_is_told_and_what_was_written_stays(people: dict[str, Page], training: Training) -> None:
    focal = people["focal"]
    focal.goto(f"{training.url}/work/entries/VI.16f/hand-in/")

    focal.fill("#value", "12")
    focal.fill("#period", "2099")
    focal.fill("#note", "Counted by hand.")
    follow(focal.locator("main form button").last)

    expect(focal.locator("#faults")).to_contain_text("31 December 2099")
    expect(focal.locator("#period")).to_have_attribute("aria-invalid", "true")
    assert focal.input_value("#note") == "Counted by hand."


def test_page_called_pdf_is_refused_by_its_content(people: dict[str, Page], training: Training, tmp_path: Path) -> None:
    false = tmp_path / "report.pdf"
    false.write_text("<!doctype html><script>alert(1)</script>")
    focal = people["focal"]
    focal.goto(f"{training.url}/work/entries/VI.16f/hand-in/")

    focal.fill("#note", "See the report.")
    focal.set_input_files("#evidence", false)
    follow(focal.locator("main form button").last)

    expect(focal.locator("#faults")).to_contain_text("report.pdf")
    expect(focal.locator("#faults")).to_contain_text("HTML")
    assert focal.input_value("#note") == "See the report."


def test_answer_fits_on_one_screen_of_a_phone(people: dict[str, Page], training: Training) -> None:
    focal = people["focal"]
    focal.goto(f"{training.url}/work/entries/VI.16f/hand-in/")

    bottom = focal.locator("main form button").last.evaluate("e => e.getBoundingClientRect().bottom + window.scrollY")
    top = focal.locator("#value").evaluate("e => e.getBoundingClientRect().top + window.scrollY")

    assert bottom - top <= 844
    assert focal.evaluate("document.documentElement.scrollWidth") <= 390
