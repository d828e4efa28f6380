"""The tables, their columns in order, which cells may be empty, and between what bounds a number lies. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from network_checks import files

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What the cells of one table are; a column that is neither empty nor a number holds text."""

    order: tuple[str, ...]
    may_be_empty: frozenset[str] = frozenset()
    numbers: Mapping[str, Bounds] = field(default_factory=dict)


def _columns(order: str, may_be_empty: str = "", **numbers: Bounds) -> Columns:
    return Columns(order=tuple(order.split()), may_be_empty=frozenset(may_be_empty.split()), numbers=numbers)


LATITUDE: Final = (-90.0, 90.0)
LONGITUDE: Final = (-180.0, 180.0)
KM: Final = (0.0, 30_000.0)
HOURS: Final = (0.0, 2_000.0)
USD: Final = (0.0, 10_000.0)
GAUGE: Final = (1435.0, 1676.0)  # millimetres
KMH: Final = (5.0, 100.0)
SHARE: Final = (0.0, 1.0)
GRAMS: Final = (0.0, 2_000.0)  # CO2e of a tonne-kilometre or of a kilowatt-hour
TONNES: Final = (0.0, 50.0)
YEAR: Final = (2015.0, 2035.0)

_NODE: Final = _columns("node_id lat lon country place_id", "place_id", lat=LATITUDE, lon=LONGITUDE)
_CPMM_VALUE: Final = (0.0, 10_000.0)

TABLES: Final[Mapping[str, Columns]] = {
    files.PLACES: _columns(
        "id unlocode name country lat lon kinds coord_source confidence coord_check rail_snap_km road_snap_km note",
        "unlocode coord_check rail_snap_km road_snap_km note",
        lat=LATITUDE,
        lon=LONGITUDE,
        rail_snap_km=KM,
        road_snap_km=KM,
    ),
    files.NAMES: _columns("place_id lang name basis"),
    files.CROSSINGS: _columns(
        "bcp_id name_a country_a place_a name_b country_b place_b mode gauge_a_mm gauge_b_mm lat lon coord_rule link_km"
        " confidence status note",
        "gauge_a_mm gauge_b_mm note",
        gauge_a_mm=GAUGE,
        gauge_b_mm=GAUGE,
        lat=LATITUDE,
        lon=LONGITUDE,
        link_km=(0.1, 300.0),
    ),
    files.CROSSING_NAMES: _columns("bcp_id lang name"),
    files.CROSSING_SURVEY: _columns(
        "bcp_id side_country cpmm_name year indicator direction value unit source note",
        "note",
        year=YEAR,
        value=_CPMM_VALUE,
    ),
    files.BORDER_TIMES: _columns(
        "bcp_id direction from_country to_country mode status hours_mean exit_hours entry_hours cost_usd exit_cost_usd"
        " entry_cost_usd includes_gauge_change distribution cv sigma_ln p50_h p95_h year exit_year entry_year basis"
        " exit_basis entry_basis cost_basis source rule",
        "source",
        hours_mean=HOURS,
        exit_hours=HOURS,
        entry_hours=HOURS,
        cost_usd=USD,
        exit_cost_usd=USD,
        entry_cost_usd=USD,
        cv=(0.1, 3.0),
        sigma_ln=(0.1, 3.0),
        p50_h=HOURS,
        p95_h=HOURS,
    ),
    files.NODES["rail"]: _NODE,
    files.NODES["road"]: _NODE,
    files.LINKS["rail"]: _columns(
        "id a b km cc kind gauge stitch_km note", "stitch_km note", km=(0.0, 2_000.0), stitch_km=(0.0, 100.0)
    ),
    files.LINKS["road"]: _columns(
        "id a b km cc kind stitch_km note", "stitch_km note", km=(0.0, 2_000.0), stitch_km=(0.0, 100.0)
    ),
    files.SEA_LINKS: _columns("id a b basin via km source", "via", km=KM),
    files.SEA_LANES: _columns("id a b km basin via", "via", km=KM),
    files.TERMINALS: _columns(
        "terminal_id place_id from_mode to_mode gauge_from_mm gauge_to_mm hours cost_usd_per_container"
        " included_in_border_time capacity_teu_yr capacity_basis capacity_source basis source rule",
        "gauge_from_mm gauge_to_mm capacity_teu_yr capacity_basis capacity_source source",
        gauge_from_mm=GAUGE,
        gauge_to_mm=GAUGE,
        hours=HOURS,
        cost_usd_per_container=USD,
        capacity_teu_yr=(1.0, 10_000_000.0),
    ),
    files.TIMETABLE: _columns(
        "service_id operator name mode stop_seq place_id leg_mode arr_offset_h dep_offset_h departures_per_week weekdays"
        " cutoff_h capacity_teu frequency_basis time_basis basis source rule",
        "operator leg_mode arr_offset_h dep_offset_h source",
        stop_seq=(1.0, 50.0),
        arr_offset_h=HOURS,
        dep_offset_h=HOURS,
        departures_per_week=(0.1, 100.0),
        cutoff_h=HOURS,
        capacity_teu=(1.0, 30_000.0),
    ),
    files.DISTANCES: _columns(
        "mode from to reference_km network_km diff_pct reference_note",
        reference_km=KM,
        network_km=KM,
        diff_pct=(-50.0, 50.0),
    ),
    files.SPEEDS: _columns(
        "mode country planner_kmh planner_basis speed_kmh swd_kmh hours_per_day year basis source rule hours_basis"
        " hours_rule",
        "swd_kmh source",
        planner_kmh=KMH,
        speed_kmh=KMH,
        swd_kmh=KMH,
        hours_per_day=(1.0, 24.0),
        year=YEAR,
    ),
    files.COSTS: _columns("item mode country value unit year basis source rule", "source", value=USD),
    files.LOADS: _columns(
        "load_id name unit teu feu_equiv cargo_t tare_t gross_t max_gross_t volume_m3 reefer_kw basis source rule",
        teu=(0.0, 2.0),
        feu_equiv=(0.1, 3.0),
        cargo_t=TONNES,
        tare_t=TONNES,
        gross_t=TONNES,
        max_gross_t=TONNES,
        volume_m3=(1.0, 150.0),
        reefer_kw=(0.0, 20.0),
    ),
    files.EMISSION_MAP: _columns(
        "mode country factor_mode factor_vehicle wtw_g_tkm electrified_share share_basis grid_g_kwh grid_year"
        " kwh_per_tkm electric_wtw_g_tkm diesel_wtw_g_tkm basis source rule",
        "electrified_share share_basis grid_g_kwh grid_year kwh_per_tkm electric_wtw_g_tkm diesel_wtw_g_tkm rule",
        wtw_g_tkm=GRAMS,
        electrified_share=SHARE,
        grid_g_kwh=GRAMS,
        grid_year=YEAR,
        kwh_per_tkm=SHARE,
        electric_wtw_g_tkm=GRAMS,
        diesel_wtw_g_tkm=GRAMS,
    ),
    files.EMISSION_FACTORS: _columns(
        "mode vehicle ttw_g wtt_g wtw_g unit year source note",
        "wtt_g wtw_g note",
        ttw_g=GRAMS,
        wtt_g=GRAMS,
        wtw_g=GRAMS,
    ),
    files.SURVEY: _columns(
        "year mode scope name indicator direction value unit source note", "note", year=YEAR, value=_CPMM_VALUE
    ),
    files.SERVICES: _columns("category name from to metric value unit date source note", "from to unit note"),
    files.BASEMAP[0]: _columns("iso iso_n3 name", "iso iso_n3"),
    files.BASEMAP[1]: _columns("name source", "source"),
}
