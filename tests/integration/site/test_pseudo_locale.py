"""No sentence of a page stays untranslated: every message is marked, and what is left unmarked must not be English."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from django.test import Client, override_settings
from django.utils.translation import trans_real

from serai.site.messages import LOCALE, read_catalog

PAGES = (
    "",
    "register/?topic=transport&order=due",
    "register/?q=perimts&page=x&act=nothing",
    "register/VI.13a",
    "register/VI.7b",
    "register/VI.4",
    "register/XI.4b",
    "register/VI.12",
    "register/S.1",
    "register/bodies/",
    "register/bodies/customs-dg/",
    "register/bodies/customs-dg/brief/",
    "register/instruments/",
    "register/instruments/bri/",
    "register/calendar/",
    "register/comparison/?section=VI",
    "register/indicators/?source=public",
    "corridors/performance?indicator=all",
    "corridors/performance?indicator=TFI3&scope=crossing&year=x",
    "register/method/",
    "register/data/",
    "about/licences/",
    "about/accessibility/",
    "about/privacy/",
    "about/contact/",
    "register/ZZ.99",
)
# Names that are the same in every language.
SAME = set(
    "Serai Secretariat English JSON CSV API OpenAPI iCalendar TEU Apache License XA XB realm UTC WCAG axe core Comtrade Online".split()
)


class VisibleText(HTMLParser):
    """Collects text and spoken attributes, leaving out code, foreign words and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in {"meta", "link", "input", "br", "path", "rect", "img"}:
            self.found += [values[name] or "" for name in ("placeholder",) if name in values]
            return
        classes = (values.get("class") or "").split()
        foreign = values.get("lang", "ru") != "ru" and tag != "html"
        hidden = foreign or bool({"mono", "pre"} & set(classes)) or tag in {"script", "style"}
        self._hidden.append(hidden or (self._hidden[-1] if self._hidden else False))
        if not self._hidden[-1]:
            self.found += [values[name] or "" for name in ("aria-label", "title", "data-label") if name in values]

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        if not (self._hidden and self._hidden[-1]):
            self.found.append(data)


@pytest.fixture
def pseudo_locale(tmp_path: Path) -> Iterator[None]:
    """Russian in which every message of ours is its English in brackets."""
    catalog = read_catalog(LOCALE / "ru" / "LC_MESSAGES" / "django.po")
    for message in catalog:
        if message.id:
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            marked = [f"⟦{text}⟧" for text in ids]
            message.string = marked[0] if isinstance(message.id, str) else (marked[0], marked[-1], marked[-1])
    target = tmp_path / "ru" / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, catalog)
    with override_settings(LOCALE_PATHS=[tmp_path]):
        trans_real._translations = {}
        yield
    trans_real._translations = {}


@pytest.mark.django_db
@pytest.mark.usefixtures("pseudo_locale")
@pytest.mark.parametrize("page", PAGES)
def test_page_has_no_untranslated_sentence(page: str, client: Client) -> None:
    answer = client.get(f"/ru/{page}")
    reader = VisibleText()
    reader.feed(answer.content.decode())

    text = " ".join(reader.found)
    text = re.sub(r"«[^»]*»|“[^”]*”|\"[^\"]*\"", " ", text)  # the declaration's English, quoted in a note
    unmarked = re.sub(r"⟦[^⟦⟧]*⟧", " ", re.sub(r"⟦[^⟦⟧]*⟧", " ", text))
    words = set(re.findall(r"(?<![\w./-])[A-Za-z][a-z]{2,}(?![\w./])", unmarked)) - SAME

    assert "⟦" in text
    assert words == set()
