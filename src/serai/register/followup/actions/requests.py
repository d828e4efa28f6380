"""Requests for an update: asked, reminded, withdrawn. Answers are submissions."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction

from serai.kernel import audit, clock
from serai.kernel.locks import take_lock
from serai.kernel.notices import NoticeKind, is_told, notify
from serai.kernel.roles import Actor, Scope
from serai.register.followup import notices
from serai.register.followup.addressees import find_addressees
from serai.register.followup.domain import REQUEST_WORDS, RequestState
from serai.register.followup.errors import (
    REASON_NAME,
    BadDue,
    Fault,
    InvalidSubmission,
    Missing,
    NoFocalPoint,
    NoSuchRequest,
    RequestEnded,
    RequestRunning,
    TooLong,
)
from serai.register.followup.models import Request
from serai.register.followup.parties import check_bound, party_in_all_languages
from serai.register.followup.rights import Act, check_may
from serai.register.models import Entry

LONGEST_QUESTION = 1000
FURTHEST = timedelta(days=730)
RUNNING = (RequestState.OPEN, RequestState.ANSWERED)


def ask_for_update(
    *, entry: Entry, party: Scope, due: date, actor: Actor, question: str = "", key: str | None = None
) -> Request:
    """Ask a party for an update on an entry by a day; tell its focal point.

    Raises NoFocalPoint, NotBound, BadDue, RequestRunning. A key that was used for the same request gives that one.
    """
    check_may(actor, Act.ASK, party)
    check_bound(party, entry)
    if not clock.today() < due <= clock.today() + FURTHEST:
        raise BadDue(given=due)
    if len(question) > LONGEST_QUESTION:
        raise InvalidSubmission([Fault("question", TooLong(length=len(question), most=LONGEST_QUESTION))])
    with transaction.atomic():
        take_lock(f"followup-ask-{entry.pk}-{party}")
        if key and (known := Request.objects.filter(key=key, entry=entry, party=party).first()):
            return known
        _check_none_runs(entry, party, due)
        addressees = find_addressees(party, entry)
        if not addressees:
            raise NoFocalPoint(party=party_in_all_languages(party), entry=entry.code)
        request = Request.objects.create(
            entry=entry,
            party=party,
            question=question.strip(),
            due=due,
            asked_by=actor.name,
            asked_at=clock.now(),
            key=key,
        )
        audit.record(
            "followup:request:ask", subject=f"request {request.pk}", actor=actor, entry=entry.code, party=party,
            due=due.isoformat(),
        )  # fmt: skip
        tell(request, notices.ASKED, addressees, key=f"request:{request.pk}:asked")
        return request


@transaction.atomic
def ask_several(*, entry: Entry, parties: Sequence[Scope], due: date, actor: Actor, question: str = "") -> list[int]:
    """Ask several parties, each by a request of its own; ask nobody when one of them cannot be asked."""
    # In one order, so that two who ask the same parties wait for each other instead of locking each other out.
    made = {
        party: ask_for_update(entry=entry, party=party, due=due, actor=actor, question=question).pk
        for party in sorted(set(parties))
    }
    return [made[party] for party in dict.fromkeys(parties)]


def _check_none_runs(entry: Entry, party: Scope, due: date) -> None:
    running = Request.objects.filter(entry=entry, party=party, state__in=RUNNING).first()
    if running is None:
        return
    raise RequestRunning(
        party=party_in_all_languages(party),
        entry=entry.code,
        number=running.pk,
        due=running.due,
        yours={"due": due.isoformat()},
        theirs={"number": str(running.pk), "due": running.due.isoformat(), "state": running.state},
    )


def withdraw_request(*, number: int, reason: str, actor: Actor) -> None:
    """End a request that needs no answer any more."""
    with transaction.atomic():
        request = lock_request(number)
        check_may(actor, Act.ASK, Scope(request.party))
        if request.state != RequestState.OPEN:
            raise RequestEnded(number=number, state=REQUEST_WORDS[RequestState(request.state)])
        if not reason.strip():
            raise InvalidSubmission([Fault("reason", Missing(what=REASON_NAME))])
        request.state, request.ended_at, request.end_reason = RequestState.WITHDRAWN, clock.now(), reason.strip()[:500]
        request.save(update_fields=["state", "ended_at", "end_reason"])
        audit.record("followup:request:withdraw", subject=f"request {number}", actor=actor, reason=reason.strip()[:500])
        addressees = find_addressees(Scope(request.party), request.entry)
        tell(request, notices.REQUEST_WITHDRAWN, addressees, key=f"request:{number}:withdrawn")


def remind(*, number: int, actor: Actor) -> bool:
    """Remind the addressee now; at most once a day, whoever asks for it. Return whether a reminder went out."""
    with transaction.atomic():
        request = lock_request(number)
        check_may(actor, Act.ASK, Scope(request.party))
        if request.state != RequestState.OPEN:
            raise RequestEnded(number=number, state=REQUEST_WORDS[RequestState(request.state)])
        today = clock.today()
        key = f"request:{number}:remind:{today}"
        addressees = find_addressees(Scope(request.party), request.entry)
        if is_told(addressees, key):
            return False
        audit.record("followup:request:remind", subject=f"request {number}", actor=actor)
        kind = notices.SILENT if request.due < today else notices.REMINDED
        tell(request, kind, addressees, key=key)
        return True


def lock_request(number: int) -> Request:
    """Return a request that no other transaction changes until this one ends; raise NoSuchRequest."""
    request = Request.objects.select_for_update(of=("self",)).select_related("entry").filter(pk=number).first()
    if request is None:
        raise NoSuchRequest(number=number)
    return request


def tell(request: Request, kind: NoticeKind, accounts: list[str], *, key: str) -> None:
    """Tell people about a request."""
    notify(
        kind,
        accounts=accounts,
        key=key,
        path=f"/work/requests/{request.pk}/",
        entry=request.entry.code,
        title=notices.title_in_all_languages(request.entry),
        party=party_in_all_languages(request.party),
        due=request.due,
    )
