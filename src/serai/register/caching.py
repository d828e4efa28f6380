"""Answers that need no making: an ETag from the register's revision, the day and the address."""

import hashlib
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_safe

from serai import __version__
from serai.kernel import clock
from serai.kernel.revision import get_revisions
from serai.register.revisions import FIGURES, REGISTER

View = Callable[..., HttpResponse]


def etag_of(request: HttpRequest, *_args: object, **_kwargs: object) -> str:
    """Return the tag of a page: it moves with the register, the day, the software and the address asked for."""
    parts = (
        *map(str, get_revisions(REGISTER, FIGURES)),
        clock.today().isoformat(),
        __version__,
        settings.IDENTITY.node_id,
        request.get_full_path(),
    )
    return f'"{hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]}"'


def public_page(view: View) -> View:
    """Serve a reading page: GET and HEAD only, revalidated by its tag, never stale."""

    @require_safe
    @condition(etag_func=etag_of)
    @wraps(view)
    def serve(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, public=True, no_cache=True)
        return response

    return serve
