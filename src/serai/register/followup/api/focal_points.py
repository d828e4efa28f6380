"""Who answers for a party on an entry."""

from django.http import HttpRequest
from ninja import Router, Status

from serai.kernel.api import without_query
from serai.kernel.people import find_holders
from serai.kernel.roles import EVERYWHERE, Actor, Role
from serai.register import queries as register
from serai.register.api import Code
from serai.register.followup import queries
from serai.register.followup.actions.focal_points import end_focal_point, name_focal_point
from serai.register.followup.api.bodies import FocalPointBody
from serai.register.followup.api.door import caller
from serai.register.followup.api.once import KEY_PARAMETER, once
from serai.register.followup.api.requests import Number
from serai.register.followup.api.rows import focal_points_data
from serai.register.followup.api.shapes import (
    READ_REFUSALS,
    WRITE_REFUSALS,
    CandidateData,
    FocalPointData,
    FocalPointList,
    PersonData,
)
from serai.register.followup.parties import parties_of, read_party
from serai.register.followup.rights import Act, may
from serai.register.models import Entry

router = Router()
_WRITE = {"parameters": [KEY_PARAMETER]}


@router.get(
    "/entries/{code}/focal-points", response={200: FocalPointList, **READ_REFUSALS}, summary="Who answers on an entry"
)
@without_query
def list_focal_points(request: HttpRequest, code: Code) -> FocalPointList:
    """Focal points that the token may see; with the limit ask, also whom it may name. Limit: read."""
    actor, entry = caller(request, "read"), register.get_entry(code)
    return FocalPointList(
        focal_points=focal_points_data(queries.focal_points_on(entry, actor)), candidates=_candidates(entry, actor)
    )


def _candidates(entry: Entry, actor: Actor) -> list[CandidateData]:
    own = [scope for scope in sorted(actor.scopes_of(Role.FOCAL_POINT)) if scope != EVERYWHERE]
    parties = [party for party in dict.fromkeys([*parties_of(entry, "en"), *own]) if may(actor, Act.NAME, party)]
    return [
        CandidateData(party=party, person=PersonData(account=person.account, name=person.name))
        for party in parties
        for person in find_holders(Role.FOCAL_POINT, party)
    ]


@router.post(
    "/entries/{code}/focal-points",
    response={201: FocalPointData, **WRITE_REFUSALS},
    summary="Name a focal point",
    openapi_extra=_WRITE,
)
@without_query
@once("ask")
def name(request: HttpRequest, code: Code, body: FocalPointBody) -> Status[FocalPointData]:
    """The one before, if any, ends with it. Limit: ask."""
    actor, entry = caller(request, "ask"), register.get_entry(code)
    named = name_focal_point(
        party=read_party(body.party),
        entry=None if body.reach == "all" else entry,
        account=body.account,
        actor=actor,
    )
    return Status(201, focal_points_data([named])[0])


@router.post(
    "/focal-points/{number}/end",
    response={204: None, **WRITE_REFUSALS},
    summary="End a focal point",
    openapi_extra=_WRITE,
)
@without_query
@once("ask")
def end(request: HttpRequest, number: Number) -> Status[None]:
    """Requests that run go to whoever else holds the role for the party. Limit: ask."""
    end_focal_point(number=number, actor=caller(request, "ask"))
    return Status(204, None)
