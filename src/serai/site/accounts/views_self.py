"""One's own account: name, language, how one signs in, and the devices on which one is signed in."""

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, override
from django.views.decorators.http import require_http_methods, require_POST

from serai.kernel.roles import Role
from serai.site.accounts import actions
from serai.site.accounts.actor import actor_of
from serai.site.accounts.forms import SelfForm
from serai.site.accounts.middleware import has_step, lacks_step
from serai.site.accounts.models import Account, Session
from serai.site.accounts.passkeys import lazily
from serai.site.accounts.signed_in import list_sessions, ref_of


def _me(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)  # SessionLimits lets nobody else through
    return request.user


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show the account; take a new name or language."""
    me = _me(request)
    form = SelfForm(request.POST or None, initial={"name": me.name, "language": me.language})
    if request.method == "POST" and form.is_valid():
        actions.change_account(account=me, actor=actor_of(request), **form.cleaned_data)
        with override(form.cleaned_data["language"]):
            messages.success(request, gettext("Your name and language were saved."))
            return redirect("account")
    context = {
        "form": form,
        "has_password": me.has_usable_password(),
        "has_step": has_step(me),
        "lacks_step": lacks_step(request),
        "sessions": list_sessions(me, this_key=request.session.session_key),
        "may_make_tokens": actor_of(request).has_any(*Role),
    }
    return render(request, "accounts/self.html", context)


@require_POST
def end_session(request: HttpRequest) -> HttpResponseRedirect:
    """Sign one of one's own browsers out; one that is signed out already stays so."""
    for row in Session.objects.filter(account=_me(request)):
        if ref_of(row.session_key) == request.POST.get("session"):
            actions.end_session(key=row.session_key, actor=actor_of(request))
            messages.success(request, gettext("That device is signed out."))
            break
    return redirect(f"{reverse('account')}#devices")


@require_http_methods(["GET", "HEAD"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Show what the person has for the second step, and why it is needed where it is."""
    mine = Authenticator.objects.filter(user_id=_me(request).pk).order_by("created_at")
    of_type = {kind: [row for row in mine if row.type == kind] for kind in Authenticator.Type.values}
    context = {
        "app": next(iter(of_type[Authenticator.Type.TOTP]), None),
        "keys": of_type[Authenticator.Type.WEBAUTHN],
        "codes": next(iter(of_type[Authenticator.Type.RECOVERY_CODES]), None),
        "has_password": _me(request).has_usable_password(),
        "lacks_step": lacks_step(request),
    }
    return render(request, "mfa/index.html", context)


@require_http_methods(["GET", "HEAD"])
def recovery_codes(request: HttpRequest) -> HttpResponseBase:
    """Show the recovery codes as often as allauth does: once."""
    try:
        return lazily("allauth.mfa.recovery_codes.views.view_recovery_codes")(request)
    except Http404:
        return redirect("mfa_index")


def set_password(request: HttpRequest) -> HttpResponseBase:
    """Take the first password of an account that was opened without, from somebody who was sure to be its owner.

    allauth keeps a form in the session while its person confirms who she is. A password must not wait there in the clear.
    """
    if request.method == "POST" and is_reauthentication_required(request, app="account"):
        return redirect("account_set_password")
    answer: HttpResponseBase = _set_password(request)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth ships no types
def _set_password(request: HttpRequest) -> HttpResponseBase:
    return lazily("allauth.account.views.password_set")(request)
