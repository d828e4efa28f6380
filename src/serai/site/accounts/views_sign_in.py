"""Signing in by a link or a passkey, and what is said when a form or a try is not taken. allauth has the rest."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from serai.kernel.errors import TooManyRequests
from serai.site.accounts import throttle
from serai.site.accounts.actions import use_sign_in_link
from serai.site.accounts.adapter import AccountAdapter
from serai.site.accounts.errors import LinkNotUsable
from serai.site.accounts.passkeys import lazily
from serai.site.accounts.refusals import FormNotOurs
from serai.site.faults import answer_fault
from serai.site.middleware import client_address

_UNANSWERED_S = 600
_passkey_sign_in = lazily("allauth.mfa.webauthn.views.login_webauthn")


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button, since programs that scan mails open every link; the button uses the link up."""
    if request.method != "POST":
        return render(request, "accounts/link.html")
    who = {"account": "", "address": client_address(request)}
    throttle.check_may_try("link", **who)
    try:
        account = use_sign_in_link(token)
    except LinkNotUsable:
        throttle.note_failure("link", **who)
        raise
    if request.user.is_authenticated:
        AccountAdapter().logout(request)
    record_authentication(request, account, method="link")
    answer: HttpResponse = perform_login(request, Login(user=account))
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_by_passkey(request: HttpRequest) -> HttpResponseBase:
    """Ask a key, and take its answer. Each question waits in a session of its own, so they are counted and short."""
    if request.method != "POST" and not request.user.is_authenticated:
        who = {"account": "", "address": client_address(request)}
        throttle.check_may_try("passkey", **who)
        throttle.note_failure("passkey", **who)
        request.session.set_expiry(_UNANSWERED_S)
    return _passkey_sign_in(request)


def form_not_ours(request: HttpRequest, reason: str = "") -> HttpResponse:  # Django's form
    """Answer a form that lacks the node's mark."""
    return answer_fault(request, FormNotOurs())


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer where one of allauth's own limits is reached; they last a minute."""
    response = answer_fault(request, TooManyRequests(retry_after_s=60))
    response["Retry-After"] = "60"
    return response
