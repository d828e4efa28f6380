"""What every template may use: texts and labels in the reader's language, dates, figures, links to other languages."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django import template
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from serai.kernel.countries import name_node, name_party
from serai.kernel.dates import PartialDate
from serai.kernel.errors import gettext_noop
from serai.kernel.languages import HTML_TAGS, format_date, format_number
from serai.kernel.reader import current_language
from serai.kernel.roles import Role
from serai.register import labels, present
from serai.register.models import Event, Indicator, Period
from serai.register.states import Rule, State
from serai.register.vocabulary import UNNAMED_SCOPES

register = template.Library()


@register.filter
def text(row: object, field: str) -> str:
    """Return a text of a catalogue row in the reader's language."""
    return str(row.text(field, current_language()))  # type: ignore[attr-defined]  # any Owned row


@register.filter
def day(value: date | PartialDate | str | None) -> str:
    """Write a date in words; `2025-08` and `2025` stay as inexact as they are."""
    return _day(value, short=False)


@register.filter
def short_day(value: date | PartialDate | str | None) -> str:
    """Write a date as in tables."""
    return _day(value, short=True)


def _day(value: date | PartialDate | str | None, *, short: bool) -> str:
    if not value:
        return ""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, str):
        value = PartialDate.parse(value)
    return format_date(value, current_language(), short=short)


@register.filter
def number(value: int | Decimal) -> str:
    """Write a figure as the language does."""
    return format_number(value, current_language())


@register.filter
def party(code: str) -> str:
    """Return the name of a state or of the Secretariat."""
    return name_party(code, current_language())


@register.filter
def node_name(code: str) -> str:
    """Return the name of whoever runs a node."""
    return name_node(code, current_language())


@register.filter
def translated(sentence: str) -> str:
    """Translate a sentence that the code marked for translation."""
    return gettext(sentence)


@register.filter
def first_upper(sentence: str) -> str:
    """Raise the first letter and leave the rest alone."""
    return sentence[:1].upper() + sentence[1:]


@register.simple_tag(takes_context=True)
def this_page_in(context: template.Context, language: str) -> str:
    """Return the address of the same page in another language."""
    request: HttpRequest = context["request"]
    return str(translate_url(request.get_full_path(), language))


@register.filter
def html_tag(language: str) -> str:
    """Return the tag of a language for a `lang` attribute."""
    return HTML_TAGS.get(language, language)


@register.filter
def label(value: str | int, group: str) -> str:
    """Return the short label of a vocabulary value."""
    return labels.label(group, value, current_language())


@register.filter
def definition(value: str | int, group: str) -> str:
    """Return the definition of a vocabulary value."""
    return labels.definition(group, value, current_language())


@register.filter
def text_of(texts: dict[str, dict[str, str]], field: str) -> str:
    """Return a text of a {language: {field: text}} mapping."""
    return texts.get(current_language(), {}).get(field) or texts.get("en", {}).get(field, "")


@register.filter
def span(item: dict[str, str | None]) -> str:
    """Write a span of dates of a {start, end} mapping."""
    return present.span_of(str(item["start"]), item.get("end"), current_language())


@register.filter
def event_span(row: Event | Period) -> str:
    """Write the dates of an event or period."""
    return present.span_of(row.start, row.end or None, current_language())


@register.filter
def is_unnamed(scope: str) -> bool:
    """Whether the text binds a subset that it does not name."""
    return scope in UNNAMED_SCOPES


@register.filter
def unlocalised(value: float) -> str:
    """Write a coordinate of a drawing, the same in every language."""
    return f"{value:g}"


@register.filter
def with_unit(indicator: Indicator) -> str:
    """Write what an indicator measures, and in what."""
    parts = {"name": first_upper(text(indicator, "name")), "unit": text(indicator, "unit")}
    return gettext("%(name)s, %(unit)s") % parts


@register.filter
def role_name(role: str) -> str:
    """Return what a role is called."""
    return gettext(_ROLES[Role(role)])


_ROLES: Final = {
    Role.EDITOR: gettext_noop("Editor"),
    Role.REVIEWER: gettext_noop("Reviewer"),
    Role.FOCAL_POINT: gettext_noop("Focal point"),
    Role.OPERATOR: gettext_noop("Operator"),
    Role.AUDITOR: gettext_noop("Auditor"),
}

_STATE_CSS: Final = {
    State.NOT_YET_MEASURED: "unmeasured",
    State.HELD: "status status--ok",
    State.MEASURED: "status status--ok",
    State.DATE_AHEAD: "status",
    State.DATE_PASSED: "status",
    State.NOT_HELD: "status",
}


@register.filter
def state_mark(rule: Rule) -> SafeString:
    """Write the state that a rule gives, in its shape and its word."""
    return format_html('<span class="{}">{}</span>', _STATE_CSS.get(rule.state, "note"), gettext(rule.label))


@register.filter
def strength_mark(strength: int) -> SafeString:
    """Write a strength as the bar with its words."""
    words = gettext("Strength %(n)s of 5") % {"n": strength}
    return format_html('<span class="strength" data-n="{}">{}</span>', strength, words)
