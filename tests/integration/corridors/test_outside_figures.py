"""Outside figures on an entry's page: beside “not yet measured”, never instead of it."""

import pytest
from django.test import Client

from tests.html import Page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("", ("Not yet measured", "Outside figures: what CAREC published", "Rail: 20.6 (2019)", "They show no state.")),
        ("/ru", ("Пока не измерено", "Сторонние данные: что опубликовала ЦАРЭС", "20,6 (2019)")),
        ("/zh-hans", ("尚未测量", "外部数据：CAREC 公布的数值", "20.6 (2019)")),
    ],
)
def test_entry_on_corridors_shows_what_carec_published(client: Client, prefix: str, said: tuple[str, ...]) -> None:
    page = Page.read(client.get(f"{prefix}/register/VI.7b").text)

    assert [phrase for phrase in said if phrase not in page.text] == []
    assert f"{prefix}/corridors/performance" in page.links
    assert page.faults == []


def test_outside_figures_are_not_the_entrys_own(client: Client) -> None:
    page = client.get("/register/VI.7b")
    data = client.get("/register/VI.7b.json").json()

    assert "unmeasured--big" in page.text
    assert data["state"]["code"] == "not-yet-measured"
    assert "20.6" not in str(data)


def test_other_entries_show_none(client: Client) -> None:
    assert "Outside figures" not in client.get("/register/VI.13a").text
