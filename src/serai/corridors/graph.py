"""The graph that one question is searched on: what the consignment may do, piece by piece. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from heapq import heappop, heappush
from typing import Final
from zoneinfo import ZoneInfo

from serai.corridors.model import Consignment, Model, Piece
from serai.corridors.network import Mode, Network, SeaLink, Service, Terminal
from serai.corridors.runs import Run, Vertex, find_runs

_MONDAY: Final = datetime(2020, 1, 6, tzinfo=UTC)
_SHIPS_A_WEEK: Final = 1.0  # where no timetable is known: assumed

# The clock by which a terminal's day begins. Where a country has several, that of its main railway.
ZONES: Final = {
    "AF": "Asia/Kabul", "AM": "Asia/Yerevan", "AZ": "Asia/Baku", "BY": "Europe/Minsk", "CN": "Asia/Shanghai", "DE": "Europe/Berlin",
    "GE": "Asia/Tbilisi", "IR": "Asia/Tehran", "KG": "Asia/Bishkek", "KZ": "Asia/Almaty", "MN": "Asia/Ulaanbaatar",
    "NL": "Europe/Amsterdam", "PK": "Asia/Karachi", "PL": "Europe/Warsaw", "RO": "Europe/Bucharest", "RU": "Europe/Moscow",
    "TJ": "Asia/Dushanbe", "TM": "Asia/Ashgabat", "TR": "Europe/Istanbul", "UZ": "Asia/Tashkent",
}  # fmt: skip


def zone_of(country: str) -> ZoneInfo:
    return ZoneInfo(ZONES.get(country, "UTC"))


def minute_of(moment: datetime) -> int:
    """Return the minutes from a Monday, 00:00 UTC."""
    return int((moment - _MONDAY).total_seconds() // 60)


def moment_of(minute: int) -> datetime:
    return _MONDAY + timedelta(minutes=minute)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may not be used, and which planned lines are taken for built."""

    countries: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    modes: frozenset[str] = frozenset()
    crossings: frozenset[str] = frozenset()
    scenarios: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ride:
    """A part of a service, from one of its stops to a later one, and over which runs and seas it goes."""

    service: Service
    first: int
    last: int
    runs: tuple[Run, ...]
    seas: tuple[SeaLink, ...]

    @property
    def hours(self) -> float:
        return self.service.stops[self.last].arrival_h - self.service.stops[self.first].departure_h


@dataclass(frozen=True, slots=True, kw_only=True)
class Sailing:
    """A sea link without a timetable."""

    link: SeaLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Unloading at the place that was asked for."""

    mode: Mode


What = Run | Terminal | Ride | Sailing | Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An arc of the graph: what it is, its pieces, and when it may be entered."""

    start: int
    end: int
    what: What
    pieces: tuple[Piece, ...]
    wait_h: float = 0.0  # the mean wait for something without fixed days
    days: tuple[int, ...] = ()  # of the week on which it departs
    departs_h: float = 0.0  # hours after that day's midnight, less the cut-off
    zone: str = ""


@dataclass(slots=True)
class Graph:
    model: Model
    vertices: list[Vertex] = field(default_factory=list)
    numbers: dict[Vertex, int] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)

    def number(self, vertex: Vertex) -> int:
        if vertex not in self.numbers:
            self.numbers[vertex] = len(self.vertices)
            self.vertices.append(vertex)
        return self.numbers[vertex]

    def add(self, start: Vertex, end: Vertex, what: What, pieces: Iterable[Piece], **fields: object) -> None:
        self.moves.append(
            Move(start=self.number(start), end=self.number(end), what=what, pieces=tuple(pieces), **fields)  # type: ignore[arg-type]
        )

    def at(self, place: str) -> list[Vertex]:
        """Return where a load at a place may stand."""
        return [vertex for vertex in self.vertices if vertex.node == place]


SINK: Final = Vertex(Mode.ROAD, "")  # where every way ends, unloaded


