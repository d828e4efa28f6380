"""The half-year report for print. What it holds is collected by the follow-up; here it gets words and a page."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import override

from serai.kernel import clock
from serai.kernel.dates import PartialDate
from serai.kernel.languages import HTML_TAGS, format_date, format_number
from serai.register.followup.domain import Period
from serai.register.followup.models import Submission
from serai.register.followup.present import FigureView, indicators_of, view_requests, view_rows
from serai.register.followup.report import Report
from serai.register.models import Event
from serai.register.present import span_of
from serai.site.printing.compiler import render
from serai.site.printing.figures import figure_facts
from serai.site.printing.words import Row, fact, frame_words


def report_pdf(report: Report, language: str) -> bytes:
    """Return the report as a PDF in the language."""
    return render("report", report_data(report, language), language)


def report_data(report: Report, language: str) -> Row:
    """Return all that the printed report says. Requests stand by their dates; nothing is ordered by state."""
    with override(language):
        return {
            **frame_words(language),
            "kicker": _("Half-year report: a skeleton to write on"),
            "title": _("Report, %(span)s") % {"span": Period.parse(report.span.text).in_words(language)},
            "lede": [
                _(
                    "Made from the register as it is now. It lists what was measured, asked and held; "
                    "it ranks no state and judges nobody."
                )
            ],
            "sections": [
                *_published(report, language),
                _requests(report, language),
                _events(report.events, language),
                _section(
                    _counted(_("Indicators not yet measured"), len(report.unmeasured), language),
                    listed=", ".join(entry.code for entry in report.unmeasured),
                ),
            ],
        }


def _section(
    title: str, rows: Sequence[Row] = (), *, lines: Iterable[str] = (), listed: str = "", nothing: str = ""
) -> Row:
    """Return a part of the report, with room to write on."""
    said = [*lines] if rows or listed or not nothing else [*lines, nothing]
    return {"title": title, "lines": said, "rows": list(rows), "list": listed, "remarks": _("Remarks")}


def _counted(title: str, count: int, language: str) -> str:
    return f"{title} ({format_number(count, language)})"


def _published(report: Report, language: str) -> list[Row]:
    rows = [*report.figures, *report.corrections, *report.notes]
    views = {view.number: view for view in view_rows(rows, language, indicators=indicators_of(rows))}

    def part(title: str, found: Sequence[Submission], nothing: str) -> Row:
        shown = [_published_row(views[row.pk], language) for row in found]
        return _section(_counted(title, len(shown), language), shown, nothing=nothing)

    return [
        part(_("Figures published"), report.figures, _("No figure was published in this half-year.")),
        part(_("Figures corrected"), report.corrections, _("None.")),
        part(_("Notes on what was done"), report.notes, _("None.")),
    ]


def _published_row(view: FigureView, language: str) -> Row:
    value = f"{view.value} {view.unit}" if view.value not in {"", _("Yes"), _("No")} else view.value
    said = view.row.note if not view.value else ""
    return {
        "code": view.row.entry.code,
        "title": view.row.entry.text("title", language),
        "text": said or value,
        "lang": HTML_TAGS.get(view.row.note_language) if said else None,
        "facts": figure_facts(view) if view.value else [fact(_("Given by"), view.party)],
    }


def _requests(report: Report, language: str) -> Row:
    counts = {name: format_number(count, language) for name, count in report.counts.items()}
    told = _(
        "Asked: %(asked)s. Answered: %(answered)s, of them by the date: %(in_time)s. Nothing received yet: %(silent)s."
    )
    rows: list[Row] = [
        {
            "code": view.row.entry.code,
            "title": view.row.entry.text("title", language),
            "text": "",
            "facts": [
                fact(_("Asked"), view.party),
                fact(_("Answer due"), view.due),
                fact(_("Where it stands"), view.standing_label),
            ],
        }
        for view in view_requests(report.requests, language, today=clock.today())
    ]
    return _section(_("Requests whose date fell in this half-year"), rows, lines=[told % counts])


def _events(events: Sequence[Event], language: str) -> Row:
    rows = [_event_row(event, language) for event in events]
    return _section(_("Events held, with a source"), rows, nothing=_("None recorded."))


def _event_row(event: Event, language: str) -> Row:
    assert event.outcome is not None
    source = event.outcome["source"]
    is_declaration = source["url"].startswith("astana-2025:")
    read = _("read %(day)s") % {"day": format_date(PartialDate.parse(source["read"]), language)}
    facts = [fact(_("Dates"), span_of(event.outcome["start"], event.outcome["end"], language))]
    if is_declaration:
        facts.append(fact(_("Source"), f"{_('Source: the Declaration itself')} · {source['url'].partition(':')[2]}"))
    else:
        facts.append(
            fact(
                _("Source"),
                source["title"],
                lang=HTML_TAGS.get(source["language"], source["language"]),
                link=source["url"],
            )
        )
        facts.append(fact(_("Link"), f"{source['url']} · {read}", link=source["url"]))
    return {"code": "", "title": event.text("name", language), "text": "", "facts": facts}
