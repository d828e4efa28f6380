"""An entry that binds a subset which the text does not name is never shown as a commitment of all six states."""

import csv
import io

import pytest
from django.test import Client
from django.utils.translation import gettext, override

from serai.kernel.countries import NAMES, STATES
from serai.kernel.languages import LANGUAGES
from serai.register.models import Body, Entry
from serai.register.vocabulary import UNNAMED_SCOPES
from tests.html import Page

pytestmark = pytest.mark.django_db
# The register's reference names these, section 3.
NAMED_IN_REFERENCE = ("III.1a", "III.1b", "III.1c", "VI.4", "X.1a", "XI.5")
PREFIXES = {"en": "", "ru": "/ru", "zh-hans": "/zh-hans"}


def unnamed() -> list[str]:
    return list(Entry.objects.filter(scope__in=UNNAMED_SCOPES).values_list("code", flat=True))


def main_of(html: str) -> str:
    """The page without its frame."""
    return html[html.index("<main") : html.index("</main>")]


def phrases(language: str) -> tuple[str, str]:
    with override(language):
        return gettext("All six states"), gettext("Participants not named in the text")


def test_they_are_the_ones_that_the_reference_names() -> None:
    assert unnamed() == list(NAMED_IN_REFERENCE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", NAMED_IN_REFERENCE)
def test_their_pages_say_that_nobody_is_named_and_name_nobody(client: Client, code: str, language: str) -> None:
    all_six, nobody = phrases(language)

    page = main_of(client.get(f"{PREFIXES[language]}/register/{code}").text)

    assert nobody in page
    assert [text for text in Page.read(page).texts if text.startswith(all_six)] == []
    # The caution says “not of all six states”; in Chinese those words are the very phrase.
    assert language == "zh-hans" or all_six not in page
    assert NAMES[language]["TJ"] not in page
    assert ", ".join(NAMES[language][state] for state in STATES) not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_of_an_entry_of_all_six_does_say_so(client: Client, language: str) -> None:
    """Without this, the test above could pass because the phrase is spelt otherwise."""
    all_six, nobody = phrases(language)

    page = main_of(client.get(f"{PREFIXES[language]}/register/VI.13a").text)

    assert all_six in page
    assert nobody not in page
    assert NAMES[language]["TJ"] in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_brief_for_a_body_shows_each_entry_with_its_own_actors(client: Client, language: str) -> None:
    all_six, nobody = phrases(language)
    entries = Body.objects.get(pk="sec").entries.all()
    bound = [entry for entry in entries if entry.scope not in UNNAMED_SCOPES and entry.actors == ["all"]]

    page = main_of(client.get(f"{PREFIXES[language]}/register/bodies/sec/brief/").text)

    assert page.count(nobody) == len([entry for entry in entries if entry.scope in UNNAMED_SCOPES]) > 0
    assert page.count(all_six) == len(bound)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_to_take_away_names_nobody(client: Client, language: str) -> None:
    _, nobody = phrases(language)

    answer = client.get(f"{PREFIXES[language]}/register/entries.csv?actor=unnamed")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [row["id"] for row in rows] == list(NAMED_IN_REFERENCE)
    assert {(row["who"], row["actor_codes"]) for row in rows} == {(nobody, "unnamed")}


@pytest.mark.parametrize("code", NAMED_IN_REFERENCE)
def test_the_api_gives_no_state_as_bound(client: Client, code: str) -> None:
    body = client.get(f"/api/v1/register/entries/{code}").json()

    assert (body["actors"], body["actors_named"]) == ([], False)


def test_a_filter_by_a_state_or_by_all_does_not_find_them(client: Client) -> None:
    for actor in ("all", "CN", "KZ"):
        found = client.get("/register/entries.json", {"actor": actor}).json()["entries"]
        assert {entry["id"] for entry in found}.isdisjoint(NAMED_IN_REFERENCE), actor
