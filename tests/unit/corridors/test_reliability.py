"""The risk of being late: against closed forms, and against the same thing done slowly with other random numbers."""

from dataclasses import replace
from math import exp, log, sqrt
from random import Random
from statistics import NormalDist, pstdev

import pytest

from serai.corridors.draws import forget_streams, kept_streams
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

    for name, share in (("p50", 0.5), ("p80", 0.8), ("p90", 0.9), ("p95", 0.95)):
        # Both sides err, the oracle by as much as ours; two weeks' departures may lie between.
        assert abs(getattr(found, name) - slow[int(share * len(slow))]) <= 2 * getattr(found, f"{name}_error") + 1
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
    assert found.causes[2] < 0.001


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


def test_a_small_scatter_before_a_rare_train_causes_all_of_the_risk() -> None:
    """An hour and a half of scatter, half an hour before a weekly train: one in three loses the week."""
    run, train = step(hours=71.5, cv=0.02, key="run"), step(hours=10, cv=0, leg=1, key="train", departures=(3 * DAY,))

    found = risk(run, train)

    assert found.p95 - found.p50 == WEEK
    assert found.worst_leg == 0
    assert found.causes[0] == pytest.approx(1)


@pytest.mark.parametrize("pieces", [3, 7, 10, 30])
def test_certain_hours_that_end_at_a_departure_catch_it_however_they_are_parted(pieces: int) -> None:
    """72 h in so many parts add up to a billionth of a minute more or less."""
    parts = [step(hours=72 / pieces, cv=0, key=f"{number}") for number in range(pieces)]

    found = risk(*parts, step(hours=1, cv=0, leg=1, key="train", departures=(3 * DAY,)))

    assert found.p50 == 3 * DAY + 60


def test_the_share_that_misses_a_departure_is_told_for_the_leg_that_waits() -> None:
    """48 h on average: the train of the third day is planned. Who takes that of the first day misses none."""
    border = step(hours=48, cv=0.8, key="border")
    train = step(hours=10, cv=0, leg=1, key="train", departures=(DAY, 3 * DAY))
    ship = step(hours=10, cv=0, leg=2, key="ship", departures=(5 * DAY,))

    found = risk(border, train, ship, draws=100_000)

    spread = sqrt(log(1 + 0.8**2))
    in_time = NormalDist().cdf((log(72 / 48) + spread**2 / 2) / spread)
    assert found.missed == (
        0,
        pytest.approx(1 - in_time, abs=0.004),
        found.missed[1],
    )  # the ship is missed with the train
    assert risk(replace(border, cv=0), train, ship).missed == (0, 0, 0)


def test_a_leg_with_two_departures_tells_of_the_one_that_is_missed_more() -> None:
    """A train is missed now and then; the ship a day later waits for who comes with the next train."""
    run, train, ship = (
        step(hours=60, cv=0.2, key="run"),
        step(hours=0, cv=0, leg=1, key="train", departures=(3 * DAY, 3 * DAY + 600)),
        step(hours=0, cv=0, leg=1, key="ship", departures=(5 * DAY,)),
    )

    apart = risk(run, train, replace(ship, leg=2)).missed

    assert apart[1] > 2 * apart[2]
    assert risk(run, train, ship).missed == (0, apart[1])


def test_legs_that_meet_several_departures_are_made_certain_as_a_whole() -> None:
    """The oracle draws everything anew with the leg's hours fixed, in plain Python."""
    steps = [
        step(hours=40, cv=0.6, key="first"),
        step(hours=20, cv=0.8, leg=1, key="quay"),
        step(hours=30, cv=0.9, leg=1, key="second", departures=(DAY, 3 * DAY, 5 * DAY)),
        step(hours=0, cv=0, leg=1, key="ferry", headway_h=30),
        step(hours=50, cv=0.4, leg=2, key="third", departures=(2 * DAY,)),
    ]

    found = risk(*steps, draws=20_000)

    whole = pstdev(slowly(steps, 0, 20_000))
    for leg in range(3):
        certain = [
            replace(one, cv=0, hours=one.hours + one.headway_h / 2, headway_h=0) if one.leg == leg else one
            for one in steps
        ]
        assert found.causes[leg] == pytest.approx(max(0, 1 - pstdev(slowly(certain, 0, 20_000)) / whole), abs=0.03)


@pytest.mark.parametrize("seed", range(4))
def test_less_scatter_never_widens_the_risk_beyond_the_error(seed: int) -> None:
    """Without departures: a missed train may widen it by as much as a week."""
    random = Random(seed)
    steps = [step(hours=random.uniform(5, 90), cv=random.uniform(0.1, 1), leg=leg, key=f"{leg}") for leg in range(5)]

    before = risk(*steps)
    for leg in range(5):
        after = risk(*(replace(one, cv=one.cv / 2) if one.leg == leg else one for one in steps))
        assert after.p95 - after.p50 <= before.p95 - before.p50 + before.p95_error + before.p50_error


