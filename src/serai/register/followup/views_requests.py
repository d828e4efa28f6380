"""Pages of requests: ask, list by where they stand, one request, remind, withdraw."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from serai.kernel import clock
from serai.kernel.errors import Marked, SeraiError, gettext_noop
from serai.kernel.people import find_people
from serai.kernel.reader import current_language
from serai.kernel.roles import Actor, Scope
from serai.register import queries as register
from serai.register.followup import present, queries
from serai.register.followup.access import for_the_concerned
from serai.register.followup.actions import requests as actions
from serai.register.followup.actions.submissions import may_answer
from serai.register.followup.addressees import find_addressees
from serai.register.followup.errors import Fault, InvalidSubmission, Missing
from serai.register.followup.forms import Faults, conflict_versions, read_due
from serai.register.followup.parties import name_parties, parties_of, read_party
from serai.register.followup.rights import Act, check_may, may
from serai.register.models import Entry

_USUAL_TIME = timedelta(days=21)
_PARTY_NAME = Marked(gettext_noop("Whom to ask"))


@for_the_concerned
def ask(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Ask one or several parties for an update on an entry."""
    row, language, faults = register.get_entry(code), current_language(), Faults()
    parties = [party for party in parties_of(row, language) if may(actor, Act.ASK, party)]
    if not parties:
        check_may(actor, Act.ASK, Scope(""))
    if request.method == "POST":
        try:
            asked = _ask(request, actor, row)
        except SeraiError as error:
            if error.is_denial:
                raise
            faults = Faults.of(error)
        else:
            messages.success(request, _("Asked. Whoever answers for the party was told."))
            path = reverse("work:request", args=[asked[0]]) if len(asked) == 1 else reverse("work:requests")
            return HttpResponseRedirect(path)
    names = name_parties(parties, language)
    context = {
        "entry": row,
        "parties": [(party, names[party], _who_answers(party, row)) for party in parties],
        "chosen": request.POST.getlist("party"),
        "due": request.POST.get("due") or (clock.today() + _USUAL_TIME).isoformat(),
        "least": (clock.today() + timedelta(days=1)).isoformat(),
        "question": request.POST.get("question", ""),
        "faults": faults,
        "versions": conflict_versions(faults.conflict),
    }
    return render(request, "followup/ask.html", context, status=400 if faults else 200)


def _ask(request: HttpRequest, actor: Actor, row: Entry) -> list[int]:
    """Ask everyone chosen, or nobody when one of them cannot be asked."""
    wanted = [read_party(party) for party in dict.fromkeys(request.POST.getlist("party"))]
    if not wanted:
        raise InvalidSubmission([Fault("party", Missing(what=_PARTY_NAME))])
    due = read_due(request.POST)
    return actions.ask_several(
        entry=row, parties=wanted, due=due, question=request.POST.get("question", ""), actor=actor
    )


def _who_answers(party: Scope, row: Entry) -> str:
    """Return the names of whom a request would reach; empty when nobody answers for the party."""
    people = find_people(find_addressees(party, row))
    return ", ".join(sorted(person.name for person in people.values()))


@require_safe
@for_the_concerned
def requests(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All requests that the person may see, by where they stand: asked, answered, silent. Never by state or body."""
    standing = request.GET.get("standing", "")
    page = request.GET.get("page", "1")
    asked = queries.RequestFilter(
        standing=standing if standing in queries.STANDINGS else "",
        entry=request.GET.get("entry", "")[:16],
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
    )
    today = clock.today()
    found = queries.list_requests(asked, actor, today=today)
    context = {
        "found": found,
        "rows": present.view_requests(found.rows, current_language(), today=today),
        "standing": asked.standing,
        "standings": [(name, _(present.STANDINGS[name]), found.counts[name]) for name in queries.STANDINGS],
        "entry": asked.entry,
    }
    return render(request, "followup/requests.html", context)


@require_safe
@for_the_concerned
def request_page(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One request with its answers."""
    return _show_request(request, actor, number)


def _show_request(request: HttpRequest, actor: Actor, number: int, faults: Faults | None = None) -> HttpResponse:
    row = queries.get_request(number, actor)
    language, today = current_language(), clock.today()
    answers = list(row.submissions.all())
    people = find_people([row.asked_by])
    context = {
        "request_row": present.view_requests([row], language, today=today)[0],
        "entry": row.entry,
        "answers": present.view_rows(
            answers,
            language,
            indicators=present.indicators_of(answers),
            evidence=queries.evidence_of(answers, actor),
            reader=actor,
        ),
        "asked_by": people[row.asked_by].name if row.asked_by in people else row.asked_by,
        "addressees": _who_answers(Scope(row.party), row.entry),
        "may_answer": row.state == "open" and may_answer(row, actor),
        "may_ask": row.state == "open" and may(actor, Act.ASK, Scope(row.party)),
        "faults": faults,
    }
    return render(request, "followup/request.html", context, status=400 if faults else 200)


@require_POST
@for_the_concerned
def withdraw(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Withdraw a request."""
    try:
        actions.withdraw_request(number=number, reason=request.POST.get("reason", ""), actor=actor)
    except InvalidSubmission as error:
        return _show_request(request, actor, number, Faults.of(error))
    messages.success(request, _("The request was withdrawn, and the focal point was told."))
    return HttpResponseRedirect(reverse("work:request", args=[number]))


@require_POST
@for_the_concerned
def remind(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Remind the addressee."""
    is_sent = actions.remind(number=number, actor=actor)
    said = _("The reminder was sent.") if is_sent else _("A reminder was sent today already; another can go tomorrow.")
    messages.success(request, said)
    return HttpResponseRedirect(reverse("work:request", args=[number]))
