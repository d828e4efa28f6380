"""Pages of the register. Each reads through `queries`, makes words through `present`, and renders one template."""

from collections.abc import Sequence
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from serai.kernel import clock
from serai.kernel.countries import STATES, sort_parties
from serai.kernel.reader import current_language
from serai.register import filters, present, queries
from serai.register.caching import public_page
from serai.register.diff import compare_records
from serai.register.followup.page_digest import page_digest
from serai.register.followup.present import indicators_of, view_rows
from serai.register.followup.public import follow_up_of, values_now
from serai.register.followup.queries import public_history_of
from serai.register.forms import read_list_request
from serai.register.index import get_index
from serai.register.labels import keys
from serai.register.loader import ASTANA, XIAN
from serai.register.models import EntryRevision
from serai.register.outside import outside_of
from serai.register.states import RULE_OF, RULES, State
from serai.register.timeline import timeline_of
from serai.register.vocabulary import LIVE_SYSTEMS, STRENGTHS, Act, Kind, Relation, Scope

CALENDAR_DAYS = 365


@public_page
def entries(request: HttpRequest) -> HttpResponse:
    """The list: search, facets, order, pages."""
    read = read_list_request(request.GET)
    found = queries.list_entries(read.request)
    rest = request.GET.copy()
    rest.pop("page", None)
    context = {
        "found": found,
        "rows": [(entry, RULE_OF[found.states[entry.pk]]) for entry in found.entries],
        "query": read.request.text,
        "facets": filters.group_facets(found.counts, read.request.choice, current_language()),
        "filters": filters.chosen_filters(read.request.choice, request.GET, current_language()),
        "chosen": [(facet, value) for facet, values in read.request.choice.items() for value in values],
        "left_out": read.left_out,
        "query_rest": rest.urlencode(),
        "first": (found.page - 1) * found.size + 1,
        "last": min(found.page * found.size, found.total),
    }
    return render(request, "register/entries.html", context)


@public_page
def entry(request: HttpRequest, code: str) -> HttpResponse:
    """One entry."""
    row = queries.get_entry(code)
    if row.code != code:
        return HttpResponseRedirect(reverse("register:entry", args=[row.code]))
    before, after = queries.get_neighbours(row)
    state = queries.state_of(row)
    today = get_index().day
    context = {
        "entry": row,
        "rule": RULE_OF[state],
        "timeline": timeline_of(row, state=state, today=today, language=current_language()),
        "actors": present.actors_of(row, current_language()),
        "section_name": present.section_label(row.section, current_language()),
        "is_system_live": row.system in LIVE_SYSTEMS,
        "follow_up": follow_up_of(row, current_language()),
        "outside": outside_of(row.code),
        "digest": page_digest(row),
        "figures_url": reverse("register:figures-csv", args=[row.code]),
        "before": before,
        "after": after,
    }
    return render(request, "register/entry.html", context)


@public_page
def history(request: HttpRequest, code: str) -> HttpResponse:
    """What was published on an entry, and what changed in its wording."""
    row = queries.get_entry(code)
    published = public_history_of(row)
    context = {
        "entry": row,
        "published": view_rows(published, current_language(), indicators=indicators_of(published)),
        "versions": _versions(queries.find_revisions(row)),
    }
    return render(request, "register/history.html", context)


def _versions(revisions: Sequence[EntryRevision]) -> list[dict[str, object]]:
    """Return the versions of an entry, the newest first, each with what it changed."""
    rows = []
    before: EntryRevision | None = None
    for revision in revisions:
        rows.append(
            {
                "number": revision.version_id,
                "day": revision.version.loaded_at,
                "is_first": before is None,
                "changes": list(compare_records(before.record, revision.record)) if before else [],
            }
        )
        before = revision
    return rows[::-1]


@public_page
def bodies(request: HttpRequest) -> HttpResponse:
    """All bodies that the declaration names."""
    rows = sorted(queries.find_bodies(), key=lambda row: row[0].text("name", current_language()).casefold())
    states = sort_parties(STATES, current_language())
    return render(request, "register/bodies.html", {"rows": rows, "states": states})


@public_page
def body(request: HttpRequest, slug: str) -> HttpResponse:
    """One body with the entries that name it."""
    row = queries.get_body(slug)
    found, states = queries.entries_of_body(row)
    context = {"body": row, "rows": [(entry, RULE_OF[states[entry.pk]]) for entry in found]}
    return render(request, "register/body.html", context)


