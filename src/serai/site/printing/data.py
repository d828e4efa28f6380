"""The matter of a brief: the entries that name a body or a state, and where each stands. One for page, PDF and command."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from serai.kernel import clock
from serai.kernel.countries import STATES, Party, name_party
from serai.kernel.dates import PartialDate
from serai.kernel.languages import ENGLISH, HTML_TAGS, format_date
from serai.register import present, queries
from serai.register.followup.models import Request
from serai.register.followup.present import FigureView, view_requests
from serai.register.followup.public import values_now
from serai.register.labels import label
from serai.register.models import Body, Entry
from serai.register.states import RULE_OF, State
from serai.register.vocabulary import UNNAMED_SCOPES
from serai.site.printing.errors import NoSuchState
from serai.site.printing.figures import figure_row
from serai.site.printing.words import Row, fact, frame_words


def read_state(code: str) -> Party:
    """Return a state of the mechanism; raise NoSuchState."""
    if code not in STATES:
        raise NoSuchState(state=code[:20], states=", ".join(STATES))
    return Party(code)


def make_brief(subject: Body | Party, language: str, *, requests: Sequence[Request] = ()) -> Row:
    """Return all that a brief says, in the language.

    `requests` are the open ones to show; a public brief has none. An entry that binds a subset which the text does not
    name is in no state's brief.
    """
    with override(language):
        entries, states = _entries_of(subject)
        figures = values_now(entries, language)
        asked = _asked(requests, language)
        return {
            **frame_words(language),
            **_head(subject, len(entries), language),
            "figures_label": _("Latest figures"),
            "requests_label": _("Open requests"),
            "empty": _("None."),
            "entries": [
                _entry_row(entry, states[entry.pk], figures.get(entry.pk, []), asked.get(entry.pk, []), language)
                for entry in entries
            ],
        }


def _entries_of(subject: Body | Party) -> tuple[Sequence[Entry], Mapping[int, State]]:
    if isinstance(subject, Body):
        return queries.entries_of_body(subject)
    entries, states = queries.find_entries(queries.ListRequest())
    return [entry for entry in entries if names_state(entry, subject)], states


def names_state(entry: Entry, state: Party) -> bool:
    """Whether the text names the state or all six. Who is meant by an unnamed subset, nobody may guess."""
    if entry.scope in UNNAMED_SCOPES:
        return False
    return entry.actors == ["all"] or state in entry.actors


def _head(subject: Body | Party, count: int, language: str) -> Row:
    words = _("In our own words; the locator helps to find each clause in the text.")
    if isinstance(subject, Body):
        named = ngettext(
            "%(n)s clause of the Declaration names it.", "%(n)s clauses of the Declaration name it.", count
        )
        kicker, title = _("Brief for a body · Astana Declaration, 17 June 2025"), subject.text("name", language)
    else:
        named = ngettext(
            "%(n)s clause of the Declaration speaks of all six states or names this one.",
            "%(n)s clauses of the Declaration speak of all six states or name this one.",
            count,
        )
        kicker, title = _("Brief for a state · Astana Declaration, 17 June 2025"), name_party(subject, language)
    return {"kicker": kicker, "title": title, "lede": [f"{named % {'n': count}} {words}"]}


def _entry_row(entry: Entry, state: State, figures: Sequence[FigureView], asked: Sequence[str], language: str) -> Row:
    return {
        "code": entry.code,
        "title": entry.text("title", language),
        "summary": entry.text("summary", language),
        "facts": _entry_facts(entry, state, language, is_measured=bool(figures)),
        "figures": [figure_row(view, language) for view in figures],
        "requests": list(asked),
    }


def _entry_facts(entry: Entry, state: State, language: str, *, is_measured: bool) -> list[Row]:
    act = label("acts", entry.act, language)
    strength = _("%(n)s of 5") % {"n": entry.strength}
    due = format_date(PartialDate.parse(entry.due), language) if entry.due else _("None stated")
    rows = [
        fact(_("Act and strength"), f"{act} · {strength} · {label('strength', entry.strength, language)}"),
        fact(_("Who"), present.actors_of(entry, language).phrase),
        fact(_("Due"), due),
        fact(_("Indicator"), _indicator(entry, language)),
    ]
    if hasattr(entry, "indicator") and not is_measured:
        rows.append(fact(_("Latest figures"), _("Not yet measured")))
    return [
        *rows,
        fact(_("Where it stands"), _(RULE_OF[state].label)),
        fact(_("Find it"), f"“{entry.locator} …”", lang=HTML_TAGS[ENGLISH] if language != ENGLISH else None),
    ]


def _indicator(entry: Entry, language: str) -> str:
    if not hasattr(entry, "indicator"):
        return _("None called for")
    name = entry.indicator.text("name", language)
    return _("%(name)s, %(unit)s") % {
        "name": name[:1].upper() + name[1:],
        "unit": entry.indicator.text("unit", language),
    }


def _asked(requests: Sequence[Request], language: str) -> dict[int, list[str]]:
    """Return entry → a sentence for each request, in the order given."""
    found: dict[int, list[str]] = {}
    for view in view_requests(requests, language, today=clock.today()):
        said = _("Asked: %(party)s. Answer due %(day)s; %(standing)s.") % {
            "party": view.party,
            "day": view.due,
            "standing": view.standing_label,
        }
        question = f" {view.row.question}" if view.row.question else ""
        found.setdefault(view.row.entry_id, []).append(said + question)
    return found
