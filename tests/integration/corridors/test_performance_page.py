"""The page of performance in three languages: what it shows is what its CSV and the API give, and nothing is a zero."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from serai.corridors import performance_words as words
from serai.corridors.countries import CODES, NAMES, sort_countries
from serai.corridors.performance import Choice, Indicator, Scope, shipped
from serai.corridors.performance_present import find_series, make_sections
from serai.kernel.languages import LANGUAGES
from tests.html import Page

pytestmark = pytest.mark.django_db
PREFIXES = {"en": "", "ru": "/ru", "zh-hans": "/zh-hans"}
QUERIES = [
    "",
    "indicator=TFI2",
    "indicator=TFI3&mode=rail",
    "indicator=SWD&place=UZ",
    "scope=crossing&direction=inbound",
    "place=tj-dusti--uz-saryasia--road",
    "indicator=all&year=2020",
    "indicator=TFI3&scope=crossing",
]


def read(client: Client, path: str) -> Page:
    answer = client.get(path)
    assert answer.status_code == 200
    return Page.read(answer.text)


def rows_of(client: Client, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def ask(client: Client, query: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/corridors/performance?{query}").json()
    return found


@pytest.mark.parametrize(
    ("language", "title", "said"),
    [
        ("en", "How corridors perform", ("Dusti – Saryasia", "Tajikistan", "not published")),
        ("ru", "Как работают коридоры", ("Дусти – Сариасия", "Таджикистан", "не опубликовано")),
        ("zh-hans", "走廊运行状况", ("杜斯季—萨里阿西亚", "塔吉克斯坦", "未公布")),
    ],
)
def test_page_speaks_the_readers_language(client: Client, language: str, title: str, said: tuple[str, ...]) -> None:
    page = read(client, f"{PREFIXES[language]}/corridors/performance?scope=crossing")

    assert page.h1 == [title]
    assert [phrase for phrase in said if phrase not in page.text] == []
    assert page.faults == []


def test_page_says_whose_the_figures_are_and_what_is_missing(client: Client) -> None:
    text = read(client, "/corridors/performance").text

    assert "The figures are CAREC’s" in text
    assert "2019–2023" in text
    assert "For these members of CAREC no figure of the country was published: Mongolia, Pakistan." in text
    assert "19 of the 95 border crossings listed in Serai have a figure." in text
    assert "For all corridors together there is none for: 2023." in text


def test_chart_has_a_name_a_description_and_a_table(client: Client) -> None:
    answer = client.get("/corridors/performance").text

    assert 'role="img" aria-labelledby="tfi1-1-title tfi1-1-told"' in answer
    assert "Rail: 20.6 (2019); 23.0 (2020); 51.9 (2021); 40.6 (2022). Not published: 2023." in answer
    assert "<caption>Time at a border crossing (TFI1): CAREC, all corridors, both directions, hours</caption>" in answer
    assert 'style="' not in answer


def test_chart_is_never_of_two_states() -> None:
    for place in sorted({figure.place for figure in shipped().figures}):
        for section in make_sections(shipped(), Choice(indicator=None, place=place), "en"):
            for chart in section.charts:
                assert len(chart.drawing.drawn) <= 2
                assert len({row.name for row in chart.drawing.drawn}) == len(chart.drawing.drawn)  # one post, two modes


def test_figure_that_a_later_report_restated_is_shown_twice_and_said(client: Client) -> None:
    page = read(client, "/corridors/performance?place=tj-panji-poyon-nizhniy-pyanj--af-sherkhan-bandar--road")

    assert (
        "2020 was printed as 4.8 (CPMM report 2020) and as 7.5 (CPMM report 2022, table 3.16). The line has the latter."
        in page.text
    )


def test_each_row_links_to_where_it_was_published(client: Client) -> None:
    page = read(client, "/corridors/performance?place=KZ")

    assert "https://cpmm.carecprogram.org/2022-report/kazakhstan" in page.links


@pytest.mark.parametrize("language", LANGUAGES)
def test_states_stand_in_the_alphabet_of_the_language(language: str) -> None:
    with override(language):
        rows = find_series(shipped(), Choice(scope=Scope.COUNTRY), language)

    places = list(dict.fromkeys(row.place for row in rows))
    assert places == sort_countries(places, language)
    assert set(NAMES[language]) - {"SEC"} == CODES
    if language != "zh-hans":
        names = [NAMES[language][code].replace("ü", "u") for code in sort_countries(CODES, language)]
        assert names == sorted(names)


@pytest.mark.parametrize("query", QUERIES)
def test_page_csv_and_api_give_the_same(client: Client, query: str) -> None:
    context = client.get(f"/corridors/performance?{query}").context
    table = rows_of(client, f"/corridors/performance.csv?{query}")
    answer = ask(client, query)

    on_page = [
        (row.name, value)
        for section in context["sections"]
        for part in section.tables
        for row in part.rows
        for cell in row.cells
        for value, _mark in cell.values
    ]
    in_api = [
        (series["place_name"], figure["value"], figure["year"], series["direction"])
        for series in answer["series"]
        for figure in series["figures"]
    ]
    assert [(name, value.replace(",", "")) for name, value in on_page] == [(name, value) for name, value, *_ in in_api]
    assert in_api == [(row["place_name"], row["value"], int(row["year"]), row["direction"]) for row in table]
    assert answer["total"] == context["figures"] == len(table)


def test_csv_says_of_each_figure_where_it_comes_from(client: Client) -> None:
    rows = rows_of(client, "/ru/corridors/performance.csv?indicator=all")

    assert len(rows) == 575
    assert {row["provenance"] for row in rows} == {"published"}
    assert {row["publisher"] for row in rows} == {"CAREC CPMM"}
    assert all(row["source"].startswith("https://cpmm.carecprogram.org/") for row in rows)
    assert {row["realm"] for row in rows} == {"service"}
    assert "Дусти – Сариасия" in {row["place_name"] for row in rows}


def test_api_tells_years_without_a_figure_and_gives_values_as_printed(client: Client) -> None:
    answer = ask(client, "scope=region&mode=rail")

    (series,) = answer["series"]
    assert (answer["publisher"], answer["provenance"]) == ("CAREC CPMM", "published")
    assert series["not_published"] == [2023]
    assert [figure["value"] for figure in series["figures"]] == ["20.6", "23.0", "51.9", "40.6"]


@pytest.mark.parametrize(
    ("prefix", "sentence"),
    [
        ("", "The filter “Mode” has no value “boat”, so it was left out."),
        ("/ru", "Вид транспорта"),
        ("/zh-hans", "运输方式"),
    ],
)
def test_unknown_value_on_the_page_is_left_out_and_said(client: Client, prefix: str, sentence: str) -> None:
    answer = client.get(f"{prefix}/corridors/performance?mode=boat&year=%00&place=<b>")

    assert answer.status_code == 200
    assert sentence in answer.text
    assert len(answer.context["left_out"]) == 3
    assert "<b>”" not in answer.text
    assert answer.context["figures"] == 232


@pytest.mark.parametrize(
    ("query", "status", "code", "sentence"),
    [
        ("mode=boat", 400, "corridor_filter", "The filter mode has no value “boat”. Choose one of those listed."),
        ("year=1066", 400, "corridor_filter", "The filter year has no value “1066”. Choose one of those listed."),
        ("wish=1", 422, "corridor_parameter", "This address takes no parameter “wish”. Leave it out."),
    ],
)
def test_unknown_value_in_the_api_is_refused_by_name(
    client: Client, query: str, status: int, code: str, sentence: str
) -> None:
    answer = client.get(f"/api/v1/corridors/performance?{query}")

    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["message"] == sentence


def test_choice_that_finds_nothing_says_so(client: Client) -> None:
    page = read(client, "/corridors/performance?indicator=TFI3&scope=crossing")

    assert "No figure fits: nothing was published for this choice." in page.text
    assert "That is not zero: it is not known." in page.text


def test_short_addresses_lead_on(client: Client) -> None:
    assert client.get("/corridors", follow=True).redirect_chain[-1][0] == "/corridors/"
    answer = client.get("/api/corridors/performance?mode=rail")
    assert answer["Location"] == "/api/v1/corridors/performance?mode=rail"


def test_second_request_is_answered_by_its_tag(client: Client) -> None:
    first = client.get("/corridors/performance")

    again = client.get("/corridors/performance", headers={"If-None-Match": first["ETag"]})
    other = client.get("/ru/corridors/performance", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, other.status_code) == (304, 200)
    assert client.post("/corridors/performance").status_code == 405


def test_every_shipped_note_has_words_of_its_own_in_each_language() -> None:
    notes = {figure.note for figure in shipped().figures if figure.note}

    assert notes == words.NOTES
    for language in ("ru", "zh-hans"):
        with override(language):
            assert not [note for note in notes if words.tell_note(note) == note]
            assert not [item for item in Indicator if words.tell_indicator(item).isascii()]


def test_every_post_without_a_listed_crossing_has_a_name_in_each_language() -> None:
    unlisted = {
        figure.place
        for figure in shipped().figures
        if figure.scope is Scope.CROSSING and figure.place not in shipped().crossings
    }

    assert unlisted == words.POSTS
    for language in ("ru", "zh-hans"):
        with override(language):
            assert not [
                post for post in unlisted if words.name_place(shipped(), Scope.CROSSING, post, language) == post
            ]