@public_page
def brief(request: HttpRequest, slug: str) -> HttpResponse:
    """A brief for a body, made to be printed: the clauses that name it."""
    row = queries.get_body(slug)
    found, states = queries.entries_of_body(row)
    rows = [(entry, RULE_OF[states[entry.pk]], present.actors_of(entry, current_language())) for entry in found]
    return render(request, "register/brief.html", {"body": row, "rows": rows})


@public_page
def instruments(request: HttpRequest) -> HttpResponse:
    """Treaties, resolutions, initiatives and programmes that the declaration names."""
    return render(request, "register/instruments.html", {"rows": queries.find_instruments()})


@public_page
def instrument(request: HttpRequest, slug: str) -> HttpResponse:
    """One instrument with the entries that name it."""
    row = queries.get_instrument(slug)
    index = get_index()
    states = dict(zip(index.keys, index.states, strict=True))
    rows = [
        (entry, RULE_OF[states[entry.pk]]) for entry in row.entries.select_related("indicator").order_by("position")
    ]
    return render(request, "register/instrument.html", {"instrument": row, "rows": rows})


@public_page
def calendar(request: HttpRequest) -> HttpResponse:
    """The coming twelve months, what is further off, and what is past."""
    today = clock.today()
    horizon = today + timedelta(days=CALENDAR_DAYS)
    events = queries.find_events()
    coming = [event for event in events if present.in_window(event, today, horizon) and event.outcome is None]
    later = [event for event in events if event not in coming and present.in_window(event, horizon, today.max)]
    past = [event for event in events if event not in coming and event not in later]
    context = {
        "today": today,
        "horizon": horizon,
        "coming": coming,
        "later": later,
        "past": past[::-1],
        "periods": queries.find_periods(),
    }
    return render(request, "register/calendar.html", context)


@public_page
def comparison(request: HttpRequest) -> HttpResponse:
    """The two summits side by side; what could not be compared is listed as such."""
    relation = request.GET.get("relation", "")
    section = request.GET.get("section", "")
    relation = relation if relation in set(Relation) else ""
    section = section if section in keys("sections") else ""
    rows = queries.find_lineage(relation, section)
    counts = queries.count_relations()
    context = {
        "counts": counts,
        "bar": present.relation_bar(counts),
        "relation": relation,
        "section": section,
        "section_name": present.section_label(section, current_language()) if section else "",
        "sections": [(key, present.section_label(key, current_language())) for key in keys("sections")],
        "compared": [row for row in rows if row.relation != Relation.UNDETERMINED],
        "undetermined": [row for row in rows if row.relation == Relation.UNDETERMINED],
        "without_successor": queries.find_without_successor(),
        "prior": queries.get_declaration(XIAN),
    }
    return render(request, "register/comparison.html", context)


@public_page
def indicators(request: HttpRequest) -> HttpResponse:
    """All indicators: what would measure each entry, and what is known."""
    rows = queries.find_indicators()
    chosen = request.GET.get("source", "")
    counts = {kind: sum(row.source_kind == kind for row in rows) for kind in ("platform", "declared", "public")}
    chosen = chosen if chosen in counts else ""
    shown = [row for row in rows if not chosen or row.source_kind == chosen]
    values = values_now([row.entry for row in shown], current_language())
    context = {
        "rows": [(row, values.get(row.entry.pk, ())) for row in shown],
        "all": len(rows),
        "measured": len(values) if not chosen else len(values_now([row.entry for row in rows], current_language())),
        "counts": [(kind, present.indicator_label(kind), count) for kind, count in counts.items()],
        "chosen": chosen,
        "chosen_label": present.indicator_label(chosen) if chosen else "",
    }
    return render(request, "register/indicators.html", context)


@public_page
def method(request: HttpRequest) -> HttpResponse:
    """How entries are coded and how states are decided, made from the rules themselves."""
    counts = get_index().facets.count({})
    context = {
        "rules": [(rule, counts["state"].get(rule.state, 0)) for rule in RULES],
        "acts": [(act, counts["act"].get(act, 0)) for act in Act],
        "strengths": [(str(level), counts["strength"].get(str(level), 0)) for level in STRENGTHS],
        "kinds": [(kind, counts["kind"].get(kind, 0)) for kind in Kind],
        "scopes": list(Scope),
        "paragraphs": queries.get_declaration(ASTANA).paragraphs,
        "unmeasured": RULE_OF[State.NOT_YET_MEASURED],
    }
    return render(request, "register/method.html", context)


@public_page
def data(request: HttpRequest) -> HttpResponse:
    """Open data: files, feed, API and command line."""
    return render(request, "register/data.html", {"version": queries.get_version()})
