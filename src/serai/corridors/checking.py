"""What is weak in a network: parts that hang together with nothing, lengths and speeds that cannot be, rows that are refused. Pure.

`tools/check_network.py` proves what the shipped tables promise, row by row. This looks at what the planner makes of them, with a
user's own rows or without: it reads the network as the planner does.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Final

from serai.corridors import tables
from serai.corridors.errors import BadTable
from serai.corridors.network import Mode, Network, Service
from serai.corridors.rides import Leg, find_legs
from serai.corridors.runs import Run, Vertex, find_runs
from serai.corridors.shortest import by_start, shortest_km

ALL_GAUGES: Final = 0
MOST_OFF: Final = 0.15  # by which a length may differ from the known one
HASTE: Final = 0.9  # of the hours that the speeds make: lengths and speeds are not known better
_LAND: Final = (Mode.RAIL, Mode.ROAD)
_LISTED: Final = {Mode.RAIL: "rail", Mode.ROAD: "road", Mode.SEA: "port"}  # mode → the kind of a place
_LINKED: Final = frozenset(_LISTED)  # modes with links of their own: ferries are of the timetable
_FASTEST_KMH: Final = {"rail": 120.0, "road": 100.0}  # of a goods train, of a lorry
_FASTEST_SHIP_KMH: Final = 50.0


class Kind(StrEnum):
    """What is wrong, or weak."""

    REFUSED = "refused"  # a row that cannot be read
    NO_WAY = "no_way"  # of a service, from one stop to the next
    SPEED = "speed"  # that cannot be
    LOOSE = "loose"  # a crossing from which nothing leads on
    CUT_OFF = "cut_off"  # a place that the largest part of its mode does not reach
    DANGLING = "dangling"  # a place without what its kind or its terminals promise
    DISTANCE = "distance"  # far from the known length


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing: of what, where, and in a sentence. What is no fault may be so in truth, and is told."""

    kind: Kind
    what: str  # the id of a place, crossing or service; the file of a refused row
    where: str  # a mode, a part of a service, or line and column
    message: str
    is_fault: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """How a mode hangs together, on one gauge or on all: the places of each part, the largest first."""

    mode: Mode
    gauge: int  # mm; ALL_GAUGES with all changes of gauge
    parts: tuple[frozenset[str], ...]

    @property
    def cut_off(self) -> frozenset[str]:
        """Return the places that are in no case in the largest part."""
        return frozenset().union(*self.parts[1:]) - self.parts[0] if self.parts else frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """A known length beside that of the network; infinite where no way is."""

    mode: Mode
    start: str
    end: str
    known_km: float
    km: float

    @property
    def error(self) -> float:
        """Return by which share the network's length is too long, or too short when below zero."""
        return self.km / self.known_km - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found."""

    findings: tuple[Finding, ...]
    parts: tuple[Parts, ...] = ()
    distances: tuple[Distance, ...] = ()

    @property
    def faults(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.is_fault)


def check_folder(overrides: Path | None) -> Checked:
    """Check the shipped network with a folder of a user's own rows. Files with a row that cannot be used are told and left out."""
    refused, left_out = list[Finding](), set[str]()
    while True:
        try:
            network = Network.load(overrides, without=frozenset(left_out))
        except BadTable as error:
            file = str(error.fields["file"])
            refused.append(_refused(error))
            if file in left_out or overrides is None or not (overrides / file).exists():
                return Checked(findings=tuple(refused))
            left_out.add(file)
        else:
            found = check_network(network)
            return Checked(findings=(*refused, *found.findings), parts=found.parts, distances=found.distances)


def _refused(error: BadTable) -> Finding:
    where = f"line {error.fields['line']}, column {error.fields['column']}"
    return Finding(kind=Kind.REFUSED, what=str(error.fields["file"]), where=where, message=str(error), is_fault=True)


def check_network(network: Network) -> Checked:
    """Return how the network hangs together, and what is weak in it."""
    look = _Look(network)
    parts, distances = tuple(look.all_parts()), tuple(look.distances())
    findings = (
        *look.services(),
        *look.speeds(),
        *look.loose(),
        *(finding for one in parts if one.gauge == ALL_GAUGES for finding in look.cut_off(one)),
        *look.dangling(),
        *(_far_off(one) for one in distances if abs(one.error) > MOST_OFF),
    )
    return Checked(findings=findings, parts=parts, distances=distances)


