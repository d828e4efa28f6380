"""Forms of the second step: codes of an app and recovery codes, each good once, on all processes together."""

from typing import Any, Final

from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.base import forms as allauth_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from serai.site.accounts import throttle
from serai.site.accounts.adapter import who_tries
from serai.site.accounts.adapter_second_step import SecondStepAdapter
from serai.site.accounts.forms import dress, limit

_LONGEST_CODE: Final = 20


class _OnceForm(allauth_forms.BaseAuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """A code, compared with everything of the account that may give one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress_code(self, _("Code"))

    def clean_code(self) -> str:
        who = who_tries(context.request, email=self.user.email, account=str(self.user.pk))
        throttle.check_may_try("code", **who)
        throttle.note_failure("code", **who)
        for authenticator in Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN):
            if _takes(authenticator, self.cleaned_data["code"]):
                throttle.forget("code", **who)
                self.authenticator = authenticator
                return str(self.cleaned_data["code"])
        raise SecondStepAdapter().validation_error("incorrect_code")


class CodeForm(_OnceForm, allauth_forms.AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The second step of a sign-in."""


class ConfirmCodeForm(_OnceForm, allauth_forms.ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """A code to confirm who is there."""


class FirstCodeForm(totp_forms.ActivateTOTPForm):  # type: ignore[misc]  # allauth ships no types
    """The first code of an app, which shows that it has the key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress_code(self, _("Code that the app shows now"))


def _dress_code(form: forms.Form, label: Any) -> None:
    dress(form)
    form.fields["code"].label = label
    form.fields["code"].widget.attrs |= {
        "class": "input input--short mono",
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "autofocus": True,
    }
    limit(form.fields["code"], _LONGEST_CODE)


def _takes(authenticator: Authenticator, code: str) -> bool:
    if authenticator.type == Authenticator.Type.TOTP:
        return use_app_code(authenticator, code)
    return bool(authenticator.wrap().validate_code(code))


@transaction.atomic
def use_app_code(authenticator: Authenticator, code: str) -> bool:
    """Whether the code is that of a moment for which, or after which, none was used yet (RFC 6238, 5.2).

    allauth remembers used codes in a cache, which each process has for itself; here the row keeps the last moment.
    """
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    secret = decrypt(row.data["secret"])
    for moment in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, moment))
        if compare_user_code(actual=code, expected=expected) and moment > row.data.get("last_moment", -1):
            row.data["last_moment"] = moment
            row.save(update_fields=["data"])
            return True
    return False
