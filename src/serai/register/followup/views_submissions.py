"""Pages of what is handed in: answer, hand in, correct, state, review, decide."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from serai.kernel import clock
from serai.kernel.errors import SeraiError
from serai.kernel.languages import LANGUAGES, OWN_NAMES
from serai.kernel.reader import current_language
from serai.kernel.roles import EVERYWHERE, Actor, Role
from serai.register import queries as register
from serai.register.followup import present, queries
from serai.register.followup.access import for_the_concerned
from serai.register.followup.actions import decisions
from serai.register.followup.actions import submissions as actions
from serai.register.followup.actions.submissions import Attachment
from serai.register.followup.checks import Draft
from serai.register.followup.domain import Kind, Provenance, RequestState, SubmissionState, Verdict, plain
from serai.register.followup.errors import AlreadyHandedIn, BadChoice, InvalidSubmission, KeyUsed, NoSuchSubmission
from serai.register.followup.evidence import keep_token
from serai.register.followup.forms import Faults, KeptFile, conflict_versions, read_attachments, read_draft
from serai.register.followup.models import Submission
from serai.register.followup.parties import name_parties, parties_of, read_party
from serai.register.followup.rights import Act, check_may, may, may_correct
from serai.register.models import Entry

Send = Callable[[Draft, Sequence[Attachment], str], Submission]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A page on which something is handed in: what it is about, and how it is sent."""

    entry: Entry
    title: str
    send: Send
    kind: Kind | None = None
    given: Mapping[str, str] | None = None  # what the fields hold at first
    about: present.FigureView | None = None
    request: present.RequestView | None = None
    parties: tuple[tuple[str, str], ...] = ()
    kept: Sequence[KeptFile] = ()
    returned: present.FigureView | None = None  # what a reviewer sent back, with the reason


