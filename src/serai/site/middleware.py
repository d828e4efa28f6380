"""What happens to every request before and after a view: logs, limits, compression, faults."""

import gzip
import logging
import time
import uuid
from collections.abc import Callable
from typing import Final

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from serai.kernel import addresses
from serai.kernel.bucket import Bucket
from serai.kernel.errors import BadInput, SeraiError, TooLarge, TooManyRequests, gettext_noop
from serai.kernel.who import actor_of
from serai.register.followup.evidence import most_bytes
from serai.register.followup.evidence_errors import FormTooLarge
from serai.site.accounts.places import inner_path
from serai.site.denials import record_denial
from serai.site.faults import answer_fault

GetResponse = Callable[[HttpRequest], HttpResponseBase]
_log = logging.getLogger("serai.web")


class RequestLog:
    """One line a request: method, route, status, time. Neither the address nor the query, which may be personal."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        request_id = uuid.uuid4().hex[:16]
        response = self.get_response(request)
        match = request.resolver_match
        response["X-Request-ID"] = request_id
        _log.info(
            "request",
            extra={
                "request_id": request_id,
                "method": request.method if request.method in _METHODS else "other",
                "route": match.route if match else "-",
                "status": response.status_code,
                "ms": round((time.perf_counter() - started) * 1000, 1),
            },
        )
        return response


_METHODS: Final = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}


class RealmHeader:
    """Every answer says which node gave it and in which realm, so that nothing simulated passes for real."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["X-Serai-Node"] = settings.IDENTITY.code
        response["X-Serai-Realm"] = str(settings.IDENTITY.realm)
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class LengthUnknown(BadInput):
    """A body sent in chunks: Django would take it for an empty one."""

    code = "length_unknown"
    http_status = 411
    template = gettext_noop("The request does not say how long it is. Send it whole, with a Content-Length.")


class Limits:
    """How much one address may ask of one web process, and how large a request may be."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.bucket = Bucket(per_minute=settings.REQUESTS_PER_MINUTE)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Between nodes, what is signed is counted by node and what is not by address: exchange/quota.py.
        if request.path.startswith((settings.STATIC_URL, "/health/")):
            return self.get_response(request)
        is_of_node = request.method == "POST" and request.path.startswith("/exchange/v1/")
        wait = (
            0.0 if is_of_node else self.bucket.take(addresses.network_of(client_address(request)), at=time.monotonic())
        )
        if wait:
            seconds = int(wait) + 1
            response = answer_fault(request, TooManyRequests(retry_after_s=seconds))
            response["Retry-After"] = str(seconds)
            return response
        if "HTTP_TRANSFER_ENCODING" in request.META:
            return answer_fault(request, LengthUnknown())
        most = _most_bytes(request)
        if _body_size(request) > most:
            return answer_fault(request, _too_large(most))
        return self.get_response(request)


_UPLOADS: Final = "/api/v1/follow-up/evidence"


def _most_bytes(request: HttpRequest) -> int:
    """Return how large a body may be; files come only with forms of the daily work, from people with a session.

    Whether the session is a good one costs a query and is asked later; a false one gains a temporary file. Programs send
    files to an address of their own, where the token is asked before the body is read.
    """
    is_work = request.method == "POST" and inner_path(request.path_info).startswith("work/")
    is_upload = request.method == "POST" and request.path_info == _UPLOADS and "Authorization" in request.headers
    if is_upload or (is_work and settings.SESSION_COOKIE_NAME in request.COOKIES):
        return most_bytes() + settings.MOST_BODY_BYTES
    return int(settings.MOST_BODY_BYTES)


def _too_large(most: int) -> TooLarge:
    if most > settings.MOST_BODY_BYTES:
        return FormTooLarge(limit_mb=most_bytes() // 2**20)
    return TooLarge(limit_kb=most // 1024)


def client_address(request: HttpRequest) -> str:
    """Return the address that a request came from, as far as this node's operator believes the proxies before it."""
    return addresses.client_address(request.META, proxies=settings.TRUSTED_PROXIES)


def _body_size(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


class Compression:
    """Brotli or gzip for text.

    BREACH needs a secret beside what a stranger makes the reader's browser send. Public pages hold no secret. Those of
    /work/ and /exchange/ hold one, the form's mark, which Django masks anew in each answer, and session cookies are SameSite=Lax, so
    no stranger's page can ask many times. Pages of /account/ also show keys and codes bare: they are sent as they are.
    """

    smallest = 512

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, HttpResponse) or response.has_header("Content-Encoding"):
            return response
        if inner_path(request.path_info).startswith("account/"):
            return response
        if len(response.content) < self.smallest or not _is_text(response["Content-Type"]):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        accepted = _encodings(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        if "br" in accepted:
            response.content, response["Content-Encoding"] = brotli.compress(response.content, quality=5), "br"
        elif "gzip" in accepted:
            response.content, response["Content-Encoding"] = gzip.compress(response.content, 6, mtime=0), "gzip"
        else:
            return response
        response["Content-Length"] = str(len(response.content))
        if response.has_header("ETag") and not response["ETag"].startswith("W/"):
            response["ETag"] = f"W/{response['ETag']}"
        return response


def _encodings(header: str) -> set[str]:
    """Return the encodings that a client takes; a weight of 0 refuses one (RFC 9110 section 12.5.3)."""
    taken = set()
    for part in header.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        if weight.strip("0.") or not weight:
            taken.add(name)
    return taken


def _is_text(content_type: str) -> bool:
    return content_type.startswith(("text/", "application/json", "application/xml", "image/svg"))


class Faults:
    """Turn an error that a view raised into its sentence, as a page or as JSON."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, SeraiError):
            return None
        if exception.is_denial:
            record_denial(request, actor_of(request), exception)
        response = answer_fault(request, exception)
        if "retry_after_s" in exception.fields:
            response["Retry-After"] = str(exception.fields["retry_after_s"])
        return response
