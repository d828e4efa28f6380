"""A made network of the size that is asked for: towns by road, terminals by rail, ports by sea, block trains. It measures shapes, no place.

Figures stand on a grid of 6 minutes, 1 dollar and 1 kg, no two legs are the same, and each node reaches each other.
"""

from math import exp
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from serai.corridors.search.problem import NO_TIMETABLE, WEEK, Arcs

PLACES: Final = 5_000
LEGS: Final = 25_000
_TERMINALS, _CROSSINGS, _PORTS = 0.16, 0.024, 0.016  # shares of the nodes; the rest are towns
_RAIL, _SEA, _BLOCK = 0.206, 0.0242, 0.0037  # shares of the legs; the rest are roads
_SIDE_KM: Final = 6_000.0
_Row = tuple[int, int, int, int, int, tuple[int, ...]]


def make_network(*, nodes: int = PLACES, legs: int = LEGS, seed: int, is_scheduled: bool) -> Arcs:
    """Return a network of nodes and directed legs; with timetables on rail, sea and block trains, or all open at any time."""
    random = Random(seed)
    points = np.array([(random.uniform(0, _SIDE_KM), random.uniform(0, _SIDE_KM / 2)) for _ in range(nodes)])
    terminals = list(range(round(nodes * _TERMINALS)))
    ports = terminals[: max(4, round(nodes * _PORTS))]
    rows = dict[tuple[int, int, str], _Row]()
    wanted = {"sea": legs * _SEA, "block": legs * _BLOCK, "rail": legs * _RAIL}
    _add_near(rows, points, terminals, "rail", round(wanted["rail"]), random)
    _add_near(rows, points, ports, "sea", round(wanted["sea"]), random)
    _add_far(rows, points, terminals, round(wanted["block"]), random)
    _add_near(rows, points, list(range(nodes)), "road", legs - len(rows), random)
    return _arcs(list(rows.values()), nodes, is_scheduled=is_scheduled)


def _add_near(
    rows: dict[tuple[int, int, str], _Row],
    points: NDArray[np.float64],
    among: list[int],
    mode: str,
    wanted: int,
    random: Random,
) -> None:
    """Join nodes to their nearest, both ways, a ring of them first so that all hang together, until there are enough legs."""
    where = points[among]
    order = np.argsort(where[:, 0], kind="stable")
    chain = [(among[order[at]], among[order[at + 1]]) for at in range(len(among) - 1)]
    near = [
        (among[a], among[int(b)]) for a in range(len(among)) for b in np.argsort(((where - where[a]) ** 2).sum(1))[1:6]
    ]
    random.shuffle(near)
    begun = len(rows)
    for a, b in [*chain, *near]:
        if len(rows) - begun >= wanted:
            return
        km = float(np.hypot(*(points[a] - points[b]))) * 1.2 + 5
        for ends in ((a, b), (b, a)):
            rows.setdefault((*ends, mode), (*ends, *_figures(mode, km, random)))


def _add_far(
    rows: dict[tuple[int, int, str], _Row],
    points: NDArray[np.float64],
    terminals: list[int],
    wanted: int,
    random: Random,
) -> None:
    while wanted > 0:
        a, b = random.sample(terminals, 2)
        km = float(np.hypot(*(points[a] - points[b])))
        if km > _SIDE_KM / 4 and (a, b, "block") not in rows:
            rows[a, b, "block"] = (a, b, *_figures("block", km * 1.3, random))
            wanted -= 1


_SPEED, _USD, _KG = (
    {"road": 38.0, "rail": 30.0, "sea": 25.0, "block": 45.0},
    {"road": 1.6, "rail": 1.1, "sea": 0.35, "block": 0.7},
    {"road": 1.9, "rail": 0.6, "sea": 0.35, "block": 0.5},
)
_HANDLING_H, _HANDLING_USD = (
    {"road": 0.5, "rail": 1.0, "sea": 12.0, "block": 6.0},
    {"road": 20, "rail": 15, "sea": 80, "block": 60},
)


def _figures(mode: str, km: float, random: Random) -> tuple[int, int, int, tuple[int, ...]]:
    """Return minutes, dollars, kilograms and departures of a leg, each with its own scatter."""
    # Legs differ in pace, price and emission by a quarter: fronts are then as large as in the network that the goals were taken from.
    pace, price, smoke = random.gauss(0, 0.25), random.gauss(0, 0.25), random.gauss(0, 0.25)
    minutes = round((km / _SPEED[mode] * exp(pace) + _HANDLING_H[mode]) * 10) * 6
    usd = round(km * _USD[mode] * exp(price) + _HANDLING_USD[mode])
    kg = max(1, round(km * _KG[mode] * exp(0.3 * price + smoke)))
    departures = () if mode == "road" else tuple(sorted(random.sample(range(0, WEEK, 6), random.randint(1, 7))))
    return max(6, minutes), max(1, usd), kg, departures


def _arcs(rows: list[_Row], nodes: int, *, is_scheduled: bool) -> Arcs:
    columns = [np.array([row[at] for row in rows], dtype=np.int64) for at in range(5)]
    weeks = [row[5] if is_scheduled else () for row in rows]
    timed = np.array([bool(week) for week in weeks])
    return Arcs(
        nodes=nodes,
        tail=columns[0],
        head=columns[1],
        minutes=columns[2],
        cost=columns[3],
        co2e=columns[4],
        timetable=np.where(timed, np.cumsum(timed) - 1, NO_TIMETABLE).astype(np.int64),
        first=np.cumsum([0, *(len(week) for week in weeks if week)], dtype=np.int64),
        departures=np.array([minute for week in weeks for minute in week], dtype=np.int64),
        storage=np.zeros(nodes, dtype=np.int64),
    )


def make_pairs(arcs: Arcs, number: int, seed: int) -> list[tuple[int, int]]:
    """Return pairs of nodes that are at least three tenths of the longest way in hours apart: short hauls tell nothing."""
    from serai.corridors.search.kernel import FAR, Reach

    random, reach = Random(seed + 1), Reach(arcs, arcs.minutes)
    found = list[tuple[int, int]]()
    while len(found) < number:
        a, b = random.sample(range(arcs.nodes), 2)
        far = reach.of(a)
        if FAR > far[b] >= 0.3 * far[far < FAR].max():
            found.append((a, b))
    return found
