"""The network with its planned lines taken for built: what a scenario asks for. Nothing here is in service. Pure.

No border time of a planned crossing can be known: the mean of the crossings of the same mode without a change of gauge stands
there, and half a day where the gauges meet. Both are assumed.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from statistics import fmean
from typing import Final

from serai.corridors.figures import Basis, Rest
from serai.corridors.network import PLANNED, Border, Crossing, Mode, Network, Place, Terminal
from serai.corridors.tables import Line

SCENARIO: Final = "planned"  # the one scenario that there is: all planned lines
BUILT: Final = "scenario"  # the kind of a planned line in it
_GAUGE_HOURS: Final = 12.0
_BORDER: Final = Rest(
    Basis.ASSUMED, rule="not built: the mean of the rail crossings of the network that do not change the gauge"
)
_GAUGE: Final = Rest(Basis.ASSUMED, rule="not built: half a day, and the charge of the other changes of gauge")
_GAUGES: Final = (1435, 1520)


@lru_cache(maxsize=4)
def with_planned(network: Network) -> Network:
    """Return the network with planned lines, their crossings, and the terminals where their gauge meets another."""
    lines = [replace(line, kind=BUILT) if line.kind == PLANNED else line for line in network.lines[Mode.RAIL]]
    built = [line for line in lines if line.kind == BUILT]
    crossings = {one.id: one for line in built for one in _crossings(network, line)}
    terminals = [*network.terminals, *_terminals(network, lines, {end for line in built for end in (line.a, line.b)})]
    return replace(
        network,
        lines=dict(network.lines) | {Mode.RAIL: lines},
        crossings=dict(network.crossings) | crossings,
        terminals=terminals,
    )


def _crossings(network: Network, line: Line) -> Iterator[Crossing]:
    first, second = network.places.get(line.a), network.places.get(line.b)
    if first and second and first.country != second.country:
        name = f"{PLANNED}:{line.a}--{line.b}"
        yield Crossing(
            id=name,
            mode=Mode.RAIL,
            places=(first.id, second.id),
            countries=(first.country, second.country),
            lat=(first.lat + second.lat) / 2,
            lon=(first.lon + second.lon) / 2,
            status=PLANNED,
            borders=(_border(network, name, first, second), _border(network, name, second, first)),
            names={language: f"{first.name(language)} – {second.name(language)}" for language in first.names},
        )


def _border(network: Network, crossing: str, first: Place, second: Place) -> Border:
    like = [
        one
        for each in network.crossings.values()
        if each.mode is Mode.RAIL
        for one in each.borders
        if not one.has_gauge_change
    ]
    return Border(
        crossing=crossing,
        country_from=first.country,
        country_to=second.country,
        hours=round(fmean(one.hours for one in like), 1),
        cv=round(fmean(one.cv for one in like), 2),
        cost_usd=round(fmean(one.cost_usd for one in like)),
        has_gauge_change=False,
        rest=_BORDER,
        cost_rest=_BORDER,
        year="",
    )


def _terminals(network: Network, lines: list[Line], ends: set[str]) -> Iterator[Terminal]:
    """Give the changes of gauge at the ends of planned lines where two gauges meet and no terminal is yet."""
    known = {
        one.place for one in network.terminals if one.gauge_from and one.gauge_to and one.gauge_from != one.gauge_to
    }
    charge = max(
        one.cost_usd for one in network.terminals if one.gauge_from != one.gauge_to and one.gauge_from and one.gauge_to
    )
    for place in sorted(ends & network.places.keys() - known):
        gauges = {line.gauge for line in lines if place in {line.a, line.b}}
        if {str(gauge) for gauge in _GAUGES} <= gauges:
            for gauge_from, gauge_to in (_GAUGES, _GAUGES[::-1]):
                yield Terminal(
                    id=f"{PLANNED}:{place}--{gauge_from}-{gauge_to}",
                    place=place,
                    mode_from=Mode.RAIL,
                    mode_to=Mode.RAIL,
                    gauge_from=gauge_from,
                    gauge_to=gauge_to,
                    hours=_GAUGE_HOURS,
                    cost_usd=charge,
                    is_in_border_time=False,
                    rest=_GAUGE,
                )
