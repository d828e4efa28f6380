"""The door of the daily work: who is not signed in is led to sign in, who has nothing to do there is told so."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from serai.kernel.errors import Marked, gettext_noop
from serai.kernel.roles import Actor
from serai.kernel.who import actor_of
from serai.register.followup.errors import BadText, NotAllowed
from serai.register.followup.rights import is_concerned

_P = ParamSpec("_P")
_Inner = Callable[Concatenate[HttpRequest, Actor, _P], HttpResponse]
_Outer = Callable[Concatenate[HttpRequest, _P], HttpResponse]


def for_the_signed_in(view: "_Inner[_P]") -> "_Outer[_P]":
    """Call the view with the actor; only for accounts, whatever they hold."""

    @never_cache
    @wraps(view)
    def enter(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
        actor = actor_of(request)
        if not actor.account:
            return redirect_to_login(request.get_full_path(), str(settings.LOGIN_URL))
        _check_text(request)
        return view(request, actor, *args, **kwargs)

    return enter


def _check_text(request: HttpRequest) -> None:
    """Raise BadText for NUL, which PostgreSQL keeps in no text and takes in no question; the API's parser does so itself."""
    for asked in (request.GET, request.POST):
        if any("\0" in value for _, values in asked.lists() for value in values):
            raise BadText(character="U+0000")


def for_the_concerned(view: "_Inner[_P]") -> "_Outer[_P]":
    """Call the view with the actor; only for accounts that hold a role of follow-up."""

    @for_the_signed_in
    @wraps(view)
    def enter(request: HttpRequest, actor: Actor, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
        if not is_concerned(actor):
            raise NotAllowed(act=Marked(gettext_noop("open the daily work")))
        return view(request, actor, *args, **kwargs)

    return enter
