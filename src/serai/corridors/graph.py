"""All that a lorry, or a container, may do on a network: the arcs of the search, and what each touches. Pure.

One graph serves every question of its kind. What a question forbids is masked by what a move touches (`Graph.usable`), and what
the consignment pays is computed from the rates of its parts (`pricing.py`).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from serai.corridors.model import Rates
from serai.corridors.network import Border, Mode, Network, SeaLink, Service, Terminal
from serai.corridors.rides import Ride, find_rides
from serai.corridors.runs import Run, Vertex, find_runs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FROM: Final = "from"  # the mode of the vertex where ways begin, one at each place, before loading
TO: Final = "to"  # and of the one where they end, unloaded
ARRIVED: Final = "arrived"  # on a train that must be left, or whose wagons must be put into another
LOADED: Final = frozenset({Mode.RAIL, Mode.ROAD, Mode.SEA})  # on which a way may begin or end
_SHIPS_A_WEEK: Final = 1.0  # where no timetable is known: assumed
_HALF_WEEK_H: Final = 84.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may not be used, and which planned lines are taken for built."""

    countries: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    modes: frozenset[str] = frozenset()
    crossings: frozenset[str] = frozenset()
    scenarios: frozenset[str] = frozenset()

    def touched(self) -> list[str]:
        """Return what a move must not touch."""
        named = {"country": self.countries, "place": self.places, "mode": self.modes, "crossing": self.crossings}
        return [f"{kind}:{one}" for kind, several in named.items() for one in sorted(several)]


@dataclass(frozen=True, slots=True)
class Sailing:
    """A sea link without a timetable."""

    link: SeaLink


@dataclass(frozen=True, slots=True)
class Ending:
    """Loading where a way begins, or unloading where it ends."""

    mode: Mode


@dataclass(frozen=True, slots=True)
class Shunting:
    """From a train with a timetable into other trains."""

    place: str


