"""Pages on which operators meet, introduce and end peers, and try a link by a note."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from serai.exchange import note, peers, queries
from serai.exchange.pages import present
from serai.exchange.pages.access import for_operators, for_readers, form_of
from serai.exchange.rights import is_operator
from serai.kernel.countries import name_node
from serai.kernel.errors import SeraiError
from serai.kernel.reader import current_language
from serai.kernel.roles import Actor
from serai.kernel.sentences import sentence_of
from serai.kernel.who import confirmed

_PEER: Final = "exchange:peer"


def _peer_url(code: str) -> str:
    return reverse(_PEER, args=[code])


def _meet_url() -> str:
    return reverse("exchange:meet")


@require_safe
@for_operators
def meet(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """Ask for the address of a node."""
    return render(request, "exchange/meet.html", {"url": "", "error": ""})


@form_of(_meet_url)
@for_operators
@confirmed
def take_address(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Fetch what a node says of itself; nothing of it is believed until fingerprints were compared."""
    url = request.POST.get("url", "").strip()
    try:
        peer = peers.meet_peer(url=url, actor=actor)
    except SeraiError as error:
        context = {"url": url[:300], "error": sentence_of(error)}
        return render(request, "exchange/meet.html", context, status=error.http_status)
    return HttpResponseRedirect(_peer_url(peer.pk))


@require_safe
@for_readers
def peer(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Show how it stands with one peer."""
    return _show(request, actor, code)


def _show(
    request: HttpRequest, actor: Actor, code: str, *, error: SeraiError | None = None, field: str = ""
) -> HttpResponse:
    standing, language = queries.get_peer_standing(code), current_language()
    context = {
        "peer": present.peer_rows([standing], language)[0],
        "fingerprint": present.group_fingerprint(standing.fingerprint) if standing.state != "met" else (),
        "own_fingerprint": present.group_fingerprint(queries.own_fingerprint()),
        "lanes": queries.lanes_of(code),
        "may_act": is_operator(actor),
        "error": sentence_of(error) if error else "",
        "field": field,
        "given": request.POST.get(field, "")[:1000] if field else "",
    }
    return render(request, "exchange/peer.html", context, status=error.http_status if error else 200)


@form_of(_peer_url)
@for_operators
@confirmed
def introduce(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Trust a node whose fingerprint its own operator read to us."""
    try:
        peers.introduce_peer(code=code, fingerprint=request.POST.get("fingerprint", ""), actor=actor)
    except SeraiError as error:
        return _show(request, actor, code, error=error, field="fingerprint")
    name = name_node(code, current_language())
    messages.success(request, _("{node} is introduced. What it signs is believed from now on.").format(node=name))
    return HttpResponseRedirect(_peer_url(code))


@form_of(_peer_url)
@for_operators
@confirmed
def end(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """End the exchange with a peer."""
    reason = request.POST.get("reason", "").strip()
    try:
        peers.end_peer(code=code, reason=reason, actor=actor)
    except SeraiError as error:
        return _show(request, actor, code, error=error, field="reason")
    name = name_node(code, current_language())
    messages.success(request, _("The exchange with {node} is ended. What is queued for it waits.").format(node=name))
    return HttpResponseRedirect(_peer_url(code))


@form_of(_peer_url)
@for_operators
def send_note(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Send a note to a peer's operators, and show where it is."""
    text = request.POST.get("text", "").replace("\r\n", "\n").strip()
    try:
        number = note.send_note(to=code, text=text, actor=actor)
    except SeraiError as error:
        return _show(request, actor, code, error=error, field="text")
    return HttpResponseRedirect(f"{reverse('exchange:find')}?id={number}")
