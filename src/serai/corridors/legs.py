"""From the moves of a way to its legs, as a forwarder reads them: loading, waiting, by rail, over a border. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from serai.corridors.calendar import moment_of
from serai.corridors.figures import Basis, Rest
from serai.corridors.graph import Ending, Graph, Sailing, Shunting, border_of
from serai.corridors.model import GENSET_KG_KWH, NOTHING, Consignment, Piece, What, hire_of, piece_of, waiting_of
from serai.corridors.network import Mode, SeaLink, Terminal
from serai.corridors.rides import Ride
from serai.corridors.runs import Run

if TYPE_CHECKING:
    from serai.corridors.ways import Step, Way  # which import numpy

_FULL: Final = Rest(Basis.ASSUMED, rule="leaves when full: half the time between two departures")


class Kind(StrEnum):
    LOADING = "loading"
    UNLOADING = "unloading"
    WAIT = "wait"  # for a departure, with its cut-off
    RAIL = "rail"
    ROAD = "road"
    SEA = "sea"
    FERRY = "ferry"
    BORDER = "border"
    TRANSFER = "transfer"  # of mode or gauge
    SHUNTING = "shunting"  # from one train into another


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A part of an itinerary. Times are minutes (`calendar.moment_of`); places are ids, empty at a junction without a name."""

    kind: Kind
    starts: int
    ends: int
    place: str  # where it begins
    to: str  # where it ends
    country: str  # by whose clock it begins
    km: float = 0.0
    gauge: int = 0  # mm; 0 when not by rail
    gauge_to: int = 0  # after a border or transfer that changes it
    passed: tuple[str, ...] = ()  # places on the way, in order
    crossing: str = ""
    is_forward: bool = True
    borders: tuple[str, ...] = ()  # crossings that a service passes
    service: str = ""
    departures: tuple[int, ...] = ()  # minutes of the UTC week, when it waits for a timetable
    headway_h: float = 0.0
    cutoff_h: float = 0.0
    usd: float = 0.0
    co2e_kg: float = 0.0
    pieces: tuple[Piece, ...] = ()
    waiting_rest: Rest = NOTHING  # what a wait's length rests on
    runs: tuple[Run, ...] = ()  # for the map
    seas: tuple[SeaLink, ...] = ()

    @property
    def hours(self) -> float:
        return (self.ends - self.starts) / 60


