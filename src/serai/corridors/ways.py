"""From an enquiry to the ways that nothing beats: the graph, what is masked, the layers of points to be passed, the search. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from serai.corridors.calendar import minute_of
from serai.corridors.enquiry import Enquiry
from serai.corridors.errors import NoEndThere
from serai.corridors.graph import FROM, TO, Graph, Move, build_graph
from serai.corridors.model import GENSET_KG_KWH
from serai.corridors.network import Load, Network
from serai.corridors.planned import with_planned
from serai.corridors.pricing import GRAMS, MONEY, price_graph
from serai.corridors.rides import Ride
from serai.corridors.runs import Run, Vertex
from serai.corridors.search.problem import NO_TIMETABLE, WEEK, Arcs, Found, Question, Start, wait_for
from serai.kernel.errors import Marked, gettext_noop

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_LABELS = 3_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A move on a way, with the minutes at which the load is there for it, departs, and has arrived."""

    move: Move
    ready: int
    departs: int
    arrives: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way that nothing beats: departure and arrival (minutes), money and grams in the search's units."""

    departs: int
    arrives: int
    cost: int
    co2e: int
    steps: tuple[Step, ...]

    @property
    def hours(self) -> float:
        return (self.arrives - self.departs) / 60

    @property
    def usd(self) -> float:
        return self.cost / MONEY

    @property
    def co2e_kg(self) -> float:
        return self.co2e / GRAMS

    @property
    def signature(self) -> tuple[str, ...]:
        """Return what makes it another way: its modes and services, and the crossings it passes."""
        found = list[str]()
        for step in self.steps:
            does = step.move.does
            part = does.crossing or does.start.mode if isinstance(does, Run) else type(does).__name__
            part = does.service.id if isinstance(does, Ride) else part
            if not found or found[-1] != part:
                found.append(part)
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """All ways of an enquiry, by arrival. Not complete when the search's cap of labels was hit."""

    graph: Graph
    ways: tuple[Way, ...]
    labels: int
    is_complete: bool


def find_ways(network: Network, enquiry: Enquiry) -> Ways:
    """Return what nothing beats in departure, arrival, cost and CO2e. Raises BadQuestion when nothing can begin or end there."""
    from serai.corridors.search.kernel import search_window

    graph = build_graph(network_of(network, enquiry), is_truck=enquiry.consignment.load.is_truck)
    begin, end = _ends(graph, enquiry)
    arcs = price_graph(graph, enquiry.consignment, near=enquiry.ready)
    layers = _layered(graph, arcs, enquiry)
    target = end + len(enquiry.via) * arcs.nodes
    monday = minute_of(enquiry.ready) // WEEK * WEEK  # the search counts from its own Monday, so that times stay small
    minutes = [minute_of(departure) - monday for departure in enquiry.departures()]
    question = Question(
        arcs=layers.arcs, starts=[Start(begin, 0)], targets=frozenset([target]), most_labels=MOST_LABELS
    )
    window = search_window(question, minutes)
    load = enquiry.consignment.load
    found = [
        _with_power(_way(graph, layers, one, monday + departs, monday), load)
        for departs, front in window.departures
        for one in front
        if enquiry.arrive_by is None or monday + one.minute <= minute_of(enquiry.arrive_by)
    ]
    ways = _unbeaten(found) if load.reefer_kw else sorted(found, key=_by_arrival)
    return Ways(graph=graph, ways=tuple(ways), labels=window.labels, is_complete=window.is_complete)


def network_of(network: Network, enquiry: Enquiry) -> Network:
    """Return the network that an enquiry is planned on: with planned lines when it takes them for built."""
    return with_planned(network) if enquiry.limits.scenarios else network


def _ends(graph: Graph, enquiry: Enquiry) -> tuple[int, int]:
    for place, mode, field in ((enquiry.origin, FROM, "from"), (enquiry.destination, TO, "to")):
        if Vertex(mode, place) not in graph.numbers:
            unit = Marked(gettext_noop("lorry")) if graph.is_truck else Marked(gettext_noop("container"))
            raise NoEndThere(unit=unit, place=graph.network.places[place].names, field=field)
    return graph.numbers[Vertex(FROM, enquiry.origin)], graph.numbers[Vertex(TO, enquiry.destination)]


@dataclass(frozen=True, slots=True)
class _Layers:
    """The open arcs, one copy for each number of points passed already, and which move each is."""

    arcs: Arcs
    moves: "NDArray[np.int64]"


def _layered(graph: Graph, arcs: Arcs, enquiry: Enquiry) -> _Layers:
    usable = np.flatnonzero(graph.usable(enquiry.limits))
    kept, lift = [usable], [np.zeros(usable.size, dtype=np.int64)]
    base = [np.zeros(usable.size, dtype=np.int64)]
    for layer, via in enumerate(enquiry.via):
        passing = np.intersect1d(usable, graph.touching.get(via, []))
        kept += [passing, usable]
        base += [np.full(passing.size, layer), np.full(usable.size, layer + 1)]
        lift += [np.ones(passing.size, dtype=np.int64), np.zeros(usable.size, dtype=np.int64)]
    moves, at, up = (np.concatenate(each).astype(np.int64) for each in (kept, base, lift))
    layers = 1 + len(enquiry.via)
    many = replace(
        arcs,
        nodes=arcs.nodes * layers,
        tail=arcs.tail[moves] + at * arcs.nodes,
        head=arcs.head[moves] + (at + up) * arcs.nodes,
        minutes=arcs.minutes[moves],
        cost=arcs.cost[moves],
        co2e=arcs.co2e[moves],
        timetable=arcs.timetable[moves],
        storage=np.tile(arcs.storage, layers),
    )
    return _Layers(many, moves)


def _way(graph: Graph, layers: _Layers, found: Found, departs: int, monday: int) -> Way:
    steps = tuple(_steps(graph, layers, found.path, departs))
    return Way(departs=departs, arrives=monday + found.minute, cost=found.cost, co2e=found.co2e, steps=steps)


def _with_power(way: Way, load: Load) -> Way:
    """Add the CO2e of a reefer's power. It grows with the time alone, so what the search left out stays beaten."""
    kg = load.reefer_kw * (way.arrives - way.departs) / 60 * GENSET_KG_KWH
    return replace(way, co2e=way.co2e + round(kg * GRAMS))


def _steps(graph: Graph, layers: _Layers, path: Sequence[int], minute: int) -> Iterator[Step]:
    """Give the moves of a path with their times, as the search counted them."""
    arcs = layers.arcs
    for arc in path:
        row = arcs.timetable[arc]
        wait = (
            0
            if row == NO_TIMETABLE
            else wait_for(minute, arcs.departures[arcs.first[row] : arcs.first[row + 1]].tolist())
        )
        arrives = minute + wait + int(arcs.minutes[arc])
        yield Step(move=graph.moves[layers.moves[arc]], ready=minute, departs=minute + wait, arrives=arrives)
        minute = arrives


def _by_arrival(way: Way) -> tuple[int, ...]:
    return way.arrives, -way.departs, way.cost, way.co2e


def _unbeaten(found: Sequence[Way]) -> list[Way]:
    """Return the ways that none beats which departs no earlier."""
    kept = list[Way]()
    for way in sorted(found, key=_by_arrival):
        if not any(_beats(other, way) for other in kept):
            kept.append(way)
    return kept


def _beats(other: Way, way: Way) -> bool:
    return (
        other.departs >= way.departs
        and other.cost <= way.cost
        and other.co2e <= way.co2e
        and other.arrives <= way.arrives
    )
