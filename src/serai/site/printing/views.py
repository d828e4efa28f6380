"""Briefs for print: a state's page, and PDFs for bodies and states. Public, like the entries they are made of."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from serai.kernel import clock
from serai.kernel.countries import Party
from serai.kernel.reader import current_language
from serai.kernel.roles import EVERYWHERE, Actor
from serai.register.caching import public_page
from serai.register.followup.access import for_the_concerned
from serai.register.followup.report import make_report
from serai.register.followup.rights import Act, check_may
from serai.register.followup.views_report import read_half
from serai.register.models import Body
from serai.register.queries import get_body
from serai.site.faults import answer_fault
from serai.site.home import Realm
from serai.site.printing.compiler import render as render_pdf
from serai.site.printing.data import make_brief, read_state
from serai.site.printing.errors import PrinterBusy
from serai.site.printing.report import report_pdf

View = Callable[..., HttpResponse]


def tells_when_busy(view: View) -> View:
    """Say when to come back if the node prints for others. It stands outside of the caching: a refusal has no tag."""

    @wraps(view)
    def serve(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except PrinterBusy as error:
            response = answer_fault(request, error)
            response["Retry-After"] = str(error.fields["retry_after_s"])
            response["Cache-Control"] = "no-store"
            return response

    return serve


@tells_when_busy
@public_page
def body_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """A body's brief as PDF."""
    return _brief_pdf(get_body(slug), f"serai-brief-{slug}")


@tells_when_busy
@public_page
def state_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """A state's brief as PDF."""
    return _brief_pdf(read_state(code), f"serai-brief-{code}")


@public_page
def state_brief(request: HttpRequest, code: str) -> HttpResponse:
    """A state's brief as a page, from the very data that the PDF is made from."""
    state = read_state(code)
    return render(request, "site/state_brief.html", {"code": code, "brief": make_brief(state, current_language())})


@require_safe
@for_the_concerned
@tells_when_busy
def half_year_pdf(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The half-year report as PDF, for those who may read its page."""
    check_may(actor, Act.SEE, EVERYWHERE)
    today, language = clock.today(), current_language()
    span = read_half(request.GET.get("half", ""), today=today)
    return pdf_answer(report_pdf(make_report(span, today=today), language), f"serai-report-{span.text}-{language}")


def _brief_pdf(subject: Body | Party, stem: str) -> HttpResponse:
    language = current_language()
    return pdf_answer(render_pdf("brief", make_brief(subject, language), language), f"{stem}-{language}")


def pdf_answer(content: bytes, stem: str) -> HttpResponse:
    """Return a PDF to save; the name of one from a training node says so."""
    suffix = "" if settings.IDENTITY.realm is Realm.SERVICE else f"-{settings.IDENTITY.realm}"
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{stem}{suffix}.pdf"'
    return response
