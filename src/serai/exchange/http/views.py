"""What nodes ask of each other over HTTP. Everything bad gets one answer; the reason stays here."""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Final

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from serai.exchange import answering, receiver, refusals
from serai.exchange.envelope import node_of
from serai.exchange.errors import BadClaims, BadMessage, PeerEnded
from serai.exchange.http.card import own_card
from serai.exchange.http.client import ENVELOPES, JOSE
from serai.exchange.jws import Typ, read_jws
from serai.exchange.models import Peer, PeerState
from serai.kernel import clock, storage
from serai.kernel.bucket import Bucket
from serai.kernel.errors import NodeFault

MOST_BODY: Final = 900_000
_SIGNED: Final = Bucket(per_minute=settings.EXCHANGE_REQUESTS_PER_MINUTE)  # by node
_STRANGE: Final = Bucket(per_minute=60)  # by address: what no introduced node seems to have signed
_log = logging.getLogger("serai.exchange")
View = Callable[[HttpRequest], HttpResponse]


def _refused() -> HttpResponse:
    """The one answer to everything that cannot be believed: it tells a forger nothing."""
    return JsonResponse(
        {"code": "envelope_refused", "message": "Nothing was done with it. Its sender's operator may ask ours why."},
        status=400,
    )


def _guarded(view: View) -> View:
    """Bound what is read, count who asks, and turn every failure into an answer that acknowledges nothing."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BODY:
            return JsonResponse({"code": "too_large"}, status=413)
        wait_s = _count(request)
        if wait_s:
            return _later(wait_s)
        try:
            storage.check_writable()
            return view(request)
        except (BadMessage, PeerEnded) as error:
            refusals.note(error, claimed=_claimed(request.body))
            return _refused()
        except OperationalError as error:
            return _unwritten(error)
        except NodeFault as error:
            return JsonResponse({"code": error.code}, status=error.http_status)

    return guarded


def _count(request: HttpRequest) -> float:
    """Return how long the asker must wait; 0 when it need not."""
    code = _claimed(request.body)
    if code and Peer.objects.filter(pk=code, state=PeerState.INTRODUCED).exists():
        return _SIGNED.take(code, at=time.monotonic())
    return _STRANGE.take(request.META.get("REMOTE_ADDR", ""), at=time.monotonic())


def _claimed(body: bytes) -> str:
    """Return which node seems to have signed the first object; empty when none can be told."""
    first = body.partition(b"\n")[0]
    for typ in (Typ.ENVELOPE, Typ.QUESTION):
        try:
            return node_of(read_jws(first, typ))
        except BadMessage:
            continue
    return ""


def _later(wait_s: float) -> HttpResponse:
    answer = JsonResponse({"code": "too_many_requests"}, status=429)
    answer["Retry-After"] = str(int(wait_s) + 1)
    return answer


def _unwritten(error: OperationalError) -> HttpResponse:
    """The store did not write: nothing was acknowledged, and the peer tries again."""
    fault = storage.note(error, at=f"{clock.now():%Y-%m-%d %H:%M:%S} UTC")
    _log.error("the store could not write", extra={"code": fault.code if fault else "busy"})
    if fault is None:
        return JsonResponse({"code": "busy"}, status=503)
    return JsonResponse({"code": fault.code}, status=fault.http_status)


@require_GET
def node(request: HttpRequest) -> HttpResponse:
    """Say who this node is."""
    return JsonResponse(own_card())


@_guarded
def messages(request: HttpRequest) -> HttpResponse:
    """Take a batch of envelopes of one lane."""
    _check_type(request, ENVELOPES)
    received = receiver.receive(request.body)
    status = 200 if received.receipt else 409
    answer = HttpResponse(received.receipt or b"", content_type=JOSE, status=status)
    answer["Serai-Credit"] = str(received.credit)
    if received.stop:
        answer["Serai-Stop"] = received.stop
        answer["Serai-Next"] = f"{received.next[0]} {received.next[1]}"
    return answer


@_guarded
def questions(request: HttpRequest) -> HttpResponse:
    """Answer a signed question."""
    _check_type(request, JOSE)
    return HttpResponse(answering.answer(request.body), content_type=JOSE)


def _check_type(request: HttpRequest, expected: str) -> None:
    if request.content_type != expected:
        raise BadClaims(field="Content-Type", reason=f"it must be {expected}")
