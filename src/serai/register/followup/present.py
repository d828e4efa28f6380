"""Figures, notes and requests as pages show them, in the reader's language."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from serai.kernel.errors import gettext_noop
from serai.kernel.languages import ENGLISH, format_date
from serai.kernel.people import find_people
from serai.kernel.roles import Actor
from serai.register.followup.domain import Period, Provenance, RequestState, SubmissionState, write_value
from serai.register.followup.feeds import FEED_OF
from serai.register.followup.models import Evidence, Request, Submission
from serai.register.followup.parties import name_givers, name_parties
from serai.register.followup.queries import standing_of, statements_about
from serai.register.followup.rights import may_know_people
from serai.register.models import Entry, Indicator
from serai.register.units import UnitKind, rule_of_unit, split_units

PROVENANCE: Final = {
    Provenance.MEASURED: gettext_noop("measured"),
    Provenance.PUBLISHED: gettext_noop("published"),
    Provenance.DERIVED: gettext_noop("derived"),
    Provenance.DECLARED: gettext_noop("declared"),
    Provenance.ASSUMED: gettext_noop("assumed"),
    Provenance.SIMULATED: gettext_noop("simulated"),
}
STATES: Final = {
    SubmissionState.WAITING: gettext_noop("waits for a second pair of eyes"),
    SubmissionState.PUBLISHED: gettext_noop("published"),
    SubmissionState.SUPERSEDED: gettext_noop("published, corrected since"),
    SubmissionState.RETURNED: gettext_noop("returned"),
    SubmissionState.WITHDRAWN: gettext_noop("withdrawn by its maker"),
}
STANDINGS: Final = {
    "open": gettext_noop("asked, date ahead"),
    "silent": gettext_noop("date passed, nothing received"),
    "answered": gettext_noop("answered, in review"),
    "ended": gettext_noop("ended"),
}
_ENDED: Final = {
    RequestState.CLOSED: gettext_noop("answered, answer published"),
    RequestState.WITHDRAWN: gettext_noop("withdrawn"),
}
KINDS: Final = {
    "measurement": gettext_noop("figure"),
    "update": gettext_noop("note"),
    "statement": gettext_noop("statement"),
}
_DECLARED_RULE: Final = gettext_noop(
    "The figure is as the named party gave it. A second person checked its unit, period and source before it was published."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureView:
    """A submission ready for a page; `value` is empty for notes and statements."""

    row: Submission
    kind: str
    value: str
    unit: str
    period: str
    coverage: str
    provenance: str
    party: str
    rule: str
    source: str
    state: str
    statements: Sequence["FigureView"] = ()
    evidence: Sequence[Evidence] = ()
    maker: str = ""  # empty for a reader who may not know people
    decider: str = ""

    @property
    def number(self) -> int:
        return self.row.pk

    @property
    def chip(self) -> str:
        """Return the end of the class of the provenance chip."""
        return self.row.provenance


def unit_in(indicator: Indicator | None, row: Submission, language: str) -> str:
    """Return the unit of a figure in the language; as it was then when the indicator has changed since."""
    if indicator is None or row.measure is None:
        return row.unit
    english, own = (split_units(indicator.text("unit", key)) for key in (ENGLISH, language))
    if row.measure >= len(own) or row.measure >= len(english) or english[row.measure] != row.unit:
        return row.unit
    return own[row.measure]


def value_in_words(row: Submission, language: str) -> str:
    """Write a figure; yes and no as words."""
    if row.value is None:
        return ""
    if rule_of_unit(row.unit).kind is UnitKind.YES_NO:
        return _("Yes") if row.value else _("No")
    return write_value(row.value, language)


def period_in_words(row: Submission, language: str) -> str:
    return _write_period(row.period, language) if row.period else ""


@lru_cache(maxsize=512)  # the series of an entry share their periods
def _write_period(text: str, language: str) -> str:
    return Period.parse(text).in_words(language)


def coverage_in_words(row: Submission, language: str) -> str:
    """Say what share a figure speaks of; never leave it out silently."""
    note = _(row.coverage_note) if row.rule in FEED_OF and row.coverage_note else row.coverage_note
    if row.coverage is None:
        return note or _("not stated")
    share = f"{write_value(row.coverage, language)}\u00a0%"
    return f"{share} – {note}" if note else share


def rule_in_words(row: Submission) -> str:
    feed = FEED_OF.get(row.rule)
    return _(feed.rule) if feed else _(_DECLARED_RULE)


def source_in_words(row: Submission) -> str:
    """Name the source; a feed's is the platform itself."""
    return _("this platform, rule %(code)s") % {"code": row.rule} if row.rule in FEED_OF else row.source


