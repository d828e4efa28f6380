"""Requests for an update: asked, reminded, withdrawn, answered."""

from datetime import date
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Field, Path, Query, Router, Schema, Status

from serai.kernel import clock
from serai.kernel.api import taking, without_query
from serai.kernel.dates import PartialDate
from serai.kernel.roles import Actor, Scope
from serai.register import queries as register
from serai.register.followup import queries
from serai.register.followup.actions import requests as actions
from serai.register.followup.actions import submissions
from serai.register.followup.api.bodies import LARGEST_NUMBER, AnswerBody, AskBody, Party, ReasonBody
from serai.register.followup.api.door import caller, looking
from serai.register.followup.api.drafts import read_attachments, read_draft
from serai.register.followup.api.once import KEY_PARAMETER, durable_key, once
from serai.register.followup.api.public import PageNumber
from serai.register.followup.api.rows import requests_data, submissions_data
from serai.register.followup.api.shapes import (
    READ_REFUSALS,
    WRITE_REFUSALS,
    RequestData,
    RequestPage,
    RequestWithAnswers,
    SubmissionData,
)
from serai.register.followup.errors import BadDue, BadParty
from serai.register.followup.models import Request
from serai.register.followup.parties import read_party
from serai.register.followup.rights import Act, check_may

router = Router()
Number = Annotated[int, Path(ge=1, le=LARGEST_NUMBER, example=17)]
_WRITE = {"parameters": [KEY_PARAMETER]}


class RequestFilter(Schema):
    """Which requests, by where they stand, whom they ask, and on which entry."""

    standing: Literal["", "open", "silent", "answered", "ended"] = ""
    party: Party | None = None
    entry: Annotated[str, Field(max_length=12, pattern=r"^([0-9A-Za-z]{1,5}\.[0-9]{1,3}[A-Za-z]?)?$")] = ""
    page: PageNumber = 1


@router.get("/requests", response={200: RequestPage, **READ_REFUSALS}, summary="Requests")
@taking(*RequestFilter.model_fields)
def list_requests(request: HttpRequest, asked: Query[RequestFilter]) -> RequestPage:
    """Those that the token may see, the earliest date first, 50 a page. Limit: read."""
    actor = caller(request, "read")
    party = "" if asked.party is None else _read_asked(asked.party)
    entry = register.get_entry(asked.entry).code if asked.entry else ""
    wanted = queries.RequestFilter(standing=asked.standing, party=party, entry=entry, page=asked.page)
    found = queries.list_requests(wanted, actor, today=clock.today())
    return RequestPage(
        total=found.total,
        page=found.page,
        pages=found.pages,
        counts=dict(found.counts),
        requests=requests_data(found.rows),
    )


@router.get("/requests/{number}", response={200: RequestWithAnswers, **READ_REFUSALS}, summary="One request")
@without_query
def get_request(request: HttpRequest, number: Number) -> RequestWithAnswers:
    """With its answers, returned ones too. Limit: read."""
    actor = caller(request, "read")
    row = queries.get_request(number, actor)
    answers = list(row.submissions.all())
    return RequestWithAnswers(**requests_data([row])[0].model_dump(), answers=submissions_data(answers, actor))


@router.post(
    "/requests", response={201: list[RequestData], **WRITE_REFUSALS}, summary="Ask for an update", openapi_extra=_WRITE
)
@without_query
@once("ask")
def ask(request: HttpRequest, body: AskBody) -> Status[list[RequestData]]:
    """Ask one party or several; each gets a request of its own, and nobody is asked when one cannot be. Limit: ask."""
    actor, entry, due = caller(request, "ask"), register.get_entry(body.entry), _read_day(body.due)
    parties = dict.fromkeys(map(_read_asked, body.parties))
    asked = {
        # In one order, whatever the sender's, so that two who ask the same parties wait for each other at most once.
        party: actions.ask_for_update(
            entry=entry,
            party=party,
            due=due,
            actor=actor,
            question=body.question,
            key=durable_key(request, actor.account, party),
        )
        for party in sorted(parties)
    }
    return Status(201, requests_data([asked[party] for party in parties]))


def _read_asked(text: str) -> Scope:
    """Return a party that may be asked: a state or a body, since the institution of the node asks and is not asked."""
    if not text:
        raise BadParty(given=text)
    return read_party(text)


def _read_day(text: str) -> date:
    try:
        day = PartialDate.parse(text)
    except ValueError:
        raise BadDue(given=text[:20]) from None
    if not day.is_day:
        raise BadDue(given=text[:20])
    return day.first_day


@router.post(
    "/requests/{number}/withdraw",
    response={200: RequestData, **WRITE_REFUSALS},
    summary="Withdraw a request",
    openapi_extra=_WRITE,
)
@without_query
@once("ask")
def withdraw(request: HttpRequest, number: Number, body: ReasonBody) -> Status[RequestData]:
    """Nothing is to be done about it any more; its addressee is told. Limit: ask."""
    actor = caller(request, "ask")
    _find(number, actor)
    actions.withdraw_request(number=number, reason=body.reason, actor=actor)
    return Status(200, requests_data([_find(number, actor)])[0])


@router.post(
    "/requests/{number}/remind",
    response={200: RequestData, **WRITE_REFUSALS},
    summary="Remind the addressee",
    openapi_extra=_WRITE,
)
@without_query
@once("ask")
def remind(request: HttpRequest, number: Number) -> Status[RequestData]:
    """At once; at most one reminder a day reaches them, whoever asks for it. Limit: ask."""
    actor = caller(request, "ask")
    row = _find(number, actor)
    actions.remind(number=number, actor=actor)
    return Status(200, requests_data([row])[0])


@router.post(
    "/requests/{number}/answer",
    response={201: SubmissionData, **WRITE_REFUSALS},
    summary="Answer a request",
    openapi_extra=_WRITE,
)
@without_query
@once("submit")
def answer(request: HttpRequest, number: Number, body: AnswerBody) -> Status[SubmissionData]:
    """One answer can stand; it is public once a second person has published it. Limit: submit."""
    actor = caller(request, "submit")
    check_may(actor, Act.ANSWER, Scope(_find(number, actor).party))
    attachments = read_attachments(body.root, actor)
    row = submissions.answer_request(
        number=number,
        draft=read_draft(body.root, attachments),
        actor=actor,
        attachments=attachments,
        key=durable_key(request, actor.account),
    )
    return Status(201, submissions_data([row], actor)[0])


def _find(number: int, actor: Actor) -> Request:
    return queries.get_request(number, looking(actor))
