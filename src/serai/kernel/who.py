"""Who asks: the site says which actor stands behind a web request, and asks who it is once more; contexts know no sessions."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from serai.kernel.roles import Actor

View = Callable[..., HttpResponse]


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


def _confirm_nobody(view: View) -> View:
    return view


_confirm: Callable[[View], View] = _confirm_nobody


def use_confirmation(confirm: Callable[[View], View]) -> None:
    """Set how somebody shows again who they are; called once, when the node's parts are wired."""
    global _confirm  # noqa: PLW0603  # one answer a process is the point
    _confirm = confirm


def confirmed(view: View) -> View:
    """Have a view ask who it is first, unless that was asked in the last minutes; for acts that are asked for with care."""

    @wraps(view)
    def enter(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponse:
        return _confirm(view)(request, *args, **kwargs)

    return enter
