"""What the page of performance says: of indicators, places, modes, sources and notes, in the reader's language."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from serai.corridors.countries import name_country, sort_countries
from serai.corridors.network import Mode
from serai.corridors.performance import REGION, Direction, Figure, Indicator, Performance, Scope
from serai.kernel.errors import gettext_noop
from serai.kernel.languages import CHINESE, format_number

_NAMES: Final = {
    Indicator.BORDER_TIME: gettext_noop("Time at a border crossing (TFI1)"),
    Indicator.BORDER_COST: gettext_noop("Cost at a border crossing (TFI2)"),
    Indicator.COST: gettext_noop("Cost of travel along a corridor (TFI3)"),
    Indicator.SPEED: gettext_noop("Speed without delay (TFI4, SWOD)"),
    Indicator.SPEED_WITH_DELAY: gettext_noop("Speed with delay (TFI4, SWD)"),
    Indicator.GAUGE_CHANGE_COST: gettext_noop("Cost of a change of gauge"),
    Indicator.LONGEST_WAIT: gettext_noop("Longest wait told of"),
}
_MEANINGS: Final = {
    Indicator.BORDER_TIME: gettext_noop(
        "The average hours that goods take over a border, from the exit point of one country to the entry point of the "
        "next. Waiting, clearance, loading and a change of gauge are counted in."
    ),
    Indicator.BORDER_COST: gettext_noop(
        "The average sum paid to bring one load over a border. Official and unofficial payments are counted in."
    ),
    Indicator.COST: gettext_noop(
        "The average sum paid to bring a lorry or a wagon with 20 tonnes along 500 kilometres of a corridor. Official "
        "and unofficial payments are counted in."
    ),
    Indicator.SPEED: gettext_noop("The average speed along a corridor while the goods move. Stops are left out."),
    Indicator.SPEED_WITH_DELAY: gettext_noop(
        "The average speed along a corridor over the whole time. Stops, those at borders too, are counted in."
    ),
    Indicator.GAUGE_CHANGE_COST: gettext_noop(
        "The sum paid to move a load between wagons of two gauges. No CPMM indicator: the reports tell it in their text."
    ),
    Indicator.LONGEST_WAIT: gettext_noop(
        "The longest wait of a single shipment. No CPMM indicator: the reports tell it in their text."
    ),
}
_UNITS: Final = {
    "hours": gettext_noop("hours"),
    "USD": gettext_noop("USD"),
    "USD per 500 km per 20 t": gettext_noop("USD per 500 km per 20 t"),
    "km/h": gettext_noop("km/h"),
}
_SCOPES: Final = {
    Scope.REGION: gettext_noop("All CAREC corridors"),
    Scope.CORRIDOR: gettext_noop("Single corridors"),
    Scope.COUNTRY: gettext_noop("Countries"),
    Scope.CROSSING: gettext_noop("Border crossings"),
}
_MODES: Final = {Mode.RAIL: gettext_noop("Rail"), Mode.ROAD: gettext_noop("Road")}
_DIRECTIONS: Final = {
    Direction.BOTH: gettext_noop("both directions"),
    Direction.INBOUND: gettext_noop("inbound"),
    Direction.OUTBOUND: gettext_noop("outbound"),
}
_FILTERS: Final = {
    "indicator": gettext_noop("Indicator"),
    "place": gettext_noop("Place"),
    "scope": gettext_noop("Kind of place"),
    "mode": gettext_noop("Mode"),
    "direction": gettext_noop("Direction"),
    "year": gettext_noop("Year"),
}
# Every note of the shipped table; tests hold this complete.
NOTES: Final = frozenset(
    {
        gettext_noop("chapter text"),
        gettext_noop("from the chapter text"),
        gettext_noop("chapter text (outbound per the rail chapter)"),
        gettext_noop("average gauge-change operation, chapter text"),
        gettext_noop("single shipment in August 2020; only two corridor-2 samples"),
        gettext_noop("chapter text gives 4.8 h; the 2022 report restates 2020 as 7.5 h"),
        gettext_noop("the page prints 38.0 for 2021, which contradicts country tables; not used"),
        gettext_noop("rest of the 2023 table not available; text says road TFI3 fell 31% vs 2022"),
        gettext_noop(
            'inbound row is mislabelled "Kazakhstan" in the page; TFI3 values as printed look implausibly low'
        ),
        gettext_noop(
            "run-together cells split using the printed % changes (2023 TFI2 values reconstructed: 121/123/114)"
        ),
        gettext_noop(
            "table cells are printed without separators; split by consistency with the 2022 report and the printed % "
            "changes"
        ),
    }
)

# Posts with figures that belong to no listed crossing, as the reports print them; tests hold this complete.
POSTS: Final = frozenset({gettext_noop("Aul"), gettext_noop("Kuryk"), gettext_noop("Takeshikent")})
# Notes that only say where in a report a figure stands.
PLACES: Final = frozenset({"chapter text", "from the chapter text"})


def name_indicator(indicator: Indicator) -> str:
    return _(_NAMES[indicator])


def tell_indicator(indicator: Indicator) -> str:
    """Say in plain words what an indicator counts."""
    return _(_MEANINGS[indicator])


def name_unit(unit: str) -> str:
    return _(_UNITS[unit])


def name_scope(scope: Scope) -> str:
    return _(_SCOPES[scope])


def name_mode(mode: Mode) -> str:
    return _(_MODES[mode])


def name_direction(direction: Direction) -> str:
    return _(_DIRECTIONS[direction])


def name_filter(name: str) -> str:
    return _(_FILTERS[name])


def name_place(performance: Performance, scope: Scope, place: str, language: str) -> str:
    """Return what a place is called in the language; a post of no listed crossing goes by its printed name."""
    if scope is Scope.COUNTRY:
        return name_country(place, language)
    if scope is Scope.REGION:
        return _("CAREC, all corridors") if place == REGION else place
    if scope is Scope.CORRIDOR:
        return _name_corridor(place)
    if crossing := performance.crossings.get(place):
        return crossing.names.get(language, crossing.names["en"])
    return _(place) if place in POSTS else place


def _name_corridor(printed: str) -> str:
    """Say `Corridor 4` and `Corridor 1 (PRC-KAZ BCPs)` in the reader's language.

    The second is of the corridor's crossings between China and Kazakhstan alone.
    """
    name, _space, rest = printed.removeprefix("Corridor ").partition(" ")
    if rest == "(PRC-KAZ BCPs)":
        return _("Corridor %(n)s, crossings between China and Kazakhstan") % {"n": name}
    return _("Corridor %(n)s") % {"n": name}


def sort_places(performance: Performance, scope: Scope, places: Iterable[str], language: str) -> list[str]:
    """Put places of one kind in the alphabetical order of the language."""
    if scope is Scope.COUNTRY:
        return sort_countries(places, language)

    def key(place: str) -> tuple[object, str]:
        name = name_place(performance, scope, place, language)
        # The Chinese national code stands by pinyin for all common signs, which Unicode does not.
        return (name.encode("gb18030") if language == CHINESE else name.casefold(), place)

    return sorted(places, key=key)


def write_value(value: Decimal, language: str) -> str:
    """Write a figure with the digits that were printed."""
    return format_number(value, language)


def tell_source(figure: Figure) -> str:
    """Say which report a figure stands in, and where."""
    told = _("CPMM report %(year)s") % {"year": figure.report} if figure.report else _("CPMM report")
    return told + (", " + _("table %(number)s") % {"number": figure.table} if figure.table else "")


def is_translated(note: str) -> bool:
    return note in NOTES


def tell_note(note: str) -> str:
    return _(note) if note in NOTES else note
