"""The operators' pages: who has an account, and opening another."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from serai.kernel.errors import BadInput, Conflict, SeraiError
from serai.kernel.roles import Actor
from serai.kernel.sentences import sentence_of
from serai.site.accounts import actions
from serai.site.accounts.access import confirmed, for_operators, form_of
from serai.site.accounts.forms_people import OpenForm
from serai.site.accounts.present_people import list_people

_FIELDS: Final = {"bad_email": "email", "email_taken": "email", "bad_name": "name"}


def field_of(error: SeraiError) -> str | None:
    """Return the field of a form that a refusal speaks of."""
    return _FIELDS.get(error.code)


@require_safe
@for_operators
def people(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """List all people."""
    return render(request, "accounts/people.html", {"found": list_people(request.GET.get("page", "1"))})


@require_safe
@for_operators
def open_form(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """Show the form of a new account."""
    return _show_open(request, OpenForm())


def _show_open(request: HttpRequest, form: OpenForm) -> HttpResponse:
    return render(request, "accounts/person_open.html", {"form": form})


@form_of("people:open")
@for_operators
@confirmed
def open_account(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Open an account."""
    form = OpenForm(request.POST)
    if not form.is_valid():
        return _show_open(request, form)
    given = form.cleaned_data
    grants = [given["grant"]] if "grant" in given else []
    try:
        account = actions.open_account(
            email=given["email"], name=given["name"], language=given["language"], grants=grants, actor=actor
        )
    except (BadInput, Conflict) as error:
        form.add_error(field_of(error), sentence_of(error))
        return _show_open(request, form)
    messages.success(request, gettext("The account is open. A sign-in link lets its person in."))
    return redirect("people:person", account.pk)
