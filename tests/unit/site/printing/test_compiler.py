"""Printing: what data says is printed letter by letter, the same data give the same bytes, and limits hold."""

import shutil
import time
from pathlib import Path
from typing import Any

import pytest
import typst

from serai.site.printing import compiler
from serai.site.printing.compiler import TEMPLATES, clean, render
from serai.site.printing.errors import CannotPrint, NoHanFont, PrintTooLong
from tests.pdf import Pdf

needs_han = pytest.mark.skipif(
    not any("CJK SC" in family for family in typst.Fonts().families()),
    reason="no Han font: apt-get install fonts-noto-cjk",
)
MARKUP = '# * _ $ ` \\ @ref <label> ] [ "] #let x = 1 // no /* nor */ -- ... ~ = + \' ${x} #{x} #read("/etc/passwd")'


def entry(**changes: object) -> dict[str, Any]:
    row: dict[str, Any] = {
        "code": "VI.16c",
        "title": "Port connectivity",
        "summary": "The parties are ready to cooperate.",
        "facts": [{"label": "Who", "text": "All six states", "lang": None, "link": ""}],
        "figures": [],
        "requests": [],
    }
    return row | changes


def brief(*entries: dict[str, Any], **changes: object) -> dict[str, Any]:
    data: dict[str, Any] = {
        "created": "2026-11-24",
        "title": "Customs",
        "kicker": "Brief",
        "lede": ["One clause."],
        "author": "Secretariat",
        "brand": "Serai",
        "foot": "Secretariat · 24 November 2026",
        "page": ["Page ", " of ", ""],
        "realm_note": "",
        "disclaimer": "It ranks no state.",
        "figures_label": "Figures",
        "requests_label": "Requests",
        "empty": "None.",
        "entries": list(entries),
    }
    return data | changes


def squeeze(text: str) -> str:
    """The text without spaces, which a line's end swallows, and without the places where a long word may break."""
    return "".join(text.split()).replace("\u200b", "")


def test_markup_in_the_data_is_printed_letter_by_letter() -> None:
    figure = {
        "value": MARKUP,
        "unit": MARKUP,
        "facts": [{"label": MARKUP, "text": MARKUP, "lang": "en", "link": ""}],
        "statements": [{"head": MARKUP, "text": MARKUP, "lang": "ru"}],
    }
    data = brief(entry(title=MARKUP, summary=MARKUP, figures=[figure], requests=[MARKUP]), kicker=MARKUP, foot=MARKUP)

    text = squeeze(Pdf(render("brief", data, "en")).text)

    assert text.count(squeeze(MARKUP)) == 11
    assert "root:" not in text


def test_the_title_is_in_the_document_letter_by_letter() -> None:
    data = brief(entry(), title="A *b* #c")

    pdf = Pdf(render("brief", data, "en"))

    assert "A*b*#c" in squeeze(pdf.pages[0])
    assert b"A *b* #c" in pdf.content  # the document's own title


def test_the_same_data_give_the_same_bytes_and_another_day_others() -> None:
    first = render("brief", brief(entry()), "en")

    assert render("brief", brief(entry()), "en") == first
    assert render("brief", brief(entry(), created="2026-11-25"), "en") != first


@pytest.mark.parametrize(
    ("language", "tag", "text", "font"),
    [
        ("en", "en", "Port connectivity “quoted” – 9.9", "LibertinusSerif-Regular"),
        ("ru", "ru", "Взаимосвязанность «портов» Қазақстан ғ ҷ ӣ ӯ ҳ", "LibertinusSerif-Regular"),
        pytest.param("zh-hans", "zh-CN", "口岸互联互通，“智慧海关”。", "NotoSerifCJKsc-Regular", marks=needs_han),
    ],
)
def test_each_language_is_set_in_letters_of_its_own(language: str, tag: str, text: str, font: str) -> None:
    pdf = Pdf(render("brief", brief(entry(summary=text)), language))

    assert squeeze(text) in squeeze(pdf.text)
    assert pdf.language == tag
    assert font in pdf.fonts


@pytest.mark.parametrize("language", ["en", "ru", "zh-hans"])
def test_han_without_a_font_is_refused_in_a_sentence(language: str) -> None:
    data = brief(entry(figures=[], summary="口岸"))

    with pytest.raises(NoHanFont) as refused:
        render("brief", data, language, has_system_fonts=False)

    assert (refused.value.code, refused.value.http_status) == ("no_han_font", 503)
    assert "fonts-noto-cjk" in str(refused.value)