Does = Run | Terminal | Ride | Sailing | Ending | Shunting
Part = tuple[int, float]  # the number of a rate, and kilometres


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An arc of the graph: what it is, its parts, and when it may be entered."""

    start: int
    end: int
    does: Does
    parts: tuple[Part, ...]
    headway_h: float = 0.0  # between departures that have no fixed days
    cutoff_h: float = 0.0  # before a departure, when the load must be there

    @property
    def service(self) -> Service | None:
        return self.does.service if isinstance(self.does, Ride) else None


@dataclass(slots=True, eq=False)
class Graph:
    network: Network
    is_truck: bool
    rates: Rates
    vertices: list[Vertex] = field(default_factory=list)
    numbers: dict[Vertex, int] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    at: dict[str, list[Vertex]] = field(default_factory=dict)
    touching: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def number(self, vertex: Vertex) -> int:
        if vertex not in self.numbers:
            self.numbers[vertex] = len(self.vertices)
            self.vertices.append(vertex)
            self.at.setdefault(vertex.node, []).append(vertex)
        return self.numbers[vertex]

    def add(
        self,
        start: Vertex,
        end: Vertex,
        does: Does,
        parts: Iterable[Part],
        touches: Iterable[str],
        *,
        headway_h: float = 0.0,
        cutoff_h: float = 0.0,
    ) -> None:
        for one in touches:
            self.touching[one].append(len(self.moves))
        self.moves.append(
            Move(
                start=self.number(start),
                end=self.number(end),
                does=does,
                parts=tuple(parts),
                headway_h=headway_h,
                cutoff_h=cutoff_h,
            )
        )

    def usable(self, limits: Limits) -> "NDArray[np.bool_]":
        """Return for each move whether the limits leave it open."""
        import numpy as np

        found = np.ones(len(self.moves), dtype=np.bool_)
        for one in limits.touched():
            found[self.touching.get(one, [])] = False
        return found


@lru_cache(maxsize=6)
def build_graph(network: Network, *, is_truck: bool) -> Graph:
    """Return what a lorry, or a container, may do between any two vertices. Closed crossings are left out."""
    graph = Graph(network, is_truck, Rates(network, is_truck))
    modes = {Mode.ROAD, Mode.FERRY} if is_truck else {Mode.ROAD, Mode.RAIL, Mode.SEA, Mode.RAIL_FERRY}
    for mode in sorted({Mode.ROAD, Mode.RAIL} & modes):
        _add_runs(graph, mode)
    _add_rides(graph)
    if Mode.SEA in modes:
        _add_sailings(graph)
    _add_shunting(graph)
    _add_terminals(graph, modes)
    _add_ends(graph)
    return graph


def _at(network: Network, *places: str) -> list[str]:
    return [each for place in places for each in (f"place:{place}", f"country:{network.places[place].country}")]


def _add_runs(graph: Graph, mode: Mode) -> None:
    network = graph.network
    countries = {country for run in find_runs(network, mode) for country, _ in run.km}
    rates = {country: graph.rates.running(mode, country, "line_haul") for country in countries}
    for run in find_runs(network, mode):
        if not _is_closed(network, run):
            parts: list[Part] = [(rates[country], km) for country, km in run.km]
            if run.crossing:
                parts.append((graph.rates.border(border_of(network, run), mode), 0.0))
            graph.add(run.start, run.end, run, parts, [f"mode:{mode}", *_touched_by(network, run)])


def _is_closed(network: Network, run: Run) -> bool:
    return bool(run.crossing) and network.crossings[run.crossing].status == "closed"


def border_of(network: Network, run: Run) -> Border:
    return network.crossings[run.crossing].borders[0 if run.is_forward else 1]


def _touched_by(network: Network, run: Run) -> list[str]:
    found = [f"country:{country}" for country, _ in run.km]
    found += [f"place:{vertex.node}" for vertex in (run.start, run.end) if vertex.node in network.places]
    return [*found, f"crossing:{run.crossing}"] if run.crossing else found


def _add_rides(graph: Graph) -> None:
    for ride in find_rides(graph.network):
        legs = ride.service.stops[ride.first + 1 : ride.last + 1]
        by_ferry = any(stop.leg_mode == "ferry_caspian" for stop in legs)
        by_train = any(stop.leg_mode == "rail" for stop in legs)
        is_ours = not graph.is_truck or (by_ferry and not by_train)
        if not is_ours or not ride.service.per_week or any(_is_closed(graph.network, run) for run in ride.runs):
            continue
        service = ride.service
        timing = {"cutoff_h": service.cutoff_h} | (
            {} if service.days else {"headway_h": 2 * _HALF_WEEK_H / service.per_week}
        )
        parts, touched = _parts_of_ride(graph, ride), sorted(_touched_by_ride(graph.network, ride))
        for start in _boarding(graph, service, ride.first, legs[0].leg_mode):
            for end in _leaving(graph, service, ride.last, legs[-1].leg_mode):
                graph.add(start, end, ride, parts, touched, **timing)


def _parts_of_ride(graph: Graph, ride: Ride) -> list[Part]:
    """Return the parts of a ride. Its hours are the timetable's; distances, prices and emissions are of what it passes."""
    found = list[Part]()
    for run in ride.runs:
        item = "block_train_line_haul" if run.start.mode == Mode.RAIL else "line_haul"
        found += [(graph.rates.running(run.start.mode, country, item), km) for country, km in run.km]
        if run.crossing:
            found.append((graph.rates.border(border_of(graph.network, run), run.start.mode), 0.0))
    ferries = {stop.place for stop in ride.service.stops if stop.leg_mode == "ferry_caspian"}
    for link in ride.seas:
        found.append((graph.rates.ferry() if {link.a, link.b} & ferries else graph.rates.sea(link), link.km))
    return found


def _touched_by_ride(network: Network, ride: Ride) -> set[str]:
    stops = ride.service.stops[ride.first : ride.last + 1]
    used = {"rail": Mode.RAIL, "road": Mode.ROAD, "ferry_caspian": Mode.FERRY}
    found = {f"mode:{used.get(stop.leg_mode, Mode.SEA)}" for stop in stops[1:]} | {f"service:{ride.service.id}"}
    for run in ride.runs:
        found.update(_touched_by(network, run))
    return found.union(_at(network, *(stop.place for stop in stops)))


