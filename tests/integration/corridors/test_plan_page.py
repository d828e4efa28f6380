"""The planner's page, its exports and its API: one answer, in three languages, and sentences where there is none."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from tests.html import Page

pytestmark = pytest.mark.django_db
ASKED = "from=Xi%27an&to=Tashkent&ready=2026-11-30T08:00"
KHORGOS = "cn-khorgos-horgos-rail--kz-altynkol--rail"


def read(client: Client, path: str, status: int = 200) -> Page:
    answer = client.get(path)
    assert answer.status_code == status, answer.text[:2000]
    return Page.read(answer.text)


def plan(client: Client, **body: Any) -> Any:
    return client.post("/api/v1/corridors/plan", json.dumps(body), content_type="application/json")


@pytest.mark.parametrize(
    ("prefix", "title", "said"),
    [
        (
            "",
            "Plan a consignment",
            ("By rail through Khorgos – Altynkol", "lowest cost", "Half arrive within", "rest on assumptions"),
        ),
        (
            "/ru",
            "Спланировать перевозку",
            ("По железной дороге через", "наименьшая стоимость", "Половина прибывает за", "допущениях"),
        ),
        ("/zh-hans", "规划货运", ("铁路经", "费用最低", "半数在", "基于假设")),
    ],
)
def test_an_answer_speaks_the_readers_language(client: Client, prefix: str, title: str, said: tuple[str, ...]) -> None:
    page = read(client, f"{prefix}/corridors/?{ASKED}")

    assert page.h1 == [title]
    assert all(sentence in page.text for sentence in said)


def test_a_place_may_be_asked_for_in_any_script(client: Client) -> None:
    pages = [
        read(client, f"/corridors/?from={origin}&to=%E5%A1%94%E4%BB%80%E5%B9%B2&ready=2026-11-30T08:00")
        for origin in ("Xi%27an", "西安", "cn-xi-an")
    ]

    assert len({page.text.partition("ways worth choosing from")[2] for page in pages}) == 1


def test_the_form_keeps_what_was_asked_and_offers_names(client: Client) -> None:
    text = client.get(f"/corridors/?{ASKED}&avoid_country=KZ&window_days=2&scenario=planned").text

    assert 'value="Xi&#x27;an"' in text
    assert 'name="avoid_country" value="KZ" checked' in text
    assert 'name="scenario" value="planned" checked' in text
    assert "<details open><summary>More" in text
    assert '<option value="Tashkent">' in text


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("from=Xi%27an&to=Xi%27an", 400, "begins and ends at the same place"),
        ("from=Xi%27an&to=Tashknet", 400, "Tashkent / Ташкент / 塔什干"),
        (f"{ASKED}&cargo_t=0", 400, "do not go into one unit"),
        (f"{ASKED}&window_days=400", 400, "cannot be planned"),
        (f"{ASKED}&avoid_country=ZZ", 400, "is not known"),
        (f"{ASKED}&via=country:KZ&avoid_country=KZ", 400, "both to be avoided and to be passed"),
        ("from=Xi%27an", 200, "Say from where and to where"),
    ],
)
def test_what_cannot_be_planned_is_told_beside_the_form(client: Client, query: str, status: int, sentence: str) -> None:
    page = read(client, f"/corridors/?{query}", status)

    assert sentence in page.text
    assert "Find ways" in page.text


def test_nothing_found_offers_to_leave_out_what_stops_it(client: Client) -> None:
    text = client.get(f"/corridors/?{ASKED}&avoid_country=CN").text

    assert "No way was found" in text
    assert "leave it out and ask again" in text


def test_a_day_that_is_past_is_planned_and_said(client: Client) -> None:
    assert "This day is past" in read(client, "/corridors/?from=Xi%27an&to=Tashkent&ready=2020-01-06T08:00").text


def test_avoiding_a_crossing_is_a_link_at_the_border(client: Client) -> None:
    text = client.get(f"/corridors/?{ASKED}").text

    assert "avoid_crossing=kz-saryagash--uz-keles--rail" in text


def test_markup_in_an_address_stays_text(client: Client) -> None:
    text = client.get("/corridors/?from=%3Cscript%3Ealert(1)%3C/script%3E&to=Tashkent").text

    assert "<script>alert" not in text


def test_a_table_of_legs_adds_up_to_what_the_api_tells(client: Client) -> None:
    answer = client.get(f"/corridors/plan.csv?{ASKED}")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    told = plan(client, **{"from": "Xi'an", "to": "Tashkent", "ready": "2026-11-30T08:00"}).json()
    for one in told["itineraries"]:
        own = [row for row in rows if row["way"] == one["letter"]]
        assert sum(float(row["usd"]) for row in own) == pytest.approx(one["usd"], abs=1)
        assert own[0]["starts"] == one["departs"]
        assert own[-1]["ends"] == one["arrives"]
        assert {row["time_basis"] for row in own} <= {"published", "derived", "assumed"}


def test_geojson_holds_lines_and_border_points(client: Client) -> None:
    answer = client.get(f"/corridors/plan.geojson?{ASKED}")
    found = json.loads(answer.content)

    assert answer["Content-Type"] == "application/geo+json"
    kinds = {(feature["geometry"]["type"], feature["properties"]["kind"]) for feature in found["features"]}
    assert {("MultiLineString", "rail"), ("MultiLineString", "road"), ("Point", "border")} <= kinds
    lons = [
        lon
        for one in found["features"]
        if one["geometry"]["type"] != "Point"
        for line in one["geometry"]["coordinates"]
        for lon, _ in line
    ]
    assert 68 < min(lons) < 70
    assert 108 < max(lons) < 110


def test_a_calendar_holds_each_leg_of_one_way(client: Client) -> None:
    calendar = Calendar.from_ical(client.get(f"/corridors/plan.ics?{ASKED}&way=A").content)

    events = list(calendar.walk("VEVENT"))
    assert len(events) > 4
    assert events[0]["DTSTART"].dt.isoformat() == "2026-11-30T00:00:00+00:00"
    assert client.get(f"/corridors/plan.ics?{ASKED}&way=ZZ").status_code == 400


def test_the_api_refuses_by_code(client: Client) -> None:
    codes = [
        plan(client, **{"from": "Xi'an", "to": "Tashkent"} | extra).json()["error"]["code"]
        for extra in (
            {"to": "Xi'an"},
            {"cargo_t": -1},
            {"load": "wagon"},
            {"ready": "soon"},
            {"window_days": 99},
            {"more": 1},
        )
    ]

    assert codes == [
        "corridor_same_place",
        "corridor_cargo",
        "corridor_load",
        "corridor_moment",
        "corridor_window",
        "bad_field",
    ]


def test_the_api_tells_what_stops_a_question(client: Client) -> None:
    told = plan(client, **{"from": "Xi'an", "to": "Tashkent", "avoid_countries": ["CN"]}).json()

    assert told["itineraries"] == []
    assert "country:CN" in told["stopped_by"]


def test_places_are_found_over_the_api(client: Client) -> None:
    found = client.get("/api/v1/corridors/places?q=Ташк").json()

    assert found[0]["id"] == "uz-tashkent"
    assert found[0]["names"]["zh-hans"] == "塔什干"


@pytest.mark.parametrize("prefix", ["", "/ru", "/zh-hans"])
def test_the_network_page_counts_what_is_in_the_tables(client: Client, prefix: str) -> None:
    page = read(client, f"{prefix}/corridors/network")

    assert page.text.count("ODbL") >= 1 or "Open Database License" in page.text
    assert "95" in page.text


def test_the_tables_can_be_taken_away_whole(client: Client) -> None:
    from zipfile import ZipFile

    packed = ZipFile(io.BytesIO(client.get("/corridors/network.zip").content))
    assert {"network/NOTICE", "network/places.csv", "factors/costs.csv", "README.md"} <= set(packed.namelist())
