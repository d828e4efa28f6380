"""The clock gives aware UTC, and can be held still."""

import threading
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from serai.kernel import clock


def test_a_held_clock_stands_still_and_runs_again_afterwards() -> None:
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)

    with clock.frozen(at):
        held = clock.now(), clock.today()

    assert held == (at, date(2026, 11, 24))
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_present_moment_is_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"), clock.frozen(datetime(2026, 11, 24)):  # noqa: DTZ001  # the point
        pass


def test_a_clock_held_elsewhere_gives_the_day_in_utc() -> None:
    """Half past one in Astana is still the day before in UTC."""
    with clock.frozen(datetime(2027, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=5)))):
        assert clock.today() == date(2026, 12, 31)


def test_other_threads_keep_the_real_time() -> None:
    seen: list[date] = []

    with clock.frozen(datetime(1999, 1, 1, tzinfo=UTC)):
        thread = threading.Thread(target=lambda: seen.append(clock.today()))
        thread.start()
        thread.join()

    assert seen[0] > date(2020, 1, 1)
