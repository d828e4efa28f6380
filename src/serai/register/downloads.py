"""Files to take away: JSON, CSV and iCalendar, with units, provenance and the realm in each."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import override

from serai import __version__
from serai.kernel import clock
from serai.kernel.csvfile import write_csv
from serai.kernel.dates import PartialDate
from serai.kernel.languages import format_date
from serai.kernel.reader import current_language
from serai.register import queries
from serai.register.caching import public_page
from serai.register.followup.domain import plain
from serai.register.followup.models import Submission
from serai.register.followup.queries import all_figures_of, latest_figures
from serai.register.forms import read_list_request
from serai.register.index import get_index
from serai.register.labels import label
from serai.register.models import Entry, Event
from serai.register.present import actors_of
from serai.register.queries import ListRequest
from serai.register.schemas import actor_codes, entries_data, entry_data
from serai.register.states import RULE_OF, State
from serai.register.vocabulary import Outcome

if TYPE_CHECKING:
    import icalendar

_CSV: Final = "text/csv; charset=utf-8"


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    realm = settings.IDENTITY.realm
    suffix = "" if realm == "service" else f"-{realm}"
    stem, _dot, ending = name.rpartition(".")
    response["Content-Disposition"] = f'attachment; filename="{stem}{suffix}.{ending}"'
    return response


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    realm = str(settings.IDENTITY.realm)
    return write_csv([*header, "realm"], ([*row, realm] for row in rows))


@public_page
def entries_json(request: HttpRequest) -> HttpResponse:
    """The entries of a list, whole."""
    content = make_entries_json(read_list_request(request.GET).request)
    return HttpResponse(content, content_type="application/json")


def make_entries_json(request: ListRequest) -> bytes:
    """Return the entries that fit as JSON, all languages in each."""
    entries, states = queries.find_entries(request)
    version = queries.get_version()
    body = {
        "realm": str(settings.IDENTITY.realm),
        "node": settings.IDENTITY.code,
        "catalogue_version": version.number if version else None,
        "as_of": get_index().day.isoformat(),
        "entries": [row.model_dump() for row in entries_data(queries.with_relations(entries), states)],
    }
    return json.dumps(body, ensure_ascii=False).encode()


@public_page
def entry_json(request: HttpRequest, code: str) -> HttpResponse:
    """One entry, the same facts as its page."""
    entry = queries.get_entry(code)
    body = entry_data(entry, queries.state_of(entry), latest_figures([entry.pk]).get(entry.pk, ())).model_dump()
    body["realm"] = str(settings.IDENTITY.realm)
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


_FIGURE_HEADER: Final = (
    "number entry given_by series period period_start_iso period_end_iso value unit coverage_percent coverage_note "
    "provenance source link rule state corrects published_at_utc owner_node digest "
    "owner_number public_digest"
).split()


@public_page
def figures_csv(request: HttpRequest, code: str) -> HttpResponse:
    """Every figure that was ever published on an entry, corrected ones too."""
    entry = queries.get_entry(code)
    return _file(make_figures_csv(entry), f"serai-{entry.code}-figures.csv", _CSV)


def make_figures_csv(entry: Entry) -> bytes:
    """Return the figures of an entry as CSV; codes and units as they were recorded."""
    return _csv(_FIGURE_HEADER, (_figure_row(entry, row) for row in all_figures_of(entry)))


def _figure_row(entry: Entry, row: Submission) -> list[object]:
    return [
        row.pk,
        entry.code,
        row.party or row.owner_node,
        row.series,
        row.period,
        row.period_start,
        row.period_end,
        None if row.value is None else plain(row.value),
        row.unit,
        None if row.coverage is None else plain(row.coverage),
        row.coverage_note,
        row.provenance,
        row.source,
        row.link,
        row.rule,
        row.state,
        row.supersedes_id,
        row.decision.at.isoformat(),
        row.owner_node,
        row.digest,
        row.owner_number,
        row.decision.public_digest,
    ]


_ENTRY_HEADER: Final = (
    "id declaration section paragraph title summary act strength_0_to_5 kind who actor_codes topics sdg system due_iso "
    "state state_label as_of_utc indicator indicator_unit indicator_direction indicator_source_kind indicator_value "
    "provenance catalogue_version"
).split()


@public_page
def entries_csv(request: HttpRequest) -> HttpResponse:
    """The entries of a list, one a row, in the reader's language; codes stay codes."""
    content = make_entries_csv(read_list_request(request.GET).request)
    return _file(content, f"serai-register-{current_language()}.csv", _CSV)


def make_entries_csv(request: ListRequest) -> bytes:
    """Return the entries that fit as CSV, in the active language."""
    entries, states = queries.find_entries(request)
    figures = latest_figures([entry.pk for entry in entries])
    rows = [_entry_row(entry, states, figures.get(entry.pk, ()), current_language()) for entry in entries]
    return _csv(_ENTRY_HEADER, rows)


def _values_in_words(figures: Sequence[Submission]) -> str:
    """Write the newest figures in one cell; the file of the entry's figures has all of them."""
    written = (f"{plain(row.value)} {row.unit} ({_of_what(row)})" for row in figures if row.value is not None)
    return "; ".join(written) or _("Not yet measured")


def _of_what(row: Submission) -> str:
    """Tell a figure's period, and of another node's which that is."""
    return row.period if row.is_ours else f"{row.period}, {row.owner_node}"


