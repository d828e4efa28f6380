"""Checks of times: at borders and in terminals."""

import math
import re
from typing import Final

from network_checks.cells import BASES
from network_checks.files import BORDER_TIMES, CROSSINGS, LINKS, PLACES, SEA_LINKS, TERMINALS
from network_checks.links import running
from network_checks.tables import Data, Outcome, Row, count, first, index, over

DIRECTIONS: Final = ("a_to_b", "b_to_a")
MODES: Final = ("road", "rail", "sea", "ferry", "rail_ferry")
RAILS: Final = ("rail", "rail_ferry")  # modes of a terminal that have a gauge
YEARS: Final = re.compile("20[0-9]{2}(-[0-9]{2})?")  # a year, or the first and the last
Z95: Final = 1.6449  # of the normal distribution


def check_directions(data: Data) -> Outcome:
    """Every crossing has a time in both directions, and no other is timed."""
    timed, crossings = count(data[BORDER_TIMES], "bcp_id", "direction"), index(data[CROSSINGS], "bcp_id")
    outcome = over(
        data[CROSSINGS],
        lambda row: first(
            *((timed[row["bcp_id"], way] != 1, f"{row['bcp_id']} has not one time {way}.") for way in DIRECTIONS)
        ),
    )
    strange = over(
        data[BORDER_TIMES],
        lambda row: first(
            (row["bcp_id"] not in crossings, f"{row['bcp_id']} is no crossing."),
            (row["direction"] not in DIRECTIONS, f"the direction {row['direction']} is not known."),
        ),
    )
    return Outcome(checked=strange.checked, faults=outcome.faults + strange.faults)


def check_sides(data: Data) -> Outcome:
    """Countries, mode and status of a border time are the crossing's."""
    crossings = index(data[CROSSINGS], "bcp_id")

    def find(row: Row) -> str | None:
        crossing = crossings.get(row["bcp_id"])
        if crossing is None:
            return None
        ends = (crossing["country_a"], crossing["country_b"])
        ends = ends if row["direction"] == "a_to_b" else ends[::-1]
        return first(
            ((row["from_country"], row["to_country"]) != ends, f"{row['bcp_id']} does not lead {row['direction']}."),
            (row["mode"] != crossing["mode"], f"{row['bcp_id']} is not of mode {row['mode']}."),
            (row["status"] != crossing["status"], f"{row['bcp_id']} is {crossing['status']}, not {row['status']}."),
        )

    return over(data[BORDER_TIMES], find)


def check_border_times(data: Data) -> Outcome:
    """Mean and cost are exit and entry together, the basis is the weaker; median and 95 % are the lognormal's."""
    return over(data[BORDER_TIMES], _find_border_time)


def _find_border_time(row: Row) -> str | None:
    mean, cv, sigma = row.number("hours_mean"), row.number("cv"), row.number("sigma_ln")
    median = mean / math.sqrt(1 + cv**2)
    sides = row.number("exit_hours") + row.number("entry_hours")
    usd = row.number("exit_cost_usd") + row.number("entry_cost_usd")
    late = median * math.exp(Z95 * math.sqrt(math.log(1 + cv**2)))
    sides_rest_on = max((row["exit_basis"], row["entry_basis"]), key=_weakness)
    years = [row[name] for name in ("year", "exit_year", "entry_year")]
    return first(
        (not all(YEARS.fullmatch(year) for year in years), f"{', '.join(years)} are not years."),
        (row["basis"] != sides_rest_on, f"basis is {row['basis']}, but the weaker side is {sides_rest_on}."),
        (row["distribution"] != "lognormal", f"the distribution {row['distribution']} is not lognormal."),
        (abs(mean - sides) > 0.11, f"hours_mean is {mean:g}, exit and entry are {sides:g}."),
        (abs(row.number("cost_usd") - usd) > 1.01, f"cost_usd is {row['cost_usd']}, exit and entry are {usd:g}."),
        (abs(sigma - math.sqrt(math.log(1 + cv**2))) > 0.001, f"sigma_ln is {sigma:g} and does not follow from cv."),
        (abs(row.number("p50_h") - median) > 0.06, f"p50_h is {row['p50_h']}, but the median is {median:.1f}."),
        (abs(row.number("p95_h") - late) > 0.003 * late + 0.06, f"p95_h is {row['p95_h']}, but should be {late:.1f}."),
    )


