"""What pages for people who sign in share: the bar with their name, fields of a form, what a form needs changed."""

import json
from typing import Any

from django import template
from django.contrib.messages import get_messages
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import BaseForm, BoundField
from django.http import HttpRequest

from serai.exchange.rights import may_read
from serai.kernel.models import Notice
from serai.site.accounts.actor import actor_of
from serai.site.accounts.models import Account
from serai.site.accounts.rights import is_operator

register = template.Library()


@register.inclusion_tag("accounts/bar.html", takes_context=True)
def account_bar(context: template.Context) -> dict[str, Any]:
    """Show who is signed in, where to go, and what the last page had to say."""
    request: HttpRequest = context["request"]
    person = getattr(request, "user", None)
    if not isinstance(person, Account):
        return {"messages": get_messages(request)}
    actor = actor_of(request)
    return {
        "person": person,
        "unread": Notice.objects.filter(account=str(person.pk), read_at=None).count(),
        "is_operator": is_operator(actor),
        "reads_exchange": may_read(actor),
        "messages": get_messages(request),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("accounts/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Show a field: label, hint, error, input, in this order."""
    return {"field": bound}


@register.inclusion_tag("accounts/errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """Show what a form needs changed, before the form."""
    return {"form": form}


@register.filter
def as_json(value: Any) -> str:
    """Write a value for a data attribute, from which a script reads it."""
    return json.dumps(value, cls=DjangoJSONEncoder)
