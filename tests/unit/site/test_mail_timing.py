"""When a mail goes out: the rules alone."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from serai.site.notices.timing import MOST_ATTEMPTS, last_digest_time, next_digest_time, wait_after

MOMENTS = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS)
def test_each_moment_lies_between_two_daily_mails_at_six(moment: datetime) -> None:
    before, after = last_digest_time(moment), next_digest_time(moment)

    assert before <= moment < after
    assert after - before == timedelta(days=1)
    assert (before.hour, before.minute, before.second, before.microsecond) == (6, 0, 0, 0)


def test_waits_grow_to_six_hours_and_span_more_than_a_day() -> None:
    waits = [wait_after(attempt) for attempt in range(1, MOST_ATTEMPTS)]

    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(minutes=2), timedelta(hours=6))
    assert sum(waits, timedelta()) > timedelta(days=1)