def test_latin_and_cyrillic_need_no_font_of_the_machine() -> None:
    pdf = Pdf(render("brief", brief(entry(title="Порты")), "ru", has_system_fonts=False))

    assert "Порты" in pdf.text
    assert pdf.fonts <= {"LibertinusSerif-Regular", "LibertinusSerif-Bold", "DejaVuSansMono"}


def test_a_character_that_no_font_has_is_written_as_its_number() -> None:
    data = brief(entry(summary="done ก, again ก"))

    text = Pdf(render("brief", data, "en", has_system_fonts=False)).text

    assert "done [U+0E01], again [U+0E01]" in text


def test_what_is_no_text_is_left_out() -> None:
    assert clean({"a": ["x\u0000y\u202ez\ud800\r\nw\t"], "b": 1, "c": None}) == {"a": ["xyz\nw"], "b": 1, "c": None}


def test_control_characters_do_not_stop_the_printing() -> None:
    text = Pdf(render("brief", brief(entry(summary="a\u0000b\u001bc\u202ed")), "en")).text

    assert "abcd" in text


def test_every_page_has_its_number_and_later_ones_the_title() -> None:
    pages = Pdf(render("brief", brief(*[entry() for _ in range(30)]), "en")).pages

    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
    assert all("Customs" in page for page in pages)


def test_training_is_told_on_each_page() -> None:
    note = "Training node, for practice only"

    pages = Pdf(render("brief", brief(*[entry() for _ in range(30)], realm_note=note), "en")).pages

    assert len(pages) > 2
    assert [page.count(note) for page in pages] == [1] * len(pages)


def test_a_brief_without_entries_says_so() -> None:
    assert "None." in Pdf(render("brief", brief(), "en")).text


def test_a_long_address_is_broken_within_the_page_and_stays_a_link() -> None:
    address = "https://example.org/" + "a/b" * 150
    row = {"label": "Link", "text": address, "lang": None, "link": address}

    pdf = Pdf(render("brief", brief(entry(facts=[row])), "en"))

    assert squeeze(address) in squeeze(pdf.text)
    assert f"/URI({address})".encode() in pdf.content


def test_it_can_be_read_aloud() -> None:
    content = render("brief", brief(entry()), "en")

    assert b"/Marked true" in content
    assert b"pdfuaid:part" in content


def test_two_hundred_entries_are_printed_within_ten_seconds() -> None:
    fact = {
        "label": "Indicator",
        "text": "Waiting time before a border post, median hours " * 3,
        "lang": None,
        "link": "",
    }
    figure = {
        "value": "12.2",
        "unit": "h",
        "facts": [fact] * 5,
        "statements": [{"head": "S", "text": "t" * 500, "lang": "en"}],
    }
    data = brief(*[entry(facts=[fact] * 7, figures=[figure]) for _ in range(200)])
    started = time.monotonic()

    pdf = Pdf(render("brief", data, "en"))

    assert time.monotonic() - started < 10
    assert pdf.text.count("VI.16c") == 200


@pytest.fixture
def bad_template(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A template of the test's own, where ours are looked for."""
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    monkeypatch.setattr(compiler, "TEMPLATES", tmp_path / "templates")
    return tmp_path / "templates" / "bad.typ"


@pytest.mark.parametrize(
    "source",
    [
        '#import "@preview/cetz:0.3.0": canvas',
        '#read("/etc/passwd")',
        '#read("../../../../etc/passwd")',
        "#range(400000000).len()",
    ],
    ids=["a package from the network", "a file of the machine", "a file above the folder", "all of the memory"],
)
def test_a_template_reaches_neither_network_nor_files_nor_all_memory(bad_template: Path, source: str) -> None:
    bad_template.write_text(source)
    started = time.monotonic()

    with pytest.raises(CannotPrint):
        render("bad", brief(), "en")

    assert time.monotonic() - started < 20


def test_printing_that_takes_too_long_is_given_up(bad_template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad_template.write_text("#for a in range(100000) { for b in range(100000) { let c = calc.sin(a + b) } }")
    monkeypatch.setattr(compiler, "LONGEST_S", 1)

    with pytest.raises(PrintTooLong, match="within 1 seconds"):
        render("bad", brief(), "en")


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    render("brief", brief(entry()), "en")

    assert list(tmp_path.iterdir()) == []