@dataclass(frozen=True, slots=True)
class _Maker:
    graph: Graph
    consignment: Consignment

    def legs(self, way: "Way") -> Iterator[Leg]:
        for at, step in enumerate(way.steps):
            match step.move.does:
                case Ending():
                    yield self._ending(step, is_first=at == 0)
                case Terminal() as terminal:
                    yield self._transfer(step, terminal)
                case Shunting():
                    yield self._leg(step, Kind.SHUNTING, step.move.parts)
                case Run() as run:
                    yield from self._run(step, run)
                case Ride() as ride:
                    yield from self._ride(step, ride)
                case Sailing(link):
                    yield from self._sailing(step, link)

    def _node(self, vertex: int) -> str:
        node = self.graph.vertices[vertex].node
        return node if node in self.graph.network.places else ""

    def _country(self, vertex: int) -> str:
        where, network = self.graph.vertices[vertex], self.graph.network
        if where.node in network.places:
            return network.places[where.node].country
        return network.junctions[Mode(where.mode)][where.node].country

    def _leg(self, step: "Step", kind: Kind, parts: Iterable[tuple[int, float]], **fields: object) -> Leg:
        move = step.move
        pieces = tuple(piece_of(self.graph.rates.found[rate], km, self.consignment) for rate, km in parts)
        given: dict[str, object] = {
            "kind": kind,
            "starts": step.departs,
            "ends": step.arrives,
            "place": self._node(move.start),
            "to": self._node(move.end),
            "country": self._country(move.start),
            "km": sum(piece.km for piece in pieces),
            "gauge": self.graph.vertices[move.start].gauge,
            "gauge_to": self.graph.vertices[move.end].gauge,
            "pieces": pieces,
        }
        return self._paid(Leg(**given | fields))  # type: ignore[arg-type]  # the fields are named where it is called

    def _paid(self, leg: Leg) -> Leg:
        """Add up a leg's money and CO2e: of its pieces, of the hire, and of standing."""
        network, load = self.graph.network, self.consignment.load
        hire, waiting = hire_of(network, load).value, waiting_of(network, load).value
        is_moving = leg.kind in {Kind.RAIL, Kind.ROAD, Kind.SEA, Kind.FERRY}
        days = leg.hours / 24
        usd = sum(piece.usd for piece in leg.pieces) + days * (hire if is_moving else waiting)
        co2e_kg = sum(piece.co2e_kg for piece in leg.pieces) + genset_kg(load.reefer_kw, leg.hours)
        return replace(leg, usd=usd, co2e_kg=co2e_kg)

    def _ending(self, step: "Step", *, is_first: bool) -> Leg:
        return self._leg(step, Kind.LOADING if is_first else Kind.UNLOADING, step.move.parts)

    def _transfer(self, step: "Step", terminal: Terminal) -> Leg:
        return self._leg(step, Kind.TRANSFER, step.move.parts, gauge=terminal.gauge_from, gauge_to=terminal.gauge_to)

    def _run(self, step: "Step", run: Run) -> Iterator[Leg]:
        kind = Kind(run.start.mode)
        if not run.crossing:
            yield self._leg(step, kind, step.move.parts, runs=(run,))
            return
        yield from self._over(step, run, kind)

    def _over(self, step: "Step", run: Run, kind: Kind) -> Iterator[Leg]:
        """Give a run over a crossing in three: to the border, the border, and from it."""
        border, crossing = border_of(self.graph.network, run), self.graph.network.crossings[run.crossing]
        running = [part for part in step.move.parts if self.graph.rates.found[part[0]].what is What.RUNNING]
        over = [part for part in step.move.parts if self.graph.rates.found[part[0]].what is What.BORDER]
        here = self._country(step.move.start)
        before = [part for part in running if self.graph.rates.found[part[0]].where == here]
        after = [part for part in running if part not in before]
        posts = crossing.places if run.is_forward else crossing.places[::-1]
        first, second = (self._minutes(before), self._minutes(after))
        first = min(first, step.arrives - step.departs)
        second = min(second, step.arrives - step.departs - first)
        change = {"gauge": run.start.gauge, "gauge_to": run.end.gauge}
        yield self._leg(
            step, kind, before, ends=step.departs + first, to=posts[0], gauge_to=run.start.gauge, runs=(run,)
        )
        yield self._leg(
            step,
            Kind.BORDER,
            over,
            starts=step.departs + first,
            ends=step.arrives - second,
            place=posts[0],
            to=posts[1],
            country=border.country_from,
            crossing=run.crossing,
            is_forward=run.is_forward,
            **change,
        )
        yield self._leg(
            step,
            kind,
            after,
            starts=step.arrives - second,
            place=posts[1],
            country=border.country_to,
            gauge=run.end.gauge,
        )

    def _minutes(self, parts: Sequence[tuple[int, float]]) -> int:
        return round(sum(piece_of(self.graph.rates.found[rate], km, self.consignment).hours for rate, km in parts) * 60)

    def _wait(self, step: "Step", *, leaves: int, rest: Rest, **fields: object) -> Leg:
        from serai.corridors.pricing import departures_of  # which imports numpy

        place = self._node(step.move.start)
        move = step.move
        return self._leg(
            step,
            Kind.WAIT,
            (),
            starts=step.ready,
            ends=leaves,
            to=place,
            gauge_to=0,
            headway_h=move.headway_h,
            cutoff_h=move.cutoff_h,
            departures=departures_of(self.graph, move, moment_of(step.ready)),
            waiting_rest=rest,
            **fields,
        )

    def _ride(self, step: "Step", ride: Ride) -> Iterator[Leg]:
        leaves = step.arrives - round(ride.hours * 60)
        rest = ride.service.frequency_rest if ride.service.days else replace(_FULL, source=ride.service.rest.source)
        yield self._wait(step, leaves=leaves, rest=rest, service=ride.service.id)
        stops = ride.service.stops[ride.first : ride.last + 1]
        yield self._leg(
            step,
            _kind_of(stops[1].leg_mode),
            step.move.parts,
            starts=leaves,
            passed=tuple(stop.place for stop in stops[1:-1]),
            borders=tuple(run.crossing for run in ride.runs if run.crossing),
            service=ride.service.id,
            waiting_rest=ride.service.rest,
            runs=ride.runs,
            seas=ride.seas,
        )

    def _sailing(self, step: "Step", link: SeaLink) -> Iterator[Leg]:
        leaves = step.departs + round((step.move.headway_h / 2 + step.move.cutoff_h) * 60)
        leaves = min(leaves, step.arrives)
        yield self._wait(step, leaves=leaves, rest=_FULL)
        yield self._leg(step, Kind.SEA, step.move.parts, starts=leaves, seas=(link,))


def _kind_of(leg_mode: str) -> Kind:
    if leg_mode in {"rail", "road"}:
        return Kind(leg_mode)
    return Kind.FERRY if leg_mode == "ferry_caspian" else Kind.SEA


def genset_kg(reefer_kw: float, hours: float) -> float:
    """Return the CO2e of a reefer's power in kilograms."""
    return reefer_kw * hours * GENSET_KG_KWH


def make_legs(graph: Graph, consignment: Consignment, way: "Way") -> tuple[Leg, ...]:
    """Return the legs of a way: runs of one kind in a row are one leg, and what takes no time and no way is left out."""
    found = list[Leg]()
    for leg in _Maker(graph, consignment).legs(way):
        if (
            found
            and leg.kind is found[-1].kind
            and leg.kind in {Kind.RAIL, Kind.ROAD}
            and not leg.service
            and not found[-1].service
        ):
            found[-1] = _joined(found[-1], leg)
        else:
            found.append(leg)
    return tuple(leg for leg in found if leg.ends > leg.starts or leg.km)


def _joined(first: Leg, second: Leg) -> Leg:
    via = (first.to,) if first.to and first.to != second.to else ()
    return replace(
        first,
        ends=second.ends,
        to=second.to,
        gauge_to=second.gauge_to,
        km=first.km + second.km,
        passed=(*first.passed, *via, *second.passed),
        usd=first.usd + second.usd,
        co2e_kg=first.co2e_kg + second.co2e_kg,
        pieces=(*first.pieces, *second.pieces),
        runs=(*first.runs, *second.runs),
    )
