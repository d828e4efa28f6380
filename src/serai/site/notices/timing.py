"""When a mail goes out: the hour of the daily mail, and how long to wait after a failure. Pure."""

from datetime import datetime, timedelta
from typing import Final

DIGEST_HOUR_UTC: Final = 6
MOST_ATTEMPTS: Final = 12
_FIRST_WAIT: Final = timedelta(minutes=2)
_LONGEST_WAIT: Final = timedelta(hours=6)


def last_digest_time(now: datetime) -> datetime:
    """Return the last moment at which daily mails became due.

    >>> from datetime import UTC
    >>> last_digest_time(datetime(2026, 11, 24, 6, 0, tzinfo=UTC)).isoformat()
    '2026-11-24T06:00:00+00:00'
    >>> last_digest_time(datetime(2026, 11, 24, 5, 59, tzinfo=UTC)).isoformat()
    '2026-11-23T06:00:00+00:00'
    """
    today = now.replace(hour=DIGEST_HOUR_UTC, minute=0, second=0, microsecond=0)
    return today if now >= today else today - timedelta(days=1)


def next_digest_time(now: datetime) -> datetime:
    """Return the next moment at which daily mails become due."""
    return last_digest_time(now) + timedelta(days=1)


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts; twelve of them span more than a day.

    >>> [int(wait_after(n).total_seconds() // 60) for n in (1, 2, 3, 8, 9, 11)]
    [2, 4, 8, 256, 360, 360]
    """
    return min(_LONGEST_WAIT, _FIRST_WAIT * (1 << (attempts - 1)))
