"""Planning over HTTP/JSON: `POST /api/v1/corridors/plan`, and the places and loads that it knows. Nothing is kept."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema
from pydantic import BeforeValidator, ConfigDict

from serai.corridors.network import LANGUAGES, Network
from serai.kernel import clock
from serai.kernel.api import ErrorData, taking, without_query
from serai.kernel.errors import UnknownParameter

router = Router(tags=["corridors"])
REFUSALS: dict[Any, Any] = {400: ErrorData, 413: ErrorData, 422: ErrorData, 429: ErrorData}


class UnknownPlaceParameter(UnknownParameter):
    code = "corridor_place_parameter"


def _no_truth(value: object) -> object:
    """Refuse true and false where a number is asked for: Python takes them for 1 and 0."""
    if isinstance(value, bool):
        raise ValueError("it is no number")  # noqa: TRY004  # pydantic turns it into a refusal
    return value


class PlanRequest(Schema):
    """A consignment, two places and a day. Places are ids, UN/LOCODEs or names in any language of the network."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    origin: str = Field(alias="from", examples=["Xi'an"])
    destination: str = Field(alias="to", examples=["Tashkent"])
    load: str = "c40dry"
    cargo_t: Annotated[float | None, BeforeValidator(_no_truth)] = None
    hs_chapter: str = ""
    ready: str = Field("", description="A moment; by the clock of the place it starts from unless it has an offset.")
    window_days: Annotated[int | None, BeforeValidator(_no_truth)] = None
    arrive_by: str = ""
    via: list[str] = Field(default_factory=list, max_length=3)
    avoid_countries: list[str] = Field(default_factory=list, max_length=60)
    avoid_places: list[str] = Field(default_factory=list, max_length=60)
    avoid_modes: list[str] = Field(default_factory=list, max_length=10)
    avoid_crossings: list[str] = Field(default_factory=list, max_length=100)
    scenarios: list[str] = Field(default_factory=list, max_length=1)


class RestData(Schema):
    """What a number rests on: published, derived by a rule, or assumed."""

    what: str
    where: str
    basis: str
    source: str
    rule: str


class LegData(Schema):
    kind: str
    origin: str = Field(alias="from")
    destination: str = Field(alias="to")
    starts: str
    ends: str
    hours: float
    km: float
    gauge_mm: int
    gauge_to_mm: int
    passed: list[str]
    crossing: str
    borders: list[str]
    service: str
    service_name: str
    usd: float
    co2e_kg: float
    rests: list[RestData]


class RiskData(Schema):
    """When so many in a hundred have arrived, from draws; `worst_leg` counts from 0."""

    p50: str
    p80: str
    p90: str
    p95: str
    p95_error_hours: float
    on_time: float | None
    on_time_error: float | None
    worst_leg: int | None
    worst_leg_share: float
    draws: int


class ItineraryData(Schema):
    letter: str
    name: str
    departs: str
    arrives: str
    hours: float
    usd: float
    co2e_kg: float
    km: float
    border_hours: float
    borders_in_timetables: int
    tags: list[str]
    is_shown: bool
    assumed_time_share: float
    assumed_cost_share: float
    usd_by_share: dict[str, float]
    risk: RiskData | None
    legs: list[LegData]


class ClosureData(Schema):
    """What changes when a crossing closes, for the soonest way and for the cheapest."""

    crossing: str
    has_other_way: bool
    more_hours: float | None
    more_usd: float | None


class PlanData(Schema):
    """`found` ways are beaten by none in departure, arrival, cost and CO2e; those that hardly differ are told of once."""

    origin: str = Field(alias="from")
    destination: str = Field(alias="to")
    load: str
    cargo_t: float
    ready: str
    arrive_by: str | None
    found: int
    is_complete: bool
    itineraries: list[ItineraryData]
    closures: list[ClosureData]
    stopped_by: list[str]
    is_open_without_limits: bool


@router.post("/plan", response={200: PlanData, **REFUSALS}, summary="Plan a consignment", by_alias=True)
@without_query
def plan_consignment(request: HttpRequest, body: PlanRequest) -> dict[str, Any]:
    """The ways that nothing beats in time, cost and CO2e, with dated departures, borders, the risk of being late, and what it rests on."""
    from serai.corridors.asking import read_enquiry
    from serai.corridors.planning import plan
    from serai.corridors.telling import answer_data

    network = Network.load()
    return answer_data(plan(network, read_enquiry(network, _asked(body), now=clock.now())))


def _asked(body: PlanRequest) -> Any:
    from serai.corridors.asking import Asked

    fields = body.dict()
    for name in ("cargo_t", "window_days"):
        fields[name] = "" if fields[name] is None else f"{fields[name]:g}"
    return Asked(**fields)


class PlaceData(Schema):
    id: str
    country: str
    unlocode: str
    names: dict[str, str]
    lat: float
    lon: float
    confidence: str


@router.get("/places", response={200: list[PlaceData], **REFUSALS}, summary="Places of the network by what is typed")
@taking("q", refusal=UnknownPlaceParameter)
def find_places(request: HttpRequest, q: str) -> list[PlaceData]:
    """At most twenty places whose names, in any language of the network, are nearest to `q`."""
    from serai.corridors.finding import suggest_places

    return [
        PlaceData(
            id=one.id,
            country=one.country,
            unlocode=one.unlocode,
            names={language: one.name(language) for language in LANGUAGES},
            lat=one.lat,
            lon=one.lon,
            confidence=one.confidence,
        )
        for one in suggest_places(Network.load(), q, limit=20)
    ]
