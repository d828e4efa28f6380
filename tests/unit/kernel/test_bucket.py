"""A bucket by address: so many at once, so many a minute, and memory that stays flat."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.kernel.bucket import Bucket

WAITS = st.lists(st.floats(0, 30, allow_nan=False), max_size=60)


def take_all(bucket: Bucket, count: int, *, at: float) -> int:
    """Take as often as asked at one moment; return how many were given."""
    return sum(bucket.take("a", at=at) == 0 for _ in range(count))


def test_ten_seconds_worth_may_come_at_once() -> None:
    assert take_all(Bucket(per_minute=60), 50, at=100.0) == 10


def test_one_more_comes_with_each_share_of_a_minute() -> None:
    bucket = Bucket(per_minute=60)
    take_all(bucket, 10, at=100.0)

    assert bucket.take("a", at=100.5) == pytest.approx(0.5)
    assert bucket.take("a", at=101.0) == 0
    assert bucket.take("a", at=101.0) == pytest.approx(1.0)


def test_waiting_as_long_as_told_is_enough() -> None:
    bucket = Bucket(per_minute=7)
    wait = 0.0
    while not wait:
        wait = bucket.take("a", at=50.0)

    assert bucket.take("a", at=50.0 + wait + 1e-6) == 0


@given(WAITS, st.integers(6, 600))
def test_never_more_than_the_rate_and_the_first_burst(waits: list[float], per_minute: int) -> None:
    bucket = Bucket(per_minute=per_minute)
    at, given_out = 0.0, 0
    for wait in waits:
        at += wait
        given_out += take_all(bucket, 3, at=at)

    assert given_out <= per_minute / 6 + at * per_minute / 60 + 1e-6


def test_a_long_rest_saves_up_no_more_than_the_burst() -> None:
    bucket = Bucket(per_minute=60)
    take_all(bucket, 10, at=0.0)

    assert take_all(bucket, 500, at=10_000.0) == 10


def test_addresses_do_not_share() -> None:
    bucket = Bucket(per_minute=60)
    take_all(bucket, 20, at=0.0)

    assert bucket.take("a", at=0.0) > 0
    assert bucket.take("b", at=0.0) == 0


def test_a_hundred_thousand_addresses_leave_no_more_than_the_most() -> None:
    bucket = Bucket(per_minute=60, most_addresses=500)

    for number in range(100_000):
        bucket.take(f"192.0.2.{number}", at=number / 1000)

    assert len(bucket._seen) == 500
    assert list(bucket._seen)[-1] == "192.0.2.99999"


def test_the_one_seen_last_is_remembered_among_many() -> None:
    """Somebody who asks all the time is not forgotten, and so gets no new bucket, while others come and go."""
    bucket = Bucket(per_minute=60, most_addresses=10)
    for number in range(200):
        bucket.take(f"other {number}", at=0.0)
        bucket.take("a", at=0.0)

    assert bucket.take("a", at=0.0) > 0


def test_a_rate_of_almost_nothing_still_lets_one_through() -> None:
    bucket = Bucket(per_minute=1)

    assert bucket.take("a", at=0.0) == 0
    assert bucket.take("a", at=0.0) == pytest.approx(60.0)


def test_threads_together_get_no_more_than_one_would() -> None:
    bucket = Bucket(per_minute=600)
    given_out: list[int] = []
    threads = [threading.Thread(target=lambda: given_out.append(take_all(bucket, 100, at=0.0))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(given_out) == 100
