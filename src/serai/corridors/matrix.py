"""From each of some places to each of others: the least hours, dollars or CO2e, on an average day. Pure.

One figure at a time, so this is no itinerary: the soonest way and the cheapest may be different ones. A train with fixed days is
waited for as long as one waits on average.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from serai.corridors.graph import FROM, TO, Limits, build_graph
from serai.corridors.model import Consignment
from serai.corridors.network import Network
from serai.corridors.planned import with_planned
from serai.corridors.runs import Vertex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from serai.corridors.search.problem import Arcs


class Figure(StrEnum):
    HOURS = "hours"
    USD = "usd"
    CO2E = "co2e_kg"


def matrix(
    network: Network,
    consignment: Consignment,
    origins: Sequence[str],
    destinations: Sequence[str],
    *,
    figure: Figure,
    near: datetime,
    limits: Limits = Limits(),  # noqa: B008  # frozen
) -> Iterator[list[float | None]]:
    """Give a row for each origin: its least figure to each destination, None where no way leads."""
    from dataclasses import replace

    from serai.corridors.pricing import price_graph
    from serai.corridors.search.kernel import FAR, one_to_all

    built = with_planned(network) if limits.scenarios else network
    graph = build_graph(built, is_truck=consignment.load.is_truck)
    arcs = price_graph(graph, consignment, near=near)
    values, unit = _values(arcs, figure)
    usable = graph.usable(limits)
    open_arcs = replace(arcs, tail=arcs.tail[usable], head=arcs.head[usable])
    ends = [graph.numbers.get(Vertex(TO, place)) for place in destinations]
    for place in origins:
        start = graph.numbers.get(Vertex(FROM, place))
        if start is None:
            yield [None] * len(ends)
            continue
        far = one_to_all(open_arcs, values[usable], start)
        yield [None if end is None or far[end] >= FAR else int(far[end]) / unit for end in ends]


def _values(arcs: "Arcs", figure: Figure) -> tuple["NDArray[np.int64]", float]:
    """Return what an arc takes, and how many of it are one of the figure's unit."""
    import numpy as np

    from serai.corridors.pricing import GRAMS, MONEY
    from serai.corridors.search.problem import NO_TIMETABLE, WEEK

    if figure is Figure.CO2E:
        return arcs.co2e, GRAMS
    waits = np.zeros(arcs.minutes.size, dtype=np.int64)
    timed = arcs.timetable != NO_TIMETABLE
    waits[timed] = WEEK // 2 // np.diff(arcs.first)[arcs.timetable[timed]]
    if figure is Figure.USD:
        return arcs.cost + waits * arcs.storage[arcs.tail], MONEY
    return arcs.minutes + waits, 60
