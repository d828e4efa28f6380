"""One person, as operators see and manage her: roles, sign-in, devices, tokens, and whether the account is open."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, override
from django.views.decorators.http import require_safe

from serai.kernel import clock
from serai.kernel.errors import BadInput, Conflict, SeraiError
from serai.kernel.languages import OWN_NAMES, known
from serai.kernel.roles import Actor
from serai.kernel.sentences import sentence_of
from serai.site.accounts import actions, recovery
from serai.site.accounts.access import confirmed, for_operators, form_of
from serai.site.accounts.errors import NoSuchToken
from serai.site.accounts.forms_people import ChangeForm, CloseForm, GrantForm
from serai.site.accounts.middleware import has_step
from serai.site.accounts.models import Account
from serai.site.accounts.present_people import list_held
from serai.site.accounts.present_tokens import list_tokens
from serai.site.accounts.signed_in import key_of, list_sessions
from serai.site.accounts.views_people import field_of

_to_person = form_of("people:person", "key")


@require_safe
@for_operators
def person(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Show one person."""
    return _show(request, actor, _get(key))


def _get(key: UUID) -> Account:
    return actions.get_account(str(key))


def _is_self(actor: Actor, account: Account) -> bool:
    return actor.account == str(account.pk)


def _show(
    request: HttpRequest, actor: Actor, account: Account, *, refusal: SeraiError | None = None, **forms: Any
) -> HttpResponse:
    context = {
        "account": account,
        "language_name": OWN_NAMES[known(account.language)],
        "is_self": _is_self(actor, account),
        "held": list_held(account),
        "sessions": list_sessions(account, this_key=request.session.session_key),
        "tokens": list_tokens(account),
        "has_step": has_step(account),
        "has_password": account.has_usable_password(),
        "grant_form": GrantForm(),
        "change_form": ChangeForm(initial={part: getattr(account, part) for part in ChangeForm.base_fields}),
        "close_form": CloseForm(),
        "refusal": sentence_of(refusal) if refusal else "",
    }
    return render(request, "accounts/person.html", context | forms, status=refusal.http_status if refusal else 200)


def _do(request: HttpRequest, actor: Actor, account: Account, act: Callable[[], object], said: str) -> HttpResponse:
    """Do something and go back to the person; what stands against it is told there."""
    try:
        act()
    except (BadInput, Conflict) as error:
        return _show(request, actor, account, refusal=error)
    messages.success(request, said)
    return redirect("people:person", account.pk)


@_to_person
@for_operators
@confirmed
def change(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Change how a person is called and reached."""
    account, form = _get(key), ChangeForm(request.POST)
    if not form.is_valid():
        return _show(request, actor, account, change_form=form)
    try:
        actions.change_account(account=account, actor=actor, **form.cleaned_data)
    except (BadInput, Conflict) as error:
        form.add_error(field_of(error), sentence_of(error))
        return _show(request, actor, account, change_form=form)
    messages.success(request, gettext("The changes were saved."))
    return redirect("people:person", account.pk)


@_to_person
@for_operators
@confirmed
def give_role(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Give a role."""
    account, form = _get(key), GrantForm(request.POST)
    if not form.is_valid():
        return _show(request, actor, account, grant_form=form)
    grant = form.cleaned_data["grant"]
    said = gettext("The role was given.")
    return _do(request, actor, account, lambda: actions.grant_role(account=account, grant=grant, actor=actor), said)


@_to_person
@for_operators
@confirmed
def take_role(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Take a role away; one that is gone already is left alone."""
    account, asked = _get(key), (request.POST.get("role"), request.POST.get("scope"))
    held = next((row.as_grant for row in account.grants.all() if (row.role, row.scope) == asked), None)
    if held is None:
        return redirect("people:person", account.pk)
    said = gettext("The role was taken away.")
    return _do(request, actor, account, lambda: actions.revoke_role(account=account, grant=held, actor=actor), said)


@_to_person
@for_operators
@confirmed
def close(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Close an account."""
    account, form = _get(key), CloseForm(request.POST)
    if not form.is_valid():
        return _show(request, actor, account, close_form=form)
    reason = form.cleaned_data["reason"]
    said = gettext("The account is closed. Its sessions, links and tokens have ended.")
    return _do(
        request, actor, account, lambda: actions.close_account(account=account, reason=reason, actor=actor), said
    )


@_to_person
@for_operators
@confirmed
def reopen(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Open a closed account again."""
    account = _get(key)
    said = gettext("The account is open again, with the roles it had.")
    return _do(request, actor, account, lambda: actions.reopen_account(account=account, actor=actor), said)


@_to_person
@for_operators
@confirmed
def make_link(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Make a sign-in link and show it, this once. It opens a page in its person's language."""
    account = _get(key)
    try:
        token = actions.make_sign_in_link(account=account, actor=actor)
    except Conflict as error:
        return _show(request, actor, account, refusal=error)
    with override(known(account.language)):
        link = request.build_absolute_uri(reverse("account_link", args=[token]))
    context = {"account": account, "link": link, "until": clock.now() + actions.LINK_LIFETIME}
    return render(request, "accounts/link_made.html", context)


@_to_person
@for_operators
@confirmed
def take_second_step(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Take the second step from somebody who lost the device."""
    account = _get(key)
    said = gettext("The second step was taken away, and its person is told. A sign-in link lets the person in.")
    return _do(request, actor, account, lambda: recovery.take_second_step(account=account, actor=actor), said)


@_to_person
@for_operators
def end_session(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Sign a person out in one browser."""
    account = _get(key)
    session = key_of(account, request.POST.get("session", ""))
    said = gettext("That device is signed out.")
    return _do(request, actor, account, lambda: actions.end_session(key=session, actor=actor), said)


@_to_person
@for_operators
def end_sessions(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Sign a person out everywhere; an operator who does so to herself stays in the browser in which she did."""
    account = _get(key)
    kept = str(request.session.session_key) if _is_self(actor, account) else ""
    said = gettext("All other devices are signed out.") if kept else gettext("All devices are signed out.")
    return _do(
        request,
        actor,
        account,
        lambda: actions.end_sessions(account=account, actor=actor, except_key=kept),
        said,
    )


@_to_person
@for_operators
def end_token(request: HttpRequest, actor: Actor, key: UUID, number: int) -> HttpResponse:
    """End a token of a person."""
    account = _get(key)
    if not account.tokens.filter(pk=number).exists():
        raise NoSuchToken
    said = gettext("The token has ended.")
    return _do(request, actor, account, lambda: actions.end_token(number=number, actor=actor), said)
