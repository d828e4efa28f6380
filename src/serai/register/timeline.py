"""An entry's timeline: what was declared, what happened, today, and what is ahead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from serai.kernel.dates import PartialDate
from serai.kernel.languages import format_date
from serai.register.labels import label
from serai.register.models import Entry, Event
from serai.register.present import span_of
from serai.register.states import RULE_OF, State
from serai.register.vocabulary import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One mark of an entry's timeline."""

    day: date
    when: str
    title: str
    text: str = ""
    source: Mapping[str, str] | None = None
    css: str = ""


def timeline_of(entry: Entry, *, state: State, today: date, language: str) -> list[Moment]:
    """Return what happened to an entry and what is ahead, in order of time; today stands between them."""
    adopted = entry.declaration.adopted
    moments = [
        Moment(
            day=adopted,
            when=format_date(adopted, language),
            title=_("Declared in Astana"),
            text=entry.declaration.text("title", language),
        )
    ]
    moments += [_dated(dated, today, language) for dated in entry.dates]
    for event in entry.events.all():
        moments += _event_moments(event, language)
    moments.append(Moment(day=today, when=format_date(today, language), title=_(RULE_OF[state].label), css="is-now"))
    if state is State.DATE_AHEAD and entry.due:
        due = PartialDate.parse(entry.due)
        last = due.last_day
        text = _("Where the text gives only a year or a month, its last day counts.")
        moments.append(
            Moment(
                day=last,
                when=format_date(last, language),
                title=_("Last day of the stated date"),
                text=text,
                css="is-next",
            )
        )
    return sorted(moments, key=lambda moment: moment.day)


def _dated(dated: Mapping[str, Any], today: date, language: str) -> Moment:
    first = PartialDate.parse(dated["start"])
    when = span_of(dated["start"], dated["end"], language)
    what = dated["what"].get(language) or dated["what"]["en"]
    role = label("date_roles", dated["role"], language)
    return Moment(
        day=first.first_day,
        when=when if first.is_day or dated["end"] else f"{when} · {_('day not stated')}",
        title=what[:1].upper() + what[1:],
        text=f"{role[:1].upper()}{role[1:]} · {_('date as in the Declaration')}",
        css="is-next" if first.first_day > today else "",
    )


def _event_moments(event: Event, language: str) -> list[Moment]:
    name = event.text("name", language)
    moments = []
    if event.outcome:
        is_held = event.outcome["result"] == Outcome.HELD
        title = _("Held: %(name)s") if is_held else _("Reported not held: %(name)s")
        moments.append(_sourced(event.outcome, title % {"name": name}, language))
    if event.announced:
        title = _("Dates announced elsewhere: %(name)s") % {"name": name}
        text = _("An announcement, not evidence that it took place.")
        moments.append(_sourced(event.announced, title, language, text=text, css="is-next"))
    return moments


def _sourced(item: Mapping[str, Any], title: str, language: str, *, text: str = "", css: str = "") -> Moment:
    return Moment(
        day=PartialDate.parse(item["start"]).first_day,
        when=span_of(item["start"], item["end"], language),
        title=title,
        text=text,
        source=item["source"],
        css=css,
    )
