"""Who asks: the site says which actor stands behind a web request; contexts know neither sessions nor tokens."""

from collections.abc import Callable

from django.http import HttpRequest

from serai.kernel.roles import Actor


def _nobody(_request: HttpRequest) -> Actor:
    return Actor.public()


_ask: Callable[[HttpRequest], Actor] = _nobody


def use_actor_of(ask: Callable[[HttpRequest], Actor]) -> None:
    """Set how an actor is found; called once, when the node's parts are wired."""
    global _ask  # noqa: PLW0603  # one answer a process is the point
    _ask = ask


def actor_of(request: HttpRequest) -> Actor:
    """Return the doer behind a request: whoever its token names, else who is signed in, else the public."""
    return token_actor_of(request) or _ask(request)


def token_actor_of(request: HttpRequest) -> Actor | None:
    """Return whom the request's token names, inside its limits; None without a token. No session is asked."""
    actor = getattr(request, "actor", None)  # set by the authentication that the site gives the API
    return actor if isinstance(actor, Actor) and actor.limits is not None else None
