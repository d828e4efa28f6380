"""Pages on which operators and auditors read how the exchange stands."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from serai.exchange import exporting, queries
from serai.exchange.errors import NoSuchMessage
from serai.exchange.models import Envelope
from serai.exchange.pages import present
from serai.exchange.pages.access import for_readers
from serai.exchange.rights import is_operator
from serai.kernel.reader import current_language
from serai.kernel.roles import Actor

PAGE = 50


@require_safe
@for_readers
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show how this node stands with all others."""
    found, language = queries.get_status(), current_language()
    context = {
        "found": found,
        "fingerprint": present.group_fingerprint(found.fingerprint),
        "peers": present.peer_rows(found.peers, language),
        "seen_by": present.named(found.seen_by, language),
        "keys": [(key, present.KEY_USES[key.use], *present.KEY_STATES[key.state]) for key in found.keys],
        "stops": [(stop, present.STOP_REASONS[stop.reason]) for stop in found.stops],
        "may_act": is_operator(actor),
    }
    return render(request, "exchange/home.html", context)


@require_safe
@for_readers
def lane(request: HttpRequest, _actor: Actor, code: str, lane_name: str) -> HttpResponse:
    """List the messages of a lane, the newest first, in one direction."""
    is_sent = request.GET.get("way", "sent") != "received"
    rows, after = queries.messages_of(
        peer=code, lane=lane_name, is_sent=is_sent, before=request.GET.get("before", ""), most=PAGE
    )
    waiting = queries.waiting_among(rows) if is_sent else set()
    context = {
        "code": code,
        "lane": lane_name,
        "is_sent": is_sent,
        "rows": [present.message_row(row, waits=row.pk in waiting) for row in rows],
        "after": after,
    }
    return render(request, "exchange/lane.html", context)


@require_safe
@for_readers
def find(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """Lead to a message by its id; say so when it is queued and has no number yet."""
    try:
        number = UUID(request.GET.get("id", "").strip()).hex
    except ValueError:
        raise NoSuchMessage(place=request.GET.get("id", "")[:60]) from None
    row = queries.find_message(number)
    if row is not None:
        return HttpResponseRedirect(reverse("exchange:message", args=[row.pk]))
    intent = queries.find_intent(number)
    if intent is None:
        raise NoSuchMessage(place=number)
    return render(request, "exchange/queued.html", {"intent": intent})


@require_safe
@for_readers
def message(request: HttpRequest, _actor: Actor, key: int) -> HttpResponse:
    """Show one message on its way to its receipt."""
    row = _get(key)
    receipt = queries.find_receipt(row)
    context = {
        "row": row,
        "facts": present.message_facts(row),
        "receipt": present.receipt_facts(receipt, row.seq) if receipt else None,
        "own": settings.IDENTITY.code,
    }
    return render(request, "exchange/message.html", context)


def _get(key: int) -> Envelope:
    row = Envelope.objects.filter(pk=key).first() if key < 2**63 else None
    if row is None:
        raise NoSuchMessage(place=str(key))
    return row


@require_safe
@for_readers
def proof(_request: HttpRequest, _actor: Actor, key: int) -> HttpResponse:
    """Serve the proof file of a message: it verifies on any machine, without this node."""
    row = _get(key)
    name = f"{row.peer}-{row.lane}-{row.epoch}-{row.seq}.json"
    return _file(exporting.export_message(row), name)


def _file(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
@for_readers
def evidence(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """List what peers signed and contradicted."""
    kinds = {
        "fork": _("two messages for one place of a lane"),
        "rewritten": _("two statements about its log that cannot both be true"),
    }
    rows = [(row, kinds[row.kind]) for row in queries.newest_evidence(most=200)]
    return render(request, "exchange/evidence.html", {"rows": rows})


@require_safe
@for_readers
def evidence_file(_request: HttpRequest, _actor: Actor, key: int) -> HttpResponse:
    """Serve a piece of evidence."""
    row = queries.get_evidence(key)
    return _file(row.file, f"evidence-{row.peer}-{row.pk}.json")


@require_safe
@for_readers
def refusals(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """List what was refused, the newest first, with the reason that its sender was not told."""
    return render(request, "exchange/refusals.html", {"rows": queries.newest_refusals(most=200)})
