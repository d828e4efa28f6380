"""What can be taken away of an answer: the legs as CSV, the ways as GeoJSON, one way as a calendar. Each is named for its realm."""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from serai.corridors import plan_sentences as sentences
from serai.corridors.network import Network
from serai.corridors.views_plan import find_answer
from serai.kernel.csvfile import write_csv
from serai.kernel.errors import BadInput
from serai.kernel.reader import current_language

Made = tuple[bytes, str, str]  # content, media type, ending of the file's name
_CALENDAR: Final = "text/calendar; charset=utf-8"


def _download(make: Callable[[HttpRequest, Any, str], Made]) -> Callable[[HttpRequest], HttpResponse]:
    @require_safe
    def serve(request: HttpRequest) -> HttpResponse:
        realm = settings.IDENTITY.realm
        content, kind, ending = make(request, find_answer(request, Network.load()), current_language())
        suffix = "" if realm == "service" else f"-{realm}"
        headers = {"Content-Disposition": f'attachment; filename="serai-plan{suffix}{ending}"'}
        return HttpResponse(content, content_type=kind, headers=headers)

    return serve


def _csv(request: HttpRequest, answer: Any, language: str) -> Made:
    from serai.corridors.telling import LEG_COLUMNS, leg_rows

    realm = str(settings.IDENTITY.realm)
    rows = ([*row, realm] for row in leg_rows(answer.network, answer.itineraries, language))
    return write_csv([*LEG_COLUMNS, "realm"], rows), "text/csv; charset=utf-8", ".csv"


def _geojson(request: HttpRequest, answer: Any, language: str) -> Made:
    from serai.corridors.exporting import to_geojson

    return to_geojson(answer, realm=str(settings.IDENTITY.realm)), "application/geo+json", ".geojson"


def _calendar(request: HttpRequest, answer: Any, language: str) -> Made:
    from serai.corridors.exporting import to_calendar
    from serai.corridors.telling import letter_of

    letters = [letter_of(number) for number in range(len(answer.itineraries))]
    if (way := request.GET.get("way", "A")) not in letters:
        raise BadInput(reason=_("there is no such way in the answer"))
    number = letters.index(way)
    one = answer.itineraries[number]
    title = sentences.itinerary_name(answer.network, one, language)
    if settings.IDENTITY.realm != "service":
        title = f"{title} ({settings.IDENTITY.realm})"
    told = [sentences.leg_event(answer.network, leg, language) for leg in one.legs]
    return to_calendar(answer, number, title, told), _CALENDAR, f"-{way}.ics"


plan_csv, plan_geojson, plan_calendar = _download(_csv), _download(_geojson), _download(_calendar)
