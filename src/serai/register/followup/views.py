"""Pages of the daily work: the work list, an entry's workplace, focal points, saved searches, the table of rights."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from serai.kernel import clock
from serai.kernel.errors import SeraiError
from serai.kernel.people import find_holders, find_people
from serai.kernel.reader import current_language
from serai.kernel.roles import EVERYWHERE, Actor, Role, Scope
from serai.register import queries as register
from serai.register.followup import present, queries
from serai.register.followup.access import for_the_concerned, for_the_signed_in
from serai.register.followup.actions import focal_points as points
from serai.register.followup.actions import searches
from serai.register.followup.forms import Faults
from serai.register.followup.models import FocalPoint, Submission
from serai.register.followup.parties import name_parties, parties_of, read_party
from serai.register.followup.rights import RIGHTS, Act, is_concerned, may
from serai.register.forms import read_list_request
from serai.register.models import Entry
from serai.register.states import RULE_OF


@require_safe
@for_the_signed_in
def work(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits for this person."""
    today, language = clock.today(), current_language()
    found = queries.work_of(actor, today=today)
    counts = queries.count_requests(actor, today=today)
    rows = [*found.to_review, *found.returned, *found.waiting]
    views = {view.number: view for view in _view(rows, language, actor)}
    context = {
        "found": found,
        "to_answer": present.view_requests(found.to_answer, language, today=today),
        "to_review": [views[row.pk] for row in found.to_review],
        "silent": present.view_requests(found.silent, language, today=today),
        "returned": [views[row.pk] for row in found.returned],
        "waiting": [views[row.pk] for row in found.waiting],
        "searches": [{"row": row, "count": _count(row.query)} for row in found.searches],
        "may_ask": actor.has_any(Role.EDITOR),
        "may_review": actor.has_any(Role.REVIEWER),
        "may_answer": actor.has_any(Role.FOCAL_POINT),
        "is_concerned": is_concerned(actor),
        "standings": [(name, gettext(present.STANDINGS[name]), counts[name]) for name in queries.STANDINGS],
    }
    return render(request, "followup/work.html", context)


def _count(query: str) -> int:
    """Return how many entries a saved list holds now."""
    return register.count_entries(read_list_request(QueryDict(query)).request)


@require_safe
@for_the_concerned
def find(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Lead to an entry's workplace: by its number at once, by words over a list."""
    asked = read_list_request(request.GET)
    found = register.list_entries(asked.request)
    if found.total == 1:
        return HttpResponseRedirect(reverse("work:entry", args=[found.entries[0].code]))
    rows = [(row, RULE_OF[found.states[row.pk]]) for row in found.entries]
    return render(request, "followup/find.html", {"rows": rows, "total": found.total, "query": asked.request.text})


def _view(rows: list[Submission], language: str, actor: Actor) -> list[present.FigureView]:
    return present.view_rows(rows, language, indicators=present.indicators_of(rows), reader=actor)


@require_safe
@for_the_concerned
def entry(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One entry's workplace: requests, drafts, figures, who answers, and what may be done next."""
    row = register.get_entry(code)
    today, language = clock.today(), current_language()
    drafts, figures = queries.drafts_on(row, actor), queries.figures_of(row)
    context = {
        "entry": row,
        "rule": RULE_OF[register.state_of(row)],
        "requests": present.view_requests(queries.requests_on(row, actor), language, today=today),
        "drafts": _view(drafts, language, actor),
        "figures": _view(figures, language, actor),
        "points": _name_points(queries.focal_points_on(row, actor), language),
        "may_ask": actor.has_any(Role.EDITOR),
        "may_name": actor.has_any(Role.EDITOR, Role.FOCAL_POINT),
        "may_hand_in": actor.has_any(Role.EDITOR, Role.FOCAL_POINT),
    }
    return render(request, "followup/entry.html", context)


def _name_points(rows: list[FocalPoint], language: str) -> list[dict[str, object]]:
    people = find_people({row.account for row in rows})
    parties = name_parties([row.party for row in rows], language)
    return [
        {
            "row": row,
            "party": parties[row.party],
            "person": people[row.account].name if row.account in people else row.account,
        }
        for row in rows
    ]


@for_the_concerned
def focal_points(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Name who answers for a party on this entry, or on all entries."""
    row, language = register.get_entry(code), current_language()
    faults = Faults()
    if request.method == "POST":
        try:
            party = read_party(request.POST.get("party", ""))
            target: Entry | None = None if request.POST.get("reach") == "all" else row
            account = request.POST.get("account", "")
            points.name_focal_point(party=party, entry=target, account=account, actor=actor)
        except SeraiError as error:
            if error.is_denial:
                raise
            faults = Faults.of(error)
        else:
            return HttpResponseRedirect(reverse("work:entry", args=[row.code]))
    parties = [party for party in _parties_to_name(row, actor, language) if may(actor, Act.NAME, party)]
    names = name_parties(parties, language)
    chosen = request.POST.get("party") or request.GET.get("party", "")
    holders = [(party, names[party], find_holders(Role.FOCAL_POINT, party)) for party in parties]
    context = {
        "entry": row,
        "holders": holders,
        "chosen": chosen,
        "faults": faults,
        "points": _name_points(queries.focal_points_on(row, actor), language),
    }
    return render(request, "followup/focal_points.html", context, status=400 if faults else 200)


def _parties_to_name(row: Entry, actor: Actor, language: str) -> list[Scope]:
    """Return the entry's own parties and those for which the actor stands."""
    own = [grant.scope for grant in actor.grants if grant.role is Role.FOCAL_POINT and grant.scope != EVERYWHERE]
    return list(dict.fromkeys([*parties_of(row, language), *sorted(own)]))


@require_POST
@for_the_concerned
def end_focal_point(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """End a focal point."""
    points.end_focal_point(number=number, actor=actor)
    return HttpResponseRedirect(_next(request))


def _next(request: HttpRequest) -> str:
    """Return where a form wants to lead on to; only inside the daily work."""
    path = request.POST.get("next", "")
    home = reverse("work:home")
    return path if path.startswith(home) and "//" not in path and "\\" not in path else home


@for_the_signed_in
def save_search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ask for a name, and keep a list of the register under it."""
    faults = Faults()
    if request.method == "POST":
        try:
            searches.save_search(name=request.POST.get("name", ""), query=request.POST.get("query", ""), actor=actor)
        except SeraiError as error:
            if error.is_denial:
                raise
            faults = Faults.of(error)
        else:
            return HttpResponseRedirect(reverse("work:home"))
    query = request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode()
    context = {"query": query, "count": _count(query), "name": request.POST.get("name", ""), "faults": faults}
    return render(request, "followup/save_search.html", context, status=400 if faults else 200)


@require_POST
@for_the_signed_in
def delete_search(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Forget a saved list."""
    searches.delete_search(number=number, actor=actor)
    return HttpResponseRedirect(reverse("work:home"))


@require_safe
@for_the_concerned
def rights(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who may do what: the table that every action asks."""
    roles = list(Role)
    rows = [(right.label, [(role, role in right.roles) for role in roles]) for right in RIGHTS.values()]
    own = sorted(actor.grants, key=lambda grant: (grant.role, grant.scope))
    names = name_parties([grant.scope for grant in own], current_language())
    context = {"roles": roles, "rows": rows, "own": [(grant.role, names[grant.scope]) for grant in own]}
    return render(request, "followup/rights.html", context)
