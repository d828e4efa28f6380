"""The page of the corridors' performance, and its figures to take away."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_safe

from serai import __version__
from serai.corridors import performance_words as words
from serai.corridors.countries import name_country
from serai.corridors.performance import PUBLISHER, Choice, Performance, Series, shipped
from serai.corridors.performance_form import make_fields, read_choice
from serai.corridors.performance_present import find_series, make_sections
from serai.kernel import clock
from serai.kernel.csvfile import write_csv
from serai.kernel.reader import current_language

View = Callable[[HttpRequest], HttpResponse]


def _etag_of(request: HttpRequest) -> str:
    """Return the tag of an answer: the tables come with the software, so only it, the day and the address count."""
    parts = (clock.today().isoformat(), __version__, settings.IDENTITY.node_id, request.get_full_path())
    return f'"{hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]}"'


def _public(view: View) -> View:
    """Serve a reading page: GET and HEAD only, revalidated by its tag."""

    @require_safe
    @condition(etag_func=_etag_of)
    @wraps(view)
    def serve(request: HttpRequest) -> HttpResponse:
        response = view(request)
        patch_cache_control(response, public=True, no_cache=True)
        return response

    return serve


@_public
def performance(request: HttpRequest) -> HttpResponse:
    """What CAREC published, filtered: charts, tables, what is missing."""
    tables = shipped()
    read = read_choice(tables, request.GET)
    language = current_language()
    sections = make_sections(tables, read.choice, language)
    found = tables.find(read.choice)
    fields = make_fields(tables, read.choice, language)
    context = {
        "fields": fields,
        "left_out": read.left_out,
        "sections": sections,
        "choice": read.choice,
        "figures": sum(len(series.figures) for series in found),
        "of": len(tables.figures),
        "first_year": tables.years[0],
        "last_year": tables.years[-1],
        "has_charts": any(section.charts for section in sections),
        "query": urlencode({field.name: field.value for field in fields if field.value}),
    }
    return render(request, "corridors/performance.html", context)


_HEADER: Final = (
    "indicator scope place place_name side printed_as mode direction year value unit provenance publisher report table "
    "source note"
).split()


@_public
def performance_csv(request: HttpRequest) -> HttpResponse:
    """The same figures, one a row; codes stay codes, names are in the reader's language."""
    tables = shipped()
    language = current_language()
    realm = settings.IDENTITY.realm
    suffix = "" if realm == "service" else f"-{realm}"
    content = make_csv(tables, read_choice(tables, request.GET).choice, language)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="serai-performance-{language}{suffix}.csv"'
    return response


def make_csv(tables: Performance, choice: Choice, language: str) -> bytes:
    """Return what fits as CSV, in the order of the page."""
    found = find_series(tables, choice, language)
    rows = (row for series in found for row in _cells(tables, series, language))
    return write_csv([*_HEADER, "realm"], ([*row, str(settings.IDENTITY.realm)] for row in rows))


def _cells(tables: Performance, series: Series, language: str) -> list[list[object]]:
    return [
        [
            str(figure.indicator),
            str(figure.scope),
            figure.place,
            words.name_place(tables, figure.scope, figure.place, language),
            name_country(figure.side, language) if figure.side else "",
            figure.printed,
            str(figure.mode),
            str(figure.direction),
            figure.year,
            figure.value,
            figure.unit,
            "published",
            PUBLISHER,
            figure.report,
            figure.table,
            figure.source,
            words.tell_note(figure.note),
        ]
        for figure in series.figures
    ]