def _entry_row(entry: Entry, states: Mapping[int, State], figures: Sequence[Submission], language: str) -> list[object]:
    state = states[entry.pk]
    indicator = getattr(entry, "indicator", None)
    return [
        entry.code,
        entry.declaration_id,
        entry.section,
        entry.paragraph,
        entry.text("title", language),
        entry.text("summary", language),
        entry.act,
        entry.strength,
        entry.kind,
        actors_of(entry, language).phrase,
        " ".join(actor_codes(entry)) or "unnamed",
        " ".join(entry.topics),
        " ".join(map(str, entry.sdg)),
        entry.system,
        entry.due,
        str(state),
        _(RULE_OF[state].label),
        get_index().day.isoformat(),
        indicator.text("name", language) if indicator else "",
        indicator.text("unit", language) if indicator else "",
        indicator.direction if indicator else "",
        indicator.source_kind if indicator else "",
        _values_in_words(figures) if indicator else "",
        "derived: coded from the declaration, in our own words",
        entry.version,
    ]


@public_page
def indicators_csv(request: HttpRequest) -> HttpResponse:
    """All indicators with unit, direction and where the figure would come from."""
    language = current_language()
    header = (
        "entry title indicator unit direction source_kind source value value_unit period given_by provenance owner_node"
    ).split()
    indicators = queries.find_indicators()
    figures = latest_figures([row.pk for row in indicators])
    rows: list[list[object]] = [
        [
            row.entry.code,
            row.entry.text("title", language),
            row.text("name", language),
            row.text("unit", language),
            row.direction,
            row.source_kind,
            row.text("source", language),
            *value,
        ]
        for row in indicators
        for value in _value_cells(figures.get(row.pk, ()))
    ]
    return _file(_csv(header, rows), f"serai-indicators-{language}.csv", _CSV)


def _value_cells(figures: Sequence[Submission]) -> list[list[object]]:
    """Return one group of cells a figure, and one that says so when there is none."""
    if not figures:
        return [[_("Not yet measured"), "", "", "", "no value published here", ""]]
    return [
        [
            None if row.value is None else plain(row.value),
            row.unit,
            row.period,
            row.party or row.owner_node,
            row.provenance,
            row.owner_node,
        ]
        for row in figures
    ]


@public_page
def comparison_csv(request: HttpRequest) -> HttpResponse:
    """How each entry's wording relates to the earlier declaration."""
    language = current_language()
    header = "entry title relation relation_label basis confidence prior note provenance".split()
    rows: list[list[object]] = [
        [
            row.entry.code,
            row.entry.text("title", language),
            row.relation,
            label("lineage_relations", row.relation, language),
            row.basis,
            row.confidence,
            " ".join(prior.pk for prior in row.prior.all()),
            row.text("note", language),
            "derived: rule LIN-1 compares verb family, deliverable, actor and date",
        ]
        for row in queries.find_lineage()
    ]
    return _file(_csv(header, rows), f"serai-comparison-{language}.csv", _CSV)


@public_page
def calendar_ics(request: HttpRequest) -> HttpResponse:
    """Dates of the mechanism as a feed to subscribe to."""
    response = HttpResponse(make_calendar(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="serai.ics"'
    return response


def make_calendar() -> bytes:
    """Return the calendar in the active language; an inexact date fills the span that it leaves open."""
    import icalendar  # noqa: PLC0415  # four megabytes that most nodes never need

    feed = icalendar.Calendar()
    feed.add("prodid", f"-//Serai//{__version__}//EN")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", _("Serai: dates of the China–Central Asia mechanism"))
    feed.add("x-serai-realm", str(settings.IDENTITY.realm))
    version = queries.get_version()
    stamp = version.loaded_at if version else clock.now()
    for event in queries.find_events():
        feed.add_component(_ics_event(event, current_language(), stamp))
    return bytes(feed.to_ical())


def make_file(kind: str, language: str) -> bytes:
    """Return the whole register as `csv` or `json`, or its calendar as `ics`, for the command line."""
    makers = {
        "csv": lambda: make_entries_csv(ListRequest()),
        "json": lambda: make_entries_json(ListRequest()),
        "ics": make_calendar,
    }
    with override(language):
        return makers[kind]()


def _ics_event(event: Event, language: str, stamp: datetime) -> "icalendar.Event":
    start, last = PartialDate.parse(event.start), PartialDate.parse(event.end or event.start)
    exact = start.is_day
    import icalendar  # noqa: PLC0415

    item = icalendar.Event()
    item.add("uid", f"{event.pk}@register.serai")
    item.add("dtstamp", stamp)
    item.add("dtstart", start.first_day)
    item.add("dtend", last.last_day + timedelta(days=1))
    name = event.text("name", language)
    item.add("summary", name if exact else f"{name} ({_('day not stated')})")
    lines = [_("Date as the Declaration states it: %(date)s") % {"date": format_date(start, language)}]
    if event.outcome:
        is_held = event.outcome["result"] == Outcome.HELD
        told = _("Held, according to: %(source)s") if is_held else _("Not held, according to: %(source)s")
        lines.append(told % {"source": event.outcome["source"]["title"]})
    lines.append(_("Entries: %(codes)s") % {"codes": ", ".join(entry.code for entry in event.entries.all())})
    item.add("description", "\n".join(lines))
    if place := event.text("place", language):
        item.add("location", place)
    item.add("transp", "OPAQUE" if exact else "TRANSPARENT")
    item.add("status", "CONFIRMED" if exact or event.outcome else "TENTATIVE")
    return item
