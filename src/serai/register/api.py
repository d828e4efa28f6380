"""The register over HTTP/JSON. The same queries as the pages; a value that is not known is refused by name."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Path, Query, Router, Schema

from serai.kernel.api import ErrorData, taking, without_query
from serai.register import queries
from serai.register.choices import defined_values
from serai.register.followup.page_digest import page_digest
from serai.register.followup.queries import latest_figures
from serai.register.index import FACETS
from serai.register.queries import LONGEST_QUERY, MOST_ROWS, ListRequest, Order
from serai.register.schemas import (
    BodyData,
    DigestData,
    EntryData,
    EventData,
    IndicatorData,
    InstrumentData,
    LineageData,
    RuleData,
    VersionData,
    body_data,
    digest_data,
    entries_data,
    entry_data,
    event_data,
    indicator_data,
    instrument_data,
    lineage_data,
)
from serai.register.states import RULES

router = Router(tags=["register"])


class EntryPage(Schema):
    total: int
    page: int
    pages: int
    size: int
    searched_for: str | None
    any_word: bool
    facets: dict[str, dict[str, int]]
    entries: list[EntryData]


def _one_of(facet: str) -> Any:
    """Describe a filter by its values; `queries` refuses others with a sentence of its own."""
    return Field([], json_schema_extra={"items": {"type": "string", "enum": list(defined_values(facet))}})


def _like(pattern: str) -> Any:
    return Field([], json_schema_extra={"items": {"type": "string", "pattern": pattern}})


class EntryFilter(Schema):
    """Filters: several values of one filter widen it, several filters narrow the list."""

    q: Annotated[str, Field(max_length=LONGEST_QUERY, description="words, or an entry's number")] = ""
    topic: list[str] = _one_of("topic")
    act: list[str] = _one_of("act")
    strength: list[str] = _one_of("strength")
    state: list[str] = _one_of("state")
    actor: list[str] = _one_of("actor")
    indicator: list[str] = _one_of("indicator")
    system: list[str] = _one_of("system")
    kind: list[str] = _one_of("kind")
    section: list[str] = _one_of("section")
    body: list[str] = _like(r"^[a-z0-9][a-z0-9-]*$")
    due: list[str] = _like(r"^([0-9]{4}|none)$")
    order: Order | None = None
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    size: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 50

    def to_request(self) -> ListRequest:
        choice = {facet: values for facet in FACETS if (values := getattr(self, facet))}
        return ListRequest(text=self.q, choice=choice, order=self.order, page=self.page, size=self.size)


REFUSALS: dict[Any, Any] = {400: ErrorData, 404: ErrorData, 422: ErrorData, 429: ErrorData}
Code = Annotated[str, Path(pattern=r"^[0-9A-Za-z]{1,5}\.[0-9]{1,3}[A-Za-z]?$", max_length=12, example="VI.13a")]
Slug = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64, example="customs-dg")]


@router.get("/entries", response={200: EntryPage, **REFUSALS}, summary="Entries, filtered and searched")
@taking(*EntryFilter.model_fields)
def list_entries(request: HttpRequest, filters: Query[EntryFilter]) -> EntryPage:
    found = queries.list_entries(filters.to_request())
    return EntryPage(
        total=found.total,
        page=found.page,
        pages=found.pages,
        size=found.size,
        searched_for=found.search.searched_for if found.search else None,
        any_word=bool(found.search and found.search.any_word),
        facets={facet: dict(values) for facet, values in found.counts.items()},
        entries=entries_data(queries.with_relations(found.entries), found.states),
    )


@router.get("/entries/{code}", response={200: EntryData, **REFUSALS}, summary="One entry")
@without_query
def get_entry(request: HttpRequest, code: Code) -> EntryData:
    entry = queries.get_entry(code)
    return entry_data(entry, queries.state_of(entry), latest_figures([entry.pk]).get(entry.pk, ()))


@router.get("/entries/{code}/digest", response={200: DigestData, **REFUSALS}, summary="The digest of an entry's page")
@without_query
def get_digest(request: HttpRequest, code: Code) -> DigestData:
    """Two nodes that show the same figures, notes and statements of the same catalogue give the same digest."""
    return digest_data(page_digest(queries.get_entry(code)))


@router.get("/bodies", response={200: list[BodyData], **REFUSALS}, summary="Bodies that the declaration names")
@without_query
def list_bodies(request: HttpRequest) -> list[BodyData]:
    return [body_data(body, codes) for body, codes in queries.bodies_with_codes()]


@router.get("/bodies/{slug}", response={200: BodyData, **REFUSALS}, summary="One body")
@without_query
def get_body(request: HttpRequest, slug: Slug) -> BodyData:
    body = queries.get_body(slug)
    return body_data(body, [entry.code for entry in queries.entries_of_body(body)[0]])


@router.get("/instruments", response={200: list[InstrumentData], **REFUSALS}, summary="Instruments")
@without_query
def list_instruments(request: HttpRequest) -> list[InstrumentData]:
    return [instrument_data(row) for row in queries.find_instruments()]


@router.get("/instruments/{slug}", response={200: InstrumentData, **REFUSALS}, summary="One instrument")
@without_query
def get_instrument(request: HttpRequest, slug: Slug) -> InstrumentData:
    return instrument_data(queries.get_instrument(slug))


@router.get("/events", response={200: list[EventData], **REFUSALS}, summary="Events, with outcomes and their sources")
@without_query
def list_events(request: HttpRequest) -> list[EventData]:
    return [event_data(row) for row in queries.find_events()]


@router.get("/indicators", response={200: list[IndicatorData], **REFUSALS}, summary="Indicators")
@without_query
def list_indicators(request: HttpRequest) -> list[IndicatorData]:
    rows = queries.find_indicators()
    figures = latest_figures([row.pk for row in rows])
    return [indicator_data(row, row.entry.code, figures.get(row.pk, ())) for row in rows]


@router.get("/lineage", response={200: list[LineageData], **REFUSALS}, summary="Relation to the earlier declaration")
@without_query
def list_lineage(request: HttpRequest) -> list[LineageData]:
    return [lineage_data(row, row.entry.code) for row in queries.find_lineage()]


@router.get("/states", response={200: list[RuleData], **REFUSALS}, summary="The rules that decide a state, in order")
@without_query
def list_rules(request: HttpRequest) -> list[RuleData]:
    return [
        RuleData(order=number, state=rule.state, label=rule.label, when=rule.when, meaning=rule.meaning)
        for number, rule in enumerate(RULES, start=1)
    ]


@router.get("/versions", response={200: list[VersionData], **REFUSALS}, summary="Versions of the catalogue")
@without_query
def list_versions(request: HttpRequest) -> list[VersionData]:
    return [
        VersionData(
            number=row.number,
            digest=row.digest,
            loaded_at=row.loaded_at.isoformat(),
            owner_node=row.owner_node,
            entries=row.entries,
            changed=row.changed,
            published=row.published,
        )
        for row in queries.find_versions()
    ]
