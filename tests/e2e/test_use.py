"""A reader at work: by keyboard, without script, on a phone, in print, from one language to the next."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import follow

pytestmark = pytest.mark.browser


def test_reader_gets_from_home_to_an_entry_by_keyboard_alone(browser: Browser, node_url: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(node_url)

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("perimts")
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_contain_text("permits")
    link = page.locator(".entries a", has_text="Electronic road transport permits")
    link.focus()
    outline = link.evaluate("element => getComputedStyle(element).outlineWidth")
    assert outline == "3px"
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Electronic road transport permits")
    page.close()


def test_list_is_narrowed_without_script(browser: Browser, node_url: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{node_url}/register/")

    page.locator(".facets input[name=system][value=corridors]").check()
    follow(page.locator(".facets button"))

    expect(page.locator("[role=status]")).to_contain_text("8")
    expect(page.locator(".filter")).to_have_count(1)
    follow(page.locator(".filter"))
    expect(page.locator("[role=status]")).to_contain_text("230")
    context.close()


def test_facets_and_menu_open_on_a_phone(browser: Browser, node_url: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(f"{node_url}/register/")

    page.locator(".facet-drawer > summary").click()
    expect(page.locator(".facets input").first).to_be_visible()
    page.locator(".menu-button").click()
    expect(page.locator("#nav a").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#nav a").first).not_to_be_visible()
    page.close()


def test_language_link_leads_to_the_same_page(browser: Browser, node_url: str) -> None:
    page = browser.new_page()
    page.goto(f"{node_url}/register/?topic=transport&page=2")

    follow(page.locator(".langs a", has_text="中文"))

    expect(page).to_have_url(re.compile(r"/zh-hans/register/\?topic=transport&page=2$"))
    expect(page.locator("[role=status]")).to_contain_text("21")
    page.close()


def test_brief_prints_without_menus(browser: Browser, node_url: str) -> None:
    page = browser.new_page()
    page.goto(f"{node_url}/register/bodies/customs-dg/brief/")

    page.emulate_media(media="print")

    expect(page.locator(".site-nav")).to_be_hidden()
    expect(page.locator(".breadcrumbs")).to_be_hidden()
    expect(page.locator("h2", has_text="VI.16d")).to_be_visible()
    assert len(page.pdf()) > 10_000
    page.close()


def test_targets_are_large_enough_for_a_thumb(browser: Browser, node_url: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(f"{node_url}/register/")

    small = page.evaluate(
        """() => [...document.querySelectorAll('button, summary, .button, .site-footer a, .facet')]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 24).map(e => e.outerHTML.slice(0, 80))"""
    )

    assert small == []
    page.close()
