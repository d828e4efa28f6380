"""Checks of speeds, costs, loads and emissions."""

import math
from typing import Final

from network_checks.crossings import DIRECTIONS
from network_checks.files import COSTS, EMISSION_FACTORS, EMISSION_MAP, LOADS, NODES, SERVICES, SPEEDS, SURVEY
from network_checks.tables import Data, Outcome, Row, count, first, over

ANY: Final = "*"  # the row for any other country
GRID_LOSS: Final = 1.08  # grid losses between power station and line
SCOPES: Final = ("country", "bcp", "region", "corridor")
UNITS: Final = {
    "TFI1": "hours",
    "TFI2": "USD",
    "TFI3": "USD per 500 km per 20 t",
    "SWD": "km/h",
    "SWOD": "km/h",
    "gauge_change_cost": "USD",
    "max_wait": "hours",
}


def check_speeds(data: Data) -> Outcome:
    """One row for a mode and country; every country of a network has one; speed with delay is below that without."""
    keys = count(data[SPEEDS], "mode", "country")
    rows = over(
        data[SPEEDS],
        lambda row: first(
            (keys[row["mode"], row["country"]] > 1, f"{row['mode']} in {row['country']} stands twice."),
            (row.number("swd_kmh") > row.number("speed_kmh"), "the speed with delay is above that without."),
        ),
    )
    missing = [f"{SPEEDS}: {mode} in {country} has no row." for mode, country in _missing(data, set(keys))]
    return Outcome(checked=rows.checked, faults=(*rows.faults, *missing))


def _missing(data: Data, keys: set[tuple[str, ...]]) -> list[tuple[str, str]]:
    """Return the modes and countries of the networks without a row."""
    wanted = {(mode, row["country"]) for mode, path in NODES.items() for row in data[path]}
    return sorted(wanted - keys)


def check_costs(data: Data) -> Outcome:
    """One row for an item, mode and country, a price above zero; every country of a network has a line haul."""
    keys = count(data[COSTS], "item", "mode", "country")
    rows = over(
        data[COSTS],
        lambda row: first(
            (keys[row["item"], row["mode"], row["country"]] > 1, f"{row['item']} of {row['mode']} stands twice."),
            (row.number("value") <= 0, f"the price of {row['item']} is not above zero."),
        ),
    )
    hauls = {(row["mode"], row["country"]) for row in data[COSTS] if row["item"] == "line_haul"}
    missing = [f"{COSTS}: {mode} in {country} has no line haul." for mode, country in _missing(data, set(hauls))]
    return Outcome(checked=rows.checked, faults=(*rows.faults, *missing))


def check_loads(data: Data) -> Outcome:
    """Ids are unique; gross is cargo and tare, and not above the limit."""
    ids = count(data[LOADS], "load_id")

    def find(row: Row) -> str | None:
        gross = row.number("gross_t")
        return first(
            (ids[(row["load_id"],)] > 1, f"the id {row['load_id']} stands twice."),
            (abs(row.number("cargo_t") + row.number("tare_t") - gross) > 0.01, "gross is not cargo and tare together."),
            (gross > row.number("max_gross_t"), f"{row['load_id']} is heavier than it may be."),
        )

    return over(data[LOADS], find)


def check_emission_map(data: Data) -> Outcome:
    """One row for a mode and country; its factor exists; the value is the mix of electric and diesel that it states."""
    keys = count(data[EMISSION_MAP], "mode", "country")
    factors = {(row["mode"], row["vehicle"]): row for row in data[EMISSION_FACTORS]}

    def find(row: Row) -> str | None:
        factor = factors.get((row["factor_mode"], row["factor_vehicle"]))
        if factor is None:
            return f"the factor {row['factor_mode']}, {row['factor_vehicle']} is not there."
        wanted, electric = _expected_grams(row, factor.number("wtw_g")), _electric_grams(row)
        diesel, stated = row.number("diesel_wtw_g_tkm"), row.number("electric_wtw_g_tkm")
        return first(
            (keys[row["mode"], row["country"]] > 1, f"{row['mode']} in {row['country']} stands twice."),
            (
                abs(row.number("wtw_g_tkm") - wanted) > 0.11,
                f"wtw_g_tkm is {row['wtw_g_tkm']}, the mix is {wanted:.1f}.",
            ),
            (abs(stated - electric) > 0.06, f"electric_wtw_g_tkm is {stated:g}, but should be {electric:.1f}."),
            (abs(diesel - factor.number("wtw_g")) > 0.06, f"diesel_wtw_g_tkm is not that of {row['factor_vehicle']}."),
            (bool(row["electrified_share"]) != bool(row["share_basis"]), "a share and its basis go together."),
        )

    missing = [("rail", row["country"]) for row in data[NODES["rail"]] if ("rail", row["country"]) not in keys]
    rows = over(data[EMISSION_MAP], find)
    gaps = [f"{EMISSION_MAP}: {mode} in {country} has no row." for mode, country in sorted(set(missing))]
    return Outcome(checked=rows.checked, faults=(*rows.faults, *gaps))


def _expected_grams(row: Row, diesel: float) -> float:
    """Return CO2e in grams of a tonne-kilometre: electric by its share, diesel for the rest."""
    share = row.number("electrified_share")
    return diesel if math.isnan(share) or share == 0 else share * _electric_grams(row) + (1 - share) * diesel


def _electric_grams(row: Row) -> float:
    """Return CO2e in grams of an electric tonne-kilometre, NaN where the row names no grid."""
    return row.number("kwh_per_tkm") * row.number("grid_g_kwh") * GRID_LOSS


def check_emission_factors(data: Data) -> Outcome:
    """One row for a mode and vehicle; well to wheel is well to tank and tank to wheel together."""
    keys = count(data[EMISSION_FACTORS], "mode", "vehicle")

    def find(row: Row) -> str | None:
        total = row.number("ttw_g") + row.number("wtt_g")
        return first(
            (keys[row["mode"], row["vehicle"]] > 1, f"{row['vehicle']} stands twice."),
            (row["unit"] != "gCO2e/tkm", f"the unit is {row['unit']}, not gCO2e/tkm."),
            (abs(total - row.number("wtw_g")) > 0.011, f"wtw_g is {row['wtw_g']}, the parts make {total:.2f}."),
        )

    return over(data[EMISSION_FACTORS], find)


def check_survey(data: Data) -> Outcome:
    """Survey values have a known scope, direction and indicator, in its unit; none stands twice."""
    keys = count(data[SURVEY], "year", "mode", "scope", "name", "indicator", "direction", "source")

    def find(row: Row) -> str | None:
        key = tuple(row[name] for name in ("year", "mode", "scope", "name", "indicator", "direction", "source"))
        return first(
            (row["mode"] not in NODES, f"the mode {row['mode']} is neither rail nor road."),
            (row["scope"] not in SCOPES, f"the scope {row['scope']} is none of {', '.join(SCOPES)}."),
            (UNITS.get(row["indicator"]) != row["unit"], f"{row['indicator']} is not given in {row['unit']}."),
            (row["direction"] not in DIRECTIONS, f"the direction {row['direction']} is not known."),
            (keys[key] > 1, f"{row['indicator']} of {row['name']} in {row['year']} stands twice."),
        )

    return over(data[SURVEY], find)


def check_services(data: Data) -> Outcome:
    """Facts about services name an address where they were read."""
    return over(
        data[SERVICES],
        lambda row: first(
            (not row["source"].startswith(("http://", "https://")), f"{row['name']} names no address as its source.")
        ),
    )
