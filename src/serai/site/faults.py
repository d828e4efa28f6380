"""How an error is told: one sentence in the reader's language with a stable code, as a page or as JSON."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language_from_path, gettext, override

from serai.kernel.errors import BadInput, NotFound, Refused, SeraiError, in_english
from serai.kernel.sentences import sentence_of
from serai.register.followup.errors import InvalidSubmission, TwoVersions

_log = logging.getLogger("serai.web")


def body_of(error: SeraiError) -> dict[str, object]:
    """Return the error as the API tells it; with all faults of what was sent, or both sides of a conflict."""
    body: dict[str, object] = {
        "error": {
            "code": error.code,
            "message": sentence_of(error),
            "fields": {key: _told(value) for key, value in error.fields.items()},
        }
    }
    if isinstance(error, InvalidSubmission):
        body["faults"] = [fault_of(fault.field, fault.error) for fault in error.faults]
    if isinstance(error, TwoVersions):
        body |= {"yours": dict(error.yours), "theirs": dict(error.theirs)}
    return body


def fault_of(field: str, error: SeraiError) -> dict[str, str]:
    """Return what is wrong with one field."""
    return {"field": field, "code": error.code, "message": sentence_of(error)}


def _told(value: object) -> str:
    return sentence_of(value) if isinstance(value, SeraiError) else str(in_english(value))


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or request.path.endswith(".json")


def answer_fault(request: HttpRequest, error: SeraiError) -> HttpResponse:
    """Answer a request with an error."""
    with override(get_language_from_path(request.path_info) or "en"):
        if wants_json(request):
            return JsonResponse(body_of(error), status=error.http_status)
        context = {"sentence": sentence_of(error), "code": error.code, "status": error.http_status}
        return render(request, "site/fault.html", context, status=error.http_status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer_fault(request, exception if isinstance(exception, SeraiError) else NotFound())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer_fault(request, BadInput(reason=gettext("its form is not valid.")))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer_fault(request, Refused())


def broken(request: HttpRequest) -> HttpResponse:
    _log.error(
        "unhandled", exc_info=True, extra={"route": request.resolver_match.route if request.resolver_match else "-"}
    )
    return answer_fault(request, SeraiError())
