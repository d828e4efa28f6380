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


@pytest.mark.parametrize(
    "crossing", [KHORGOS, "kz-saryagash--uz-keles--rail", "cn-irkeshtam-prc-ulugqat--kg-irkeshtam-kg--road"]
)
def test_avoiding_a_crossing_is_a_link_at_the_border_of_trains_and_lorries_alike(client: Client, crossing: str) -> None:
    page = read(client, f"/corridors/?{ASKED}")

    links = [link for link in page.links if f"avoid_crossing={crossing}" in link]
    assert links
    assert len(client.get(f"/corridors/{links[0]}").context["limits"]) == 1


def test_what_if_khorgos_closes_is_told_at_the_border_and_can_be_asked(client: Client) -> None:
    answer = client.get(f"/corridors/?{ASKED}")
    (sentence, query), *_ = answer.context["closures"]

    assert sentence.startswith("If Khorgos – Altynkol closes, the cheapest way costs")
    assert answer.text.count(sentence) > 1
    assert KHORGOS in query
    left = client.get(f"/corridors/?{query}")
    assert [name for name, _ in left.context["limits"]] == ["avoid Khorgos – Altynkol (Rail)"]
    assert "Khorgos – Altynkol" not in " ".join(card.name for card in left.context["cards"])


@pytest.mark.parametrize("limit", ["avoid_place=Tashkent", "via=Osh&avoid_country=kg", "avoid_mode=ferry"])
def test_a_limit_is_taken_off_however_it_was_written(client: Client, limit: str) -> None:
    asked = f"from=Xi%27an&to=Baku&ready=2026-11-30T08:00&{limit}"
    answer = client.get(f"/corridors/?{asked}")
    assert answer.status_code == 200

    query = next(iter(answer.context["limits"]))[1]
    left = client.get(f"/corridors/?{query}")

    assert len(left.context["limits"]) == len(answer.context["limits"]) - 1


def test_the_link_to_an_answer_names_its_day(client: Client) -> None:
    query = client.get("/corridors/?from=Xi%27an&to=Tashkent").context["query"]

    assert "ready=20" in query
    with_day = client.get(f"/corridors/?{query}")
    assert with_day.context["query"] == query


def test_every_point_to_pass_is_kept_in_the_form(client: Client) -> None:
    text = client.get(f"/corridors/?{ASKED}&via=Almaty&via=Shymkent").text

    assert 'id="f-via" name="via"' in text
    assert 'value="Shymkent"' in text
    assert 'id="f-via-3" name="via"' in text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=Xi%27an&to=Tashknet", "to"),
        (f"{ASKED}&cargo_t=99", "cargo_t"),
        (f"{ASKED}&via=Nowhereville", "via"),
        (f"{ASKED}&arrive_by=2026-11-01T00:00", "arrive_by"),
        ("from=Xi%27an", "to"),
    ],
)
def test_an_error_stands_at_its_field(client: Client, query: str, field: str) -> None:
    text = client.get(f"/corridors/?{query}").text

    assert f'aria-invalid="true" aria-describedby="e-{field}"' in text
    assert f'id="e-{field}"' in text
    assert f'href="#f-{field}"' in text
    assert text.count('aria-invalid="true"') == 1


def test_a_place_that_may_be_meant_is_a_link(client: Client) -> None:
    fault = client.get("/corridors/?from=Xi%27an&to=Tashknet&load=truck20").context["form"]["fault"]
    name, query = fault.near[0]

    assert name == "Tashkent (UZ)"
    assert client.get(f"/corridors/?{query}").context["answer"].enquiry.destination == "uz-tashkent"
    assert "load=truck20" in query


def test_a_load_that_is_too_heavy_is_told_in_the_readers_words(client: Client) -> None:
    page = read(client, f"/ru/corridors/?{ASKED}&cargo_t=99", 400)

    assert "99 т не входят в одну единицу (40-футовый контейнер)" in page.text
    assert "28,6 т" in page.text


def test_ways_are_set_side_by_side_with_reasons(client: Client) -> None:
    answer = client.get(f"/corridors/?{ASKED}")
    shown = [row for row in answer.context["rows"] if row.is_shown]

    for row in shown:
        assert [name for name, _ in row.risks] == ["half within", "8 in 10 within", "19 in 20 within"]
        assert sum(int(usd.replace(",", "")) for _, usd in row.shares) == pytest.approx(
            int(row.usd.replace(",", "")), abs=3
        )
    assert len(answer.context["reasons"]) == len(shown) - 1
    assert all(" USD more than A" in reason for reason in answer.context["reasons"])
    assert len({(row.name, row.note, row.departs, row.time) for row in answer.context["rows"]}) == len(
        answer.context["rows"]
    )


