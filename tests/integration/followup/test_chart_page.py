"""A chart in a page: whole markup, a name for those who do not see it, and the same figures as a table."""

import re
from datetime import date
from decimal import Decimal

from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from serai.register.followup.chart import Chart, Point, Series, make_chart
from serai.register.followup.domain import Provenance
from serai.register.units import rule_of_unit
from tests.html import Page

HOSTILE = "<script>alert(1)</script>\"'&"


def chart(
    *, name: str = "Hours", series: str = "", parties: bool = False, years: tuple[int, ...] = (2019, 2020, 2022)
) -> Chart:
    points = [
        Point(
            period_start=date(year, 1, 1),
            period_end=date(year, 12, 31),
            label=str(year),
            value=Decimal(year - 2000),
            provenance=Provenance.PUBLISHED if year < 2022 else Provenance.DECLARED,
            coverage=Decimal(40),
            submission_id=year,
            party="Kazakhstan" if parties else "",
            source=f"Report {HOSTILE}",
            link="https://example.org/report" if year == 2019 else "",
        )
        for year in years
    ]
    rows = [Series(key=series, name=series, points=points)]
    return make_chart(rows, name=name, unit="h", rule=rule_of_unit("h"), language="en", translate=gettext, key="c1")


def render(drawn: Chart) -> str:
    return render_to_string("followup/chart.html", {"chart": drawn, "csv_url": "/register/VI.16c/figures.csv"})


def test_the_markup_is_whole_and_carries_no_style_and_no_script() -> None:
    html = render(chart(name=HOSTILE, series=HOSTILE, parties=True))

    assert Page.read(html).faults == []
    assert "<script" not in html
    assert "style=" not in html


def test_the_drawing_has_a_name_and_a_description() -> None:
    html = render(chart())

    page = Page.read(html)
    assert 'role="img" aria-labelledby="c1-title c1-told"' in html
    assert {"c1-title", "c1-told"} <= set(page.ids)
    assert "Hours, h: 19 (2019), 22 (2022)" in page.texts
    assert "No figure between 2020 and 2022. Coverage: 40 %." in page.text


def test_the_table_has_every_figure_its_source_and_a_row_for_what_is_missing() -> None:
    html = render(chart())

    table = html[html.index("<tbody>") : html.index("</tbody>")]
    rows = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in table.split("<tr")[1:]]
    assert len(rows) == 4
    assert "between 2020 and 2022 no figure" in rows[2]
    assert 'href="https://example.org/report"' in table
    assert table.count("prov--published") == 2
    assert table.count("prov--declared") == 1


def test_the_foot_names_each_provenance_once_and_links_the_file() -> None:
    html = render(chart())

    foot = html[html.index("chart__foot") :]
    assert (foot.count("prov--published"), foot.count("prov--declared")) == (1, 1)
    assert "/register/VI.16c/figures.csv" in Page.read(html).links


def test_columns_that_say_nothing_are_left_out() -> None:
    plain, full = render(chart()), render(chart(series="Rail", parties=True))

    assert ("Series" in plain, "Given by" in plain) == (False, False)
    assert ("Series" in full, "Given by" in full) == (True, True)


def test_coordinates_are_the_same_in_every_language() -> None:
    drawn = chart()

    pictures = []
    for language in ("en", "ru", "zh-hans"):
        with override(language):
            html = render(drawn)
        pictures.append(html[html.index("<svg") : html.index("</svg>")])

    assert pictures[0] == pictures[1] == pictures[2]
