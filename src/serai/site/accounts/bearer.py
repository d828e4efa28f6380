"""Who calls the API: whom the token in the header Authorization stands for, and what it allows (RFC 6750, 2.1).

Without that header the caller is the public, whatever cookies came along: a session opens nothing here, so a page of a
stranger that makes a browser send a request gains nothing by it. Each address says itself whether it needs a token.
"""

from typing import Any, Final

from django.http import HttpRequest
from ninja.security import HttpBearer

from serai.kernel import clock
from serai.kernel.roles import Actor
from serai.site.accounts import throttle
from serai.site.accounts.actions import TOKEN_MARK, hash_of_token
from serai.site.accounts.actor import make_actor
from serai.site.accounts.errors import BadToken
from serai.site.accounts.models import ApiToken
from serai.site.middleware import client_address

_LONGEST: Final = 100  # a token has 49 characters


class Bearer(HttpBearer):
    """Sets `request.actor`: of a token with its `limits`, else the public. Raises BadToken, TooManyTries."""

    openapi_bearerFormat = "serai_…"  # noqa: N815  # the name that OpenAPI gives it

    def __call__(self, request: HttpRequest) -> Actor:
        """Find the caller."""
        header = request.headers.get(self.header)
        if header is None:
            return self._set(request, Actor.public())
        scheme, _, token = header.strip().partition(" ")
        return self.authenticate(request, token.strip() if scheme.lower() == self.openapi_scheme else "")

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """Return what acts for a token.

        A right one is let in however many wrong ones its address sent before: 256 bits are not guessed, so the count
        is only there to slow the sender down, and a neighbour behind the same address must not lock a program out.
        """
        row = _find(token)
        if row is None:
            who = {"account": "", "address": client_address(request)}
            throttle.check_may_try("token", **who)
            throttle.note_failure("token", **who)
            raise BadToken
        _note_use(row)
        return self._set(request, make_actor(row.account, limits=frozenset(row.limits)))

    def _set(self, request: HttpRequest, actor: Actor) -> Actor:
        request.actor = actor  # type: ignore[attr-defined]  # where `actor_of` looks first
        return actor


def _find(token: str) -> ApiToken | None:
    if not token.startswith(TOKEN_MARK) or len(token) > _LONGEST:
        return None
    good: dict[str, Any] = {"ended_at": None, "expires_at__gt": clock.now(), "account__closed_at": None}
    return ApiToken.objects.select_related("account").filter(hash=hash_of_token(token), **good).first()


def _note_use(row: ApiToken) -> None:
    """Keep the day of the last use, and write at most once a day."""
    if row.last_used != clock.today():
        ApiToken.objects.filter(pk=row.pk).update(last_used=clock.today())
