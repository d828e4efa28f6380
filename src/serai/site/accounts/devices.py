"""Browsers that an account has signed in from before. A signed cookie says so; nothing about them is stored.

The cookie opens nothing: it only tells the throttle that this browser is no stranger to the account.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from serai.kernel import clock
from serai.site.accounts.models import Account

_SALT: Final = "serai.accounts.device"
_MOST_ACCOUNTS: Final = 5
_YEAR_S: Final = 365 * 24 * 3600


@dataclass(slots=True)
class Device:
    """A browser: a random name, and when which account last signed in."""

    name: str = field(default_factory=lambda: secrets.token_hex(8))
    accounts: dict[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, request: HttpRequest) -> "Device | None":
        """Return what the cookie tells; None without one that this node signed within the last year."""
        try:
            name, accounts = signing.loads(
                request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_SALT, max_age=_YEAR_S
            )
        except signing.BadSignature:
            return None
        return cls(name, accounts)

    def knows(self, account: str, trusted_since: datetime | None) -> bool:
        at = self.accounts.get(account)
        return at is not None and (trusted_since is None or at >= trusted_since.timestamp())


def recognise(request: HttpRequest, *, email: str) -> str:
    """Return the name of the browser if the account with this e-mail has signed in from it; else nothing."""
    device = Device.read(request)
    if device is None:
        return ""
    found = Account.objects.filter(email=email).values_list("pk", "trusted_since").first()
    return device.name if found and device.knows(str(found[0]), found[1]) else ""


def remember(request: HttpRequest, response: HttpResponseBase, account: str) -> None:
    """Let the browser keep that this account signed in from it."""
    device = Device.read(request) or Device()
    kept = sorted(device.accounts.items(), key=lambda item: item[1])[-_MOST_ACCOUNTS + 1 :]
    accounts = dict(kept) | {account: clock.now().timestamp()}
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps([device.name, accounts], salt=_SALT),
        max_age=_YEAR_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def describe(user_agent: str) -> str:
    """Return the kind of a browser, so that a person tells her own devices apart.

    >>> describe("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox, Linux'
    >>> describe("curl/8.5.0")
    ''
    """
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)


# The first mark found wins: Edge and Opera call themselves Chrome, too, and Chrome calls itself Safari.
_BROWSERS: Final = (
    ("YaBrowser/", "Yandex Browser"),
    ("MicroMessenger/", "WeChat"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
