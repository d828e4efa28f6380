"""Hands out evidence, inert: to be saved, never shown, run or guessed at by a browser.

A reader may be slow, and a thread of the node sends to each: few are served at once, and one who takes nothing for a
while is cut off, so that the other threads stay free for pages.
"""

import threading
from collections.abc import Iterator
from itertools import chain
from typing import Final

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from serai.kernel.who import actor_of
from serai.register.followup.evidence import read_file
from serai.register.followup.evidence_errors import NoSuchEvidence, TooManyDownloads
from serai.register.followup.models import Evidence
from serai.register.followup.rights import may_see_evidence

MOST_AT_ONCE: Final = 2  # of the four threads of a web process
RETRY_AFTER_S: Final = 5
_STALLED_S: Final = 60.0
_SENT_BYTES: Final = 64 * 1024  # what a reader must take within that time
_INERT: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store, no-transform",
}
_places = threading.BoundedSemaphore(MOST_AT_ONCE)


@require_safe
def serve(request: HttpRequest, evidence_id: int) -> HttpResponseBase:
    """Send a file to those who may see it; the others are told what is told of one that does not exist."""
    evidence = Evidence.objects.select_related("submission", "file").filter(pk=evidence_id).first()
    if evidence is None:
        raise NoSuchEvidence
    if not may_see_evidence(actor_of(request), evidence):
        raise NoSuchEvidence().as_denial()
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse()
    else:
        _set_patience(request)
        response = StreamingHttpResponse(_Download(evidence))
    response["Content-Type"] = _type_of(evidence)
    response["Content-Length"] = str(evidence.file.size)
    response["Content-Disposition"] = content_disposition_header(True, evidence.name) or "attachment"
    for name, value in _INERT.items():
        response[name] = value
    return response


def _type_of(evidence: Evidence) -> str:
    media_type = evidence.file.media_type
    return "text/plain; charset=utf-8" if media_type.startswith("text/") else media_type


def _set_patience(request: HttpRequest) -> None:
    """Have the web server give up a reader who takes nothing; other servers keep time themselves."""
    if connection := request.META.get("gunicorn.socket"):
        connection.settimeout(_STALLED_S)


class _Download:
    """The bytes of a file, holding one of the few places until they are sent or the reader is gone."""

    _is_open = False

    def __init__(self, evidence: Evidence) -> None:
        if not _places.acquire(blocking=False):
            raise TooManyDownloads(retry_after_s=RETRY_AFTER_S)
        self._is_open = True
        pieces = read_file(evidence.file)
        self._pieces = chain([next(pieces)], pieces)  # a small file that is damaged is told as a page

    def __del__(self) -> None:
        self.close()  # an answer that was never begun is closed by nobody

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            for start in range(0, len(piece), _SENT_BYTES):
                yield piece[start : start + _SENT_BYTES]

    def close(self) -> None:
        """Give the place back; Django calls it when the answer is over, however it ended."""
        if self._is_open:
            self._is_open = False
            _places.release()
