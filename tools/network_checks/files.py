"""The files of the corridor tables, by their path under the folder. Pure data."""

from collections.abc import Mapping
from typing import Final

PLACES: Final = "network/places.csv"
NAMES: Final = "network/names.csv"
CROSSINGS: Final = "network/border_crossings.csv"
CROSSING_NAMES: Final = "network/crossing_names.csv"
CROSSING_SURVEY: Final = "network/border_crossings_cpmm.csv"
BORDER_TIMES: Final = "network/border_times.csv"
NODES: Final[Mapping[str, str]] = {"rail": "network/rail_nodes.csv", "road": "network/road_nodes.csv"}
LINKS: Final[Mapping[str, str]] = {"rail": "network/rail_lines.geojson", "road": "network/roads.geojson"}
SEA_LINKS: Final = "network/sea_links.csv"
SEA_LANES: Final = "network/sea_lanes.geojson"
TERMINALS: Final = "network/terminals.csv"
TIMETABLE: Final = "network/timetable.csv"
DISTANCES: Final = "network/distance_checks.csv"

SPEEDS: Final = "factors/speeds.csv"
COSTS: Final = "factors/costs.csv"
LOADS: Final = "factors/loads.csv"
EMISSION_MAP: Final = "factors/emission_map.csv"
EMISSION_FACTORS: Final = "factors/emission_factors.csv"
SURVEY: Final = "factors/cpmm.csv"
SERVICES: Final = "factors/services.csv"

BASEMAP: Final = ("basemap/countries.geojson", "basemap/lakes.geojson")
TEXTS: Final = frozenset(("README.md", "network/NOTICE", "network/LICENSE", "factors/NOTICE", "basemap/NOTICE"))