@for_the_concerned
def answer(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Answer a request, on one screen of a phone."""
    row = queries.get_request(number, actor)
    actions.check_may_answer(row, actor)
    returned = row.submissions.filter(state=SubmissionState.RETURNED, made_by=actor.name).order_by("-pk").first()
    form = Form(
        entry=row.entry,
        title=_("Answer again") if returned else _("Answer"),
        given=_as_fields(returned) if returned else None,
        kept=_kept_of(returned, actor) if returned else (),
        returned=_view(returned, actor) if returned else None,
        request=present.view_requests([row], current_language(), today=clock.today())[0],
        send=lambda draft, files, key: actions.answer_request(
            number=number, draft=draft, actor=actor, attachments=files, key=key
        ),
    )
    return _serve(request, actor, form)


@for_the_concerned
def hand_in(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Hand in a figure or a note without having been asked."""
    row, language = register.get_entry(code), current_language()
    parties = [party for party in [EVERYWHERE, *parties_of(row, language)] if may(actor, Act.SUBMIT, party)]
    if not parties:
        check_may(actor, Act.SUBMIT, EVERYWHERE)
    names = name_parties(parties, language)
    form = Form(
        entry=row,
        title=_("Hand in a figure or a note"),
        parties=tuple((party, names[party]) for party in parties),
        send=lambda draft, files, key: actions.submit(
            entry=row,
            party=read_party(request.POST.get("party", "")),
            draft=draft,
            actor=actor,
            attachments=files,
            key=key,
        ),
    )
    return _serve(request, actor, form)


@for_the_concerned
def correct(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Hand in a correction of a published figure; the figure stays until the correction is published, and in history."""
    row = _get_figure(number, actor)
    check_may(actor, Act.SUBMIT, row.scope)
    form = Form(
        entry=row.entry,
        title=_("Correct a figure"),
        kind=Kind.MEASUREMENT,
        given=_as_fields(row),
        kept=_kept_of(row, actor),
        about=_view(row, actor),
        send=lambda draft, files, key: actions.submit(
            entry=row.entry, party=row.scope, draft=draft, actor=actor, supersedes=row, attachments=files, key=key
        ),
    )
    return _serve(request, actor, form)


@for_the_concerned
def state(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Hand in what a party says of a published figure."""
    row, language = _get_figure(number, actor), current_language()
    own = [scope for scope in sorted(actor.scopes_of(Role.FOCAL_POINT)) if may(actor, Act.STATE, scope)]
    if not own:
        check_may(actor, Act.STATE, row.scope)
    names = name_parties(own, language)
    form = Form(
        entry=row.entry,
        title=_("Place a statement beside a figure"),
        kind=Kind.STATEMENT,
        about=_view(row, actor),
        parties=tuple((party, names[party]) for party in own),
        send=lambda draft, files, key: actions.submit(
            entry=row.entry,
            party=read_party(request.POST.get("party", "")),
            draft=draft,
            actor=actor,
            about=row,
            attachments=files,
            key=key,
        ),
    )
    return _serve(request, actor, form)


def _get_figure(number: int, actor: Actor) -> Submission:
    row = queries.get_submission(number, actor)
    if row.kind != Kind.MEASUREMENT or row.state not in queries.PUBLIC:
        raise NoSuchSubmission(number=number)
    return row


def _kept_of(row: Submission, actor: Actor) -> list[KeptFile]:
    """Return the files of a submission as if they had come with this form."""
    items = row.evidence.select_related("file").order_by("pk")
    return [KeptFile(item.name, keep_token(item.file, item.name, actor)) for item in items]


def _as_fields(row: Submission) -> dict[str, str]:
    return {
        "value": "" if row.value is None else str(plain(row.value)),
        "measure": str(row.measure or 0),
        "series": row.series,
        "period": row.period,
        "coverage": "" if row.coverage is None else str(plain(row.coverage)),
        "coverage_note": row.coverage_note,
        "provenance": row.provenance,
        "source": row.source,
        "link": row.link,
        "note": row.note,
        "note_language": row.note_language,
    }


def _serve(request: HttpRequest, actor: Actor, form: Form) -> HttpResponse:
    """Show the form; take what is sent; show it again with every fault, and with the files that came with it."""
    faults, key = Faults(), _key_of(request)
    kept = form.kept
    if request.method == "POST":
        given = read_attachments(request, actor)
        kept, files = given.kept, given.attachments
        try:
            if given.faults:
                raise InvalidSubmission(given.faults)
            draft = read_draft(request.POST, kind=form.kind, has_file=bool(files))
            row = _send(form, draft, files, f"page:{actor.account}:{key}")
        except SeraiError as error:
            if error.is_denial:
                raise
            faults = Faults.of(error)
        else:
            messages.success(request, _("Handed in. Another person looks at it before it is public."))
            return HttpResponseRedirect(reverse("work:submission", args=[row.pk]))
    fields = request.POST if request.method == "POST" else (form.given or {})
    context = {
        "form": form,
        "entry": form.entry,
        "fields": {name: fields.get(name, "") for name in _FIELDS},
        "faults": faults,
        "versions": conflict_versions(faults.conflict),
        "kept": kept,
        "key": key,
        "units": present.units_for(form.entry, current_language()) if form.kind is not Kind.STATEMENT else [],
        "provenances": [(kind, _(present.PROVENANCE[kind])) for kind in _offered()],
        "languages": [(code, OWN_NAMES[code]) for code in LANGUAGES],
        "page_language": current_language(),
    }
    status = faults.conflict.http_status if faults.conflict else 400 if faults else 200
    return render(request, "followup/hand_in.html", context, status=status)


def _send(form: Form, draft: Draft, files: Sequence[Attachment], key: str) -> Submission:
    try:
        return form.send(draft, files, key)
    except KeyUsed as error:
        raise AlreadyHandedIn(number=error.theirs.get("number", "-"), yours=error.yours, theirs=error.theirs) from None


def _key_of(request: HttpRequest) -> str:
    """Return the form's own key: sent twice, by a double click or after going back, it hands in once."""
    given = request.POST.get("key", "")
    return given if _KEY.fullmatch(given) else uuid4().hex


_KEY = re.compile(r"[0-9a-f]{32}")
_FIELDS = (
    "value measure series period coverage coverage_note provenance source link note note_language party "
    "is_public_evidence"
).split()


def _offered() -> list[Provenance]:
    from django.conf import settings  # noqa: PLC0415  # only here

    is_training = settings.IDENTITY.realm == "training"
    return [kind for kind in Provenance if kind is not Provenance.SIMULATED or is_training]


def _view(row: Submission, actor: Actor) -> present.FigureView:
    return present.view_rows(
        [row],
        current_language(),
        indicators=present.indicators_of([row]),
        evidence=queries.evidence_of([row], actor),
        reader=actor,
    )[0]


@require_safe
@for_the_concerned
def submission(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """What was handed in, where it stands, and, for a reviewer, the decision to take."""
    return _show(request, actor, number)


def _show(request: HttpRequest, actor: Actor, number: int, faults: Faults | None = None) -> HttpResponse:
    row = queries.get_submission(number, actor)
    is_waiting = row.state == SubmissionState.WAITING
    is_own = row.made_by == actor.name
    context = {
        "view": _view(row, actor),
        "entry": row.entry,
        "older": _view(row.supersedes, actor) if row.supersedes else None,
        "about": _view(row.about, actor) if row.about else None,
        "is_waiting": is_waiting,
        "is_own": is_own,
        "may_decide": is_waiting and not is_own and may(actor, Act.DECIDE, row.scope),
        "may_answer_again": row.state == SubmissionState.RETURNED
        and row.request is not None
        and row.request.state == RequestState.OPEN
        and actions.may_answer(row.request, actor),
        "may_correct": may_correct(actor, row),
        "may_state": row.kind == Kind.MEASUREMENT
        and row.state in queries.PUBLIC
        and any(may(actor, Act.STATE, scope) for scope in actor.scopes_of(Role.FOCAL_POINT)),
        "faults": faults,
        "versions": conflict_versions(faults.conflict) if faults else (),
        "reason": request.POST.get("reason", ""),
    }
    status = 200 if not faults else faults.conflict.http_status if faults.conflict else 400
    return render(request, "followup/submission.html", context, status=status)


@require_safe
@for_the_concerned
def review(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All that waits for this reviewer, the longest waiting first."""
    page = request.GET.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    found = queries.list_to_review(actor, page=number)
    rows = list(found.rows)
    views = present.view_rows(rows, current_language(), indicators=present.indicators_of(rows), reader=actor)
    return render(request, "followup/review.html", {"found": found, "rows": views})


_DONE = {
    Verdict.PUBLISH: gettext_lazy("Number %(n)s is published."),
    Verdict.RETURN: gettext_lazy("Number %(n)s was returned, and its maker was told."),
    Verdict.WITHDRAW: gettext_lazy("Number %(n)s was withdrawn."),
}


@require_POST
@for_the_concerned
def decide(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Publish, return or withdraw."""
    given = request.POST.get("verdict", "")
    queries.get_submission(number, actor)
    try:
        if given not in set(Verdict):
            raise BadChoice(given=given[:20], choices=", ".join(Verdict))
        decisions.decide(number=number, verdict=Verdict(given), reason=request.POST.get("reason", ""), actor=actor)
    except SeraiError as error:
        if error.is_denial:
            raise
        return _show(request, actor, number, Faults.of(error))
    messages.success(request, _DONE[Verdict(given)] % {"n": number})
    return HttpResponseRedirect(reverse("work:submission", args=[number]))
