"""What is handed in and decided on."""

from typing import Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from serai.kernel.api import taking, without_query
from serai.kernel.roles import Actor, Scope
from serai.register import queries as register
from serai.register.api import Code
from serai.register.followup import queries
from serai.register.followup.actions import decisions
from serai.register.followup.actions.submissions import submit
from serai.register.followup.api.bodies import DecisionBody, FigureBody, NoteBody, StatementBody, SubmissionBody
from serai.register.followup.api.door import caller, looking
from serai.register.followup.api.drafts import read_attachments, read_draft
from serai.register.followup.api.errors import OtherParty
from serai.register.followup.api.once import KEY_PARAMETER, durable_key, once
from serai.register.followup.api.public import PageNumber
from serai.register.followup.api.requests import Number
from serai.register.followup.api.rows import submissions_data
from serai.register.followup.api.shapes import READ_REFUSALS, WRITE_REFUSALS, SubmissionData, SubmissionPage
from serai.register.followup.domain import Verdict
from serai.register.followup.errors import NotAboutFigure
from serai.register.followup.models import Submission
from serai.register.followup.parties import party_in_all_languages, read_party

router = Router()
_WRITE = {"parameters": [KEY_PARAMETER]}


class SubmissionFilter(Schema):
    """Which submissions: those that wait for the token’s account to decide on."""

    state: Literal["waiting"] = "waiting"
    page: PageNumber = 1


@router.get(
    "/submissions", response={200: SubmissionPage, **READ_REFUSALS}, summary="What waits for a second pair of eyes"
)
@taking(*SubmissionFilter.model_fields)
def list_submissions(request: HttpRequest, asked: Query[SubmissionFilter]) -> SubmissionPage:
    """What others handed in and the token’s account may decide on, the longest waiting first. Limit: read."""
    actor = caller(request, "read")
    found = queries.list_to_review(actor, page=asked.page)
    return SubmissionPage(
        total=found.total, page=found.page, pages=found.pages, submissions=submissions_data(found.rows, actor)
    )


@router.get("/submissions/{number}", response={200: SubmissionData, **READ_REFUSALS}, summary="One submission")
@without_query
def get_submission(request: HttpRequest, number: Number) -> SubmissionData:
    """What was handed in, where it stands, and what was decided. Limit: read."""
    actor = caller(request, "read")
    return submissions_data([queries.get_submission(number, actor)], actor)[0]


@router.post(
    "/entries/{code}/submissions",
    response={201: SubmissionData, **WRITE_REFUSALS},
    summary="Hand in a figure, a note, a statement or a correction",
    openapi_extra=_WRITE,
)
@without_query
@once("submit")
def hand_in(request: HttpRequest, code: Code, body: SubmissionBody) -> Status[SubmissionData]:
    """Public once a second person has published it; what was handed in never changes. Limit: submit."""
    actor, entry, given = caller(request, "submit"), register.get_entry(code), body.root
    about = _find_figure(given.about, actor) if isinstance(given, StatementBody) else None
    corrected = _find_figure(given.supersedes, actor) if isinstance(given, FigureBody) and given.supersedes else None
    attachments = read_attachments(given, actor)
    row = submit(
        entry=entry,
        party=_read_party(given, corrected),
        draft=read_draft(given, attachments),
        actor=actor,
        about=about,
        supersedes=corrected,
        attachments=attachments,
        key=durable_key(request, actor.account),
    )
    return Status(201, submissions_data([row], actor)[0])


def _find_figure(number: int, actor: Actor) -> Submission:
    row = Submission.objects.filter(pk=number).first()
    if row is None or row.state not in queries.PUBLIC:
        queries.get_submission(number, looking(actor))  # says that it is not there to those who may not see it
        raise NotAboutFigure(number=number)
    return row


def _read_party(given: FigureBody | NoteBody | StatementBody, corrected: Submission | None) -> Scope:
    """Return in whose name it is; a correction is in the name of whoever gave the figure."""
    if corrected is None:
        return read_party(given.party or "")
    if given.party is not None and given.party != corrected.party:
        name = party_in_all_languages(corrected.party)
        raise OtherParty(number=corrected.pk, party=name)
    return corrected.scope


@router.post(
    "/submissions/{number}/decision",
    response={200: SubmissionData, **WRITE_REFUSALS},
    summary="Publish, return or withdraw",
    openapi_extra=_WRITE,
)
@without_query
@once("decide", "submit")
def decide(request: HttpRequest, number: Number, body: DecisionBody) -> Status[SubmissionData]:
    """One decision each, by somebody who did not hand it in. Limit: decide; its maker withdraws it with: submit."""
    verdict = Verdict(body.verdict)
    actor = caller(request, "submit" if verdict is Verdict.WITHDRAW else "decide")
    queries.get_submission(number, looking(actor))
    decisions.decide(number=number, verdict=verdict, reason=body.reason, actor=actor)
    return Status(200, submissions_data([queries.get_submission(number, looking(actor))], actor)[0])
