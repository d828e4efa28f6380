"""A forwarder at work: plans Xi'an to Tashkent, avoids Khorgos, sees route and risk change, takes the answer away."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import follow

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", ["with script", "without script"])
def test_a_forwarder_plans_avoids_khorgos_and_exports(browser: Browser, node_url: str, script: str) -> None:
    context = browser.new_context(
        java_script_enabled=script == "with script", accept_downloads=True, viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.goto(f"{node_url}/corridors/")
    page.locator("#f-from").fill("Xi’an")
    page.locator("#f-to").fill("Tashkent")
    page.locator("#f-ready").fill("2026-11-30T08:00")
    follow(page.locator("form.panel button"))

    cheapest = page.locator(".itinerary").first
    expect(cheapest.locator("h3")).to_contain_text("Khorgos")
    before = cheapest.inner_text()
    assert re.search(r"Half arrive within \d+ d", before)

    follow(
        cheapest.locator(".leg", has_text="Khorgos – Altynkol").get_by_role("link", name="Avoid this crossing").first
    )
    expect(page.locator(".filter")).to_have_text(re.compile("avoid Khorgos – Altynkol"))

    cheapest = page.locator(".itinerary").first
    expect(cheapest.locator("h3")).not_to_contain_text("Khorgos")
    after = cheapest.inner_text()
    risks = [re.search(r"Half arrive within [^(]+", text)[0] for text in (before, after)]
    assert risks[0] != risks[1]

    for name in ("CSV", "GeoJSON"):
        with page.expect_download() as download:
            page.locator("main a", has_text=name).first.click()
        assert download.value.path().stat().st_size > 1000
    with page.expect_download() as download:
        page.locator(".itinerary a[href*='plan.ics']").first.click()
    assert download.value.path().read_text().startswith("BEGIN:VCALENDAR")
    context.close()


def test_a_point_of_the_chart_opens_its_way(browser: Browser, node_url: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{node_url}/corridors/?from=Xi%27an&to=Tashkent&ready=2026-11-30T08:00")

    follow(page.locator(".chart svg a").last)

    expect(page).to_have_url(re.compile(r"way=[A-Z]#way-[A-Z]$"))
    letter = page.url[-1]
    expect(page.locator(f"#way-{letter} > details[open]")).to_be_visible()
    page.close()


def test_an_answer_prints_without_its_form(browser: Browser, node_url: str) -> None:
    page = browser.new_page()
    page.goto(f"{node_url}/corridors/?from=Xi%27an&to=Tashkent&ready=2026-11-30T08:00")

    page.emulate_media(media="print")

    expect(page.locator("form.panel")).to_be_hidden()
    expect(page.locator(".itinerary").first).to_be_visible()
    page.close()
