"""The HTTP/JSON API of a node: each context's routes under /api/v1, one form of error, OpenAPI for all."""

from collections.abc import Sequence
from typing import Any, Final, cast

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from serai import __version__
from serai.corridors.api import router as corridors_router
from serai.kernel.errors import BadInput, NotFound, SeraiError, gettext_noop
from serai.kernel.roles import Actor
from serai.kernel.safejson import read_json
from serai.kernel.who import token_actor_of
from serai.register.api import router as register_router
from serai.register.followup.api import router as followup_router
from serai.register.followup.api.once import use_answers
from serai.register.followup.api.rows import KINDS
from serai.site.accounts.bearer import Bearer
from serai.site.accounts.idempotency import keep_answer
from serai.site.denials import record_denial
from serai.site.faults import body_of, fault_of


class BadParameter(BadInput):
    code = "bad_parameter"
    http_status = 422
    template = gettext_noop("The parameter {parameter} cannot be used: {reason}.")


class BadField(BadInput):
    code = "bad_field"
    http_status = 422
    template = gettext_noop("The field {field} of the body cannot be used: {reason}.")


class SafeParser(Parser):
    """Reads bodies so that nothing in them has two meanings."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Read a body; what is no object is refused by the operation."""
        return cast("dict[str, Any]", read_json(request.body))


api = NinjaAPI(
    title="Serai",
    version=__version__,
    description=(
        "What was agreed by the states of the mechanism, entry by entry, and where each stands. "
        "Reading what is public needs no key. Answers carry an ETag; send it back as If-None-Match. "
        "The daily work needs a token: make one at /account/tokens/, send it as “Authorization: Bearer serai_…”. "
        "It acts as its account, inside its limits: read, ask, submit, decide. "
        "Every write names itself in the header Idempotency-Key and may be repeated under the same key: it is done once. "
        "Every refusal has the same form: a stable code, a sentence, and the fields it speaks of."
    ),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
    parser=SafeParser(),
)
use_answers(keep_answer)
api.add_router("/v1/register", register_router)
api.add_router("/v1/corridors", corridors_router)
api.add_router("/v1/follow-up", followup_router, auth=Bearer())

# Where a fault lies, as pydantic says it, without the names that our own code gives to the groups of parameters.
_GROUPS: Final = {"query", "path", "filters", "asked"}


@api.exception_handler(SeraiError)
def on_serai_error(request: HttpRequest, error: SeraiError) -> HttpResponse:
    if error.is_denial:
        record_denial(request, token_actor_of(request) or Actor.public(), error)
    response = api.create_response(request, body_of(error), status=error.http_status)
    if error.http_status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if "retry_after_s" in error.fields:
        response["Retry-After"] = str(error.fields["retry_after_s"])
    return response


@api.exception_handler(ValidationError)
def on_bad_parameter(request: HttpRequest, error: ValidationError) -> HttpResponse:
    if error.errors[0]["loc"][0] == "body":
        return _on_bad_fields(request, error.errors)
    fault = error.errors[0]
    place = [str(part) for part in fault["loc"] if part not in _GROUPS]
    return on_serai_error(request, BadParameter(parameter=".".join(place) or "-", reason=_reason(fault)))


def _on_bad_fields(request: HttpRequest, errors: Sequence[dict[str, Any]]) -> HttpResponse:
    found = [BadField(field=_field(fault["loc"]), reason=_reason(fault)) for fault in errors]
    faults = [fault_of(str(fault.fields["field"]), fault) for fault in found]
    return api.create_response(request, body_of(found[0]) | {"faults": faults}, status=found[0].http_status)


def _field(place: Sequence[str | int]) -> str:
    """Return the field that a fault of a body lies in; “-” for the body as a whole."""
    inner = place[2:]
    if len(inner) > 1 and inner[0] in KINDS:  # which of several shapes a body was compared with
        inner = inner[1:]
    return ".".join(map(str, inner)) or "-"


def _reason(fault: dict[str, Any]) -> str:
    text = str(fault["msg"])
    return text[:1].lower() + text[1:]


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, SeraiError):  # ninja wraps what its parser raises
        return on_serai_error(request, error.__cause__)
    found: SeraiError = NotFound() if error.status_code == 404 else BadInput(reason=str(error))
    return api.create_response(request, body_of(found), status=error.status_code)
