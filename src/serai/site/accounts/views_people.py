"""The operators' pages: who has an account, what each may do, and how each is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, override
from django.views.decorators.http import require_POST, require_safe

from serai.kernel import clock
from serai.kernel.errors import BadInput, Conflict, SeraiError
from serai.kernel.languages import OWN_NAMES, known
from serai.kernel.roles import Actor, Grant, Role, Scope
from serai.kernel.sentences import sentence_of
from serai.site.accounts import actions, recovery
from serai.site.accounts.actor import actor_of
from serai.site.accounts.forms_people import ChangeForm, CloseForm, GrantForm, OpenForm
from serai.site.accounts.middleware import has_step
from serai.site.accounts.models import Account
from serai.site.accounts.present_people import list_held, list_people
from serai.site.accounts.present_tokens import list_tokens
from serai.site.accounts.rights import check_operator
from serai.site.accounts.signed_in import key_of, list_sessions

_P = ParamSpec("_P")
_FIELDS: Final = {"bad_email": "email", "email_taken": "email", "bad_name": "name"}  # what a refusal speaks of


def for_operators(
    view: Callable[Concatenate[HttpRequest, Actor, _P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, _P], HttpResponseBase]:
    """Call the view with the actor, who manages accounts; raise NotAnOperator for anybody else."""

    @wraps(view)
    def enter(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
        actor = actor_of(request)
        check_operator(actor)
        return view(request, actor, *args, **kwargs)

    return enter


@require_safe
@for_operators
def people(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """List all people."""
    return render(request, "accounts/people.html", {"found": list_people(request.GET.get("page", "1"))})


@require_safe
@for_operators
def open_form(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """Show the form of a new account."""
    form = OpenForm(initial={"language": known(request.user.language)})  # type: ignore[union-attr]  # an operator
    return render(request, "accounts/person_open.html", {"form": form})


@require_POST
@for_operators
@reauthentication_required
def open_account(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Open an account."""
    form = OpenForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            account = actions.open_account(
                email=given["email"],
                name=given["name"],
                language=given["language"],
                grants=[given["grant"]] if "grant" in given else [],
                actor=actor,
            )
        except (BadInput, Conflict) as error:
            form.add_error(_FIELDS.get(error.code), sentence_of(error))
        else:
            messages.success(request, gettext("The account is open. A sign-in link lets the person in."))
            return redirect("people:person", account.pk)
    return render(request, "accounts/person_open.html", {"form": form})


