"""Published figures as printed pages show them: the value, where it comes from, and what the parties say of it."""

from django.utils.translation import gettext as _

from serai.kernel.languages import HTML_TAGS, format_date
from serai.register.followup.present import FigureView
from serai.site.printing.words import Row, fact


def figure_row(view: FigureView, language: str) -> Row:
    """Return a figure with its facts and statements."""
    return {
        "value": view.value,
        "unit": view.unit if view.value not in {_("Yes"), _("No")} else "",
        "facts": figure_facts(view),
        "statements": [_statement(said, language) for said in view.statements],
    }


def figure_facts(view: FigureView) -> list[Row]:
    """Return where a figure comes from, and how much it speaks of."""
    source = " · ".join(part for part in (view.provenance, view.source) if part)
    rows = [fact(_("Of what"), view.row.series)] if view.row.series else []
    rows += [
        fact(_("Period"), view.period),
        fact(_("Given by"), view.party),
        fact(_("Coverage"), view.coverage),
        fact(_("Source"), source),
    ]
    return rows + ([fact(_("Link"), view.row.link, link=view.row.link)] if view.row.link else [])


def _statement(said: FigureView, language: str) -> Row:
    head = _("Statement by %(party)s") % {"party": said.party}
    decision = getattr(said.row, "decision", None)
    if decision is not None:
        head += f" · {format_date(decision.at.date(), language)}"
    return {"head": head, "text": said.row.note, "lang": HTML_TAGS.get(said.row.note_language, said.row.note_language)}
