"""Denials written down: who asked for what they may not have. A flood of them must not bury the rest of the trail."""

import logging
from typing import Final

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from serai.kernel import audit, clock
from serai.kernel.errors import SeraiError
from serai.kernel.roles import Actor
from serai.site.accounts.models import Failure
from serai.site.accounts.throttle import WINDOW_S

MOST_AN_HOUR: Final = 60
_KIND: Final = "denial"
_HOUR_S: Final = 3600
# What a route may name an object by. Anything else in an address may be a secret, such as the token of a link.
_NAMES: Final = frozenset({"account", "code", "evidence_id", "number", "slug"})
_LONGEST: Final = 72
_log = logging.getLogger("serai.web")


def record_denial(request: HttpRequest, actor: Actor, error: SeraiError) -> None:
    """Write one audit row for an account, at most MOST_AN_HOUR each hour of the clock; the log has every denial.

    Neither query nor body is kept. Without an account there is only the line in the log, which holds no address.
    """
    route = _name_route(request)
    is_kept = bool(actor.account) and _write(actor, error, route, f"{route} {_name_object(request)}".strip())
    _log.info(
        "denied",
        extra={"route": route, "code": error.code, "by": "account" if actor.account else "public", "in_trail": is_kept},
    )


def _write(actor: Actor, error: SeraiError, route: str, subject: str) -> bool:
    """Write the row unless the account has used up its hour; a store that cannot take it changes no refusal."""
    try:
        with transaction.atomic():
            if not _count(actor.account):
                return False
            audit.record("site:denial", subject=subject, actor=actor, route=route, code=error.code)
    except DatabaseError:
        _log.exception("a denial could not be written down", extra={"route": route, "code": error.code})
        return False
    return True


def _count(account: str) -> bool:
    """Count one; return whether it is within the hour's number. All processes count together."""
    key = salted_hmac("serai.site.denials", account, algorithm="sha256").hexdigest()
    rows = Failure.objects.filter(kind=_KIND, key=key, window=_window())
    if rows.filter(count__lt=MOST_AN_HOUR).update(count=F("count") + 1):
        return True
    if rows.exists():
        return False
    try:
        with transaction.atomic():
            Failure.objects.create(kind=_KIND, key=key, window=_window(), count=1)
    except IntegrityError:  # another process was first
        return rows.filter(count__lt=MOST_AN_HOUR).update(count=F("count") + 1) > 0
    return True


def _window() -> int:
    """Return the last quarter of this hour: the sweeper of failures, which counts in quarters, leaves it till then."""
    quarters = _HOUR_S // WINDOW_S
    return int(clock.now().timestamp()) // _HOUR_S * quarters + quarters - 1


def _name_route(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name or match.route)[:_LONGEST] if match else "-"


def _name_object(request: HttpRequest) -> str:
    """Return the object in the address, such as `number 12`; empty when it names none."""
    match = request.resolver_match
    named = {name: value for name, value in match.kwargs.items() if name in _NAMES} if match else {}
    return " ".join(f"{name} {str(value)[:_LONGEST]}" for name, value in named.items())
