"""Rides: what can be done with a service of the timetable, from one of its stops to a later one. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappop, heappush

from serai.corridors.network import Mode, Network, SeaLink, Service
from serai.corridors.runs import Run, Vertex, find_runs


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


Leg = tuple[tuple[Run, ...], tuple[SeaLink, ...]]


@lru_cache(maxsize=8)
def find_legs(network: Network) -> Mapping[str, tuple[Leg, ...]]:
    """Return for each service what it goes over from each stop to the next; neither runs nor seas where no way is known."""
    ways = _Shortest(network)
    return {
        service.id: tuple(ways.leg(service, at) for at in range(len(service.stops) - 1))
        for service in network.services.values()
    }


@lru_cache(maxsize=8)
def find_rides(network: Network) -> tuple[Ride, ...]:
    """Return each part of each service, with the runs and sea links it goes over."""
    found = list[Ride]()
    for service in network.services.values():
        legs = find_legs(network)[service.id]
        handled = _handled(service, legs)
        for first in handled[:-1]:
            for last in (stop for stop in handled if stop > first):
                runs = tuple(run for leg in legs[first:last] for run in leg[0])
                seas = tuple(sea for leg in legs[first:last] for sea in leg[1])
                found.append(Ride(service=service, first=first, last=last, runs=runs, seas=seas))
    return tuple(found)


def _handled(service: Service, legs: Sequence[Leg]) -> list[int]:
    """Return the stops at which a load may board or leave: the ends, and where the service has changed its mode or gauge.

    A train is not broken up between: a stop at a border is a stop for papers.
    """
    inner = range(1, len(service.stops) - 1)
    changes = [
        at
        for at in inner
        if service.stops[at].leg_mode != service.stops[at + 1].leg_mode or _changes_gauge(legs[at - 1])
    ]
    return [0, *changes, len(service.stops) - 1]


def _changes_gauge(leg: Leg) -> bool:
    return bool(leg[0]) and leg[0][0].start.gauge != leg[0][-1].end.gauge


class _Shortest:
    """The ways of trains and lorries from stop to stop: over no border that they need not cross, and then the shortest."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.out = {mode: _by_start(find_runs(network, mode)) for mode in (Mode.RAIL, Mode.ROAD)}

    def leg(self, service: Service, at: int) -> Leg:
        """Return what a service passes from a stop to the next: runs, or a sea link. Neither when none is known."""
        start, end = service.stops[at].place, service.stops[at + 1].place
        mode = service.stops[at + 1].leg_mode
        if mode in {"rail", "road"}:
            return self._runs(Mode(mode), start, end), ()
        links = [link for link in self.network.sea if {link.a, link.b} == {start, end}]
        return (), tuple(sorted(links, key=lambda link: link.km)[:1])

    def _runs(self, mode: Mode, start: str, end: str) -> tuple[Run, ...]:
        out = self.out[mode]
        begun = [vertex for vertex in out if vertex.node == start]
        best = dict.fromkeys(begun, (0, 0.0))
        by = dict[Vertex, Run]()
        queue: list[tuple[int, float, int, Vertex]] = [(0, 0.0, number, vertex) for number, vertex in enumerate(begun)]
        count = len(begun)
        while queue:
            borders, km, _, vertex = heappop(queue)
            if (borders, km) > best[vertex]:
                continue
            if vertex.node == end:
                return _back(by, vertex)
            for run, far in out.get(vertex, ()):
                further = borders + bool(run.crossing), km + far
                if run.end not in best or further < best[run.end]:
                    count += 1
                    best[run.end], by[run.end] = further, run
                    heappush(queue, (*further, count, run.end))
        return ()


def _back(by: Mapping[Vertex, Run], vertex: Vertex) -> tuple[Run, ...]:
    """Return the runs that led to a vertex, in order."""
    way = list[Run]()
    while vertex in by:
        way.append(by[vertex])
        vertex = by[vertex].start
    return tuple(reversed(way))


def _by_start(runs: Sequence[Run]) -> dict[Vertex, list[tuple[Run, float]]]:
    found = defaultdict[Vertex, list[tuple[Run, float]]](list)
    for run in runs:
        found[run.start].append((run, run.length_km))
    return dict(found)
