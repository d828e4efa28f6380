"""Every page in three languages, wide and narrow: no error, no sideways scroll, WCAG rules of axe-core."""

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

pytestmark = pytest.mark.browser

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LANGUAGES = {"en": "", "ru": "/ru", "zh-Hans": "/zh-hans"}
PATHS = (
    "/",
    "/register/",
    "/register/?topic=transport&topic=trade&q=%D1%82%D1%80%D0%B0%D0%BD%D1%81%D0%BF%D0%BE%D1%80%D1%82",
    "/register/?q=perimts",
    "/register/?q=zzzzzz&topic=nothing&page=x",
    "/register/VI.13a",
    "/register/VI.7b",
    "/register/VI.4",
    "/register/XI.4b",
    "/register/VI.12",
    "/register/II.2c",
    "/register/bodies/",
    "/register/bodies/customs-dg/",
    "/register/bodies/customs-dg/brief/",
    "/register/states/KZ/brief/",
    "/register/XI.4b/history/",
    "/account/sign-in/",
    "/register/instruments/",
    "/register/instruments/unga-zone-ca/",
    "/register/calendar/",
    "/register/comparison/",
    "/register/comparison/?relation=undetermined",
    "/register/indicators/",
    "/corridors/",
    "/corridors/?from=Xi%27an&to=Tashkent&ready=2026-11-30T08:00",
    "/corridors/?from=Xi%27an&to=Tashkent&avoid_country=CN",
    "/corridors/network",
    "/corridors/performance",
    "/corridors/performance?place=tj-dusti--uz-saryasia--road",
    "/corridors/performance?indicator=TFI3&scope=crossing&year=x",
    "/register/method/",
    "/register/data/",
    "/api/docs",
    "/about/licences/",
    "/about/accessibility/",
    "/about/privacy/",
    "/about/contact/",
)
# The rules of axe take a second a page; narrow, they are tried where the layout differs from the wide one.
NARROW_AXE = {
    "/",
    "/register/",
    "/register/XI.4b",
    "/register/calendar/",
    "/register/comparison/",
    "/register/indicators/",
    "/corridors/?from=Xi%27an&to=Tashkent&ready=2026-11-30T08:00",
    "/corridors/performance",
}


def watch(page: Page) -> list[str]:
    """Collect what the console and the page complain of, CSP violations among it."""
    found: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            found.append(message.text)

    page.on("console", on_console)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("requestfailed", lambda request: None if was_left(request) else found.append(f"failed: {request.url}"))
    return found


def was_left(request: Request) -> bool:
    """Return whether the browser gave the request up, as it does with an icon when the next page is opened."""
    return request.failure == "net::ERR_ABORTED"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [1280, 390])
def test_page_is_whole(browser: Browser, node_url: str, width: int, language: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=False)
    page = context.new_page()
    complaints = watch(page)
    faults: list[str] = []
    for path in PATHS:
        page.goto(node_url + LANGUAGES[language] + path)

        is_narrow_twin = width == 390 and path not in NARROW_AXE
        faults += [f"{path}: {line}" for line in look_at(page, width, language, with_axe=not is_narrow_twin)]
    context.close()

    assert faults + complaints == []


def look_at(page: Page, width: int, language: str, *, with_axe: bool = True) -> list[str]:
    """Return what is wrong with the page that is open."""
    found = []
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append(f"scrolls sideways at {width}")
    if page.locator("h1").count() != 1:
        found.append(f"has {page.locator('h1').count()} h1")
    if page.evaluate("document.documentElement.lang") != language:
        found.append("has another lang")
    if page.locator("[style]").count():
        found.append("has a style attribute")
    if not with_axe:
        return found
    page.evaluate(AXE)
    result = page.evaluate("tags => axe.run({runOnly: tags})", TAGS)
    found += [
        f"axe {violation['id']}: {violation['nodes'][0]['html'][:120]} (+{len(violation['nodes']) - 1})"
        for violation in result["violations"]
    ]
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 600, 960])
def test_page_holds_in_other_widths_and_schemes(browser: Browser, node_url: str, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]  # a literal
    page = context.new_page()
    complaints = watch(page)
    faults: list[str] = []
    for path in (
        "/ru/",
        "/ru/register/",
        "/ru/register/XI.4b",
        "/zh-hans/register/calendar/",
        "/ru/register/comparison/",
        "/ru/corridors/performance?place=KZ",
    ):
        page.goto(node_url + path)
        with_axe = scheme == "dark" and width == 600

        faults += [
            f"{path}: {line}"
            for line in look_at(page, width, "ru" if path.startswith("/ru") else "zh-Hans", with_axe=with_axe)
        ]
    context.close()

    assert faults + complaints == []
