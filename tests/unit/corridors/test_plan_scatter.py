"""The drawing of time against cost: what is hollow is beaten, and the larger has more CO2e."""

from serai.corridors.itinerary import Itinerary
from serai.corridors.plan_scatter import draw_scatter


def way(hours: float, usd: float, co2e_kg: float, *, is_shown: bool = False) -> Itinerary:
    return Itinerary(departs=0, arrives=round(hours * 60), usd=usd, co2e_kg=co2e_kg, legs=(), is_shown=is_shown)


def test_a_way_is_hollow_when_another_is_sooner_and_cheaper() -> None:
    ways = [("A", way(200, 2000, 900), "A"), ("B", way(100, 5000, 900), "B"), ("C", way(150, 6000, 500), "C")]

    dots = draw_scatter(ways, str).dots

    assert {dot.letter: dot.is_beaten for dot in dots} == {"A": False, "B": False, "C": True}


def test_a_way_shown_may_be_hollow_and_one_not_shown_filled() -> None:
    ways = [("A", way(200, 2000, 900), "A"), ("B", way(210, 2100, 500, is_shown=True), "B")]

    dots = {dot.letter: dot for dot in draw_scatter(ways, str).dots}

    assert (dots["A"].is_beaten, dots["A"].is_shown) == (False, False)
    assert (dots["B"].is_beaten, dots["B"].is_shown) == (True, True)


def test_the_larger_has_more_co2e() -> None:
    ways = [("A", way(200, 2000, 900), "A"), ("B", way(100, 5000, 2900), "B"), ("C", way(150, 4000, 1500), "C")]

    size = {dot.letter: float(dot.radius) for dot in draw_scatter(ways, str).dots}

    assert size["A"] < size["C"] < size["B"]
