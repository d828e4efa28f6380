"""A browser at an address of the net, inside this process: it speaks to the node's WSGI application, as a server does.

Django's own test client leaves something behind with each request, so the memory of a node cannot be told with it.
"""

import os
import re
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

from django.core.handlers.wsgi import WSGIHandler

from serai.register.bench.plan import SLEEP

_MARK: Final = "csrfmiddlewaretoken"
_MARK_VALUE: Final = re.compile(rf'name="{_MARK}" value="(\w+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the node answered; `leads_to` is empty unless it sends the browser on."""

    status: int
    leads_to: str
    page: str
    wall_ms: float


class Browser:
    """Keeps the cookies it is given, and sends forms with the mark of the page that it opened last."""

    def __init__(self, node: WSGIHandler, *, origin: str) -> None:
        self.node, self.origin = node, origin
        self._cookies: dict[str, str] = {}
        self._mark = ""
        self._sleep_s = int(os.environ.get(SLEEP) or 0) / 1e6

    def open(self, path: str) -> Answer:
        """Get a page."""
        answer = self._ask("GET", path, b"")
        if found := _MARK_VALUE.search(answer.page):
            self._mark = found[1]
        return answer

    def send(self, path: str, fields: dict[str, str] | None = None, *, origin: str = "") -> Answer:
        """Post a form; from another address of the net, when one is named."""
        return self._ask("POST", path, urlencode({_MARK: self._mark} | (fields or {})).encode(), origin=origin)

    def _ask(self, method: str, path: str, body: bytes, *, origin: str = "") -> Answer:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "REMOTE_ADDR": origin or self.origin,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
        setup_testing_defaults(environ)
        told: list[tuple[str, list[tuple[str, str]]]] = []
        started = time.perf_counter()
        if self._sleep_s:
            time.sleep(self._sleep_s)
        response = self.node(environ, lambda status, headers, _=None: told.append((status, headers)))  # type: ignore[arg-type]
        page = b"".join(response)
        response.close()
        status, headers = told[0]
        self._keep([value for name, value in headers if name.lower() == "set-cookie"])
        leads_to = next((value for name, value in headers if name.lower() == "location"), "")
        wall_ms = (time.perf_counter() - started) * 1000
        return Answer(
            status=int(status.split()[0]), leads_to=leads_to, page=page.decode(errors="replace"), wall_ms=wall_ms
        )

    def _keep(self, given: list[str]) -> None:
        for text in given:
            for name, cookie in SimpleCookie(text).items():
                self._cookies[name] = cookie.value
