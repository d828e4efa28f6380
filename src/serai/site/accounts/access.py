"""The door of the operators' pages, and the way back from an address that only takes forms."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from serai.kernel.roles import Actor
from serai.site.accounts.actor import actor_of
from serai.site.accounts.rights import check_operator

_P = ParamSpec("_P")
View = Callable[Concatenate[HttpRequest, _P], HttpResponseBase]


def for_operators(view: Callable[Concatenate[HttpRequest, Actor, _P], HttpResponseBase]) -> "View[_P]":
    """Call the view with the actor, who manages accounts; raise NotAnOperator for anybody else."""

    @wraps(view)
    def enter(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
        actor = actor_of(request)
        check_operator(actor)
        return view(request, actor, *args, **kwargs)

    return enter


def confirmed(view: "View[_P]") -> "View[_P]":
    """Ask who it is first, unless that was asked in the last minutes; for acts that are asked for with care."""
    return cast("View[_P]", reauthentication_required(view))


def form_of(page: str, *names: str) -> Callable[["View[_P]"], "View[_P]"]:
    """Call the view for a form that was sent; lead anything else to the page on which the form stands.

    A form that came back with faults is shown at its own address, where the links to other languages, and the page
    that confirms who somebody is, come back without the form.
    """

    def decorate(view: "View[_P]") -> "View[_P]":
        @wraps(view)
        def take(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            places = {name: kwargs[name] for name in names}
            return HttpResponseRedirect(reverse(page, kwargs=places))

        return take

    return decorate
