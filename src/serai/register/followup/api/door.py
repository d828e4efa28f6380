"""The door of the API: whose token it is and what it allows. A session's cookie opens nothing here."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import TypeVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control, patch_vary_headers

from serai.kernel.errors import Marked, gettext_noop
from serai.kernel.roles import Actor
from serai.kernel.who import token_actor_of
from serai.register.followup.api.errors import NoToken, TokenTooNarrow
from serai.register.followup.errors import NotAllowed
from serai.register.followup.rights import is_concerned

Run = TypeVar("Run", bound=Callable[..., HttpResponseBase])


def caller(request: HttpRequest, *limits: str) -> Actor:
    """Return the actor of a token that has one of these limits; raise NoToken, TokenTooNarrow, NotAllowed."""
    actor = token_actor_of(request)
    if actor is None or actor.limits is None or not actor.account:
        raise NoToken
    if not actor.limits.intersection(limits):
        raise TokenTooNarrow(limit=limits[0])
    if not is_concerned(actor):
        raise NotAllowed(act=Marked(gettext_noop("open the daily work")))
    return actor


def looking(actor: Actor) -> Actor:
    """Return the same actor, who may also see.

    Used to find what a write is about, so that a thing that may not be seen is as absent to it as one that is not
    there. Nothing found this way is shown.
    """
    return replace(actor, limits=(actor.limits or frozenset()) | {"read"})


def kept_by_nobody(run: Run) -> Run:
    """Keep what a token was answered out of every cache."""

    @wraps(run)
    def serve(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = run(request, *args, **kwargs)
        patch_vary_headers(response, ("Authorization",))
        if "Authorization" in request.headers or request.method == "POST":
            patch_cache_control(response, private=True, no_store=True)
        return response

    return cast("Run", serve)
