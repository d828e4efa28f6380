"""Pages on which two operators decide what becomes of a parked message."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from serai.exchange import queries, stops
from serai.exchange.pages import present
from serai.exchange.pages.access import for_operators, for_readers, form_of
from serai.exchange.rights import is_operator
from serai.kernel.errors import SeraiError
from serai.kernel.roles import Actor
from serai.kernel.sentences import sentence_of
from serai.kernel.who import confirmed

VERDICTS: Final = {
    stops.RETRY: gettext_lazy("try its effect again"),
    stops.REFUSE: gettext_lazy("refuse it: it has no effect, and the lane goes on"),
}


def _stop_url(code: str, lane_name: str) -> str:
    return reverse("exchange:stop", args=[code, lane_name])


@require_safe
@for_readers
def stop(request: HttpRequest, actor: Actor, code: str, lane_name: str) -> HttpResponse:
    """Show a lane that stands still, and what was proposed."""
    return _show(request, actor, code, lane_name)


def _show(
    request: HttpRequest, actor: Actor, code: str, lane_name: str, *, error: SeraiError | None = None
) -> HttpResponse:
    row = queries.get_stop(code, lane_name)
    context = {
        "row": row,
        "reason": present.STOP_REASONS[row.reason],
        "verdicts": VERDICTS.items(),
        "proposed": VERDICTS.get(row.verdict, ""),
        "may_act": is_operator(actor),
        "is_own": row.proposed_by == actor.doer,
        "error": sentence_of(error) if error else "",
        "given": request.POST.get("reason", "")[:300],
    }
    return render(request, "exchange/stop.html", context, status=error.http_status if error else 200)


@form_of(_stop_url)
@for_operators
@confirmed
def propose(request: HttpRequest, actor: Actor, code: str, lane_name: str) -> HttpResponse:
    """Propose what becomes of the message."""
    verdict, reason = request.POST.get("verdict", ""), request.POST.get("reason", "")
    try:
        stops.propose_release(peer=code, lane=lane_name, verdict=verdict, reason=reason, actor=actor)
    except SeraiError as error:
        return _show(request, actor, code, lane_name, error=error)
    messages.success(request, _("It is proposed. Another operator must confirm it."))
    return HttpResponseRedirect(_stop_url(code, lane_name))


@form_of(_stop_url)
@for_operators
@confirmed
def confirm(request: HttpRequest, actor: Actor, code: str, lane_name: str) -> HttpResponse:
    """Confirm a proposal as a second operator."""
    try:
        stops.confirm_release(peer=code, lane=lane_name, actor=actor)
    except SeraiError as error:
        return _show(request, actor, code, lane_name, error=error)
    messages.success(request, _("It is decided. The lane goes on when its sender tries again, within a minute."))
    return HttpResponseRedirect(reverse("exchange:home"))
