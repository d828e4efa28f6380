"""Periodic jobs: done when due, each for itself."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from serai.kernel import clock
from serai.site import jobs
from serai.site.jobs import Rounds, register_job

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_other_jobs() -> Iterator[None]:
    before = dict(jobs._jobs)
    jobs._jobs.clear()
    yield
    jobs._jobs.clear()
    jobs._jobs.update(before)


def test_a_job_is_done_at_the_start_and_then_when_its_time_has_passed() -> None:
    done: list[str] = []
    register_job("often", 0, lambda _: done.append("often"))
    register_job("rarely", 3600, lambda _: done.append("rarely"))
    rounds = Rounds()

    for _ in range(3):
        rounds.turn()

    assert done == ["often", "rarely", "often", "often"]


def test_a_job_is_told_the_present_moment() -> None:
    told: list[datetime] = []
    register_job("asks", 60, told.append)

    with clock.frozen(NOON):
        Rounds().turn()

    assert told == [NOON]


def test_a_job_that_fails_is_logged_waits_for_its_time_and_keeps_back_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[str] = []

    def fail(_: datetime) -> None:
        done.append("failed")
        raise ZeroDivisionError

    register_job("fails", 3600, fail)
    register_job("works", 3600, lambda _: done.append("worked"))
    rounds = Rounds()

    rounds.turn()
    rounds.turn()

    assert done == ["failed", "worked"]
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.__dict__["job"] == "fails"


def test_no_job_begins_once_the_worker_stops() -> None:
    done: list[str] = []
    register_job("first", 0, lambda _: done.append("first"))
    register_job("second", 0, lambda _: done.append("second"))

    Rounds().turn(may_go_on=lambda: not done)

    assert done == ["first"]


def test_a_job_that_takes_long_is_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(jobs, "LONG_S", -1.0)
    register_job("long", 0, lambda _: None)

    Rounds().turn()

    assert [record.getMessage() for record in caplog.records] == ["job took long"]


def test_the_same_name_again_takes_the_place_of_the_first() -> None:
    done: list[str] = []
    register_job("same", 0, lambda _: done.append("first"))
    register_job("same", 0, lambda _: done.append("second"))

    Rounds().turn()

    assert done == ["second"]