def test_planned_lines_are_said_not_to_be_built_and_their_border_can_be_avoided(client: Client) -> None:
    answer = client.get("/corridors/?from=Kashgar&to=Tashkent&ready=2026-11-30T08:00&scenario=planned")

    assert "They are not in service" in answer.text
    unbuilt = [card for card in answer.context["cards"] if card.is_unbuilt]
    assert unbuilt
    assert all("It uses lines that are planned and not built." in answer.text for _ in unbuilt)
    (border,) = {
        border.query for card in unbuilt for leg in card.legs for border in leg.borders if "planned%3A" in border.query
    }
    assert client.get(f"/corridors/?{border}").status_code == 200


def test_without_the_scenario_nothing_is_unbuilt(client: Client) -> None:
    cards = client.get("/corridors/?from=Kashgar&to=Tashkent&ready=2026-11-30T08:00").context["cards"]

    assert not any(card.is_unbuilt for card in cards)


@pytest.mark.parametrize("way", [("Xi%27an", "Tashkent"), ("Shanghai", "Duisburg"), ("Xi%27an", "Poti")])
def test_a_map_is_light(client: Client, way: tuple[str, str]) -> None:
    text = client.get(f"/corridors/?from={way[0]}&to={way[1]}&ready=2026-11-30T08:00").text

    drawn = text.partition('<figure class="map">')[2].partition("</figure>")[0]
    assert 2_000 < len(drawn.encode()) < 60_000


@pytest.mark.parametrize("prefix", ["", "/ru", "/zh-hans"])
@pytest.mark.parametrize("query", ["", ASKED, f"{ASKED}&avoid_country=CN", "from=Xi%27an&to=Tashknet"])
def test_a_page_is_well_made_in_each_language(client: Client, prefix: str, query: str) -> None:
    page = Page.read(client.get(f"{prefix}/corridors/?{query}").text)

    assert page.faults == []
    assert [text for text in page.texts if "%(" in text] == []


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


def test_exports_name_their_realm_and_speak_the_readers_language(client: Client) -> None:
    table = client.get(f"/ru/corridors/plan.csv?{ASKED}")
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    shape = json.loads(client.get(f"/corridors/plan.geojson?{ASKED}").content)
    calendar = Calendar.from_ical(client.get(f"/ru/corridors/plan.ics?{ASKED}&way=A").content)

    assert {row["realm"] for row in rows} == {"service"}
    assert "Сиань" in {row["from_name"] for row in rows}
    assert shape["realm"] == "service"
    assert str(next(iter(calendar.walk("VEVENT")))["SUMMARY"]).startswith("Погрузка: Сиань")


@pytest.mark.parametrize("ending", ["csv", "geojson", "ics"])
def test_an_export_of_what_cannot_be_planned_is_refused(client: Client, ending: str) -> None:
    assert client.get(f"/corridors/plan.{ending}?from=Xi%27an&to=Tashknet").status_code == 400


def test_the_network_page_tells_planned_lines_and_crossings_by_country(client: Client) -> None:
    answer = client.get("/corridors/network")
    countries = [row.countries for row in answer.context["crossings"]]

    assert "Tacheng – Bakhty" in [row.name for row in answer.context["planned"]]
    assert len(answer.context["planned"]) == 6
    assert countries == sorted(countries, key=lambda pair: pair.replace("ü", "u").casefold().split(" – "))
    assert sum(count for _, count in answer.context["counts"][3].by_mode if count) == 95


@pytest.mark.parametrize("prefix", ["", "/ru", "/zh-hans"])
def test_the_network_page_counts_what_is_in_the_tables(client: Client, prefix: str) -> None:
    page = read(client, f"{prefix}/corridors/network")

    assert page.text.count("ODbL") >= 1 or "Open Database License" in page.text
    assert "95" in page.text


def test_the_tables_can_be_taken_away_whole(client: Client) -> None:
    from zipfile import ZipFile

    packed = ZipFile(io.BytesIO(client.get("/corridors/network.zip").content))
    assert {"network/NOTICE", "network/places.csv", "factors/costs.csv", "README.md"} <= set(packed.namelist())
