"""The risk of being late: against closed forms, and against the same thing done slowly with other random numbers."""

from math import exp, log, sqrt
from random import Random
from statistics import NormalDist

import pytest

from serai.corridors.errors import BadQuestion
from serai.corridors.reliability import Reliability, Step, simulate
from serai.corridors.search.problem import WEEK, wait_for

DAY = 1440


def step(hours: float = 24.0, cv: float = 0.5, *, leg: int = 0, key: str = "a", **fields: object) -> Step:
    return Step(leg=leg, key=key, hours=hours, cv=cv, **fields)


def risk(*steps: Step, start: int = 0, **fields: object) -> Reliability:
    return simulate([steps], [start], **fields)[0]


def test_one_lognormal_has_its_mean_and_quantiles() -> None:
    found = risk(step(hours=100, cv=0.8), draws=100_000)

    spread = sqrt(log(1 + 0.8**2))
    for share, minute in ((0.5, found.p50), (0.8, found.p80), (0.9, found.p90), (0.95, found.p95)):
        expected = 6000 * exp(NormalDist().inv_cdf(share) * spread - spread**2 / 2)
        assert minute == pytest.approx(expected, rel=0.02)
    assert found.mean == pytest.approx(6000, rel=0.01)


def test_what_leaves_when_full_waits_anything_up_to_its_headway() -> None:
    found = risk(step(hours=0, cv=0, headway_h=48), draws=50_000)

    assert found.mean == pytest.approx(24 * 60, rel=0.01)
    assert found.p95 == pytest.approx(0.95 * 48 * 60, rel=0.01)


def test_who_misses_a_departure_takes_the_next() -> None:
    """A border of a day on average before a train on Thursday, 00:00: from Monday it has three days."""
    border, train = (
        step(hours=24, cv=0.8, key="border"),
        step(hours=10, cv=0, leg=1, key="train", departures=(3 * DAY,)),
    )

    found = risk(border, train, latest=4 * DAY, draws=100_000)

    spread = sqrt(log(1 + 0.8**2))
    in_time = NormalDist().cdf((log(72 / 24) + spread**2 / 2) / spread)
    assert found.on_time == pytest.approx(in_time, abs=0.01)
    assert found.p50 == 3 * DAY + 600
    assert risk(step(hours=100, cv=0), train).p50 == WEEK + 3 * DAY + 600


def slowly(steps: list[Step], start: int, draws: int) -> list[float]:
    """The same in plain Python, one draw at a time, with other numbers."""
    random, found = Random(99), []
    for _ in range(draws):
        at = float(start)
        for one in steps:
            if one.departures:
                at += wait_for(int(at), one.departures) - at % 1
            at += one.headway_h * 60 * random.random()
            spread = sqrt(log(1 + one.cv**2))
            at += one.hours * 60 * (exp(random.gauss(0, 1) * spread - spread**2 / 2) if one.cv else 1)
        found.append(at)
    return sorted(found)


@pytest.mark.parametrize("seed", range(6))
def test_a_slow_oracle_agrees_within_the_error_that_is_told(seed: int) -> None:
    random = Random(seed)
    steps = [
        step(
            hours=random.uniform(5, 90),
            cv=random.choice([0, 0.2, 0.7, 1.2]),
            leg=leg,
            key=f"{seed}-{leg}",
            departures=tuple(sorted(random.sample(range(WEEK), random.randint(1, 5)))) if random.random() < 0.4 else (),
            headway_h=random.choice([0, 0, 40]),
        )
        for leg in range(6)
    ]

    found, slow = risk(*steps, start=777), slowly(steps, 777, 6_000)

    assert abs(found.p95 - slow[int(0.95 * len(slow))]) <= 3 * found.p95_error + 1
    assert found.mean == pytest.approx(sum(slow) / len(slow), rel=0.03)


def test_the_same_key_draws_the_same_in_every_itinerary_and_question() -> None:
    shared = [step(key="border", cv=0.9), step(key="run", leg=1, cv=0.2)]

    alone, beside = risk(*shared), simulate([[step(key="other", cv=1.0)], shared], [0, 0])[1]

    assert alone == beside
    assert risk(*shared, seed=2) != alone
    late = risk(*shared, step(hours=5, cv=0, leg=2, key="certain"))
    assert [late.p50 - alone.p50, late.p95 - alone.p95] == pytest.approx([300, 300], abs=1)


def test_other_keys_are_independent() -> None:
    """Two equal borders in a row scatter less than one of twice the length."""
    apart, alike = risk(step(key="a"), step(key="b", leg=1)), risk(step(key="a"), step(key="a", leg=1))

    assert apart.p95 - apart.p50 < 0.85 * (alike.p95 - alike.p50)


def test_the_leg_that_scatters_most_causes_the_risk() -> None:
    found = risk(
        step(hours=50, cv=0.1, key="run"),
        step(hours=60, cv=0.9, leg=1, key="border"),
        step(hours=5, cv=0.1, leg=2, key="end"),
    )

    assert found.worst_leg == 1
    assert found.causes[1] > 0.8
    assert found.causes[2] == 0


def test_a_delay_that_makes_a_train_be_missed_is_counted_to_what_was_late() -> None:
    border, train = (
        step(hours=60, cv=0.8, key="border"),
        step(hours=20, cv=0.1, leg=2, key="train", departures=(3 * DAY,)),
    )

    assert risk(border, train).worst_leg == 0


def test_what_is_certain_has_no_risk_and_no_cause() -> None:
    found = risk(step(hours=10, cv=0), start=60, latest=60)

    assert (found.p50, found.p95, found.p95_error, found.worst_leg) == (660, 660, 0, None)
    assert (found.on_time, found.on_time_error) == (0.0, 0.0)


def test_an_itinerary_without_steps_arrives_when_it_leaves() -> None:
    assert risk(start=5).p95 == 5


@pytest.mark.parametrize("draws", [0, -1, 100_001])
def test_a_number_of_draws_that_cannot_be_made_is_refused(draws: int) -> None:
    with pytest.raises(BadQuestion, match="draws cannot be made"):
        risk(step(), draws=draws)
