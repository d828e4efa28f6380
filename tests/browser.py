"""A browser without script, over the network: it keeps cookies as a browser does, which means by host and not by port."""

import re
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode

_MARK = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Browser:
    """Its last page is in `page`, with `status` and `url`."""

    def __init__(self) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.page, self.status, self.url = "", 0, ""

    def get(self, url: str) -> "Browser":
        return self._open(urllib.request.Request(url))

    def send(self, url: str = "", **fields: str) -> "Browser":
        """Post a form of the last page, to an address or to that page itself."""
        mark = _MARK.search(self.page)
        assert mark, self.page
        form = urlencode(self.hidden | {"csrfmiddlewaretoken": mark[1]} | fields).encode()
        return self._open(urllib.request.Request(url or self.url, form, {"Referer": self.url}))

    def use(self, link: str) -> "Browser":
        """Sign in by a one-time link."""
        return self.get(link).send()

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of the last page."""
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page))

    def _open(self, request: urllib.request.Request) -> "Browser":
        try:
            answer = self._opener.open(request, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self.status, self.url, self.page = answer.status, answer.geturl(), answer.read().decode()
        return self
