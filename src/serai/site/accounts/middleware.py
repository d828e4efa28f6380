"""What holds on the pages of people who sign in: how long a session lasts, that it is theirs, and a second step.

Public pages pass through untouched: nothing here, and nothing that here is asked, reads a session for them.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from serai.kernel import clock
from serai.site.accounts import devices
from serai.site.accounts.models import Account, RoleGrant, Session
from serai.site.accounts.places import inner_path, is_private
from serai.site.home import Realm
from serai.site.middleware import GetResponse

_SEEN_EVERY: Final = timedelta(minutes=1)
# Pages of /account/ for people who are not signed in, or not yet in full. Any other asks for a sign-in.
_OPEN: Final = {
    "account_login",
    "account_logout",
    "account_link",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
_NEED_STEP: Final = ("work/", "exchange/", "account/people/", "account/tokens/")
_NEED_NO_STEP: Final = "work/notices/unsubscribe/"


class SessionLimits:
    """A session ends when nothing is done for a while, and at the latest some hours after the sign-in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_private(request.path_info):
            return self.get_response(request)
        has_ended = _has_ended(request)
        response = self.get_response(request)
        if has_ended and isinstance(response, HttpResponseRedirect) and _leads_to_sign_in(response):
            response["Location"] += f"{'&' if '?' in response.url else '?'}ended=1"
        if isinstance(account := getattr(request, "remembers", None), Account):
            devices.remember(request, response, str(account.pk))
        if "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponseBase | None:
        """Send strangers to the sign-in, before anything keeps what they posted."""
        match = request.resolver_match
        if not inner_path(request.path_info).startswith("account/") or request.user.is_authenticated:
            return None
        return None if match and match.url_name in _OPEN else to_sign_in(request)


def _has_ended(request: HttpRequest) -> bool:
    """End a session that is over; return whether the browser brings one that is no more."""
    if not request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        return False
    if not request.user.is_authenticated:
        return request.session.is_empty()
    if not _is_over(str(request.session.session_key)):
        return False
    request.session.flush()
    request.user = AnonymousUser()
    return True


def _is_over(key: str) -> bool:
    """Whether a session is past its limits; one that is not was seen now."""
    now = clock.now()
    found = Session.objects.filter(pk=key).values_list("started_at", "seen_at").first()
    if found is None or _is_past(*found, now):
        return True
    if now - found[1] >= _SEEN_EVERY:
        Session.objects.filter(pk=key).update(seen_at=now)
    return False


def _is_past(started: datetime, seen: datetime, now: datetime) -> bool:
    longest, idle = timedelta(seconds=settings.SESSION_COOKIE_AGE), timedelta(seconds=settings.SESSION_IDLE_S)
    return now - started >= longest or now - seen >= idle


def _leads_to_sign_in(response: HttpResponseRedirect) -> bool:
    return response.url.partition("?")[0] == str(settings.LOGIN_URL)


def to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """Return the way to the sign-in, and back to the page; for a form that was sent, back to the page it stood on."""
    back = request.get_full_path()
    if request.method not in {"GET", "HEAD"}:
        page = urlsplit(request.META.get("HTTP_REFERER", ""))
        back = page._replace(scheme="", netloc="").geturl() if page.netloc == request.get_host() else ""
    return HttpResponseRedirect(f"{settings.LOGIN_URL}{'?' if back else ''}{urlencode({'next': back} if back else {})}")


class SecondStepDuty:
    """In service, who holds a role needs a second step before any work; a training node trains without."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _asks_for_step(inner_path(request.path_info)) and lacks_step(request):
            return HttpResponseRedirect(f"{reverse('mfa_index')}?{urlencode({'next': request.get_full_path()})}")
        return self.get_response(request)


def _asks_for_step(path: str) -> bool:
    return path.startswith(_NEED_STEP) and not path.startswith(_NEED_NO_STEP)


def lacks_step(request: HttpRequest) -> bool:
    """Whether the person must set up a second step before any work."""
    account = request.user
    return (
        settings.IDENTITY.realm is Realm.SERVICE
        and isinstance(account, Account)
        and not has_step(account)
        and RoleGrant.objects.filter(account=account).exists()
    )


def has_step(account: Account) -> bool:
    """Whether a sign-in asks for more than the password; recovery codes alone are no step of their own."""
    steps = Authenticator.objects.filter(user_id=account.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return bool(steps.exists())
