"""What waits for the token’s account."""

from django.http import HttpRequest
from ninja import Router

from serai.kernel import clock
from serai.kernel.api import without_query
from serai.register.followup import queries
from serai.register.followup.api.door import caller
from serai.register.followup.api.rows import requests_data, submissions_data
from serai.register.followup.api.shapes import READ_REFUSALS, SearchData, WorkData, WorkRequests, WorkSubmissions

router = Router()


@router.get("/work", response={200: WorkData, **READ_REFUSALS}, summary="The work list")
@without_query
def get_work(request: HttpRequest) -> WorkData:
    """Requests to answer, submissions to review, requests whose date has passed, and one’s own. Limit: read."""
    actor = caller(request, "read")
    found = queries.work_of(actor, today=clock.today())
    return WorkData(
        to_answer=WorkRequests(total=found.to_answer_total, requests=requests_data(found.to_answer)),
        to_review=WorkSubmissions(total=found.to_review_total, submissions=submissions_data(found.to_review, actor)),
        silent=WorkRequests(total=found.silent_total, requests=requests_data(found.silent)),
        returned=submissions_data(found.returned, actor),
        waiting=submissions_data(found.waiting, actor),
        searches=[SearchData(name=row.name, query=row.query) for row in found.searches],
    )
