"""Every page of the node in its three languages: whole, headed, in the right tongue, and without a dead link."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag

import pytest
from django.template import engines
from django.test import Client

from serai.kernel.languages import HTML_TAGS, LANGUAGES
from serai.register.models import Body, Entry, Instrument
from tests.html import Page

pytestmark = pytest.mark.django_db
CODE = re.compile(r"[0-9A-Z]+\.[0-9]+[a-z]?")
REPR = re.compile(r"\b[A-Z]\w+\(\w+=|<[A-Z]\w+[.:]")  # a value of Python's shown as Python writes it
PREFIXES = {"en": "", "ru": "/ru", "zh-hans": "/zh-hans"}


class _Absent(str):
    """What a template shows for a name that nobody gave it; as good as nothing where it only asks whether it is there."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


INVALID = _Absent("NOT-IN-CONTEXT")
# Signs that a template or a sentence was filled wrongly.
LEAKS = (INVALID, "{{", "{%", "{#", "%(", "<Quer", "object at 0x")
PLAIN = (
    "/",
    "/register/",
    "/register/?q=water&topic=water&order=strength&page=2",
    "/register/?q=perimts",
    "/register/?q=xylophone",
    "/register/bodies/",
    "/register/instruments/",
    "/register/calendar/",
    "/register/comparison/",
    "/register/comparison/?relation=repeated&section=VI",
    "/register/indicators/",
    "/register/indicators/?source=public",
    "/corridors/performance",
    "/corridors/performance?indicator=all&place=KZ",
    "/corridors/performance?place=tj-dusti--uz-saryasia--road&year=x",
    "/corridors/performance?indicator=TFI3&scope=crossing",
    "/register/method/",
    "/register/data/",
    "/api/docs",
    "/about/licences/",
    "/about/accessibility/",
    "/about/privacy/",
    "/about/contact/",
)


def paths() -> Iterator[str]:
    yield from PLAIN
    yield from (f"/register/{code}" for code in Entry.objects.values_list("code", flat=True))
    for slug in Body.objects.values_list("pk", flat=True):
        yield from (f"/register/bodies/{slug}/", f"/register/bodies/{slug}/brief/")
    yield from (f"/register/instruments/{slug}/" for slug in Instrument.objects.values_list("pk", flat=True))


@pytest.fixture
def _strict_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that a template shows but nobody gave it leaves a mark instead of nothing."""
    engine: Any = engines["django"]
    monkeypatch.setattr(engine.engine, "string_if_invalid", INVALID)


def faults_of(page: Page, html: str, language: str) -> Iterator[str]:
    yield from page.faults
    if page.lang != HTML_TAGS[language]:
        yield f"has lang={page.lang!r}"
    if len(page.h1) != 1 or not page.h1[0]:
        yield f"has the h1 {page.h1}"
    if not page.title.removesuffix("– Serai").strip():
        yield "has no title of its own"
    yield from (f"shows {leak}" for leak in LEAKS if leak in html)
    yield from (f"shows {text[:60]!r}" for text in page.texts if REPR.search(text))
    if language != "en":
        yield from (f"shows {text!r}" for text in page.texts if text in {"None", "True", "False", "[]", "{}", "nan"})


@pytest.mark.usefixtures("_strict_templates")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_whole_and_every_link_leads_somewhere(client: Client, language: str) -> None:
    faults: list[str] = []
    anchors: dict[str, set[str]] = {}
    wanted: dict[str, set[str]] = {}

    for path in paths():
        address = PREFIXES[language] + path
        response = client.get(address)
        page = Page.read(response.text)
        anchors[address] = set(page.ids)
        faults += [f"{address}: answers {response.status_code}"] * (response.status_code != 200)
        faults += [f"{address}: {fault}" for fault in faults_of(page, response.text, language)]
        for link in page.links:
            target, fragment = urldefrag(link)
            target = f"{address.partition('?')[0]}{target}" if target.startswith("?") else target or address
            if target.startswith("/") and not target.startswith("/static/"):
                wanted.setdefault(target, set()).update({fragment} - {""})

    others = {
        _kind_of(target): target for target in wanted if target not in anchors and _same_language(target, language)
    }
    for target in others.values():
        response = client.get(target)
        if target.removeprefix(PREFIXES[language]).startswith(("/work/", "/account/")):  # one signs in first
            faults += [f"link to {target}: does not lead to the sign-in"] * ("/account/sign-in/" not in response.url)
            continue
        anchors[target] = set(Page.read(response.text).ids) if "html" in response["Content-Type"] else set()
        faults += [f"link to {target}: answers {response.status_code}"] * (response.status_code != 200)
    faults += [
        f"link to {target}#{fragment}: no such place"
        for target, fragments in wanted.items()
        for fragment in fragments
        if target in anchors and fragment not in anchors[target]
    ]
    assert faults == []
    assert len(anchors) > 400


def _kind_of(target: str) -> str:
    """Each entry links to its own file and to a list of itself alone: one of a kind is enough, all are tested elsewhere."""
    if target.endswith(".pdf"):
        return "a printed brief"
    if "/work/" in target or target.partition("?")[0].endswith((".json", ".csv", "/history/")):
        return CODE.sub("CODE", target)
    return target


def _same_language(target: str, language: str) -> bool:
    prefixed = next((code for code, prefix in PREFIXES.items() if prefix and target.startswith(f"{prefix}/")), "en")
    return prefixed == language
