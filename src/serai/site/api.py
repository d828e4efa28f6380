"""The HTTP/JSON API of a node: each context's routes under /api/v1, one form of error, OpenAPI for all."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from serai import __version__
from serai.kernel.errors import BadInput, NotFound, SeraiError, gettext_noop
from serai.register.api import router as register_router
from serai.site.faults import body_of


class BadParameter(BadInput):
    code = "bad_parameter"
    http_status = 422
    template = gettext_noop("The parameter {parameter} cannot be used: {reason}.")


api = NinjaAPI(
    title="Serai",
    version=__version__,
    description=(
        "What was agreed by the states of the mechanism, entry by entry, and where each stands. "
        "Reading needs no key. Answers carry an ETag; send it back as If-None-Match. "
        "Every refusal has the same form: a stable code, a sentence, and the fields it speaks of."
    ),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_router("/v1/register", register_router)


@api.exception_handler(SeraiError)
def on_serai_error(request: HttpRequest, error: SeraiError) -> HttpResponse:
    return api.create_response(request, body_of(error), status=error.http_status)


@api.exception_handler(ValidationError)
def on_bad_parameter(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fault = error.errors[0]
    place = [str(part) for part in fault["loc"] if part not in {"query", "path", "filters"}]
    found = BadParameter(parameter=".".join(place) or "-", reason=str(fault["msg"])[:1].lower() + str(fault["msg"])[1:])
    return api.create_response(request, body_of(found), status=found.http_status)


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    found: SeraiError = NotFound() if error.status_code == 404 else BadInput(reason=str(error))
    return api.create_response(request, body_of(found), status=error.status_code)
