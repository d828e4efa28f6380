"""What is in the network and how sure it is, as the page shows it: counted from the tables, nothing written by hand."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from serai.corridors import plan_words as words
from serai.corridors.countries import name_country, sort_countries
from serai.corridors.figures import Basis, Rest
from serai.corridors.network import PLANNED, Border, Crossing, Mode, Network, Service
from serai.kernel.errors import gettext_noop

SHOWN_MODES: Final = (Mode.RAIL, Mode.ROAD, Mode.SEA)
_CONFIDENCES = {
    "high": gettext_noop("a gazetteer's position, or within 2.5 km of one"),
    "medium": gettext_noop("2.5 to 6.5 km from one, or on the network near the border"),
    "low": gettext_noop("nothing to check against, or the checks disagree"),
}
_STATUSES = {
    "open": gettext_noop("open"),
    "restricted": gettext_noop("restricted"),
    "temporary": gettext_noop("part of the time"),
    "closed": gettext_noop("closed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """How many of a kind there are; by mode, where they are of one (none told where there is no such kind)."""

    name: str
    total: int
    by_mode: Sequence[tuple[str, int | None]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    name: str
    mode: str
    km: str
    gauge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sureness:
    """How many numbers of a kind rest on what."""

    name: str
    counts: Sequence[tuple[str, str, int]]  # basis, its name, how many
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossingRow:
    countries: str
    name: str
    mode: str
    status: str
    sides: Sequence[tuple[str, str, str, str, str]]  # from where to where, hours, basis, its name, year


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    name: str
    mode: str
    per_week: str
    basis_name: str
    time_basis_name: str


def counts(network: Network) -> list[CountRow]:
    """Return what the network holds, by kind and mode."""
    lines = {mode: [line for line in rows if line.kind != PLANNED] for mode, rows in network.lines.items()}
    crossings = Counter(one.mode for one in network.crossings.values())
    services = Counter(_mode_of(one) for one in network.services.values())
    links = {mode: len(rows) for mode, rows in lines.items()} | {Mode.SEA: len(network.sea)}
    km = {mode: round(sum(line.km for line in rows)) for mode, rows in lines.items()}
    km[Mode.SEA] = round(sum(link.km for link in network.sea))
    return [
        CountRow(name=_("places"), total=len(network.places)),
        CountRow(name=_("links"), by_mode=_by_mode(links), total=sum(links.values())),
        CountRow(name=_("kilometres of links"), by_mode=_by_mode(km), total=sum(km.values())),
        CountRow(name=_("border crossings"), by_mode=_by_mode(crossings), total=len(network.crossings)),
        CountRow(name=_("changes of mode or gauge at terminals"), total=len(network.terminals)),
        CountRow(name=_("services with a timetable"), by_mode=_by_mode(services), total=len(network.services)),
    ]


def _mode_of(service: Service) -> Mode:
    """Return the mode of a service: by sea as soon as a part of it is."""
    by_land = {stop.leg_mode for stop in service.stops[1:]} <= {Mode.RAIL.value, Mode.ROAD.value}
    return Mode(service.stops[1].leg_mode) if by_land else Mode.SEA


def _by_mode(found: Mapping[Mode, int]) -> list[tuple[str, int | None]]:
    return [(words.name_mode(mode), found.get(mode)) for mode in SHOWN_MODES]


def mode_names() -> list[str]:
    return [words.name_mode(mode) for mode in SHOWN_MODES]


def planned_rows(network: Network, language: str) -> list[PlannedRow]:
    """Return the lines that are not built, in the alphabetical order of their names."""
    rows = [
        PlannedRow(
            name=" – ".join(
                network.places[end].name(language) if end in network.places else end for end in (line.a, line.b)
            ),
            mode=words.name_mode(mode),
            km=words.figure(line.km, language),
            gauge=line.gauge,
        )
        for mode, lines in network.lines.items()
        for line in lines
        if line.kind == PLANNED
    ]
    return sorted(rows, key=lambda row: words.alphabetical(row.name, language))


def sureness(network: Network) -> list[Sureness]:
    """Return what the numbers of each kind rest on, by mode where they are of one."""
    found: list[tuple[str, list[Rest]]] = []
    for mode in (Mode.RAIL, Mode.ROAD):
        borders = [border for one in network.crossings.values() if one.mode is mode for border in one.borders]
        fields = {"mode": words.name_mode(mode).lower()}
        found += [
            (_("hours at borders, %(mode)s") % fields, [border.rest for border in borders]),
            (_("payments at borders, %(mode)s") % fields, [border.cost_rest for border in borders]),
            (_("speeds, %(mode)s") % fields, [speed.rest for key, speed in network.speeds.items() if key[0] == mode]),
        ]
    found += [
        (
            _("speeds by sea and ferry"),
            [speed.rest for key, speed in network.speeds.items() if key[0] not in {Mode.RAIL.value, Mode.ROAD.value}],
        ),
        (_("prices"), [cost.rest for cost in network.costs.values()]),
        (_("emission factors"), [factor.rest for factor in network.emissions.values()]),
        (_("hours and charges of terminals"), [terminal.rest for terminal in network.terminals]),
        (_("running times of services"), [service.rest for service in network.services.values()]),
        (_("how often services leave"), [service.frequency_rest for service in network.services.values()]),
    ]
    return [_sure(name, rests) for name, rests in found if rests]


def _sure(name: str, rests: Sequence[Rest]) -> Sureness:
    found = Counter(rest.basis for rest in rests)
    return Sureness(
        name=name, counts=[(basis.value, words.name_basis(basis), found[basis]) for basis in Basis], total=len(rests)
    )


def confidences(network: Network) -> list[tuple[str, int]]:
    """Return how many places are how sure of where they are."""
    found = Counter(place.confidence for place in network.places.values())
    return [(_(text), found[name]) for name, text in _CONFIDENCES.items()]


def crossing_rows(network: Network, language: str) -> list[CrossingRow]:
    """Return the crossings by their countries, these and the names in the alphabetical order of the language."""
    order = {code: at for at, code in enumerate(sort_countries(_codes(network), language))}

    def key(one: Crossing) -> tuple[list[int], bytes, Mode]:
        return (
            sorted(order[code] for code in one.countries),
            words.alphabetical(_name(one, language), language),
            one.mode,
        )

    return [
        CrossingRow(
            countries=" – ".join(name_country(code, language) for code in sorted(one.countries, key=order.__getitem__)),
            name=_name(one, language),
            mode=words.name_mode(one.mode),
            status=_(_STATUSES[one.status]),
            sides=[_side(border, language) for border in one.borders],
        )
        for one in sorted(network.crossings.values(), key=key)
    ]


def _codes(network: Network) -> set[str]:
    return {code for one in network.crossings.values() for code in one.countries}


def _name(one: Crossing, language: str) -> str:
    return one.names.get(language, one.names["en"])


def _side(border: Border, language: str) -> tuple[str, str, str, str, str]:
    ends = f"{name_country(border.country_from, language)} → {name_country(border.country_to, language)}"
    basis = border.rest.basis
    return ends, words.figure(border.hours, language, 1), basis.value, words.name_basis(basis), border.year


def service_rows(network: Network, language: str) -> list[ServiceRow]:
    return [
        ServiceRow(
            name=one.name,
            mode=words.name_mode(_mode_of(one)),
            per_week=words.as_it_is(one.per_week, language),
            basis_name=words.name_basis(one.frequency_rest.basis),
            time_basis_name=words.name_basis(one.rest.basis),
        )
        for one in sorted(network.services.values(), key=lambda service: service.name)
    ]
