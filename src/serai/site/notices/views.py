"""Pages of what people are told: one's notices, one's wishes about mails, and ending mails from a mail itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from serai.kernel.errors import BadInput
from serai.kernel.languages import format_moment
from serai.kernel.models import Notice, Wish
from serai.kernel.notices import sentence_of
from serai.kernel.reader import current_language
from serai.kernel.roles import Actor
from serai.site.accounts.actor import actor_of
from serai.site.accounts.middleware import to_sign_in
from serai.site.notices import actions, links
from serai.site.notices.wishes import read_wish, wish_of

PAGE: Final = 50
_LONGEST_NUMBER: Final = 18  # digits of a row's number that every store takes
_View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A notice as the list shows it."""

    number: int
    sentence: str
    at: datetime
    moment: str
    is_unread: bool


def for_people(view: _View) -> _View:
    """Send strangers to the sign-in, and back afterwards; nobody else's page is kept anywhere."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if actor_of(request).account else to_sign_in(request)

    return never_cache(guarded)


@require_safe
@for_people
def notices(request: HttpRequest) -> HttpResponse:
    """One's notices, newest first."""
    rows = Notice.objects.filter(account=actor_of(request).account).order_by("-at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [_line(row) for row in page.object_list],
        "unread": rows.filter(read_at=None).count(),
        "up_to": rows.aggregate(last=Max("pk"))["last"],
        "wish": wish_of(actor_of(request).account),
    }
    return render(request, "notices/notices.html", context)


def _line(row: Notice) -> Line:
    return Line(
        number=row.pk,
        sentence=sentence_of(row),
        at=row.at,
        moment=format_moment(row.at, current_language()),
        is_unread=row.read_at is None,
    )


@require_http_methods(["GET"])
@for_people
def open_notice(request: HttpRequest, number: int) -> HttpResponse:
    """Lead on to what a notice is about, and mark it as read."""
    notice = actions.read_notice(number=_check_number(str(number)), actor=actor_of(request))
    return HttpResponseRedirect(links.in_language(notice.path, current_language()))


@require_POST
@for_people
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark as read what the page showed; what came since stays new."""
    actions.read_all(up_to=_check_number(request.POST.get("up_to", "")), actor=actor_of(request))
    return redirect("notices:notices")


def _check_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise BadInput(reason=gettext("it names no notice. Load the list of your notices again."))
    return int(text)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def wishes(request: HttpRequest) -> HttpResponse:
    """When mails are to come, and which come in any case."""
    actor = actor_of(request)
    if request.method == "POST":
        actions.set_wish(account=actor.account, wish=read_wish(request.POST.get("wish", "")), actor=actor)
        messages.success(request, gettext("Your wish was saved."))
        return redirect("notices:wishes")
    return render(request, "notices/wishes.html", {"wish": wish_of(actor.account)})


@csrf_exempt  # mail programs post for their user (RFC 8058); the signed address is the proof
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End mails that are no duty, without signing in. Opening the page changes nothing: scanners open every link."""
    account = links.read_unsubscribe_token(token)
    if request.method == "POST":
        reason = "by the link in a mail"  # so whoever holds the mail did it, and not surely the person herself
        actions.set_wish(account=account, wish=Wish.NEVER, actor=Actor.public(), reason=reason)
    has_ended = wish_of(account) is Wish.NEVER
    return render(request, "notices/unsubscribe.html", {"has_ended": has_ended})
