"""Figures that the register's own operation gives: each with a rule that its entry shows before the first figure.

A feed is asked once a month is over. It answers with a value or with None: nothing to measure is not zero.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.conf import settings

from serai.kernel.errors import gettext_noop
from serai.register.followup.domain import Kind, Period, RequestState, SubmissionState
from serai.register.followup.models import Request, Submission
from serai.register.models import Entry
from serai.register.vocabulary import Kind as EntryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A rule that gives an entry's figure. `coverage` says what the figure speaks of."""

    code: str
    entry: str
    unit: str  # what the indicator must be measured in, or the feed stays silent
    rule: str
    coverage: str
    looks_back: bool  # over twelve months, of which a young node has seen only a part
    measure: Callable[[Period], Decimal | None]


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(part * 100) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None


def _twelve_months(end: date) -> date:
    """Return the first day of the twelve months that end with a month's last day."""
    return date(end.year - 1 + (end.month == 12), end.month % 12 + 1, 1)


def _with_note(period: Period) -> Decimal | None:
    commitments = Entry.objects.filter(kind=EntryKind.COMMITMENT)
    noted = Submission.objects.filter(
        owner_node=settings.IDENTITY.code,
        entry__kind=EntryKind.COMMITMENT,
        kind=Kind.UPDATE,
        state__in=[SubmissionState.PUBLISHED, SubmissionState.SUPERSEDED],
        decision__at__date__gte=_twelve_months(period.end),
        decision__at__date__lte=period.end,
    )
    return _share(noted.values("entry").distinct().count(), commitments.count())


def _answered_in_time(period: Period) -> Decimal | None:
    due = Request.objects.filter(due__gte=period.start, due__lte=period.end).exclude(state=RequestState.WITHDRAWN)
    in_time = sum(
        answered is not None and answered.date() <= day for answered, day in due.values_list("answered_at", "due")
    )
    return _share(in_time, due.count())


def _with_live_indicator(period: Period) -> Decimal | None:
    own = Entry.objects.filter(code="VI.4").first()
    if own is None:
        return None
    # Not the entry itself: its figure must not count itself.
    others = Entry.objects.filter(kind=EntryKind.COMMITMENT).exclude(pk=own.pk).values_list("pk", "topics")
    wanted = {key for key, topics in others if set(own.topics) & set(topics)}
    live = Submission.objects.filter(
        owner_node=settings.IDENTITY.code,
        kind=Kind.MEASUREMENT,
        state=SubmissionState.PUBLISHED,
        period_end__gte=_twelve_months(period.end),
        period_end__lte=period.end,
    )
    return _share(len(wanted & set(live.values_list("entry_id", flat=True).distinct())), len(wanted))


FEEDS: Final = (
    Feed(
        code="REG-NOTES",
        entry="II.6",
        unit="% of entries of kind commitment",
        rule=gettext_noop(
            "Of all entries of kind commitment, the share with at least one progress note published here in the "
            "twelve months that end with the period."
        ),
        coverage=gettext_noop("all commitments of the register; notes published on this node"),
        looks_back=True,
        measure=_with_note,
    ),
    Feed(
        code="REG-ANSWERS",
        entry="III.1b",
        unit="% of requests",
        rule=gettext_noop(
            "Of the requests for an update whose date fell in the period, the share whose standing answer was handed "
            "in by that date. Withdrawn requests do not count."
        ),
        coverage=gettext_noop("all requests asked on this node; requests by letter are not counted"),
        looks_back=False,
        measure=_answered_in_time,
    ),
    Feed(
        code="REG-LIVE",
        entry="VI.4",
        unit="% of entries",
        rule=gettext_noop(
            "Of the other commitments that share a topic with this entry, the share with a published figure whose period "
            "ended in the twelve months that end with the period."
        ),
        coverage=gettext_noop(
            "all other commitments that share a topic with this entry; figures published on this node"
        ),
        looks_back=True,
        measure=_with_live_indicator,
    ),
)


def coverage_of(feed: Feed, period: Period, *, since: date) -> Decimal:
    """Return the share of the days a figure speaks of on which the node recorded anything at all, in per cent.

    `since` is the day the node was made.
    """
    start = _twelve_months(period.end) if feed.looks_back else period.start
    days = (period.end - start).days + 1
    seen = (period.end - max(start, since)).days + 1
    return (Decimal(100 * max(0, seen)) / days).quantize(Decimal("0.1"), ROUND_HALF_UP)


FEED_OF: Final = {feed.code: feed for feed in FEEDS}
FEED_FOR: Final = {feed.entry: feed for feed in FEEDS}
