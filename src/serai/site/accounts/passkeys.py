"""Views of allauth, imported when first asked for: passkeys and codes bring libraries that a node at rest does without.

What allauth needs for passkeys (fido2, cryptography) and for QR codes takes more memory than all its other pages.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string


def lazily(view: str) -> Callable[..., HttpResponseBase]:
    """Return a view by its dotted name."""

    def serve(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        answer: HttpResponseBase = import_string(view)(request, *args, **kwargs)
        return answer

    return serve
