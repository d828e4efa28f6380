"""What follow-up does by itself: reminders, and the month's figures. Every job may run twice, and at once."""

import logging
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from serai.kernel.errors import SeraiError
from serai.kernel.locks import take_lock
from serai.kernel.models import NodeIdentity, Notice
from serai.kernel.notices import NoticeKind
from serai.kernel.roles import Actor, Scope
from serai.register.followup import notices
from serai.register.followup.actions.feeding import LOCK, record_measurement
from serai.register.followup.actions.requests import lock_request, tell
from serai.register.followup.addressees import find_addressees
from serai.register.followup.domain import Period, Provenance, RequestState
from serai.register.followup.feeds import FEEDS, Feed, coverage_of
from serai.register.followup.models import Request, Submission
from serai.register.models import Entry

FEEDER: Final = Actor.system("register feeds")
BEFORE_DUE: Final = timedelta(days=7)
EVERY: Final = timedelta(days=7)
MOST_WEEKS: Final = 12  # a request that stays silent longer is for a person to take up
MOST_MONTHS: Final = 24
_log = logging.getLogger("serai.followup")


def remind_silent(now: datetime) -> int:
    """Remind who was asked: a week before the day, on it, and each week after; return how many were looked at."""
    today = now.date()
    rows = Request.objects.select_related("entry").filter(
        state=RequestState.OPEN, due__lte=today + BEFORE_DUE, due__gte=today - MOST_WEEKS * EVERY
    )
    told = _told_lately(now)
    for request in rows:
        mark = _mark(request, today)
        if mark is None or (key := f"request:{request.pk}:{mark[1]}") in told:
            continue
        with transaction.atomic():
            if lock_request(request.pk).state != RequestState.OPEN:  # answered since it was read
                continue
            tell(request, mark[0], find_addressees(Scope(request.party), request.entry), key=key)
    return len(rows)


def _told_lately(now: datetime) -> set[str]:
    """Return the keys of reminders that may still be the present ones of their requests, with one question for all."""
    kinds = [notices.REMINDED.code, notices.SILENT.code]
    since = now - EVERY - timedelta(days=1)
    return set(Notice.objects.filter(kind__in=kinds, at__gte=since).values_list("key", flat=True))


def _mark(request: Request, today: date) -> tuple[NoticeKind, str] | None:
    """Return which reminder a request has reached; none in the first days after it was asked."""
    if request.due > today:
        asked_late = request.asked_at.date() > request.due - BEFORE_DUE - timedelta(days=1)
        return None if asked_late else (notices.REMINDED, "week-before")
    if request.due == today:
        return notices.REMINDED, "day"
    weeks = (today - request.due) // EVERY
    return (notices.SILENT, f"silent-{weeks}") if weeks else (notices.SILENT, "silent-0")


def run_feeds(now: datetime) -> int:
    """Record the figures of months that are over and have none yet; return how many were recorded."""
    identity = NodeIdentity.objects.first()
    if identity is None or not Entry.objects.exists():
        return 0
    since = identity.created_at.date()
    months = _closed_months(since, now.date())
    return sum(_feed(feed, period, since=since) for period in months for feed in FEEDS)


def _closed_months(since: date, today: date) -> list[Period]:
    months = []
    year, month = today.year, today.month
    for _ in range(MOST_MONTHS):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        period = Period.parse(f"{year:04}-{month:02}")
        if period.end < since:
            break
        months.append(period)
    return months[::-1]


def _feed(feed: Feed, period: Period, *, since: date) -> bool:
    """Record one figure; return whether it was this call that did."""
    key = f"{feed.code}:{period.text}"
    if Submission.objects.filter(key=key).exists():
        return False
    try:
        with transaction.atomic():
            take_lock(LOCK)  # a second worker measures only when the first has written, and then sees its figure
            return _measure(feed, period, key=key, since=since)
    except SeraiError as error:
        _log.warning("a feed's figure was refused", extra={"feed": feed.code, "period": period.text, "why": str(error)})
        return False


def _measure(feed: Feed, period: Period, *, key: str, since: date) -> bool:
    if Submission.objects.filter(key=key).exists() or (value := feed.measure(period)) is None:
        return False
    row = record_measurement(
        entry=feed.entry,
        value=value,
        unit=feed.unit,
        period=period.text,
        coverage=coverage_of(feed, period, since=since),
        coverage_note=feed.coverage,
        provenance=Provenance.DERIVED,
        source=f"serai:rule/{feed.code}",
        rule=feed.code,
        key=key,
        actor=FEEDER,
    )
    return row.key == key  # another is a person's figure, which stays