def test_two_that_differ_by_a_constant_keep_it_whatever_both_pass_besides() -> None:
    shared, detour = [step(key="border", cv=0.9), step(key="run", leg=1, cv=0.2)], step(hours=7, cv=0, key="detour")

    for more in ([], [step(hours=60, cv=1.2, leg=2, key="post")], [step(hours=9, cv=0.4, leg=2, headway_h=90)]):
        near, far = simulate([[*shared, *more], [detour, *shared, *more]], [0, 0])
        gaps = {name: getattr(far, name) - getattr(near, name) for name in ("p50", "p80", "p90", "p95")}
        assert gaps == pytest.approx(dict.fromkeys(gaps, 420), abs=1)
        assert far.mean - near.mean == pytest.approx(420)


@pytest.mark.parametrize(("name", "share"), [("p50", 0.5), ("p80", 0.8), ("p90", 0.9), ("p95", 0.95)])
def test_the_error_that_is_told_holds_nineteen_times_in_twenty(name: str, share: float) -> None:
    spread = sqrt(log(1 + 0.8**2))
    true = 6000 * exp(NormalDist().inv_cdf(share) * spread - spread**2 / 2)

    found = [risk(step(hours=100, cv=0.8), draws=1_000, seed=seed) for seed in range(200)]

    wrong = sum(abs(getattr(one, name) - true) > getattr(one, f"{name}_error") for one in found)
    assert wrong <= 20  # ten are expected; more than twenty come once in a thousand times
    assert sum(abs(one.mean - 6000) > one.mean_error for one in found) <= 20


def test_the_error_reaches_to_the_next_departure_when_the_estimate_may_fall_on_either() -> None:
    """With one in twenty just missing a weekly train, P95 is one week or the other: half a week is no error of either."""
    spread = sqrt(log(1 + 0.5**2))
    hours = 72 / exp(NormalDist().inv_cdf(0.95) * spread - spread**2 / 2)

    found = [
        risk(step(hours=hours, key="run"), step(hours=0, cv=0, leg=1, key="train", departures=(3 * DAY,)), seed=seed)
        for seed in range(20)
    ]

    assert {one.p95 for one in found} == {3 * DAY, 3 * DAY + WEEK}
    assert all(one.p95_error == WEEK for one in found if abs(one.missed[1] - 0.05) < 0.002)


def test_a_train_runs_no_further_ahead_of_its_timetable_than_it_may() -> None:
    """Two pieces of one ride, 100 h by the timetable and 90 h at least; the wait before it is not counted to the ride."""
    wait = step(hours=5, cv=0, key="wait", departures=(0,))
    ride = [step(hours=60, cv=0.8, leg=1, key="border"), step(hours=40, cv=0.2, leg=1, key="run")]
    least = [replace(one, least_hours=90) for one in ride]
    minute = 95 * 60

    free, held = (risk(wait, *steps, latest=minute, draws=50_000) for steps in (ride, least))

    slow = slowly(ride, 0, 50_000)
    assert held.on_time == pytest.approx(sum(one <= 90 * 60 for one in slow) / len(slow), abs=0.01)
    assert risk(wait, *least, latest=minute - 1).on_time == 0
    assert held.p95 == free.p95
    assert held.mean == pytest.approx(300 + sum(max(one, 90 * 60) for one in slow) / len(slow), rel=0.01)


def test_a_chance_of_all_or_nothing_is_not_certain_when_it_was_only_drawn() -> None:
    never, always = risk(step(), latest=-5), risk(step(), latest=10**6)

    assert (never.on_time, always.on_time) == (0, 1)
    assert 3 / 5_000 <= never.on_time_error < 2 * 3 / 5_000  # what 5,000 draws without a case leave open: three in them
    assert always.on_time_error == pytest.approx(never.on_time_error)


def test_many_draws_are_not_kept() -> None:
    """Streams are kept between questions; at a hundred thousand draws they would fill the memory."""
    forget_streams()

    for number in range(30):
        risk(step(key=f"once-{number}"), step(hours=0, cv=0, key=f"{number}", headway_h=5), draws=100_000)

    assert kept_streams() == 0


def test_an_itinerary_without_steps_arrives_when_it_leaves() -> None:
    assert risk(start=5).p95 == 5


@pytest.mark.parametrize("draws", [0, -1, 100_001])
def test_a_number_of_draws_that_cannot_be_made_is_refused(draws: int) -> None:
    with pytest.raises(BadQuestion, match="draws cannot be made"):
        risk(step(), draws=draws)
