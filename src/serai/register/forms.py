"""What a list's address may ask for, read leniently for pages: what cannot be used is left out and named."""

from dataclasses import dataclass, replace
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from serai.register.choices import is_known
from serai.register.filters import facet_title
from serai.register.index import FACETS, get_index
from serai.register.queries import LONGEST_QUERY, ListRequest, Order

PAGE_SIZE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """The request as understood, and sentences about what was left out."""

    request: ListRequest
    left_out: list[str]


def read_list_request(query: QueryDict, *, size: int = PAGE_SIZE) -> ReadRequest:
    """Read the address of a list page."""
    index = get_index()
    left_out: list[str] = []
    choice: dict[str, list[str]] = {}
    for facet in FACETS:
        for value in dict.fromkeys(query.getlist(facet)):
            if is_known(facet, value, index):
                choice.setdefault(facet, []).append(value)
            elif value:
                left_out.append(
                    _("The filter “%(facet)s” has no value “%(value)s”, so it was left out.")
                    % {"facet": facet_title(facet), "value": value[:40]}
                )
    text = query.get("q", "")
    if len(text) > LONGEST_QUERY:
        left_out.append(_("The search was cut to its first %(n)s characters.") % {"n": LONGEST_QUERY})
    request = ListRequest(text=text[:LONGEST_QUERY].replace("\x00", ""), choice=choice, size=size)
    request, more = _read_order(query, request)
    request, still_more = _read_page(query, request)
    return ReadRequest(request=request, left_out=left_out + more + still_more)


def _read_order(query: QueryDict, request: ListRequest) -> tuple[ListRequest, list[str]]:
    given = query.get("order", "")
    if not given:
        return request, []
    try:
        return replace(request, order=Order(given)), []
    except ValueError:
        return request, [_("There is no order “%(value)s”, so the usual one is used.") % {"value": given[:40]}]


def _read_page(query: QueryDict, request: ListRequest) -> tuple[ListRequest, list[str]]:
    given = query.get("page", "")
    if not given:
        return request, []
    if given.isascii() and given.isdigit() and int(given[:9]) > 0:
        return replace(request, page=int(given[:9])), []
    return request, [_("“%(value)s” is no page number, so the first page is shown.") % {"value": given[:40]}]
