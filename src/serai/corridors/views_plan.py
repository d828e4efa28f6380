"""The planner's page and what can be taken away from it. A question is its address; nothing is kept."""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from serai.corridors import plan_words as words
from serai.corridors.network import Network
from serai.corridors.plan_form import asked_fields, is_asked, make_form
from serai.kernel import clock
from serai.kernel.csvfile import write_csv
from serai.kernel.errors import BadInput, SeraiError
from serai.kernel.reader import current_language
from serai.kernel.sentences import sentence_of

_MOST_ON_MAP: Final = 4


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """Ask, and be answered on the same address."""
    network, language = Network.load(), current_language()
    context: dict[str, Any] = {"form": make_form(network, request.GET, language), "query": request.GET.urlencode()}
    status = 200
    if is_asked(request.GET):
        try:
            context |= _answered(request, network, language)
        except SeraiError as error:
            if not isinstance(error, BadInput):
                raise
            context["fault"], status = sentence_of(error), error.http_status
    elif request.GET:
        context["fault"] = _("Say from where and to where.")
    response = render(request, "corridors/plan.html", context, status=status)
    patch_cache_control(response, public=True, no_cache=True)
    return response


def _find(request: HttpRequest, network: Network) -> Any:
    from serai.corridors.asking import Asked, read_enquiry
    from serai.corridors.planning import plan as find

    return find(network, read_enquiry(network, Asked(**asked_fields(request.GET)), now=clock.now()))


def _answered(request: HttpRequest, network: Network, language: str) -> dict[str, Any]:
    from serai.corridors.plan_map import draw_map
    from serai.corridors.plan_present import Presenter
    from serai.corridors.plan_scatter import draw_scatter

    answer = _find(request, network)
    presenter = Presenter(answer, request.GET, language)
    lettered = presenter.lettered()
    chosen = request.GET.get("way", "")
    cards = presenter.cards(chosen if chosen in {letter for letter, _one in lettered} else "")
    on_map = [(letter, one) for letter, one in lettered if letter in {card.letter for card in cards}][:_MOST_ON_MAP]
    names = {letter: words.itinerary_name(answer.network, one, language) for letter, one in lettered}
    ready = answer.enquiry.ready
    return {
        "answer": answer,
        "cards": cards,
        "rows": [_row(letter, one, names[letter], language) for letter, one in lettered],
        "title": words.count_ways(len(cards)),
        "map": draw_map(answer.network, on_map, language) if on_map else None,
        "scatter": draw_scatter(
            [(letter, one, names[letter]) for letter, one in lettered], lambda value: words.figure(value, language)
        )
        if len(lettered) > 1
        else None,
        "closures": presenter.closures(),
        "stops": presenter.stops(),
        "is_past": ready < clock.now(),
        "beaten": answer.found - len(answer.itineraries),
        "no_way": "&".join(part for part in request.GET.urlencode().split("&") if not part.startswith("way=")),
    }


def _row(letter: str, one: Any, name: str, language: str) -> dict[str, Any]:
    return {
        "letter": letter,
        "name": name,
        "time": words.span(one.hours, language),
        "usd": words.figure(one.usd, language),
        "co2e": words.figure(one.co2e_kg / 1000, language, 2),
        "km": words.figure(one.km, language),
        "border": words.span(one.border_hours, language),
        "shares": [words.figure(usd, language) for usd in one.usd_by_share().values()],
        "p95": words.span((one.reliability.p95 - one.departs) / 60, language) if one.reliability else "",
        "is_shown": one.is_shown,
    }


def _download(make: Callable[[HttpRequest, Any], tuple[bytes, str, str]]) -> Callable[[HttpRequest], HttpResponse]:
    @require_safe
    def serve(request: HttpRequest) -> HttpResponse:
        content, kind, name = make(request, _find(request, Network.load()))
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type=kind, headers=headers)

    return serve


def _csv(request: HttpRequest, answer: Any) -> tuple[bytes, str, str]:
    from serai.corridors.telling import LEG_COLUMNS, leg_rows

    return (
        write_csv(LEG_COLUMNS, leg_rows(answer.network, answer.itineraries)),
        "text/csv; charset=utf-8",
        "serai-plan.csv",
    )


def _geojson(request: HttpRequest, answer: Any) -> tuple[bytes, str, str]:
    from serai.corridors.exporting import to_geojson

    return to_geojson(answer), "application/geo+json", "serai-plan.geojson"


def _calendar(request: HttpRequest, answer: Any) -> tuple[bytes, str, str]:
    from serai.corridors.exporting import to_calendar
    from serai.corridors.telling import letter_of

    letters = [letter_of(number) for number in range(len(answer.itineraries))]
    if (way := request.GET.get("way", "A")) not in letters:
        raise BadInput(reason=_("there is no such way in the answer"))
    number = letters.index(way)
    title = words.itinerary_name(answer.network, answer.itineraries[number], current_language())
    return to_calendar(answer, number, title), "text/calendar; charset=utf-8", f"serai-plan-{way}.ics"


plan_csv, plan_geojson, plan_calendar = _download(_csv), _download(_geojson), _download(_calendar)
