"""Briefs for bodies and states: the same entries on the page, in the PDF and at the command line, nobody guessed in."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import typst
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.test import Client, override_settings
from django.urls import include, path

from serai.kernel.countries import STATES, Party
from serai.kernel.languages import HTML_TAGS, LANGUAGES
from serai.kernel.revision import bump_revision
from serai.register.followup.domain import Kind, SubmissionState
from serai.register.followup.models import Decision, Request, Submission
from serai.register.models import Body, Entry
from serai.register.queries import get_body
from serai.register.revisions import FIGURES, REGISTER
from serai.site import urls as site_urls
from serai.site.home import NodeHome, Realm
from serai.site.printing import compiler
from serai.site.printing.compiler import render
from serai.site.printing.data import make_brief, read_state
from serai.site.printing.errors import NoSuchState
from serai.site.printing.turns import Turns
from serai.site.urls import handler400, handler403, handler404, handler500  # noqa: F401  # Django looks for them here
from tests.html import Page
from tests.pdf import Pdf
from tests.running import environment_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
urlpatterns = [
    *site_urls.urlpatterns,
    *i18n_patterns(path("", include("serai.site.printing.urls")), prefix_default_language=False),
]
PREFIXES = {"en": "", "ru": "/ru", "zh-hans": "/zh-hans"}
UNNAMED = ("III.1a", "III.1b", "III.1c", "VI.4", "X.1a", "XI.5")  # the register's reference, section 3
PDF_LANGUAGES = [
    pytest.param(
        language,
        marks=pytest.mark.skipif(
            language == "zh-hans" and not any("CJK SC" in family for family in typst.Fonts().families()),
            reason="no Han font: apt-get install fonts-noto-cjk",
        ),
    )
    for language in LANGUAGES
]


def squeeze(text: str) -> str:
    """The text without what depends on where its lines end."""
    return re.sub(r"[\s\u00ad\u200b\u2010-]", "", text)


def rows_of(subject: Body | Party, **options: Any) -> list[dict[str, Any]]:
    """The entries of a brief, in English."""
    rows: Any = make_brief(subject, "en", **options)["entries"]
    return list(rows)


def publish(**changes: object) -> Submission:
    """A submission that a second person has published."""
    values: dict[str, object] = {
        "owner_node": "SEC",
        "made_by": "somebody",
        "made_at": datetime(2026, 5, 1, tzinfo=UTC),
        "digest": "0" * 64,
        "state": SubmissionState.PUBLISHED,
    }
    row = Submission.objects.create(**values | changes)
    Decision.objects.create(submission=row, verdict="publish", by="another", at=datetime(2026, 5, 2, tzinfo=UTC))
    return row


@pytest.fixture
def figure() -> Submission:
    """A figure for port connectivity, beside which a state has placed a statement."""
    row = publish(
        kind=Kind.MEASUREMENT,
        entry=Entry.objects.get(code="VI.16c"),
        party="body:customs-dg",
        value=Decimal("12.25"),
        measure=0,
        unit="median hours per post and direction",
        series="Khorgos",
        period="2026-Q1",
        period_start=date(2026, 1, 1),
        period_end=date(2026, 3, 31),
        coverage=Decimal("42.5"),
        provenance="declared",
        source="Table 7 of the customs services",
    )
    publish(
        kind=Kind.STATEMENT, entry=row.entry, party="state:CN", about=row, note="Lorries *only* #1.", note_language="en"
    )
    bump_revision(REGISTER)  # as publishing does: where the entry stands has changed
    return row


@pytest.mark.parametrize("code", STATES)
def test_a_state_finds_the_entries_that_name_it_or_all_six_and_no_others(code: Party) -> None:
    expected = [
        entry.code
        for entry in Entry.objects.order_by("position")
        if entry.scope not in {"relevant-parties", "secretariat-participants"}
        and ("all" in entry.actors or code in entry.actors)
    ]

    found = [row["code"] for row in rows_of(code)]

    assert found == expected
    assert set(found).isdisjoint(UNNAMED)
    assert len(found) > 100


def test_states_differ_where_the_text_names_only_some() -> None:
    found = {code: {row["code"] for row in rows_of(code)} for code in STATES}

    assert len({frozenset(codes) for codes in found.values()}) > 1


def test_a_body_finds_the_entries_of_its_page() -> None:
    body = get_body("sec")

    found = [row["code"] for row in rows_of(body)]

    assert found == [entry.code for entry in body.entries.order_by("position")]


@pytest.mark.parametrize("code", ["SEC", "XX", "kz", "", "KZ "])
def test_what_is_no_state_of_the_mechanism_has_no_brief(code: str) -> None:
    with pytest.raises(NoSuchState, match="CN, KZ, KG, TJ, TM, UZ"):
        read_state(code)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_state_is_whole(client: Client, language: str, figure: Submission) -> None:
    answer = client.get(f"{PREFIXES[language]}/register/states/KZ/brief/")

    page = Page.read(answer.text)
    assert (answer.status_code, page.faults, page.lang) == (200, [], HTML_TAGS[language])
    assert page.h1 == [make_brief(Party.KZ, language)["title"]]
    assert f"{PREFIXES[language]}/register/states/KZ/brief.pdf" in page.links
    assert page.text.count("VI.16c") == 1
    assert "Lorries *only* #1." in page.text
    assert "12,25" in page.text if language == "ru" else "12.25" in page.text
    assert not {"None", "False", "True"} & set(page.texts)


def test_an_unknown_state_is_answered_in_a_sentence(client: Client) -> None:
    for address in ("/register/states/XX/brief/", "/register/states/XX/brief.pdf"):
        answer = client.get(address)

        assert answer.status_code == 404
        assert "is not a state of the mechanism" in answer.text


@pytest.mark.parametrize("language", PDF_LANGUAGES)
@pytest.mark.parametrize(("kind", "key"), [("bodies", "customs-dg"), ("states", "TJ")])
def test_a_brief_comes_as_pdf_with_all_that_it_says(
    client: Client, kind: str, key: str, language: str, figure: Submission
) -> None:
    answer = client.get(f"{PREFIXES[language]}/register/{kind}/{key}/brief.pdf")

    data: dict[str, Any] = make_brief(get_body(key) if kind == "bodies" else Party(key), language)
    pdf = Pdf(answer.content)
    text = squeeze(pdf.text)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="serai-brief-{key}-{language}.pdf"'
    assert pdf.language == {"en": "en", "ru": "ru", "zh-hans": "zh-CN"}[language]
    for entry in data["entries"]:
        said = [
            entry["code"],
            entry["title"],
            *(value for fact in entry["facts"] for value in (fact["label"], fact["text"])),
        ]
        assert [words for words in said if squeeze(words) not in text] == [], entry["code"]
    assert "Lorries*only*#1." in text
    assert squeeze(data["disclaimer"]) in text


def test_the_latest_figure_stands_with_its_source_coverage_and_the_partys_statement(figure: Submission) -> None:
    entries = rows_of(get_body("customs-dg"))

    [row] = [entry for entry in entries if entry["code"] == "VI.16c"]
    [shown] = row["figures"]
    assert (shown["value"], shown["unit"]) == ("12.25", "median hours per post and direction")
    facts = {fact["label"]: fact["text"] for fact in shown["facts"]}
    assert facts == {
        "Of what": "Khorgos",
        "Period": "Q1 2026",
        "Given by": "China–Central Asia Customs Directors-General Meeting",
        "Coverage": "42.5\u00a0%",
        "Source": "declared · Table 7 of the customs services",
    }
    assert shown["statements"] == [
        {"head": "Statement by China · 2 May 2026", "text": "Lorries *only* #1.", "lang": "en"}
    ]
    assert "Not yet measured" not in {fact["text"] for fact in row["facts"]}


def test_an_indicator_without_a_figure_is_not_yet_measured() -> None:
    entries = rows_of(get_body("customs-dg"))

    [row] = [entry for entry in entries if entry["code"] == "VI.16d"]
    assert {"label": "Latest figures", "text": "Not yet measured", "lang": None, "link": ""} in row["facts"]


def test_open_requests_are_told_only_where_they_are_given() -> None:
    request = Request.objects.create(
        entry=Entry.objects.get(code="VI.16c"),
        party="state:KZ",
        question="How many posts?",
        due=date(2026, 6, 1),
        asked_by="x",
        asked_at=datetime(2026, 4, 1, tzinfo=UTC),
    )
    body = get_body("customs-dg")

    told = [row["requests"] for row in rows_of(body, requests=[request])]
    public = [row["requests"] for row in rows_of(body)]

    [[sentence]] = [rows for rows in told if rows]
    assert sentence.startswith("Asked: Kazakhstan. Answer due 1 Jun 2026;")
    assert sentence.endswith("How many posts?")
    assert not any(public)


def test_a_pdf_with_its_tag_sent_back_is_not_made_again(client: Client) -> None:
    address = "/register/bodies/customs-dg/brief.pdf"
    first = client.get(address)
    busy = Turns(most_waiting=0, wait_s=0)

    with pytest.MonkeyPatch.context() as patch, busy.take():
        patch.setattr(compiler, "_turns", busy)
        again = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address).content == first.content


def test_a_figure_that_is_published_changes_the_tag(client: Client, figure: Submission) -> None:
    before = client.head("/register/bodies/customs-dg/brief.pdf")["ETag"]

    bump_revision(FIGURES)

    assert client.head("/register/bodies/customs-dg/brief.pdf")["ETag"] != before


def test_a_busy_printer_says_when_to_come_back_and_everything_else_is_answered(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = Turns(most_waiting=0, wait_s=0)
    monkeypatch.setattr(compiler, "_turns", busy)

    with busy.take():
        answer = client.get("/ru/register/bodies/customs-dg/brief.pdf")
        page = client.get("/ru/register/bodies/customs-dg/brief/")

    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "10", "no-store")
    assert "ETag" not in answer
    assert "printer_busy" in answer.text
    assert page.status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_brief_is_only_read(client: Client, method: str) -> None:
    assert getattr(client, method)("/register/states/KZ/brief.pdf").status_code == 405


def test_a_training_node_says_so_on_every_page_and_in_the_name(client: Client) -> None:
    with override_settings(IDENTITY=replace(settings.IDENTITY, realm=Realm.TRAINING)):
        answer = client.get("/register/bodies/customs-dg/brief.pdf")

    pages = Pdf(answer.content).pages
    assert [page.count("Training node, for practice only") for page in pages] == [1] * len(pages)
    assert 'filename="serai-brief-customs-dg-en-training.pdf"' in answer["Content-Disposition"]


def test_a_service_node_says_nothing_of_training() -> None:
    assert settings.IDENTITY.realm is Realm.SERVICE
    assert make_brief(Body.objects.get(pk="customs-dg"), "en")["realm_note"] == ""


_COMMAND = """
import sys
from serai.site.cli import _start
from serai.site.printing.cli import register
register.main(sys.argv[1:], obj=_start)
"""


@pytest.mark.parametrize(("name", "title"), [("customs-dg", "Встреча руководителей"), ("KZ", "Казахстан")])
def test_the_command_prints_what_the_page_gives(home: NodeHome, tmp_path: Path, name: str, title: str) -> None:
    out = tmp_path / "brief.pdf"

    done = subprocess.run(
        [sys.executable, "-c", _COMMAND, "brief", name, "--language", "ru", "--output", str(out)],
        env=environment_of(home.folder),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{out}: {out.stat().st_size:,} bytes\n"
    assert title in Pdf(out.read_bytes()).text


def test_all_of_a_state_is_printed_within_ten_seconds() -> None:
    data = make_brief(Party.UZ, "en")
    started = datetime.now(UTC)

    content = render("brief", data, "en")

    assert (datetime.now(UTC) - started).total_seconds() < 10
    assert len(Pdf(content).pages) > 30
