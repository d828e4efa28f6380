"""Every read of follow-up. What is not public is asked for with an actor, and only what they may see is given."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Exists, Max, OuterRef, Prefetch, Q, QuerySet

from serai.kernel.people import find_holders
from serai.kernel.roles import Actor, Role, Scope
from serai.register.followup.domain import Kind, RequestState, SubmissionState
from serai.register.followup.errors import NoSuchRequest, NoSuchSubmission
from serai.register.followup.models import Decision, Evidence, FocalPoint, Request, SavedSearch, Submission
from serai.register.followup.rights import Act, may, may_see, seen_parties
from serai.register.models import Entry

PAGE_SIZE: Final = 50
MOST_POINTS: Final = 60  # of one entry; more are a long page, and no clearer chart
_SERIES: Final = ("measure", "series", "party", "owner_node")
PUBLIC: Final = (SubmissionState.PUBLISHED, SubmissionState.SUPERSEDED)


def measured_entries() -> set[int]:
    """Return the entries with a figure that stands."""
    # One look into an index for each entry: they are few, and their figures may be many.
    figures = Submission.objects.filter(entry=OuterRef("pk"), kind=Kind.MEASUREMENT, state=SubmissionState.PUBLISHED)
    return set(Entry.objects.order_by().filter(Exists(figures)).values_list("pk", flat=True))


def is_measured(entry_id: int) -> bool:
    """Whether a figure of the entry stands."""
    return Submission.objects.filter(entry_id=entry_id, kind=Kind.MEASUREMENT, state=SubmissionState.PUBLISHED).exists()


def _with_decision() -> QuerySet[Submission]:
    return Submission.objects.select_related("decision")


def _on(entry: Entry, rows: Iterable[Submission]) -> list[Submission]:
    """Return the rows with the entry that they are known to be on, so that none of them asks for it again."""
    found = list(rows)
    for row in found:
        row.entry = entry
    return found


def figures_of(entry: Entry) -> list[Submission]:
    """Return the published figures that stand, the newest periods first, at most MOST_POINTS."""
    rows = Submission.objects.filter(entry=entry, kind=Kind.MEASUREMENT, state=SubmissionState.PUBLISHED)
    return _on(entry, rows.order_by("-period_end", *_SERIES, "pk")[:MOST_POINTS])


def find_standing_figure(
    *, entry: Entry, measure: int | None, series: str, party: str, owner_node: str, start: date, end: date
) -> Submission | None:
    """Return the figure that stands for a period of one series of a party, as its owner node gave it: at most one can."""
    return Submission.objects.filter(
        kind=Kind.MEASUREMENT,
        state=SubmissionState.PUBLISHED,
        entry=entry,
        measure=measure,
        series=series,
        party=party,
        owner_node=owner_node,
        period_start=start,
        period_end=end,
    ).first()


def count_figures(entry: Entry) -> int:
    return Submission.objects.filter(entry=entry, kind=Kind.MEASUREMENT, state=SubmissionState.PUBLISHED).count()


def all_figures_of(entry: Entry) -> QuerySet[Submission]:
    """Return all figures that were ever published, corrected ones too, for a download; oldest period first."""
    rows = _with_decision().filter(entry=entry, kind=Kind.MEASUREMENT, state__in=PUBLIC)
    return rows.order_by("period_start", "period_end", *_SERIES, "pk")


def notes_of(entry: Entry, *, most: int = PAGE_SIZE) -> list[Submission]:
    """Return the published notes on what was done, the newest first."""
    rows = Submission.objects.filter(entry=entry, kind=Kind.UPDATE, state=SubmissionState.PUBLISHED)
    return _newest_decided(entry, rows, most=most)


def statements_about(figures: Collection[int]) -> Mapping[int, list[Submission]]:
    """Return figure → the published statements of parties that stand beside it, the oldest first."""
    found: dict[int, list[Submission]] = {}
    if not figures:
        return found
    # What it is about finds a statement; asked for its state as well, SQLite would read all that was ever published.
    for row in _with_decision().filter(about__in=figures).order_by("pk"):
        assert row.about_id is not None
        if row.kind == Kind.STATEMENT and row.state == SubmissionState.PUBLISHED:
            found.setdefault(row.about_id, []).append(row)
    return found


def latest_figures(entry_ids: Collection[int]) -> Mapping[int, list[Submission]]:
    """Return entry → the newest figure of each of its series (unit, series, party, owner node) that stands."""
    rows = Submission.objects.filter(entry__in=entry_ids, kind=Kind.MEASUREMENT, state=SubmissionState.PUBLISHED)
    newest = rows.order_by().values_list("entry_id", *_SERIES).annotate(end=Max("period_end"))
    ends = {tuple(key): end for *key, end in newest}
    found: dict[int, list[Submission]] = {}
    if not ends:
        return found
    candidates = rows.select_related("decision").filter(_any_of(ends))
    for row in candidates.order_by("entry_id", *_SERIES, "period_start"):
        if ends[row.entry_id, row.measure, row.series, row.party, row.owner_node] == row.period_end:
            found.setdefault(row.entry_id, []).append(row)
    return found


def _any_of(ends: Mapping[tuple[int | str | None, ...], date]) -> Q:
    """Ask for the figures of each entry whose periods end on one of its days."""
    days: dict[int | str | None, set[date]] = {}
    for key, end in ends.items():
        days.setdefault(key[0], set()).add(end)
    return Q.create([Q(entry_id=entry, period_end__in=found) for entry, found in days.items()], connector=Q.OR)


def public_history_of(entry: Entry) -> list[Submission]:
    """Return all that was ever published on an entry, the newest decision first."""
    # All kinds are named so that the index over entry, kind and state finds them.
    rows = Submission.objects.filter(entry=entry, kind__in=list(Kind), state__in=PUBLIC)
    return _newest_decided(entry, rows, most=PAGE_SIZE)


def _newest_decided(entry: Entry, rows: QuerySet[Submission], *, most: int) -> list[Submission]:
    """Return the rows that were decided on last; the others are put in order without being read."""
    keys = list(rows.order_by("-decision__at", "-pk").values_list("pk", flat=True)[:most])
    return _on(entry, _with_decision().filter(pk__in=keys).order_by("-decision__at", "-pk"))


def evidence_of(rows: Sequence[Submission], actor: Actor) -> Mapping[int, list[Evidence]]:
    """Return submission → the files of it that the actor may fetch."""
    by_id = {row.pk: row for row in rows}
    found: dict[int, list[Evidence]] = {}
    for item in Evidence.objects.select_related("file").filter(submission__in=by_id).order_by("pk"):
        row = by_id[item.submission_id]
        is_open = item.is_public and row.state in PUBLIC
        if is_open or row.made_by == (actor.account or None) or may(actor, Act.SEE, row.scope):
            found.setdefault(row.pk, []).append(item)
    return found


def get_submission(number: int, actor: Actor) -> Submission:
    """Return a submission that the actor may see; raise NoSuchSubmission otherwise."""
    row = (
        Submission.objects.select_related("entry", "entry__indicator", "decision", "request", "about", "supersedes")
        .filter(pk=number)
        .first()
    )
    if row is None:
        raise NoSuchSubmission(number=number)
    if not may_see(actor, row):
        raise NoSuchSubmission(number=number).as_denial()
    return row


def get_request(number: int, actor: Actor) -> Request:
    """Return a request that the actor may see; raise NoSuchRequest otherwise."""
    row = (
        Request.objects.select_related("entry", "entry__indicator")
        .prefetch_related(Prefetch("submissions", _with_decision().order_by("pk")))
        .filter(pk=number)
        .first()
    )
    if row is None:
        raise NoSuchRequest(number=number)
    if not may(actor, Act.SEE, Scope(row.party)):
        raise NoSuchRequest(number=number).as_denial()
    return row


def _seen(actor: Actor) -> Q:
    parties = seen_parties(actor)
    return Q() if parties is None else Q(party__in=parties)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFilter:
    """What somebody asks of the list of requests. `standing` is one of open, silent, answered, ended, or empty for all."""

    standing: str = ""
    party: str = ""
    entry: str = ""
    page: int = 1


STANDINGS: Final = ("open", "silent", "answered", "ended")


def _standing(name: str, today: date) -> Q:
    running = Q(state=RequestState.OPEN)
    return {
        "open": running & Q(due__gte=today),
        "silent": running & Q(due__lt=today),
        "answered": Q(state=RequestState.ANSWERED),
        "ended": Q(state__in=[RequestState.CLOSED, RequestState.WITHDRAWN]),
    }.get(name, Q())


def standing_of(request: Request, today: date) -> str:
    """Return where a request stands, by the same words as the filter."""
    if request.state == RequestState.OPEN:
        return "silent" if request.due < today else "open"
    return "answered" if request.state == RequestState.ANSWERED else "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestList:
    rows: Sequence[Request]
    total: int
    page: int
    pages: int
    counts: Mapping[str, int]


def count_requests(actor: Actor, *, today: date) -> dict[str, int]:
    """Return how many requests the actor may see, by where they stand."""
    seen = Request.objects.filter(_seen(actor))
    return {name: seen.filter(_standing(name, today)).count() for name in STANDINGS}


def list_requests(asked: RequestFilter, actor: Actor, *, today: date) -> RequestList:
    """Return a page of requests, the earliest date first, with counts by where they stand. Never by state or body."""
    seen = Request.objects.filter(_seen(actor))
    if asked.party:
        seen = seen.filter(party=asked.party)
    if asked.entry:
        seen = seen.filter(entry__code=asked.entry)
    counts = {name: seen.filter(_standing(name, today)).count() for name in STANDINGS}
    rows = (
        seen.filter(_standing(asked.standing, today)).select_related("entry").order_by("due", "entry__position", "pk")
    )
    if asked.standing == "ended":
        rows = rows.order_by("-ended_at", "-pk")
    total = counts[asked.standing] if asked.standing in STANDINGS else sum(counts.values())
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, asked.page), pages)
    shown = list(rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return RequestList(rows=shown, total=total, page=page, pages=pages, counts=counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkList:
    """What waits for one person, each part the most urgent first, and how much of it there is."""

    to_answer: Sequence[Request]
    to_answer_total: int
    to_review: Sequence[Submission]
    to_review_total: int
    silent: Sequence[Request]
    silent_total: int
    returned: Sequence[Submission]
    waiting: Sequence[Submission]
    searches: Sequence[SavedSearch]


MOST_SHOWN: Final = 12
MOST_RETURNED: Final = 20  # a duty, and no other page lists them
# A row of a list names its entry; what else an entry holds would cost more to read than the row itself.
_UNLISTED: Final = tuple(f"entry__{name}" for name in ("actors", "topics", "sdg", "dates"))


def work_of(actor: Actor, *, today: date) -> WorkList:
    """Return the work list of a person."""
    to_answer = _to_answer(actor)
    to_review = _to_review(actor)
    silent = _silent(actor, today)
    mine = _with_decision().select_related("entry", "request").defer(*_UNLISTED).filter(made_by=actor.name)
    mine = mine.order_by("-made_at")
    return WorkList(
        to_answer=list(to_answer[:MOST_SHOWN]),
        to_answer_total=to_answer.count(),
        to_review=list(to_review[:MOST_SHOWN]),
        to_review_total=to_review.count(),
        silent=list(silent[:MOST_SHOWN]),
        silent_total=silent.count(),
        returned=[row for row in mine.filter(state=SubmissionState.RETURNED)[:MOST_RETURNED] if _needs_work(row)],
        waiting=list(mine.filter(state=SubmissionState.WAITING)[:MOST_SHOWN]),
        searches=list(SavedSearch.objects.filter(account=actor.account)),
    )


def _needs_work(row: Submission) -> bool:
    """Whether a returned answer still has an open request; one that was answered again is done with."""
    return row.request is None or row.request.state == RequestState.OPEN


def _to_answer(actor: Actor) -> QuerySet[Request]:
    """Return the open requests that this person is to answer: named for them, or named for nobody else."""
    parties = [scope for scope in actor.scopes_of(Role.FOCAL_POINT) if scope]
    rows = Request.objects.filter(state=RequestState.OPEN, party__in=parties)
    # Who was named and holds the role no longer keeps the request from nobody else, as with `check_may_answer`.
    holders = {party: {person.account for person in find_holders(Role.FOCAL_POINT, party)} for party in parties}
    standing = FocalPoint.objects.filter(party__in=parties, ended_at=None)
    points = [point for point in standing if point.account in holders[Scope(point.party)]]
    others = Q(pk__in=[])
    named: dict[tuple[str, int], str] = {}
    general: dict[str, str] = {}
    for point in points:
        if point.entry_id is None:
            general[point.party] = point.account
        else:
            named[point.party, point.entry_id] = point.account
    for party, account in general.items():
        if account != actor.account:
            own = [entry for (who, entry), name in named.items() if who == party and name == actor.account]
            others |= Q(party=party) & ~Q(entry__in=own)
    for (party, entry), account in named.items():
        if account != actor.account:
            others |= Q(party=party, entry=entry)
    return rows.exclude(others).select_related("entry").order_by("due", "pk")


def _to_review(actor: Actor) -> QuerySet[Submission]:
    scopes = actor.scopes_of(Role.REVIEWER)
    rows = Submission.objects.filter(state=SubmissionState.WAITING).exclude(made_by=actor.name)
    if Scope("") not in scopes:
        rows = rows.filter(party__in=scopes)
    return (
        rows.select_related("entry", "decision").defer(*_UNLISTED).order_by("made_at", "pk")
    )  # it has none, and is not asked for one


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewList:
    rows: Sequence[Submission]
    total: int
    page: int
    pages: int


def list_to_review(actor: Actor, *, page: int) -> ReviewList:
    """Return a page of what waits for this reviewer, the longest waiting first."""
    rows = _to_review(actor)
    total = rows.count()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, page), pages)
    return ReviewList(rows=list(rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]), total=total, page=page, pages=pages)


def _silent(actor: Actor, today: date) -> QuerySet[Request]:
    scopes = actor.scopes_of(Role.EDITOR)
    rows = Request.objects.filter(state=RequestState.OPEN, due__lt=today)
    if Scope("") not in scopes:
        rows = rows.filter(party__in=scopes)
    return rows.select_related("entry").defer(*_UNLISTED).order_by("due", "pk")


def requests_on(entry: Entry, actor: Actor) -> list[Request]:
    """Return the requests on an entry that the actor may see, the newest first."""
    return list(Request.objects.filter(_seen(actor), entry=entry).order_by("-pk")[:PAGE_SIZE])


def drafts_on(entry: Entry, actor: Actor) -> list[Submission]:
    """Return what waits or was returned on an entry, as far as the actor may see it."""
    parties = seen_parties(actor)
    seen = Q() if parties is None else Q(party__in=parties) | Q(made_by=actor.name)
    rows = _with_decision().filter(
        seen,
        entry=entry,
        kind__in=list(Kind),  # so that the index over entry, kind and state finds them
        state__in=[SubmissionState.WAITING, SubmissionState.RETURNED],
    )
    return _on(entry, rows.order_by("-pk")[:PAGE_SIZE])


def focal_points_on(entry: Entry, actor: Actor) -> list[FocalPoint]:
    """Return who answers for which party on an entry, general ones too, as far as the actor may see it."""
    rows = FocalPoint.objects.filter(_seen(actor), Q(entry=entry) | Q(entry=None), ended_at=None)
    return list(rows.order_by("party", "pk"))


def decision_of(row: Submission) -> Decision | None:
    """Return what was decided; None while it waits."""
    return getattr(row, "decision", None)
