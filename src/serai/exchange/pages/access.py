"""The doors of the operators' pages: operators act, auditors read, anybody else is led to sign in or told so."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache

from serai.exchange.rights import check_may_read, check_operator
from serai.kernel.roles import Actor
from serai.kernel.who import actor_of

_P = ParamSpec("_P")
_Inner = Callable[Concatenate[HttpRequest, Actor, _P], HttpResponse]
_Outer = Callable[Concatenate[HttpRequest, _P], HttpResponse]


def _door(check: Callable[[Actor], None]) -> Callable[["_Inner[_P]"], "_Outer[_P]"]:
    def decorate(view: "_Inner[_P]") -> "_Outer[_P]":
        @never_cache
        @wraps(view)
        def enter(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
            actor = actor_of(request)
            if not actor.account:
                return redirect_to_login(request.get_full_path(), str(settings.LOGIN_URL))
            check(actor)
            return view(request, actor, *args, **kwargs)

        return enter

    return decorate


for_readers = _door(check_may_read)
for_operators = _door(check_operator)


def form_of(page: Callable[..., str]) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Call a view for a form that was sent; lead anything else to the page on which the form stands.

    That is where the links to other languages, and the page that confirms who somebody is, come back without the form.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def take(request: HttpRequest, /, *args: object, **kwargs: object) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            return HttpResponseRedirect(page(**kwargs))

        return take

    return decorate
