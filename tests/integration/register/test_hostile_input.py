"""What nobody would type: each is answered with a page, and nothing of it comes back as markup."""

from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.kernel.languages import LANGUAGES
from tests.html import Page

pytestmark = pytest.mark.django_db
PREFIXES = {"en": "", "ru": "/ru", "zh-hans": "/zh-hans"}
SCRIPT = "<script>alert(1)</script>"
QUERIES = {
    "a zero byte": "water\0",
    "ten thousand letters": "x" * 10_000,
    "ten thousand words": "water " * 10_000,
    "quotes": "\"'`“”«»",
    "markup": SCRIPT,
    "markup in an attribute": '"><img src=x onerror=alert(1)>',
    "operators": 'NEAR( OR "',
    "operators of the other store": "a & b | !c <-> d:*",
    "a column of the index": "title:water AND body:x*",
    "SQL": "'; DROP TABLE register_entry; --",
    "a template": "{{ settings.SECRET_KEY }}{% debug %}",
    "a format": "%s %(x)s {0} {code}",
    "faces": "😀🏔️👩‍👩‍👧",
    "right to left": "\u202ewater\u202c \u200f",
    "marks without letters": "\u0301\u0308" * 50,
    "half a pair": "\ud83d",
    "blanks of all kinds": "\u00a0\u2003\u3000\t\r\n",
    "characters of the private area": "\ue000\U0010ffff",
}
ADDRESSES = {
    "a page before the first": "page=-1",
    "page zero": "page=0",
    "a page beyond all": "page=999999999999",
    "a page in other digits": "page=%D9%A3",
    "a page with a fraction": "page=1.5",
    "half a page": "page=1e3",
    "a topic of markup": "topic=%3Cscript%3E",
    "an unknown order": "order=%3Cscript%3Ealert(1)%3C/script%3E",
    "every filter twice": "topic=water&topic=water&act=call&act=call",
    "a hundred filters": "&".join(f"topic=t{number}" for number in range(100)),
    "an unknown parameter": "callback=alert&_=1&q=water",
    "a broken escape": "q=%E0%A4%A&topic=%ZZ",
    "bytes that are no text": "q=%FF%FE",
    "no names": "&&&=&=x",
    "a filter of a zero byte": "topic=%00&body=%00",
    "a name of markup": "%3Cscript%3E=1",
}
NAMES = st.sampled_from(["q", "topic", "act", "page", "order", "state", "due", "x"])


def look_at(html: str) -> Page:
    page = Page.read(html)
    assert page.faults == []
    assert "<script" not in html
    assert "<img src=x" not in html
    return page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", QUERIES.values(), ids=QUERIES.keys())
def test_any_query_is_answered(client: Client, text: str, language: str) -> None:
    answer = client.get(f"{PREFIXES[language]}/register/?q={quote(text, errors='surrogatepass')}")

    assert answer.status_code == 200
    look_at(answer.text)


@pytest.mark.parametrize("query", ADDRESSES.values(), ids=ADDRESSES.keys())
def test_any_address_of_the_list_is_answered(client: Client, query: str) -> None:
    answer = client.get(f"/register/?{query}")

    assert answer.status_code == 200
    look_at(answer.text)


@pytest.mark.parametrize(
    "path", ["/register/entries.csv", "/register/entries.json", "/register/comparison/", "/register/indicators/", "/"]
)
@pytest.mark.parametrize(
    "query",
    ["topic=<script>", "q=\0", "page=-1", "relation=<script>&section=<script>", "source=<script>", f"q={'x' * 3000}"],
)
def test_downloads_and_other_lists_are_as_patient(client: Client, path: str, query: str) -> None:
    answer = client.get(f"{path}?{quote(query, safe='=&')}")

    assert answer.status_code == 200
    assert "<script" not in answer.text


@settings(max_examples=60)
@given(query=st.dictionaries(NAMES, st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=4))
def test_whatever_is_asked_the_list_answers(query: dict[str, str]) -> None:
    answer = Client().get(f"/register/?{urlencode(query)}")

    assert answer.status_code == 200
    look_at(answer.text)


def test_what_was_left_out_is_said(client: Client) -> None:
    page = look_at(client.get("/register/?topic=%3Cscript%3E&order=%3Cb%3E&page=x").text)

    assert "The filter “Topic” has no value “<script>”, so it was left out." in page.text
    assert "There is no order “<b>”" in page.text
    assert "“x” is no page number" in page.text


def test_a_query_that_was_cut_is_said(client: Client) -> None:
    page = look_at(client.get("/register/", {"q": "water " * 100}).text)

    assert "The search was cut to its first 200 characters." in page.text


def test_what_was_typed_stands_in_the_field_as_text(client: Client) -> None:
    html = client.get("/register/", {"q": f'"{SCRIPT}'}).text

    assert 'value="&quot;&lt;script&gt;alert(1)&lt;/script&gt;"' in html
