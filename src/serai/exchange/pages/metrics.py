"""Figures for Prometheus, in its text format 0.0.4: the same queries as the page and the commands.

Answered to this machine alone, or to whoever shows the token that lies in the node's folder; to others there is no such page.
"""

import hmac
import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from serai.exchange import queries
from serai.exchange.queries import Status
from serai.kernel import clock
from serai.kernel.addresses import client_address

TOKEN_FILE: Final = "metrics-token"  # noqa: S105  # its name
_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_PEER_STATES: Final = ("reachable", "late", "new", "met", "ended")
Row = tuple[Mapping[str, str], float]


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Serve the figures."""
    if not _may_read(request):
        raise Http404
    answer = HttpResponse("\n".join(_lines(queries.get_status())) + "\n", content_type=_TYPE)
    answer["Cache-Control"] = "no-store"
    return answer


def _may_read(request: HttpRequest) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    token = _token()
    if token and scheme.lower() == "bearer":
        return hmac.compare_digest(given.strip().encode(), token)
    try:
        address = ipaddress.ip_address(client_address(request.META, proxies=settings.TRUSTED_PROXIES))
    except ValueError:
        return False
    return address.is_loopback and "HTTP_X_FORWARDED_FOR" not in request.META


def _token() -> bytes:
    try:
        return Path(settings.HOME.folder, TOKEN_FILE).read_bytes().strip()
    except FileNotFoundError:
        return b""


def _lines(found: Status) -> Iterator[str]:
    now, peers = clock.now(), found.peers
    yield from _metric("serai_exchange_waiting", "Messages without a receipt, counted up to 10,000.", _waiting(found))
    yield from _metric(
        "serai_exchange_oldest_seconds",
        "Age of the oldest message without a receipt.",
        [({"peer": one.code}, (now - one.oldest).total_seconds() if one.oldest else 0) for one in peers],
    )
    yield from _metric(
        "serai_exchange_receipt_age_seconds",
        "Since the last receipt of a peer.",
        [({"peer": one.code}, (now - one.receipt_at).total_seconds()) for one in peers if one.receipt_at],
    )
    yield from _metric(
        "serai_exchange_peer_state",
        "1 for the state in which a peer is.",
        [({"peer": one.code, "state": state}, one.state == state) for one in peers for state in _PEER_STATES],
    )
    yield from _metric("serai_exchange_stops", "Lanes that stand still.", [({}, len(found.stops))])
    yield from _metric("serai_exchange_evidence", "Pieces of evidence against peers.", [({}, found.evidence)])
    yield from _metric(
        "serai_exchange_refusals_day",
        "Refusals of 24 hours that were written down.",
        [({"code": code}, times) for code, times in found.refusals.items()],
    )
    yield from _metric(
        "serai_exchange_key_end_seconds",
        "Until a key of this node ends.",
        [({"key": key.kid}, (key.end - now).total_seconds()) for key in found.keys if key.end],
    )
    yield from _metric("serai_log_size", "Entries of the log.", [({}, found.log_size)])
    yield from _metric("serai_log_epoch", "How often the log began anew.", [({}, found.log_epoch)])
    yield from _metric("serai_store_fault", "1 after the store failed.", [({}, bool(found.store_fault))])
    yield from _metric("serai_catching_up", "1 while a restored node catches up.", [({}, found.is_catching_up)])


def _waiting(found: Status) -> list[Row]:
    return [
        ({"peer": peer.code, "lane": lane.lane}, lane.waiting)
        for peer in found.peers
        for lane in queries.lanes_of(peer.code)
    ]


def _metric(name: str, says: str, rows: Iterable[Row]) -> Iterator[str]:
    yield f"# HELP {name} {says}"
    yield f"# TYPE {name} gauge"
    for labels, value in rows:
        named = ",".join(f'{key}="{_escape(text)}"' for key, text in labels.items())
        yield f"{name}{{{named}}} {float(value):g}" if named else f"{name} {float(value):g}"


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
