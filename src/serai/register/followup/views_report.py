"""The half-year report as a page."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from serai.kernel import clock
from serai.kernel.reader import current_language
from serai.kernel.roles import EVERYWHERE, Actor
from serai.register.followup import present
from serai.register.followup.access import for_the_concerned
from serai.register.followup.domain import Period
from serai.register.followup.report import HalfYear, make_report
from serai.register.followup.rights import Act, check_may


def read_half(text: str, *, today: date) -> HalfYear:
    """Return the half-year that an address asks for; the last one that is over when it asks for none."""
    try:
        return HalfYear.parse(text)
    except ValueError:
        return HalfYear.before(today)


@require_safe
@for_the_concerned
def report(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the report is written from; it names requests of all parties, so it is for those who see all of them."""
    check_may(actor, Act.SEE, EVERYWHERE)
    today, language = clock.today(), current_language()
    span = read_half(request.GET.get("half", ""), today=today)
    found = make_report(span, today=today)
    rows = [*found.figures, *found.corrections, *found.notes]
    views = {view.number: view for view in present.view_rows(rows, language, indicators=present.indicators_of(rows))}
    context = {
        "span_words": Period.parse(span.text).in_words(language),
        "earlier": HalfYear.before(span.start + timedelta(days=1)).text,
        "later": HalfYear.before(span.end + timedelta(days=185)).text,
        "pdf_url": f"{reverse('work:report')}report.pdf?half={span.text}",
        "figures": [views[row.pk] for row in found.figures],
        "corrections": [views[row.pk] for row in found.corrections],
        "notes": [views[row.pk] for row in found.notes],
        "requests": present.view_requests(found.requests, language, today=today),
        "counts": found.counts,
        "events": found.events,
        "unmeasured": found.unmeasured,
    }
    return render(request, "followup/report.html", context)
