"""Files to take away open in the programs they are meant for, and say the same as pages and API."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

import icalendar
import pytest
from django.test import Client

from serai.kernel.languages import LANGUAGES
from serai.register import queries
from serai.register.downloads import make_file
from serai.register.models import Entry, Event
from serai.site.home import Realm

pytestmark = pytest.mark.django_db
PREFIXES = {"en": "", "ru": "/ru", "zh-hans": "/zh-hans"}
TABLES = {"entries.csv": 230, "indicators.csv": 127, "comparison.csv": 230}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def read_feed(data: bytes) -> tuple[icalendar.Calendar, dict[str, icalendar.Event]]:
    """Return the calendar and its events by the id of each."""
    feed = icalendar.Calendar.from_ical(data)
    assert isinstance(feed, icalendar.Calendar)
    return feed, {str(event["uid"]).partition("@")[0]: event for event in feed.events}


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "count"), TABLES.items())
def test_a_table_opens_in_a_spreadsheet(client: Client, name: str, count: int, language: str) -> None:
    answer = client.get(f"{PREFIXES[language]}/register/{name}")

    rows = read_csv(answer.content)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert (
        answer["Content-Disposition"]
        == f'attachment; filename="serai-{"register" if name.startswith("entries") else name[:-4]}-{language}.csv"'
    )
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert len(rows) == count
    assert {row["realm"] for row in rows} == {"service"}
    assert all(None not in row and None not in row.values() for row in rows)  # as many cells as the header


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TABLES)
def test_no_cell_of_a_table_is_a_formula(client: Client, name: str, language: str) -> None:
    rows = read_csv(client.get(f"{PREFIXES[language]}/register/{name}").content)

    assert [cell for row in rows for cell in row.values() if cell.lstrip().startswith(FORMULA_STARTS)] == []


def test_a_formula_in_the_data_is_made_a_text(client: Client) -> None:
    entry = Entry.objects.get(code="VI.13a")
    entry.texts["en"]["title"] = "=HYPERLINK(1)"
    entry.save()

    (row,) = read_csv(client.get("/register/entries.csv?q=VI.13a").content)

    assert row["title"] == "'=HYPERLINK(1)"


def test_a_table_gives_codes_in_every_language_and_words_in_the_readers(client: Client) -> None:
    tables = [read_csv(client.get(f"{prefix}/register/entries.csv").content) for prefix in PREFIXES.values()]

    for column in ("id", "act", "kind", "strength_0_to_5", "actor_codes", "topics", "due_iso", "state", "provenance"):
        assert [[row[column] for row in table] for table in tables[1:]] == [[row[column] for row in tables[0]]] * 2, (
            column
        )
    assert len({tuple(row["title"] for row in table) for table in tables}) == 3
    assert len({tables[number][83]["state_label"] for number in range(3)}) == 3


def test_a_table_holds_what_the_list_shows(client: Client) -> None:
    query = "topic=water&topic=energy&act=support&q=energy&order=strength"

    rows = read_csv(client.get(f"/register/entries.csv?{query}").content)

    body = client.get(f"/register/entries.json?{query}").json()
    found = client.get(f"/api/v1/register/entries?{query}").json()
    assert (
        [row["id"] for row in rows]
        == [entry["id"] for entry in body["entries"]]
        == [entry["id"] for entry in found["entries"]]
    )
    assert len(rows) > 1


def test_a_table_says_not_yet_measured_and_never_zero(client: Client) -> None:
    rows = read_csv(client.get("/register/entries.csv").content)

    assert {row["indicator_value"] for row in rows if row["indicator"]} == {"Not yet measured"}
    assert {row["indicator_value"] for row in rows if not row["indicator"]} == {""}


def test_the_json_of_all_entries_is_what_the_api_gives(client: Client) -> None:
    body = client.get("/register/entries.json").json()

    pages = [client.get(f"/api/v1/register/entries?size=100&page={page}").json()["entries"] for page in (1, 2, 3)]
    assert (body["realm"], body["node"], body["catalogue_version"]) == ("service", "SEC", 1)
    assert body["entries"] == [entry for page in pages for entry in page]


@pytest.mark.parametrize("code", ["VI.13a", "III.1a", "XI.4b", "XII.4b", "0.1", "S.1", "II.2c"])
def test_one_entry_is_the_same_by_page_file_list_and_api(client: Client, code: str) -> None:
    file = client.get(f"/register/{code}.json").json()
    whole: dict[str, Any] = {entry["id"]: entry for entry in client.get("/register/entries.json").json()["entries"]}
    page = client.get(f"/register/{code}").text

    realm = file.pop("realm")
    assert realm == "service"
    assert file == whole[code] == client.get(f"/api/v1/register/entries/{code}").json()
    for fact in (file["title"]["en"], file["summary"]["en"], file["locator"], file["cite"], file["state"]["label"]):
        assert fact in page.replace("&#x27;", "'").replace("&amp;", "&")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_calendar_is_one_that_calendars_read(client: Client, language: str) -> None:
    answer = client.get(f"{PREFIXES[language]}/register/calendar.ics")

    feed, events = read_feed(answer.content)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert len(events) == Event.objects.count() == 19
    assert str(feed["x-serai-realm"]) == "service"
    assert all(event.start < event.end for event in events.values())
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))


def test_an_exact_date_blocks_its_days_and_an_inexact_one_does_not(client: Client) -> None:
    _, events = read_feed(client.get("/register/calendar.ics").content)

    exact, inexact, held = events["glacier-conf"], events["summit-3"], events["lldc3"]

    assert (str(exact.start), str(exact.end), exact["transp"], exact["status"]) == (
        "2025-05-29",
        "2025-06-01",
        "OPAQUE",
        "CONFIRMED",
    )
    assert (str(inexact.start), str(inexact.end), inexact["transp"], inexact["status"]) == (
        "2027-01-01",
        "2028-01-01",
        "TRANSPARENT",
        "TENTATIVE",
    )
    assert str(inexact["summary"]).endswith("(day not stated)")
    assert held["status"] == "CONFIRMED"
    assert "Held, according to:" in str(held["description"])


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_the_command_line_writes_what_the_page_gives(client: Client, kind: str) -> None:
    assert make_file(kind, "ru") == client.get(f"/ru/register/entries.{kind}").content


def test_the_command_line_writes_the_calendar_of_the_page(client: Client) -> None:
    assert make_file("ics", "zh-hans") == client.get("/zh-hans/register/calendar.ics").content


def test_a_file_of_nothing_is_a_file(client: Client) -> None:
    assert read_csv(client.get("/register/entries.csv?q=xylophone").content) == []
    assert json.loads(client.get("/register/entries.json?q=xylophone").content)["entries"] == []


def test_no_event_of_the_tables_lacks_in_the_calendar(client: Client) -> None:
    _, events = read_feed(client.get("/register/calendar.ics").content)

    assert set(events) == {event.pk for event in queries.find_events()}


def test_files_of_a_training_node_say_so_in_name_and_content(client: Client, settings: Any) -> None:
    settings.IDENTITY = replace(settings.IDENTITY, realm=Realm.TRAINING)

    table = client.get("/register/entries.csv?q=VI.13a")
    feed = client.get("/register/calendar.ics")

    assert table["Content-Disposition"] == 'attachment; filename="serai-register-en-training.csv"'
    assert [row["realm"] for row in read_csv(table.content)] == ["training"]
    assert client.get("/register/VI.13a.json").json()["realm"] == "training"
    assert str(read_feed(feed.content)[0]["x-serai-realm"]) == "training"