@require_safe
@for_operators
def person(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Show one person."""
    return _show(request, actor, actions.get_account(str(key)))


def _show(request: HttpRequest, actor: Actor, account: Account, **shown: Any) -> HttpResponse:
    refusal: SeraiError | None = shown.get("refusal")
    context = {
        "account": account,
        "language_name": OWN_NAMES[known(account.language)],
        "is_self": actor.account == str(account.pk),
        "held": list_held(account),
        "sessions": list_sessions(account, this_key=request.session.session_key),
        "tokens": list_tokens(account),
        "has_password": account.has_usable_password(),
        "has_step": has_step(account),
        "grant_form": GrantForm(),
        "change_form": ChangeForm(initial={part: getattr(account, part) for part in ("email", "name", "language")}),
        "close_form": CloseForm(),
    }
    context |= shown | {"refusal": sentence_of(refusal) if refusal else ""}
    return render(request, "accounts/person.html", context, status=refusal.http_status if refusal else 200)


def _do(request: HttpRequest, actor: Actor, account: Account, act: Callable[[], object], said: str) -> HttpResponse:
    """Do something to a person's account and go back to her page; what stands against it is told there."""
    try:
        act()
    except (BadInput, Conflict) as error:
        return _show(request, actor, account, refusal=error)
    messages.success(request, said)
    return redirect("people:person", account.pk)


@require_POST
@for_operators
@reauthentication_required
def change(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Change how a person is called and reached."""
    account, form = actions.get_account(str(key)), ChangeForm(request.POST)
    if form.is_valid():
        try:
            actions.change_account(account=account, actor=actor, **form.cleaned_data)
        except (BadInput, Conflict) as error:
            form.add_error(_FIELDS.get(error.code), sentence_of(error))
        else:
            messages.success(request, gettext("Saved."))
            return redirect("people:person", account.pk)
    return _show(request, actor, account, change_form=form)


@require_POST
@for_operators
@reauthentication_required
def give_role(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Give a role."""
    account, form = actions.get_account(str(key)), GrantForm(request.POST)
    if not form.is_valid():
        return _show(request, actor, account, grant_form=form)
    grant = form.cleaned_data["grant"]
    return _do(
        request,
        actor,
        account,
        lambda: actions.grant_role(account=account, grant=grant, actor=actor),
        gettext("The role is given."),
    )


@require_POST
@for_operators
@reauthentication_required
def take_role(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Take a role away."""
    account = actions.get_account(str(key))
    for held in account.grants.filter(role=request.POST.get("role", ""), scope=request.POST.get("scope", "")):
        grant = Grant(Role(held.role), Scope(held.scope))
        return _do(
            request,
            actor,
            account,
            lambda: actions.revoke_role(account=account, grant=grant, actor=actor),
            gettext("The role is taken away."),
        )
    return redirect("people:person", account.pk)  # somebody was first


@require_POST
@for_operators
@reauthentication_required
def close(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Close an account."""
    account, form = actions.get_account(str(key)), CloseForm(request.POST)
    if not form.is_valid():
        return _show(request, actor, account, close_form=form)
    reason = form.cleaned_data["reason"]
    return _do(
        request,
        actor,
        account,
        lambda: actions.close_account(account=account, reason=reason, actor=actor),
        gettext("The account is closed. Its sessions, links and tokens have ended."),
    )


@require_POST
@for_operators
@reauthentication_required
def reopen(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Open a closed account again."""
    account = actions.get_account(str(key))
    return _do(
        request,
        actor,
        account,
        lambda: actions.reopen_account(account=account, actor=actor),
        gettext("The account is open again, with the roles it had."),
    )


@require_POST
@for_operators
@reauthentication_required
def take_second_step(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Take the second step from somebody who lost the device."""
    account = actions.get_account(str(key))
    return _do(
        request,
        actor,
        account,
        lambda: recovery.take_second_step(account=account, actor=actor),
        gettext("The second step is taken away, and its person is told. A sign-in link lets the person in."),
    )


@require_POST
@for_operators
@reauthentication_required
def make_link(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Make a sign-in link and show it, this once. It opens a page in the person's language."""
    account = actions.get_account(str(key))
    try:
        token = actions.make_sign_in_link(account=account, actor=actor)
    except Conflict as error:
        return _show(request, actor, account, refusal=error)
    with override(known(account.language)):
        link = request.build_absolute_uri(reverse("account_link", args=[token]))
    until = clock.now() + actions.LINK_LIFETIME
    return render(request, "accounts/link_made.html", {"account": account, "link": link, "until": until})


@require_POST
@for_operators
def end_session(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Sign a person out in one browser."""
    account = actions.get_account(str(key))
    session_key = key_of(account, request.POST.get("session", ""))
    return _do(
        request,
        actor,
        account,
        lambda: actions.end_session(key=session_key, actor=actor),
        gettext("That device is signed out."),
    )


@require_POST
@for_operators
def end_sessions(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Sign a person out everywhere; one who does so to herself stays where she is."""
    account = actions.get_account(str(key))
    is_self = actor.account == str(account.pk)
    kept = str(request.session.session_key) if is_self else ""
    return _do(
        request,
        actor,
        account,
        lambda: actions.end_sessions(account=account, actor=actor, except_key=kept),
        gettext("All other devices are signed out.") if is_self else gettext("All devices are signed out."),
    )


@require_POST
@for_operators
def end_token(request: HttpRequest, actor: Actor, key: UUID, number: int) -> HttpResponse:
    """End a token of a person."""
    account = actions.get_account(str(key))
    return _do(
        request,
        actor,
        account,
        lambda: actions.end_token(number=number, actor=actor),
        gettext("The token has ended."),
    )