def build_graph(network: Network, consignment: Consignment, limits: Limits, *, to: str) -> Graph:
    """Return what the consignment may do between any two vertices, and the unloading at the place it goes to."""
    graph = Graph(Model(network, consignment))
    is_truck = consignment.load.is_truck
    modes = {Mode.ROAD, Mode.FERRY} if is_truck else {Mode.ROAD, Mode.RAIL, Mode.SEA, Mode.RAIL_FERRY}
    for mode in sorted({Mode.ROAD, Mode.RAIL} & modes - limits.modes):
        for run in find_runs(network, mode, limits.scenarios):
            if _may_run(network, run, limits):
                graph.add(run.start, run.end, run, graph.model.run(run))
    _add_rides(graph, limits, is_truck=is_truck)
    if Mode.SEA in modes and Mode.SEA not in limits.modes:
        _add_sailings(graph, limits)
    _add_terminals(graph, limits, modes)
    for vertex in graph.at(to):
        if vertex.mode in {Mode.ROAD, Mode.RAIL, Mode.SEA}:
            graph.add(vertex, SINK, Ending(mode=vertex.mode), [graph.model.loading(vertex.mode)])
    return graph


def _may_run(network: Network, run: Run, limits: Limits) -> bool:
    if run.crossing and (run.crossing in limits.crossings or network.crossings[run.crossing].status == "closed"):
        return False
    if run.start.node in limits.places or run.end.node in limits.places:
        return False
    return not any(country in limits.countries for country, _ in run.km)


def _may_stop(network: Network, place: str, limits: Limits) -> bool:
    return place not in limits.places and network.places[place].country not in limits.countries


def _add_terminals(graph: Graph, limits: Limits, modes: set[Mode]) -> None:
    """Add changes of mode and gauge. Those that a border's hours hold already are part of its runs."""
    for terminal in graph.model.network.terminals:
        is_ours = {terminal.mode_from, terminal.mode_to} <= modes - limits.modes
        if is_ours and not terminal.is_in_border_time and _may_stop(graph.model.network, terminal.place, limits):
            start = Vertex(
                terminal.mode_from, terminal.place, terminal.gauge_from if terminal.mode_from is Mode.RAIL else 0
            )
            end = Vertex(terminal.mode_to, terminal.place, terminal.gauge_to if terminal.mode_to is Mode.RAIL else 0)
            graph.add(start, end, terminal, [graph.model.terminal(terminal)])


def _add_sailings(graph: Graph, limits: Limits) -> None:
    """Add sea links on which no timetable is known, as one ship a week: assumed."""
    network = graph.model.network
    scheduled = {
        (service.stops[at].place, service.stops[at + 1].place)
        for service in network.services.values()
        for at in range(len(service.stops) - 1)
        if service.stops[at + 1].leg_mode.startswith("sea")
    }
    for link in network.sea:
        for a, b in ((link.a, link.b), (link.b, link.a)):
            is_open = all(_may_stop(network, place, limits) for place in (a, b)) and link.via not in limits.places
            if (a, b) not in scheduled and is_open:
                ends = Vertex(Mode.SEA, a), Vertex(Mode.SEA, b)
                graph.add(*ends, Sailing(link=link), [graph.model.sea(link)], wait_h=84 / _SHIPS_A_WEEK)


def _add_rides(graph: Graph, limits: Limits, *, is_truck: bool) -> None:
    network = graph.model.network
    for ride in find_rides(network):
        legs = ride.service.stops[ride.first + 1 : ride.last + 1]
        by_ferry = any(stop.leg_mode == "ferry_caspian" for stop in legs)
        by_train = any(stop.leg_mode == "rail" for stop in legs)
        if (
            (is_truck and (by_train or not by_ferry))
            or not ride.service.per_week
            or not _may_ride(network, ride, limits)
        ):
            continue
        for start in _boarding(graph, ride.service, ride.first, legs[0].leg_mode, is_truck=is_truck):
            for end in _boarding(graph, ride.service, ride.last, legs[-1].leg_mode, is_truck=is_truck):
                graph.add(start, end, ride, _pieces_of(graph.model, ride), **_departures(network, ride))


def _may_ride(network: Network, ride: Ride, limits: Limits) -> bool:
    stops = ride.service.stops[ride.first : ride.last + 1]
    used = {"rail": Mode.RAIL, "road": Mode.ROAD, "ferry_caspian": Mode.FERRY}
    modes = {used.get(stop.leg_mode, Mode.SEA) for stop in stops[1:]}
    is_open = all(_may_stop(network, stop.place, limits) for stop in stops) and not modes & limits.modes
    return is_open and all(_may_run(network, run, limits) for run in ride.runs)