def _weakness(basis: str) -> int:
    """Return how weak a basis is: a published value is the strongest, one that nobody knows the weakest."""
    return BASES.index(basis) if basis in BASES else len(BASES)


def check_terminals(data: Data) -> Outcome:
    """Ids are unique and made of place and modes; rail sides have a gauge, others none; rail to rail changes it."""
    places, ids = index(data[PLACES], "id"), count(data[TERMINALS], "terminal_id")

    def find(row: Row) -> str | None:
        name, modes = row["terminal_id"], (row["from_mode"], row["to_mode"])
        return first(
            (ids[(name,)] > 1, f"the id {name} stands twice."),
            (row["place_id"] not in places, f"{row['place_id']} is no place."),
            (not set(modes) <= set(MODES), f"a mode of {name} is none of {', '.join(MODES)}."),
            (not name.startswith(f"{row['place_id']}--{'-'.join(modes)}"), f"{name} is not made of place and modes."),
            (modes[0] == modes[1] != "rail", f"{name} changes nothing."),
            (modes == ("rail", "rail") and row["gauge_from_mm"] == row["gauge_to_mm"], f"{name} changes no gauge."),
            *_find_gauge_cells(row),
            (row["included_in_border_time"] not in {"yes", "no"}, "included_in_border_time is neither yes nor no."),
            (bool(row["capacity_teu_yr"]) != bool(row["capacity_source"]), f"{name} has a capacity without a source."),
        )

    return over(data[TERMINALS], find)


def _find_gauge_cells(row: Row) -> list[tuple[bool, str]]:
    return [
        ((row[f"{side}_mode"] in RAILS) != bool(row[f"gauge_{side}_mm"]), f"gauge_{side}_mm does not fit the mode.")
        for side in ("from", "to")
    ]


def check_pairs(data: Data) -> Outcome:
    """Every change of mode or gauge can be made in both directions."""
    keys = count(data[TERMINALS], "place_id", "from_mode", "to_mode", "gauge_from_mm", "gauge_to_mm")

    def find(row: Row) -> str | None:
        back = (row["place_id"], row["to_mode"], row["from_mode"], row["gauge_to_mm"], row["gauge_from_mm"])
        return first((keys[back] != 1, f"{row['terminal_id']} has no way back."))

    return over(data[TERMINALS], find)


def check_modes(data: Data) -> Outcome:
    """What a terminal changes to or from comes to its place: a line of the network, a road or a sea link."""
    served = {mode: {link[end] for link in running(data[path]) for end in "ab"} for mode, path in LINKS.items()}
    served["sea"] = {link[end] for link in data[SEA_LINKS] for end in "ab"}

    def find(row: Row) -> str | None:
        modes = [row[f"{side}_mode"] for side in ("from", "to")]
        missing = sorted({mode for mode in modes if mode in served and row["place_id"] not in served[mode]})
        return f"no {' and no '.join(missing)} link leads to {row['place_id']}." if missing else None

    return over(data[TERMINALS], find)


def check_ports(data: Data) -> Outcome:
    """A terminal of a ship or a ferry stands at a port."""
    ports = {row["id"] for row in data[PLACES] if "port" in row["kinds"].split(";")}
    return over(
        [row for row in data[TERMINALS] if {row["from_mode"], row["to_mode"]} & {"sea", "ferry", "rail_ferry"}],
        lambda row: first((row["place_id"] not in ports, f"{row['place_id']} is no port.")),
    )


def check_hours_count_once(data: Data) -> Outcome:
    """A change of gauge that the border time includes takes no hours of its own."""
    return over(
        [row for row in data[TERMINALS] if row["included_in_border_time"] == "yes"],
        lambda row: first((row.number("hours") > 0, f"{row['terminal_id']} takes time twice, here and at the border.")),
    )
