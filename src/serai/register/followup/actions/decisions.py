"""A second pair of eyes: publish, return or withdraw what was handed in. One decision each, whoever else tries."""

from django.db import IntegrityError, transaction

from serai.kernel import audit, clock
from serai.kernel.locks import take_lock
from serai.kernel.notices import notify
from serai.kernel.people import find_people
from serai.kernel.revision import bump_revision
from serai.kernel.roles import Actor, ActorKind
from serai.register.followup import notices
from serai.register.followup.actions.submissions import check_current, check_no_figure, version_of
from serai.register.followup.domain import STATE_AFTER, VERDICT_WORDS, Kind, RequestState, SubmissionState, Verdict
from serai.register.followup.errors import (
    REASON_NAME,
    AlreadyDecided,
    Fault,
    InvalidSubmission,
    Missing,
    NoSuchSubmission,
)
from serai.register.followup.models import Decision, Request, Submission
from serai.register.followup.page_digest import count_in
from serai.register.followup.queries import is_measured
from serai.register.followup.rights import check_may_decide
from serai.register.followup.sharing import digest_of_body, public_body, share
from serai.register.revisions import FIGURES, REGISTER


def decide(*, number: int, verdict: Verdict, actor: Actor, reason: str = "") -> Submission:
    """Decide on a submission. A return needs a reason.

    Raises NoSuchSubmission, NotAllowed, OwnSubmission, AlreadyDecided, FigureExists, NotCurrent.
    """
    reason = reason.strip()[:500]
    with transaction.atomic():
        row = _lock(number)
        if verdict is Verdict.WITHDRAW:
            _check_maker(row, actor)
        else:
            check_may_decide(actor, row)
        if verdict is Verdict.RETURN and not reason:
            raise InvalidSubmission([Fault("reason", Missing(what=REASON_NAME))])
        _check_undecided(row, verdict)
        write_decision(row, verdict=verdict, actor=actor, reason=reason)
        _tell_maker(row, verdict, reason)
        return row


def _lock(number: int) -> Submission:
    rows = Submission.objects.select_for_update(of=("self",)).select_related("entry")
    row = rows.filter(pk=number).first()
    if row is None:
        raise NoSuchSubmission(number=number)
    return row


def _check_maker(row: Submission, actor: Actor) -> None:
    if row.made_by != actor.name or actor.kind is not ActorKind.ACCOUNT:
        raise NoSuchSubmission(number=row.pk)


def _check_undecided(row: Submission, verdict: Verdict) -> None:
    decision = Decision.objects.filter(pk=row.pk).first()
    if decision is None:
        return
    people = find_people([decision.by])
    by = people[decision.by].name if decision.by in people else decision.by
    raise AlreadyDecided(
        by=by,
        day=decision.at.date(),
        verdict=VERDICT_WORDS[Verdict(decision.verdict)],
        yours={"verdict": str(verdict)},
        theirs={"verdict": decision.verdict, "by": by, "at": decision.at.isoformat(), "reason": decision.reason},
    )


def write_decision(row: Submission, *, verdict: Verdict, actor: Actor, reason: str) -> None:
    """Write the decision and what follows from it; the caller has checked rights and holds the row."""
    at = clock.now()
    digest = digest_of_body(public_body(row, decided_at=at)) if verdict is Verdict.PUBLISH else ""
    try:
        with transaction.atomic():
            Decision.objects.create(
                submission=row, verdict=verdict, by=actor.name, at=at, reason=reason, public_digest=digest
            )
    except IntegrityError:  # the lock should have kept a second one out; the table does so in any case
        _check_undecided(row, verdict)
        raise
    if verdict is Verdict.PUBLISH:
        _publish(row)
    else:
        _move(row, STATE_AFTER[verdict])
    _move_request(row, verdict)
    audit.record(
        f"followup:submission:{verdict}",
        subject=f"submission {row.pk}",
        actor=actor,
        reason=reason,
        entry=row.entry.code,
        digest=row.digest,
    )


def _publish(row: Submission) -> None:
    # One at a time: two corrections of one figure, or two figures of one period, must see each other.
    take_lock("followup-publish")
    is_first = row.kind == Kind.MEASUREMENT and not is_measured(row.entry_id)
    if row.supersedes is not None:
        check_current(row.supersedes, yours=version_of(row))
        _move(row.supersedes, SubmissionState.SUPERSEDED)
    if row.kind == Kind.MEASUREMENT:
        check_no_figure(row, yours=version_of(row))
    _move(row, SubmissionState.PUBLISHED)
    bump_revision(FIGURES)
    count_in(row, row.decision)
    share(row)
    if is_first:  # where the entry stands changes, and with it every list
        bump_revision(REGISTER)


def _move(row: Submission, state: SubmissionState) -> None:
    row.state = state
    row.save(update_fields=["state"])


def _move_request(row: Submission, verdict: Verdict) -> None:
    """Close the request with a published answer; open it again when the answer was returned or withdrawn."""
    if row.request_id is None:
        return
    request = Request.objects.select_for_update().get(pk=row.request_id)
    if verdict is Verdict.PUBLISH:
        request.state, request.ended_at = RequestState.CLOSED, clock.now()
    else:
        request.state, request.answered_at = RequestState.OPEN, None
    request.save(update_fields=["state", "ended_at", "answered_at"])


def _tell_maker(row: Submission, verdict: Verdict, reason: str) -> None:
    kinds = {Verdict.PUBLISH: notices.PUBLISHED, Verdict.RETURN: notices.RETURNED}
    concerned = {row.made_by}
    if verdict is Verdict.PUBLISH and row.request is not None:
        concerned.add(row.request.asked_by)
    people = find_people(concerned)  # not the command line, nor a feed
    if verdict not in kinds or not people:
        return
    notify(
        kinds[verdict],
        accounts=sorted(people),
        key=f"submission:{row.pk}:{verdict}",
        path=f"/work/submissions/{row.pk}/",
        number=str(row.pk),
        entry=row.entry.code,
        title=notices.title_in_all_languages(row.entry),
        reason=reason,
    )
