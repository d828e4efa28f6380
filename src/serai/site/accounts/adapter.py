"""How allauth signs people in here: by accounts that operators opened, counted by our throttle, told in our words."""

import time
from typing import Any, ClassVar, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_lazy, override

from serai.kernel import clock
from serai.kernel.languages import known
from serai.site.accounts import changes, devices, throttle
from serai.site.accounts.models import Account
from serai.site.accounts.outgoing import send_aside
from serai.site.accounts.refusals import ClosedAccount, NeedsFreshLink
from serai.site.home import Realm
from serai.site.middleware import client_address

LINK_COUNTS_S: Final = 600
_SILENT: Final = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")
# Changes by which a person who was sure to be herself has just shown something that only she has.
_SHOWN_BY: Final[dict[str, dict[str, str]]] = {
    "account/email/password_set": {"method": "password"},
    "account/email/password_changed": {"method": "password"},
    "mfa/email/totp_activated": {"method": "mfa", "type": "totp"},
    "mfa/email/webauthn_added": {"method": "mfa", "type": "webauthn"},
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """What differs from allauth's own ways."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy(
            "No account has this e-mail with this password. Check both, or ask for a new password below."
        ),
        "enter_current_password": gettext_lazy("This is not your present password."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "incorrect_code": gettext_lazy("This code is not right, or it was used already. Wait for the next one."),
        "invalid_password_reset": gettext_lazy("This link is no longer good. Ask for a new one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth's form
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_safe_url(self, url: str) -> bool:
        """Only an address of this node, whatever other names its operator gave it."""
        request = self.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        assert isinstance(request.user, Account)  # allauth asks only for people who are signed in
        return work_address(request.user.language)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        return f"{reverse('account_login')}?out=1"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        return reverse("account")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Account | None:
        """Return the account whose e-mail and password these are; raise TooManyTries before anything is compared."""
        email = str(credentials.get("email", "")).strip().lower()
        who = who_tries(request, email=email)
        throttle.check_may_try("sign-in", **who)
        throttle.note_failure("sign-in", **who)
        account = authenticate(request, email=email, password=credentials.get("password"))
        if isinstance(account, Account):
            throttle.forget("sign-in", **who)
            return account
        return None

    def reauthenticate(self, user: Account, password: str) -> bool:
        return self.authenticate(self.request, email=user.email, password=password) == user

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:  # noqa: ARG002
        """Whether the person must show anew who it is; a sign-in just now, by more than a link, shows it as well."""
        records = get_authentication_records(self.request, self.request.user)
        if any(
            record["method"] != "link" and time.time() - record["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
            for record in records
        ):
            return False
        if get_reauthentication_flows(self.request.user):
            return True
        # On a training node, where links are all that sample people have, one counts as long as the session lasts.
        counts_s = LINK_COUNTS_S if settings.IDENTITY.realm is Realm.SERVICE else settings.SESSION_COOKIE_AGE
        if any(record["method"] == "link" and time.time() - record["at"] < counts_s for record in records):
            return False
        raise NeedsFreshLink

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return the ways to confirm who is there, recovery codes last: they are for the day when all else is lost."""
        ways = [dict(way, description=_ways()[way["id"]]) for way in super().get_reauthentication_methods(user)]
        has_app = is_mfa_enabled(user, [Authenticator.Type.TOTP])
        return sorted(ways, key=lambda way: way["id"] == "mfa_reauthenticate" and not has_app)

    def login(self, request: HttpRequest, user: Account) -> None:
        _check_open(user)  # again: it may have been closed while the second step was on
        records = get_authentication_records(request, user)
        super().login(request, user)
        request.session.set_expiry(None)  # what was short-lived before the sign-in is so no longer
        request.session["device"] = devices.describe(request.META.get("HTTP_USER_AGENT", ""))
        request.remembers = user  # type: ignore[attr-defined]  # SessionLimits sets the device's cookie
        changes.record_sign_in(user, by=[str(record.get("type", record["method"])) for record in records])

    def logout(self, request: HttpRequest) -> None:
        changes.record_sign_out(request.user)
        super().logout(request)

    def pre_login(self, request: HttpRequest, user: Account, **_: Any) -> HttpResponse | None:  # noqa: ARG002
        _check_open(user)
        return None

    def set_password(self, user: Account, password: str) -> None:
        """Set a password; browsers that knew the old one are strangers again."""
        user.set_password(password)
        user.trusted_since = clock.now()
        user.save(update_fields=["password", "trusted_since"])
        self.request.remembers = user if self.request.user == user else None

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *a: Any, **kw: Any
    ) -> None:
        """Say nothing where the page itself says it, so that nobody's sign-out leaves a session behind."""
        if message_template not in _SILENT:
            super().add_message(request, level, message_template, *a, **kw)

    def send_notification_mail(self, template_prefix: str, user: Account, *_: Any, **__: Any) -> None:
        """Record a change of how the person signs in, tell her, and end what the change must end."""
        if template_prefix in _SHOWN_BY:
            record_authentication(self.request, user, reauthenticated=True, **_SHOWN_BY[template_prefix])
        changes.record_change(template_prefix, user, keep=self.request.session.session_key or "")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail in the language of its reader, aside."""
        with override(known(context["user"].language)):
            message = self.render_mail(template_prefix, email, context | {"email": email})
        send_aside(message)

    def format_email_subject(self, subject: str) -> str:
        return subject


def _check_open(account: Account) -> None:
    if not account.is_active:
        raise ClosedAccount


def _ways() -> dict[str, str]:
    return {
        "reauthenticate": gettext("With your password"),
        "mfa_reauthenticate": gettext("With a code of your app, or a recovery code"),
        "mfa_reauthenticate:webauthn": gettext("With a passkey or security key"),
    }


def work_address(language: str) -> str:
    """Return where a person's work begins, in her language."""
    with override(known(language)):
        return f"{reverse('home')}work/"


def who_tries(request: HttpRequest, *, email: str, account: str = "") -> dict[str, str]:
    """Return what the throttle asks of a try."""
    return {
        "account": account or email,
        "address": client_address(request),
        "known_device": devices.recognise(request, email=email),
    }
