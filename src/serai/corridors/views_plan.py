"""The planner's page. A question is its address; nothing is kept. What can be taken away is in `views_plan_export.py`."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from serai.corridors import plan_sentences as sentences
from serai.corridors import plan_words as words
from serai.corridors.network import Network
from serai.corridors.plan_faults import make_fault
from serai.corridors.plan_form import asked_fields, make_form, missing_end
from serai.kernel import clock
from serai.kernel.countries import STATES, name_party
from serai.kernel.errors import BadInput
from serai.kernel.reader import current_language

_MOST_ON_MAP: Final = 5


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """Ask, and be answered on the same address."""
    network, language = Network.load(), current_language()
    context: dict[str, Any] = {}
    query, fault, status = request.GET, missing_end(request.GET), 200
    if query and not fault:
        try:
            context = _answered(find_answer(request, network), query.get("way", ""), language)
            query = QueryDict(context["query"])
        except BadInput as error:
            fault, status = make_fault(network, query, error, language), error.http_status
    context["form"] = make_form(network, query, language, fault)
    response = render(request, "corridors/plan.html", context, status=status)
    patch_cache_control(response, public=True, no_cache=True)
    return response


def find_answer(request: HttpRequest, network: Network) -> Any:
    """Return the answer to an address's question. Raises BadInput. Numerical libraries are imported here and not before."""
    from serai.corridors.asking import Asked, read_enquiry
    from serai.corridors.planning import plan as find

    return find(network, read_enquiry(network, Asked(**asked_fields(request.GET)), now=clock.now()))


def _answered(answer: Any, chosen: str, language: str) -> dict[str, Any]:
    from serai.corridors.plan_present import Presenter

    presenter = Presenter(answer, language)
    context = {
        "answer": answer,
        "query": presenter.query(),
        "asked": presenter.asked(),
        "limits": presenter.limits(),
        "is_past": answer.enquiry.ready < clock.now(),
        "stops": presenter.stops(),
        "bare": presenter.query_without_limits(),
    }
    return context | (_told(presenter, chosen, language) if answer.itineraries else {})


def _told(presenter: Any, chosen: str, language: str) -> dict[str, Any]:
    from serai.corridors.plan_compare import make_rows, tell_reasons
    from serai.corridors.plan_map import draw_map
    from serai.corridors.plan_scatter import draw_scatter

    answer, lettered, cards = presenter.answer, presenter.lettered(), presenter.cards(chosen)
    rows = make_rows(answer.network, lettered, language)
    on_map = [(letter, one) for letter, one in lettered if letter in {card.letter for card in cards}][:_MOST_ON_MAP]
    states = [(code, name_party(code, language)) for code in STATES]
    dots = [(row.letter, one, sentences.tell_way(row)) for row, (_letter, one) in zip(rows, lettered, strict=True)]
    return {
        "cards": cards,
        "rows": rows,
        "reasons": list(tell_reasons(lettered, language)),
        "title": words.count_ways(sum(one.is_shown for one in answer.itineraries)),
        "map": draw_map(answer.network, on_map, language, states),
        "scatter": draw_scatter(dots, lambda value: words.figure(value, language)) if len(lettered) > 1 else None,
        "closures": presenter.closures(),
        "beaten": answer.found - len(answer.itineraries),
    }
