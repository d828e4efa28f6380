"""What is in the network and how sure it is, as the page shows it: counted from the tables, nothing written by hand."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from serai.corridors import plan_words as words
from serai.corridors.countries import name_country
from serai.corridors.figures import Basis, Rest
from serai.corridors.network import PLANNED, Border, Mode, Network
from serai.kernel.errors import gettext_noop
from serai.kernel.languages import CHINESE

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
class Sureness:
    """How many numbers of a kind rest on what."""

    name: str
    counts: Sequence[tuple[str, str, int]]  # basis, its name, how many
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossingRow:
    name: str
    mode: str
    status: str
    sides: Sequence[tuple[str, str, str, str, str]]  # from where to where, hours, basis, its name, year


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    name: str
    operator: str
    per_week: str
    basis: str
    basis_name: str
    time_basis: str
    time_basis_name: str


def counts(network: Network) -> list[tuple[str, int]]:
    """Return what the network holds, by kind."""
    lines = {mode: [line for line in rows if line.kind != PLANNED] for mode, rows in network.lines.items()}
    planned = sum(line.kind == PLANNED for rows in network.lines.values() for line in rows)
    return [
        (_("places"), len(network.places)),
        (_("links of rail"), len(lines[Mode.RAIL])),
        (_("kilometres of rail"), round(sum(line.km for line in lines[Mode.RAIL]))),
        (_("links of road"), len(lines[Mode.ROAD])),
        (_("kilometres of road"), round(sum(line.km for line in lines[Mode.ROAD]))),
        (_("links by sea"), len(network.sea)),
        (_("border crossings"), len(network.crossings)),
        (_("changes of mode or gauge at terminals"), len(network.terminals)),
        (_("services with a timetable"), len(network.services)),
        (_("planned links, in the scenario only"), planned),
    ]


def sureness(network: Network) -> list[Sureness]:
    """Return what the numbers of each kind rest on."""
    borders = [border for crossing in network.crossings.values() for border in crossing.borders]
    kinds: list[tuple[str, list[Rest]]] = [
        (_("hours at borders"), [border.rest for border in borders]),
        (_("payments at borders"), [border.cost_rest for border in borders]),
        (_("speeds"), [speed.rest for speed in network.speeds.values()]),
        (_("prices"), [cost.rest for cost in network.costs.values()]),
        (_("emission factors"), [factor.rest for factor in network.emissions.values()]),
        (_("hours and charges of terminals"), [terminal.rest for terminal in network.terminals]),
        (_("running times of services"), [service.rest for service in network.services.values()]),
        (_("how often services leave"), [service.frequency_rest for service in network.services.values()]),
    ]
    return [_sure(name, rests) for name, rests in kinds]


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
    """Return the crossings in the alphabetical order of their names."""
    rows = [
        CrossingRow(
            name=one.names.get(language, one.names["en"]),
            mode=words.name_mode(one.mode),
            status=_(_STATUSES[one.status]),
            sides=[_side(border, language) for border in one.borders],
        )
        for one in network.crossings.values()
    ]
    return sorted(
        rows,
        key=lambda row: (row.name.encode("gb18030") if language == CHINESE else row.name.casefold().encode(), row.mode),
    )


def _side(border: Border, language: str) -> tuple[str, str, str, str, str]:
    ends = f"{name_country(border.country_from, language)} → {name_country(border.country_to, language)}"
    basis = border.rest.basis
    return ends, words.figure(border.hours, language, 1), basis.value, words.name_basis(basis), border.year


def service_rows(network: Network, language: str) -> list[ServiceRow]:
    return [
        ServiceRow(
            name=one.name,
            operator=one.operator,
            per_week=words.figure(one.per_week, language),
            basis=one.frequency_rest.basis.value,
            basis_name=words.name_basis(one.frequency_rest.basis),
            time_basis=one.rest.basis.value,
            time_basis_name=words.name_basis(one.rest.basis),
        )
        for one in sorted(network.services.values(), key=lambda service: service.name)
    ]
