"""What everybody may read: published figures with all that stands beside them, and notes."""

from typing import Annotated, Final, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from serai.kernel.api import taking, without_query
from serai.register import queries as register
from serai.register.api import REFUSALS, Code
from serai.register.followup import queries
from serai.register.followup.api.bodies import AnyParty
from serai.register.followup.api.rows import figures_data, notes_data
from serai.register.followup.api.shapes import FigurePage, NoteData
from serai.register.followup.domain import SubmissionState
from serai.register.followup.parties import read_party
from serai.register.followup.queries import PAGE_SIZE

router = Router(auth=None)
LAST_PAGE: Final = 1_000_000
PageNumber = Annotated[int, Field(ge=1, le=LAST_PAGE)]


class FigureFilter(Schema):
    """Which figures: those that stand, those that were corrected since, or both."""

    state: Literal["published", "superseded", "any"] = "published"
    party: AnyParty | None = None
    page: PageNumber = 1


@router.get("/entries/{code}/figures", response={200: FigurePage, **REFUSALS}, summary="Published figures of an entry")
@taking(*FigureFilter.model_fields)
def list_figures(request: HttpRequest, code: Code, asked: Query[FigureFilter]) -> FigurePage:  # noqa: ARG001  # ninja passes it
    """Each with its period, coverage, provenance, rule, statements and corrections; the newest periods first."""
    rows = queries.all_figures_of(register.get_entry(code))
    if asked.state != "any":
        rows = rows.filter(state=SubmissionState(asked.state))
    if asked.party is not None:
        rows = rows.filter(party=read_party(asked.party))
    total = rows.count()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(asked.page, pages)
    shown = rows.order_by("-period_end", "measure", "series", "party", "owner_node", "-pk")[
        (page - 1) * PAGE_SIZE : page * PAGE_SIZE
    ]
    return FigurePage(total=total, page=page, pages=pages, figures=figures_data(list(shown)))


@router.get("/entries/{code}/notes", response={200: list[NoteData], **REFUSALS}, summary="Published notes on an entry")
@without_query
def list_notes(request: HttpRequest, code: Code) -> list[NoteData]:  # noqa: ARG001  # ninja passes it
    """What was done, as parties told it, the newest first; at most 50."""
    return notes_data(queries.notes_of(register.get_entry(code)))
