"""One's own tokens: keys by which programs act in one's name, inside limits."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from serai.kernel.errors import BadInput
from serai.kernel.sentences import sentence_of
from serai.site.accounts import actions
from serai.site.accounts.access import confirmed, form_of
from serai.site.accounts.actor import actor_of
from serai.site.accounts.forms_people import TokenForm, meaning_of
from serai.site.accounts.models import Account
from serai.site.accounts.present_tokens import list_tokens

_to_tokens = form_of("people:tokens")


def _me(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)  # SessionLimits lets nobody else through
    return request.user


@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    """Show one's tokens, and the form of a new one."""
    return _show(request, TokenForm())


def _show(request: HttpRequest, form: TokenForm) -> HttpResponse:
    context = {"form": form, "tokens": list_tokens(_me(request)), "has_role": bool(actor_of(request).grants)}
    return render(request, "accounts/tokens.html", context)


@_to_tokens
@confirmed
def make(request: HttpRequest) -> HttpResponse:
    """Make a token and show it, this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _show(request, form)
    try:
        token = actions.make_token(account=_me(request), actor=actor_of(request), **form.cleaned_data)
    except BadInput as error:
        form.add_error(None, sentence_of(error))
        return _show(request, form)
    limits = [(limit, meaning_of(limit)) for limit in form.cleaned_data["limits"]]
    context = {"token": token, "name": form.cleaned_data["name"], "limits": limits, "days": form.cleaned_data["days"]}
    return render(request, "accounts/token_made.html", context)


@_to_tokens
def end(request: HttpRequest, number: int) -> HttpResponse:
    """End one of one's own tokens."""
    actions.end_token(number=number, actor=actor_of(request))
    messages.success(request, gettext("The token has ended."))
    return redirect("people:tokens")
