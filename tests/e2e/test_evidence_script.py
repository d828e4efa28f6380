"""The script that says, before anything is sent, that a file is too large; the page works the same without it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

import serai.site

pytestmark = pytest.mark.browser
SCRIPT = Path(serai.site.__file__).parent / "static" / "serai" / "evidence.js"
POLICY = "default-src 'none'; script-src 'self'; form-action 'self'"
FORM = """<!doctype html><html lang="en"><title>Form</title><script type="module" src="/evidence.js"></script>
<form method="post" action="/sent" enctype="multipart/form-data"><div class="field"><label for="evidence">File</label>
<input type="file" id="evidence" name="evidence" multiple data-most-bytes="1000" data-most-files="2"
  data-too-large="Too large." data-too-many="Too many." data-too-much="Too much together." aria-describedby="hint">
</div><p id="hint">Hint</p><button>Send</button></form>"""


def answer(route: Route) -> None:
    path = route.request.url.removeprefix("http://node.invalid")
    if path == "/evidence.js":
        route.fulfill(body=SCRIPT.read_text(), content_type="text/javascript")
    else:
        body = FORM if path == "/" else "<!doctype html><html lang=en><title>Sent</title><h1>Sent</h1>"
        route.fulfill(body=body, content_type="text/html", headers={"Content-Security-Policy": POLICY})


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.route("**/*", answer)
    page.goto("http://node.invalid/")
    yield page
    page.close()


def choose(page: Page, *sizes: int) -> None:
    page.set_input_files(
        "#evidence",
        [{"name": f"{n}.txt", "mimeType": "text/plain", "buffer": b"a" * size} for n, size in enumerate(sizes)],
    )


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [((1001,), "Too large."), ((1, 1, 1), "Too many."), ((600, 600), "Too much together.")],
)
def test_what_is_too_much_is_told_when_chosen_and_not_sent(page: Page, sizes: tuple[int, ...], sentence: str) -> None:
    choose(page, *sizes)

    place = page.locator(".field__error")
    expect(place).to_have_text(sentence)
    expect(page.locator("#evidence")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#evidence")).to_have_attribute("aria-describedby", f"hint {place.get_attribute('id')}")
    page.click("button")
    expect(page.locator("#evidence")).to_be_focused()
    assert page.url == "http://node.invalid/"


def test_another_choice_takes_the_sentence_away_and_is_sent(page: Page) -> None:
    choose(page, 1001)

    choose(page, 1000)

    expect(page.locator(".field__error")).to_be_hidden()
    expect(page.locator("#evidence")).to_have_attribute("aria-describedby", "hint")
    assert page.locator("#evidence").get_attribute("aria-invalid") is None
    page.click("button")
    expect(page.locator("h1")).to_have_text("Sent")


@pytest.mark.parametrize("sizes", [(), (500, 500)])
def test_what_is_not_too_much_is_sent(page: Page, sizes: tuple[int, ...]) -> None:
    choose(page, *sizes)

    page.click("button")

    expect(page.locator("h1")).to_have_text("Sent")


def test_without_script_the_form_is_sent(browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.route("**/*", answer)
    page.goto("http://node.invalid/")

    choose(page, 1001)
    page.click("button")

    expect(page.locator("h1")).to_have_text("Sent")