def _boarding(graph: Graph, service: Service, stop: int, leg_mode: str) -> list[Vertex]:
    """Return where a load boards a service."""
    place = service.stops[stop].place
    if leg_mode in {"rail", "road"}:
        return [vertex for vertex in graph.at.get(place, []) if vertex.mode == leg_mode]
    if leg_mode == "ferry_caspian":
        return [Vertex(Mode.FERRY if graph.is_truck else Mode.RAIL_FERRY, place)]
    return [Vertex(Mode.SEA, place)]


def _leaving(graph: Graph, service: Service, stop: int, leg_mode: str) -> list[Vertex]:
    """Return where a load leaves a service. From a train it may be unloaded or change its mode at once, or go on after shunting."""
    found = _boarding(graph, service, stop, leg_mode)
    return [Vertex(ARRIVED, one.node, one.gauge) for one in found] if leg_mode == "rail" else found


def _add_sailings(graph: Graph) -> None:
    """Add sea links on which no timetable is known, as one ship a week: assumed."""
    network = graph.network
    scheduled = {
        (service.stops[at].place, service.stops[at + 1].place)
        for service in network.services.values()
        for at in range(len(service.stops) - 1)
        if service.stops[at + 1].leg_mode.startswith("sea")
    }
    for link in network.sea:
        for a, b in ((link.a, link.b), (link.b, link.a)):
            if (a, b) not in scheduled:
                touched = [f"mode:{Mode.SEA}", f"passage:{link.via}", *_at(network, a, b)]
                ends = Vertex(Mode.SEA, a), Vertex(Mode.SEA, b)
                part = (graph.rates.sea(link), link.km)
                graph.add(*ends, Sailing(link), [part], touched, headway_h=2 * _HALF_WEEK_H / _SHIPS_A_WEEK)


def _add_terminals(graph: Graph, modes: set[Mode]) -> None:
    """Add changes of mode and gauge. Those that a border's hours hold already are part of its runs."""
    for terminal in graph.network.terminals:
        if {terminal.mode_from, terminal.mode_to} <= modes and not terminal.is_in_border_time:
            ends = (terminal.mode_from, terminal.gauge_from), (terminal.mode_to, terminal.gauge_to)
            start, end = (Vertex(mode, terminal.place, gauge if mode is Mode.RAIL else 0) for mode, gauge in ends)
            touched = [f"mode:{terminal.mode_from}", f"mode:{terminal.mode_to}", *_at(graph.network, terminal.place)]
            for each in _standing_as(graph, start):
                graph.add(each, end, terminal, [(graph.rates.terminal(terminal), 0.0)], touched)


def _standing_as(graph: Graph, vertex: Vertex) -> list[Vertex]:
    """Return a vertex, and the one where a train from a timetable has arrived at the same place."""
    arrived = Vertex(ARRIVED, vertex.node, vertex.gauge)
    return [vertex, arrived] if vertex.mode == Mode.RAIL and arrived in graph.numbers else [vertex]


def _add_ends(graph: Graph) -> None:
    """Add loading and unloading at each place, by each mode that is there."""
    for place in sorted(graph.at.keys() & graph.network.places.keys()):
        for vertex in [one for one in graph.at[place] if one.mode in LOADED]:
            mode, touched = Mode(vertex.mode), [f"mode:{vertex.mode}", *_at(graph.network, place)]
            part = (graph.rates.loading(mode), 0.0)
            graph.add(Vertex(FROM, place), vertex, Ending(mode), [part], touched)
            for each in _standing_as(graph, vertex):
                graph.add(each, Vertex(TO, place), Ending(mode), [part], touched)


def _add_shunting(graph: Graph) -> None:
    for vertex in [one for one in graph.vertices if one.mode == ARRIVED]:
        country = graph.network.places[vertex.node].country
        parts = [(graph.rates.shunting(vertex.node), 0.0)]
        touched = [f"mode:{Mode.RAIL}", f"place:{vertex.node}", f"country:{country}"]
        graph.add(vertex, Vertex(Mode.RAIL, vertex.node, vertex.gauge), Shunting(vertex.node), parts, touched)
