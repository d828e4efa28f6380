"""The page that says what is in the network and how sure it is, and its tables to take away."""

import io
from functools import cache
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from serai.corridors import network_present as present
from serai.corridors.network import Network
from serai.corridors.tables import DATA
from serai.kernel.reader import current_language

_STAMP: Final = (2026, 1, 1, 0, 0, 0)  # of every file in the archive, so that the same tables are the same archive


@require_safe
def network(request: HttpRequest) -> HttpResponse:
    tables, language = Network.load(), current_language()
    context = {
        "counts": present.counts(tables),
        "modes": present.mode_names(),
        "planned": present.planned_rows(tables, language),
        "sureness": present.sureness(tables),
        "confidences": present.confidences(tables),
        "crossings": present.crossing_rows(tables, language),
        "services": present.service_rows(tables, language),
        "notices": [
            (folder, (DATA / folder / "NOTICE").read_text("utf-8")) for folder in ("network", "factors", "basemap")
        ],
    }
    response = render(request, "corridors/network.html", context)
    patch_cache_control(response, public=True, no_cache=True)
    return response


@require_safe
def network_zip(request: HttpRequest) -> HttpResponse:
    """All tables with their licences, as they are shipped."""
    headers = {"Content-Disposition": 'attachment; filename="serai-corridors.zip"'}
    return HttpResponse(_archive(), content_type="application/zip", headers=headers)


@cache
def _archive() -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for file in sorted(file for file in DATA.rglob("*") if file.is_file()):
            packed.writestr(ZipInfo(str(file.relative_to(DATA)), _STAMP), file.read_bytes(), ZIP_DEFLATED)
    return out.getvalue()