def _boarding(graph: Graph, service: Service, stop: int, leg_mode: str, *, is_truck: bool) -> list[Vertex]:
    """Return where a load boards or leaves a service."""
    place = service.stops[stop].place
    if leg_mode in {"rail", "road"}:
        return [vertex for vertex in graph.at(place) if vertex.mode is Mode(leg_mode)]
    if leg_mode == "ferry_caspian":
        return [Vertex(Mode.FERRY if is_truck else Mode.RAIL_FERRY, place)]
    return [Vertex(Mode.SEA, place)]


def _departures(network: Network, ride: Ride) -> Mapping[str, object]:
    service = ride.service
    if not service.days:
        return {"wait_h": 84 / service.per_week + service.cutoff_h}
    leaves = service.stops[ride.first].departure_h - service.cutoff_h
    zone = ZONES.get(network.places[service.stops[0].place].country, "UTC")
    return {"days": service.days, "departs_h": leaves, "zone": zone}


def _pieces_of(model: Model, ride: Ride) -> list[Piece]:
    """Return the pieces of a ride. Its hours are the timetable's; distances, prices and emissions are of what it passes."""
    found = list[Piece]()
    network = model.network
    for run in ride.runs:
        item = "block_train_line_haul" if run.start.mode is Mode.RAIL else "line_haul"
        for country, km in run.km:
            found.append(model.running(run.start.mode, country, km, price=network.cost(item, run.start.mode, country)))
        if run.crossing:
            found.append(model.border(model.border_of(run), run.start.mode))
    ferries = {stop.place for stop in ride.service.stops if stop.leg_mode == "ferry_caspian"}
    found += [model.ferry(link) if {link.a, link.b} & ferries else model.sea(link) for link in ride.seas]
    return found


@lru_cache(maxsize=8)
def find_rides(network: Network) -> tuple[Ride, ...]:
    """Return each part of each service, with the runs and sea links it goes over: by the shortest way between its stops."""
    ways = _Shortest(network)
    found = list[Ride]()
    for service in network.services.values():
        legs = [ways.leg(service, at) for at in range(len(service.stops) - 1)]
        for first in range(len(legs)):
            for last in range(first + 1, len(legs) + 1):
                part = legs[first:last]
                runs = tuple(run for leg in part for run in leg[0])
                found.append(
                    Ride(
                        service=service,
                        first=first,
                        last=last,
                        runs=runs,
                        seas=tuple(sea for leg in part for sea in leg[1]),
                    )
                )
    return tuple(found)


class _Shortest:
    """The shortest ways over all runs of a mode."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.out = {mode: _by_start(find_runs(network, mode)) for mode in (Mode.RAIL, Mode.ROAD)}

    def leg(self, service: Service, at: int) -> tuple[tuple[Run, ...], tuple[SeaLink, ...]]:
        """Return what a service passes from a stop to the next: runs, or a sea link. Neither when none is known."""
        start, end = service.stops[at].place, service.stops[at + 1].place
        mode = service.stops[at + 1].leg_mode
        if mode in {"rail", "road"}:
            return self._runs(Mode(mode), start, end), ()
        links = [link for link in self.network.sea if {link.a, link.b} == {start, end}]
        return (), tuple(sorted(links, key=lambda link: link.km)[:1])

    def _runs(self, mode: Mode, start: str, end: str) -> tuple[Run, ...]:
        out = self.out[mode]
        queue: list[tuple[float, int, Vertex, tuple[Run, ...]]] = [
            (0.0, number, vertex, ()) for number, vertex in enumerate(out) if vertex.node == start
        ]
        done, count = set[Vertex](), len(out)
        while queue:
            km, _, vertex, way = heappop(queue)
            if vertex in done:
                continue
            if vertex.node == end:
                return way
            done.add(vertex)
            for run in out.get(vertex, ()):
                if run.end not in done:
                    count += 1
                    heappush(queue, (km + run.length_km, count, run.end, (*way, run)))
        return ()


def _by_start(runs: Sequence[Run]) -> dict[Vertex, list[Run]]:
    found = defaultdict[Vertex, list[Run]](list)
    for run in runs:
        found[run.start].append(run)
    return dict(found)
