"""What nodes ask of each other over HTTP. Everything bad gets one answer; the reason stays here."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Final

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from serai.exchange import answering, receiver, refusals
from serai.exchange.envelope import node_of
from serai.exchange.errors import BadClaims, BadMessage, PeerEnded
from serai.exchange.http.card import own_card
from serai.exchange.http.client import ENVELOPES, JOSE
from serai.exchange.jws import Typ, read_jws
from serai.exchange.models import Peer, PeerState
from serai.exchange.quota import pace, quotas
from serai.kernel import clock, storage
from serai.kernel.addresses import client_address, network_of
from serai.kernel.errors import NodeFault

MOST_BODY: Final = 900_000
_log = logging.getLogger("serai.exchange")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request's body, who seems to have signed it, and from which network it came."""

    body: bytes
    claimed: str
    network: str


View = Callable[[Asked], HttpResponse]


def _guarded(typ: Typ, content_type: str) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """Bound what is read, count who asks, and turn every failure into an answer that acknowledges nothing."""

    def guard(view: View) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt
        @require_POST
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            if _length(request) > MOST_BODY:
                return JsonResponse({"code": "too_large"}, status=413)
            try:
                asked = _read(request, typ)
                if wait_s := quotas.take(_known(asked.claimed), asked.network):
                    return _later(wait_s)
                storage.check_writable()
                return _try(view, asked, is_right_type=request.content_type == content_type)
            except (OperationalError, InterfaceError) as error:
                return _unwritten(error)
            except NodeFault as error:
                return JsonResponse({"code": error.code}, status=error.http_status)
            except UnreadablePostError:  # the sender hung up; there is nobody to be answered
                return _refused()

        return guarded

    return guard


def _length(request: HttpRequest) -> int:
    """Return what a request says about its length; of one that says nothing the server reads nothing."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else MOST_BODY + 1


def _read(request: HttpRequest, typ: Typ) -> Asked:
    body = request.body
    network = network_of(client_address(request.META, proxies=settings.TRUSTED_PROXIES))
    try:
        return Asked(body, node_of(read_jws(body.partition(b"\n")[0], typ)), network)
    except BadMessage:
        return Asked(body, "", network)


def _known(code: str) -> str:
    """Return the code of a node that was introduced; empty for any other."""
    return code if code and Peer.objects.filter(pk=code, state=PeerState.INTRODUCED).exists() else ""


def _try(view: View, asked: Asked, *, is_right_type: bool) -> HttpResponse:
    try:
        if not is_right_type:
            raise BadClaims(field="Content-Type", reason="it is not that of this address")
        return view(asked)
    except (BadMessage, PeerEnded) as error:
        quotas.note_bad(asked.claimed, asked.network)
        refusals.note(error, claimed=asked.claimed)
        return _refused()


def _refused() -> HttpResponse:
    """The one answer to everything that cannot be believed: it tells a forger nothing."""
    return JsonResponse(
        {"code": "envelope_refused", "message": "Nothing was done with it. Its sender's operator may ask ours why."},
        status=400,
    )


def _later(wait_s: float) -> HttpResponse:
    answer = JsonResponse({"code": "too_many_requests"}, status=429)
    answer["Retry-After"] = str(int(wait_s) + 1)
    return answer


def _unwritten(error: OperationalError | InterfaceError) -> HttpResponse:
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


@_guarded(Typ.ENVELOPE, ENVELOPES)
def messages(asked: Asked) -> HttpResponse:
    """Take a batch of envelopes of one lane; answer with a receipt, or with why none of it was dealt with."""
    started = time.monotonic()
    received = receiver.receive(asked.body)
    pace.note(time.monotonic() - started, asked.body.count(b"\n") + 1)
    if received.receipt:
        answer = HttpResponse(received.receipt, content_type=JOSE)
    else:
        first = asked.body.partition(b"\n")[0]
        answer = HttpResponse(answering.tell_stop(first, received.stop, received.next), content_type=JOSE, status=409)
    answer["Serai-Credit"] = str(min(received.credit, pace.credit()))
    if received.stop:
        answer["Serai-Stop"] = received.stop
        answer["Serai-Next"] = f"{received.next[0]} {received.next[1]}"
    return answer


@_guarded(Typ.QUESTION, JOSE)
def questions(asked: Asked) -> HttpResponse:
    """Answer a signed question."""
    return HttpResponse(answering.answer(asked.body), content_type=JOSE)
