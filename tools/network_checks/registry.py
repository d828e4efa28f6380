"""The table of checks, in the order of the report."""

from collections.abc import Callable
from functools import partial
from pathlib import PurePosixPath
from typing import Final

from network_checks import cells, crossings, factors, files, gauges, links, places, reach, sea, times, timetable
from network_checks.schema import TABLES
from network_checks.tables import Data, Outcome

Check = Callable[[Data], Outcome]

_OF_A_NETWORK: Final[dict[str, Callable[..., Outcome]]] = {
    "one connected component": links.check_component,
    "connected without planned links": links.check_running_component,
    "nodes unique, places at their coordinates": links.check_nodes,
    "link ends are nodes": links.check_ends,
    "lines end at their nodes": links.check_lines,
    "length not below the straight distance": links.check_lengths,
    "country is that of the ends": links.check_countries,
    "kinds say what a link rests on": links.check_kinds,
    "plans are of kind planned only": links.check_plans,
    "places hang on a line of their own country": reach.check_own_country,
    "no junction lies abroad by itself": reach.check_lone_junctions,
    "listed crossings lead to every place": reach.check_reach,
}
_WITH_BASIS: Final = [path for path, columns in TABLES.items() if {"basis", "rule"} <= set(columns.order)]
_DRAWN: Final = [path for path in TABLES if path.endswith(".geojson")]


def _short(path: str) -> str:
    """Return the name of a file without folder and ending."""
    return PurePosixPath(path).stem


CHECKS: Final[dict[str, Check]] = {
    "files: every table and notice, no other": cells.check_files,
    "tables: columns as described": cells.check_columns,
    **{f"{_short(path)}: cells filled, numbers in bounds": partial(cells.check_cells, path=path) for path in TABLES},
    **{f"{_short(path)}: points on the globe": partial(cells.check_outlines, path=path) for path in _DRAWN},
    "places: ids": places.check_ids,
    "places: coordinates, confidence, kinds": places.check_positions,
    "places: named in ru and zh-hans": places.check_place_names,
    "names: one for a place and language, in its script": places.check_name_rows,
    "border_crossings: ids, posts, two countries": crossings.check_pairs,
    "border_crossings: posts joined within their countries, link_km": crossings.check_posts_on_network,
    "border_crossings: point between the posts": crossings.check_points,
    "border_crossings: point at a line over the border": crossings.check_points_on_lines,
    "border_crossings: gauges of the network": crossings.check_gauges,
    "border_crossings: named in ru and zh-hans": crossings.check_crossings_named,
    "crossing_names: one for a crossing and language, in its script": crossings.check_name_rows,
    "border_crossings_cpmm: crossings, sides, units": crossings.check_survey,
    **{f"{mode}: {name}": partial(check, mode=mode) for mode in files.LINKS for name, check in _OF_A_NETWORK.items()},
    "gauge: one at each node": gauges.check_nodes,
    "gauge: links that change it lie on borders": gauges.check_breaks,
    "gauge: inland yards have lines of both": gauges.check_inland_yards,
    "gauge: crossings that change it have a terminal": gauges.check_crossings,
    "gauge: terminals have that of the network": gauges.check_terminals,
    "gauge: changes within border times stand at borders": gauges.check_yards,
    "sea_links: ends are ports": sea.check_ends,
    "sea_links: length not below the straight distance": sea.check_lengths,
    "sea_lanes: one for each link, ends at the ports": sea.check_lanes,
    "sea_lanes: pass where they say": sea.check_ways,
    "border_times: two directions for every crossing": times.check_directions,
    "border_times: countries, mode, status of the crossing": times.check_sides,
    "border_times: mean, cost, lognormal": times.check_border_times,
    "terminals: ids, places, modes, gauges": times.check_terminals,
    "terminals: both directions": times.check_pairs,
    "terminals: what they change to comes there": times.check_modes,
    "terminals: ships at ports": times.check_ports,
    "terminals: no hours counted twice": times.check_hours_count_once,
    "timetable: stops": timetable.check_stops,
    "timetable: offsets increase": timetable.check_offsets,
    "timetable: no leg above 85 km/h": timetable.check_speeds,
    "timetable: no leg hastier than the speeds": timetable.check_running_hours,
    "timetable: days are departures": timetable.check_days,
    "distance_checks: shortest path, difference": links.check_distances,
    "speeds: one for each country": factors.check_speeds,
    "costs: one for each country, above zero": factors.check_costs,
    "loads: gross is cargo and tare": factors.check_loads,
    "emission_map: factor exists, value is the mix": factors.check_emission_map,
    "emission_factors: parts make the whole": factors.check_emission_factors,
    "cpmm: indicators, units, no value twice": factors.check_survey,
    "services: every fact has an address": factors.check_services,
    **{f"{_short(path)}: basis, source, rule": partial(cells.check_basis, path=path) for path in _WITH_BASIS},
}