def view_rows(
    rows: Sequence[Submission],
    language: str,
    *,
    indicators: Mapping[int, Indicator],
    evidence: Mapping[int, list[Evidence]] | None = None,
    reader: Actor | None = None,
) -> list[FigureView]:
    """Make rows ready; `indicators` is entry → indicator. People are told of to a reader who may know them."""
    statements = statements_about([row.pk for row in rows if row.value is not None])
    everything = [*rows, *(row for group in statements.values() for row in group)]
    prefetch_related_objects(everything, "decision")  # at once, for those that came without
    givers = name_givers(everything, language)
    named = {row.pk for row in everything if reader and may_know_people(reader, row)}
    names = _names([row for row in everything if row.pk in named])

    def view(row: Submission) -> FigureView:
        decision = getattr(row, "decision", None)
        return FigureView(
            row=row,
            kind=_(KINDS[row.kind]),
            value=value_in_words(row, language),
            unit=unit_in(indicators.get(row.entry_id), row, language),
            period=period_in_words(row, language),
            coverage=coverage_in_words(row, language),
            provenance=_(PROVENANCE[Provenance(row.provenance)]) if row.provenance else "",
            party=givers[row.pk],
            rule=rule_in_words(row),
            source=source_in_words(row),
            state=_(STATES[SubmissionState(row.state)]),
            statements=[view(item) for item in statements.get(row.pk, ())],
            evidence=(evidence or {}).get(row.pk, ()),
            maker=names.get(row.made_by, row.made_by) if row.pk in named else "",
            decider=names.get(decision.by, decision.by) if decision and row.pk in named else "",
        )

    return [view(row) for row in rows]


def _names(rows: Collection[Submission]) -> dict[str, str]:
    accounts = {row.made_by for row in rows}
    accounts |= {decision.by for row in rows if (decision := getattr(row, "decision", None))}
    return {account: person.name for account, person in find_people(accounts).items()}


def indicators_of(rows: Sequence[Submission]) -> dict[int, Indicator]:
    """Return entry → indicator for these rows."""
    found = Indicator.objects.filter(pk__in={row.entry_id for row in rows})
    return {indicator.pk: indicator for indicator in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A request ready for a page."""

    row: Request
    party: str
    standing: str
    standing_label: str
    due: str
    days: int  # from today to the date; negative when it has passed


def view_requests(rows: Sequence[Request], language: str, *, today: date) -> list[RequestView]:
    parties = name_parties([row.party for row in rows], language, node=settings.IDENTITY.code)
    return [
        RequestView(
            row=row,
            party=parties[row.party],
            standing=(standing := standing_of(row, today)),
            standing_label=_(_ENDED.get(RequestState(row.state)) or STANDINGS[standing]),
            due=format_date(row.due, language, short=True),
            days=(row.due - today).days,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The indicator's panel of an entry: the newest figure of each series, and how many there are in all."""

    newest: Sequence[FigureView]
    rows: Sequence[Submission]
    total: int


def newest_first(rows: Sequence[Submission]) -> list[Submission]:
    """Return the newest row of each series; rows come with the newest period first."""
    found: dict[tuple[int | None, str, str, str], Submission] = {}
    for row in rows:
        found.setdefault((row.measure, row.series, row.party, row.owner_node), row)
    return list(found.values())


def units_for(entry: Entry, language: str) -> list[tuple[int, str, str]]:
    """Return place, unit in the language and unit in English of an entry's indicator."""
    if not hasattr(entry, "indicator"):
        return []
    english = split_units(entry.indicator.text("unit", ENGLISH))
    own = split_units(entry.indicator.text("unit", language))
    return [(place, own[place] if place < len(own) else unit, unit) for place, unit in enumerate(english)]
