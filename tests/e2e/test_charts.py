"""Charts as a browser sets them, with fonts that no guess of widths can know: no text covers another or leaves the drawing."""

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
STATIC = Path(__file__).parents[2] / "src" / "serai" / "site" / "static" / "serai"
# Made in a process of its own: while Playwright runs, Django takes this thread for an asynchronous one.
MAKE = """
import math, sys
import tests.node
from serai.site.start import start_django
start_django()
from decimal import Decimal
from django.template.loader import render_to_string
from django.utils.translation import gettext, override
from serai.register.followup.chart import Point, Series, make_chart
from serai.register.followup.domain import Period, Provenance
from serai.register.units import rule_of_unit

NAMES = {
    "en": ("Road", "Rail", "Sea"),
    "ru": ("Автомобильный транспорт", "Железная дорога", "Морской транспорт"),
    "zh-hans": ("公路", "铁路", "海运"),
}

def point(text, value, language):
    period = Period.parse(text)
    return Point(period_start=period.start, period_end=period.end, label=period.in_words(language),
                 value=Decimal(str(value)), provenance=Provenance.MEASURED, coverage=None, submission_id=1)

def charts(language):
    months = [f"2025-{month:02}" for month in range(1, 13)]
    waves = [
        [(month, round(1000 + 900 * place + 700 * math.sin(number + place), 1)) for number, month in enumerate(months)
         if not (place == 1 and number in (4, 5))]
        for place in range(3)
    ]
    quarters = [(f"{2024 + n // 4}-Q{n % 4 + 1}", n * 10) for n in range(10) if n != 6]
    yield "median hours per post and direction", waves
    yield "% of requests", [quarters]
    yield "yes/no", [[("2022", 0), ("2023", 1)], [("2022", 1), ("2023", 1)], [("2023", 1)]]
    yield "USD", [[("2025", 1234567890)]]

for language in NAMES:
    with override(language):
        for number, (unit, rows) in enumerate(charts(language)):
            series = [
                Series(key=name, name=name if len(rows) > 1 else "", points=[point(*row, language) for row in figures])
                for name, figures in zip(NAMES[language], rows)
            ]
            chart = make_chart(series, name="N", unit=unit, rule=rule_of_unit(unit), language=language,
                               translate=gettext, key=f"{language}-{number}")
            sys.stdout.write(render_to_string("followup/chart.html", {"chart": chart, "csv_url": "/"}))
"""
FIND = """() => {
  const found = [];
  for (const svg of document.querySelectorAll('.chart > svg')) {
    const outer = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0);
    boxes.forEach(([text, a], place) => {
      if (a.left < outer.left - 2 || a.right > outer.right + 2 || a.bottom > outer.bottom + 4 || a.top < outer.top - 0.3 * a.height)
        found.push(`${text} leaves the drawing`);
      for (const [other, b] of boxes.slice(0, place)) {
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const tall = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        // A browser's box holds room above and below the letters; only letters may not meet.
        if (wide > 1 && tall > 0.35 * Math.min(a.height, b.height)) found.push(`${text} covers ${other}`);
      }
    });
  }
  return found;
}"""


@pytest.fixture(scope="module")
def charts() -> str:
    done = subprocess.run([sys.executable, "-c", MAKE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("width", [1280, 600, 390, 320])
def test_no_text_of_a_chart_covers_another(browser: Browser, charts: str, width: int) -> None:
    styles = "".join((STATIC / name).read_text() for name in ("tokens.css", "serai.css"))
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_content(
        f"<!doctype html><style>{styles}</style><main class='wrap'><div class='prose stack'>{charts}</div></main>"
    )

    found = page.evaluate(FIND)
    scrolled = page.evaluate("document.documentElement.scrollWidth")

    page.close()
    assert found == []
    assert scrolled <= width
