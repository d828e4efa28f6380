"""What the routes of every context share: the one form of a refusal, and that no parameter is dropped in silence."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from django.http import HttpRequest
from ninja import Schema

from serai.kernel.errors import UnknownParameter


class ErrorBody(Schema):
    code: str
    message: str
    fields: dict[str, str]


class ErrorData(Schema):
    """Every refusal: a stable code, a sentence in the language of the path (English here), and its fields."""

    error: ErrorBody


View = TypeVar("View", bound=Callable[..., object])


def taking(*known: str, refusal: type[UnknownParameter] = UnknownParameter) -> Callable[[View], View]:
    """Refuse parameters that the operation does not have, instead of dropping them silently."""

    def decorate(view: View) -> View:
        @wraps(view)
        def check(request: HttpRequest, *args: object, **kwargs: object) -> object:
            for name in request.GET:
                if name not in known:
                    raise refusal(parameter=name[:40])
            return view(request, *args, **kwargs)

        return cast("View", check)

    return decorate


without_query = taking()