def _far_off(one: Distance) -> Finding:
    found = f"{one.km:,.0f} km" if one.km < float("inf") else "no way"
    message = f"From {one.start} to {one.end} by {one.mode} it is {one.known_km:,.0f} km; the network has {found}."
    return Finding(kind=Kind.DISTANCE, what=f"{one.start}--{one.end}", where=one.mode, message=message)


@dataclass(frozen=True)
class _Look:
    network: Network

    def runs(self, mode: Mode) -> tuple[Run, ...]:
        return find_runs(self.network, mode)

    @cached_property
    def nodes(self) -> Mapping[str, frozenset[str]]:
        """Return the modes that stand at each place."""
        found = defaultdict[str, set[str]](set)
        for mode in _LAND:
            for run in self.runs(mode):
                found[run.start.node].add(mode)
        for link in self.network.sea:
            found[link.a].add(Mode.SEA)
            found[link.b].add(Mode.SEA)
        return {node: frozenset(modes) for node, modes in found.items() if node in self.network.places}

    def all_parts(self) -> Iterator[Parts]:
        rail = [(run.start, run.end) for run in self.runs(Mode.RAIL)]
        for gauge in sorted({start.gauge for start, _ in rail}):
            yield self._parts(Mode.RAIL, gauge, [ends for ends in rail if {one.gauge for one in ends} == {gauge}])
        yield self._parts(Mode.RAIL, ALL_GAUGES, [*rail, *self._yards()])
        yield self._parts(Mode.ROAD, ALL_GAUGES, [(run.start, run.end) for run in self.runs(Mode.ROAD)])
        lanes = [(Vertex(Mode.SEA, link.a), Vertex(Mode.SEA, link.b)) for link in self.network.sea]
        yield self._parts(Mode.SEA, ALL_GAUGES, lanes)

    def _yards(self) -> Iterator[tuple[Vertex, Vertex]]:
        for one in self.network.terminals:
            if one.mode_from is one.mode_to is Mode.RAIL and not one.is_in_border_time:
                yield Vertex(Mode.RAIL, one.place, one.gauge_from), Vertex(Mode.RAIL, one.place, one.gauge_to)

    def _parts(self, mode: Mode, gauge: int, ends: Iterable[tuple[Vertex, Vertex]]) -> Parts:
        found = [frozenset(one.node for one in part) & self.network.places.keys() for part in _components(ends)]
        return Parts(mode=mode, gauge=gauge, parts=tuple(sorted(filter(None, found), key=len, reverse=True)))

    def cut_off(self, parts: Parts) -> Iterator[Finding]:
        """Tell of what stands apart. Seas are apart by nature."""
        if parts.mode is Mode.SEA:
            return
        for place in sorted(parts.cut_off):
            message = f"No {parts.mode} of the network leads from {place} to the {len(parts.parts[0])} places of its largest part."
            yield Finding(kind=Kind.CUT_OFF, what=place, where=parts.mode, message=message)

    def dangling(self) -> Iterator[Finding]:
        """Tell of places that are listed for a mode, or have terminals of it, where none of its links leads on."""
        changing = defaultdict[tuple[str, Mode], int](int)
        for terminal in self.network.terminals:
            for mode in {terminal.mode_from, terminal.mode_to} & _LINKED:
                changing[terminal.place, mode] += 1
        for place in self.network.places.values():
            listed = {mode for mode, kind in _LISTED.items() if kind in place.kinds and "planned" not in place.kinds}
            here = self.nodes.get(place.id, frozenset())
            for mode in sorted({*listed, *(mode for mode in _LINKED if (place.id, mode) in changing)} - here):
                count = changing[place.id, mode]
                what = f"has {count} change{'s' * (count > 1)} to or from {mode}" if count else f"is listed for {mode}"
                message = f"{place.id} {what}, but no {mode} link of the network leads on from there."
                yield Finding(kind=Kind.DANGLING, what=place.id, where=mode, message=message)

    def loose(self) -> Iterator[Finding]:
        """Tell of crossings that no run passes, or from which nothing leads on at one side."""
        inner = {
            vertex for mode in _LAND for run in self.runs(mode) if not run.crossing for vertex in (run.start, run.end)
        }
        sides = defaultdict[str, tuple[set[Vertex], set[Vertex]]](lambda: (set(), set()))
        for run in (run for mode in _LAND for run in self.runs(mode) if run.crossing):
            sides[run.crossing][0 if run.is_forward else 1].add(run.start)
        for crossing in self.network.crossings.values():
            dead = [
                country
                for country, ends in zip(crossing.countries, sides[crossing.id], strict=True)
                if ends.isdisjoint(inner)
            ]
            if dead:
                message = f"From {crossing.id} ({crossing.status}) no line leads on in {' and '.join(dead)}."
                yield Finding(
                    kind=Kind.LOOSE,
                    what=crossing.id,
                    where=crossing.mode,
                    message=message,
                    is_fault=crossing.status == "open",
                )

    def services(self) -> Iterator[Finding]:
        legs = find_legs(self.network)
        for service in self.network.services.values():
            for at, leg in enumerate(legs[service.id]):
                start, end = service.stops[at].place, service.stops[at + 1].place
                where = f"{start}--{end}"
                if not any(leg):
                    message = f"{service.id}: no way by {service.stops[at + 1].leg_mode} leads from {start} to {end}."
                    yield Finding(kind=Kind.NO_WAY, what=service.id, where=where, message=message, is_fault=True)
                elif said := self._too_fast(service, at, leg):
                    yield Finding(kind=Kind.SPEED, what=service.id, where=where, message=said, is_fault=True)

    def _too_fast(self, service: Service, at: int, leg: Leg) -> str:
        """Return the sentence on a leg that is quicker than the speeds of its countries and the hours of a day allow."""
        runs, seas = leg
        stop, before = service.stops[at + 1], service.stops[at]
        km = sum(run.length_km for run in runs) + sum(link.km for link in seas)
        least = sum(self.network.speed(run.start.mode, country).hours(far) for run in runs for country, far in run.km)
        least += sum(self.network.speed(stop.leg_mode, "*").hours(link.km) for link in seas)
        hours = stop.arrival_h - before.departure_h
        if hours >= HASTE * least:
            return ""
        return f"{service.id}: {km:,.0f} km from {before.place} to {stop.place} in {hours:.1f} hours; by the speeds {least:.1f}."

    def speeds(self) -> Iterator[Finding]:
        for (mode, country), speed in self.network.speeds.items():
            fastest = _FASTEST_KMH.get(mode, _FASTEST_SHIP_KMH)
            if speed.kmh > fastest:
                message = f"{speed.kmh:g} km/h by {mode} in {country} is more than the {fastest:g} that goods go."
                yield Finding(
                    kind=Kind.SPEED, what=f"{mode} {country}", where="speeds.csv", message=message, is_fault=True
                )

    def distances(self) -> Iterator[Distance]:
        """Give the known lengths beside those over all runs and changes of gauge."""
        rows = tables.read_rows(tables.DISTANCES)
        out = {mode: by_start(self.runs(mode), self._yards() if mode is Mode.RAIL else ()) for mode in _LAND}
        for row in rows:
            mode = Mode(row.one_of("mode", _LAND))
            start, end = row.needed("from"), row.needed("to")
            yield Distance(
                mode=mode,
                start=start,
                end=end,
                known_km=row.number("reference_km", least=0.1),
                km=shortest_km(out[mode], start, end),
            )


def _components(links: Iterable[tuple[Vertex, Vertex]]) -> list[set[Vertex]]:
    """Return what hangs together, whatever the direction."""
    near = defaultdict[Vertex, set[Vertex]](set)
    for start, end in links:
        near[start].add(end)
        near[end].add(start)
    left, found = set(near), list[set[Vertex]]()
    while left:
        part, waiting = set[Vertex](), [left.pop()]
        while waiting:
            vertex = waiting.pop()
            part.add(vertex)
            new = near[vertex] & left
            left -= new
            waiting += new
        found.append(part)
    return found
