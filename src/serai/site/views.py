"""Pages of the node itself: home, what it is about, health, and the API's own description."""

import importlib.metadata
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from serai.kernel import clock
from serai.kernel.reader import current_language
from serai.register import present, queries
from serai.register.caching import public_page
from serai.register.followup.public import values_now
from serai.register.followup.rights import LIMITS, RIGHTS
from serai.register.index import get_index
from serai.register.loader import ASTANA, XIAN
from serai.register.states import RULES
from serai.site.api import api
from serai.site.openapi import Operation, read_operations

# Entries on which this platform's own operation will give the figure: the first ones to follow.
FIRST_FIGURES = ("VI.7b", "VI.13a", "VI.16c", "VI.16d", "VI.16f", "XIII.4b")
COMING_EVENTS = 4


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The mechanism at a glance."""
    index = get_index()
    counts = index.facets.count({})
    today = clock.today()
    kinds = counts.get("indicator", {})
    coming = [
        event for event in queries.find_events() if event.outcome is None and present.in_window(event, today, today.max)
    ]
    rows = queries.get_rows([index.codes.index(code) for code in FIRST_FIGURES if code in index.codes], index)
    values = values_now(rows, current_language())
    context = {
        "entries": index.facets.size,
        "paragraphs": queries.get_declaration(ASTANA).paragraphs if index.facets.size else 0,
        "kinds": kinds,
        "measured": sum(count for kind, count in kinds.items() if kind != "none"),
        "systems": len(counts.get("system", {})),
        "with_system": sum(counts.get("system", {}).values()),
        "states": [(rule, counts["state"].get(rule.state, 0)) for rule in RULES if counts.get("state")],
        "rows": [(row, values.get(row.pk, ())) for row in rows],
        "tally": present.tally(index.sections, index.source_kinds, current_language()),
        "coming": coming[:COMING_EVENTS],
    }
    return render(request, "site/home.html", context)


@public_page
def licences(request: HttpRequest) -> HttpResponse:
    """What the node is made of, with the licence of each part."""
    prior = queries.get_declaration(XIAN) if get_index().facets.size else None
    return render(request, "site/licences.html", {"packages": _packages(), "prior": prior})


def _packages() -> list[tuple[str, str, str]]:
    """Return name, version and licence of every package that the running software was installed with."""
    found = []
    for name in _RUN:
        try:
            package = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        found.append((package["Name"], package["Version"], _licence(package)))
    return found


_RUN = (
    "Babel Brotli Django PyYAML argon2-cffi click cryptography dj-database-url django-allauth django-csp django-ninja "
    "fido2 gunicorn icalendar psycopg pydantic qrcode rapidfuzz rfc8785 rich snowballstemmer typst whitenoise"
).split()


def _licence(package: Any) -> str:
    expression = package.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [value for value in package.get_all("Classifier") or [] if value.startswith("License ::")]
    return classifiers[0].rpartition(" :: ")[2] if classifiers else str(package.get("License") or "?")[:60]


@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "site/accessibility.html")


@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "site/privacy.html", {"per_minute": settings.REQUESTS_PER_MINUTE})


@public_page
def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "site/contact.html", {"contact": settings.OPERATOR_CONTACT})


@public_page
def api_docs(request: HttpRequest) -> HttpResponse:
    """The API described from its own OpenAPI document, readable without script."""
    groups: dict[str, list[Operation]] = {}
    for operation in _operations():
        groups.setdefault(operation.group, []).append(operation)
    context = {
        "version": api.version,
        "groups": groups,
        "limits": [(limit, [right.label for right in RIGHTS.values() if right.limit == limit]) for limit in LIMITS],
    }
    return render(request, "site/api.html", context)


@cache
def _operations() -> list[Operation]:
    """Return what the API does; it stays the same while the process lives, and takes long to describe."""
    return read_operations(api.get_openapi_schema(path_prefix="/api/"))


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """Whether the process answers."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Whether the node can serve: its store answers and the register is loaded."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        version = queries.get_version()
    except DatabaseError:
        return JsonResponse({"status": "not ready", "reason": "the store does not answer"}, status=503)
    if version is None:
        return JsonResponse({"status": "not ready", "reason": "no register is loaded"}, status=503)
    return JsonResponse({"status": "ready", "catalogue_version": version.number})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /api/\n", content_type="text/plain")
