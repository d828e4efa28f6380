"""The corridors over HTTP/JSON. The same queries as the pages; a value that is not known is refused by name."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from serai.corridors import performance_words as words
from serai.corridors.api_plan import router as plan_router
from serai.corridors.countries import name_country
from serai.corridors.performance import FILTERS, PUBLISHER, Figure, Indicator, Performance, Series, shipped
from serai.corridors.performance_present import find_series
from serai.kernel.api import ErrorData, taking
from serai.kernel.errors import BadFilter, UnknownParameter
from serai.kernel.languages import ENGLISH

router = Router(tags=["corridors"])
router.add_router("", plan_router)


class UnknownValue(BadFilter):
    code = "corridor_filter"


class UnknownName(UnknownParameter):
    code = "corridor_parameter"


class PublishedFigure(Schema):
    """One printed value, as it was printed, and where."""

    year: int
    value: str
    report: int | None
    table: str
    source: str
    note: str


class PerformanceSeries(Schema):
    """The figures of one thing over the years. A year that is not in it was not published; it is not zero."""

    indicator: str
    unit: str
    scope: str
    place: str
    place_name: str
    side: str
    side_name: str
    printed_as: str
    mode: str
    direction: str
    figures: list[PublishedFigure]
    not_published: list[int]


class PerformanceData(Schema):
    publisher: str
    provenance: str
    years: list[int]
    total: int
    series: list[PerformanceSeries]


def _one_of(name: str, default: str = "") -> Any:
    """Describe a filter by its values, read when the description is asked for; others are refused with a sentence of its own."""

    def tell(schema: dict[str, Any]) -> None:
        schema["enum"] = ["", *shipped().known(name)]

    return Field(default, json_schema_extra=tell)


class PerformanceFilter(Schema):
    """Filters; one that is empty takes all, save the indicator: without one it is TFI1, and `all` takes all."""

    indicator: str = _one_of("indicator", Indicator.BORDER_TIME.value)
    place: str = _one_of("place")
    scope: str = _one_of("scope")
    mode: str = _one_of("mode")
    direction: str = _one_of("direction")
    year: str = _one_of("year")


REFUSALS: dict[Any, Any] = {400: ErrorData, 422: ErrorData, 429: ErrorData}


@router.get(
    "/performance",
    response={200: PerformanceData, **REFUSALS},
    summary="Published performance of corridors and crossings (CAREC CPMM)",
)
@taking(*FILTERS, refusal=UnknownName)
def list_performance(request: HttpRequest, filters: Query[PerformanceFilter]) -> PerformanceData:
    """Figures of CAREC, each with the report it stands in. Where two reports differ, both are given."""
    tables = shipped()
    choice, unknown = tables.choose(filters.dict())
    for name, value in unknown.items():
        raise UnknownValue(filter=name, value=value[:40])
    found = find_series(tables, choice, ENGLISH)
    years = tables.years if choice.year is None else (choice.year,)
    return PerformanceData(
        publisher=PUBLISHER,
        provenance="published",
        years=list(years),
        total=sum(len(series.figures) for series in found),
        series=[_series_data(tables, series, years) for series in found],
    )


def _series_data(tables: Performance, series: Series, years: tuple[int, ...]) -> PerformanceSeries:
    return PerformanceSeries(
        indicator=series.indicator,
        unit=series.figures[0].unit,
        scope=series.scope,
        place=series.place,
        place_name=words.name_place(tables, series.scope, series.place, ENGLISH),
        side=series.side,
        side_name=name_country(series.side, ENGLISH) if series.side else "",
        printed_as=series.printed,
        mode=series.mode,
        direction=series.direction,
        figures=[_figure_data(figure) for figure in series.figures],
        not_published=[year for year in years if not series.in_year(year)],
    )


def _figure_data(figure: Figure) -> PublishedFigure:
    return PublishedFigure(
        year=figure.year,
        value=f"{figure.value:f}",
        report=figure.report,
        table=figure.table,
        source=figure.source,
        note=figure.note,
    )
