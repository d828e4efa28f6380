"""The half-year report's skeleton: what was measured, asked, answered and held in a span of time. It ranks nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from serai.kernel.dates import PartialDate
from serai.register.followup.domain import Kind, RequestState, SubmissionState
from serai.register.followup.models import Request, Submission
from serai.register.models import Entry, Event
from serai.register.vocabulary import Outcome

_YEARS: Final = range(2000, 2200)  # beyond them the half-years beside one may not exist as dates


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfYear:
    """Six months, from January or from July."""

    start: date
    end: date

    @classmethod
    def before(cls, day: date) -> "HalfYear":
        """Return the last half-year that is over on a day.

        >>> HalfYear.before(date(2026, 11, 24)).end
        datetime.date(2026, 6, 30)
        """
        if day.month > 6:
            return cls(start=date(day.year, 1, 1), end=date(day.year, 6, 30))
        return cls(start=date(day.year - 1, 7, 1), end=date(day.year - 1, 12, 31))

    @classmethod
    def parse(cls, text: str) -> "HalfYear":
        """Read `2026-H1`; raise ValueError for anything else."""
        year, mark, half = text.partition("-H")
        is_year = year.isascii() and year.isdigit() and len(year) == 4 and int(year) in _YEARS
        if not (is_year and mark and half in {"1", "2"}):
            raise ValueError(text)
        if half == "1":
            return cls(start=date(int(year), 1, 1), end=date(int(year), 6, 30))
        return cls(start=date(int(year), 7, 1), end=date(int(year), 12, 31))

    @property
    def text(self) -> str:
        return f"{self.start.year:04}-H{1 if self.start.month == 1 else 2}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that the report says, as rows; words are made where it is shown."""

    span: HalfYear
    figures: Sequence[Submission]
    corrections: Sequence[Submission]
    notes: Sequence[Submission]
    requests: Sequence[Request]
    counts: Mapping[str, int]
    events: Sequence[Event]
    unmeasured: Sequence[Entry]


def make_report(span: HalfYear, *, today: date) -> Report:
    """Collect what happened in the span; requests count by their date, figures and notes by their publication."""
    start = datetime.combine(span.start, time(), UTC)
    end = datetime.combine(span.end + timedelta(days=1), time(), UTC)
    published = (
        Submission.objects.select_related("entry", "decision")
        .filter(decision__at__gte=start, decision__at__lt=end)
        .filter(state__in=[SubmissionState.PUBLISHED, SubmissionState.SUPERSEDED])
        .order_by("entry__position", "period_start", "pk")
    )
    figures = published.filter(kind=Kind.MEASUREMENT)
    requests = list(
        Request.objects.select_related("entry")
        .filter(due__gte=span.start, due__lte=span.end)
        .order_by("due", "entry__position", "pk")
    )
    measured = Submission.objects.filter(kind=Kind.MEASUREMENT, state=SubmissionState.PUBLISHED).values("entry")
    return Report(
        span=span,
        figures=list(figures.filter(supersedes=None)),
        corrections=list(figures.exclude(supersedes=None)),
        notes=list(published.filter(kind=Kind.UPDATE)),
        requests=requests,
        counts=_count(requests, today),
        events=[event for event in Event.objects.order_by("start", "pk") if _was_held(event, span)],
        unmeasured=list(Entry.objects.filter(indicator__isnull=False).exclude(pk__in=measured).order_by("position")),
    )


def _count(requests: Sequence[Request], today: date) -> dict[str, int]:
    asked = [request for request in requests if request.state != RequestState.WITHDRAWN]
    answered = [request for request in asked if request.answered_at is not None]
    silent = [request for request in asked if request.answered_at is None and request.due < today]
    return {
        "asked": len(asked),
        "answered": len(answered),
        "in_time": sum(request.answered_at.date() <= request.due for request in answered if request.answered_at),
        "silent": len(silent),
    }


def _was_held(event: Event, span: HalfYear) -> bool:
    if not event.outcome or event.outcome["result"] != Outcome.HELD:
        return False
    first = PartialDate.parse(event.outcome["start"]).first_day
    last = PartialDate.parse(event.outcome["end"] or event.outcome["start"]).last_day
    return first <= span.end and last >= span.start
