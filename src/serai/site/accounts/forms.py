"""Forms of signing in and of one's own account. allauth does the work; labels, hints and limits are ours."""

from typing import Any, Final

from allauth.account import forms as allauth_forms
from allauth.core import context
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from serai.kernel.languages import LANGUAGES, OWN_NAMES
from serai.site.accounts import throttle
from serai.site.accounts.adapter import AccountAdapter
from serai.site.accounts.models import Account
from serai.site.accounts.refusals import TooManyTries
from serai.site.middleware import client_address

LONGEST_EMAIL: Final = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
LONGEST_PASSWORD: Final = 128  # OWASP ASVS 4.0.3, 2.1.2
_GOOD_PASSWORD: Final = _(
    "At least 12 characters. Several words in a row are good; capitals, figures and signs are not asked for."
)


# Kinds of one line; boxes to tick and fields that are not shown have a look of their own.
_INPUTS: Final = (forms.TextInput, forms.EmailInput, forms.PasswordInput, forms.NumberInput, forms.Select)


def dress(form: forms.Form) -> None:
    """Give the fields of a form our look: no placeholder stands in for a label."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
        if isinstance(field.widget, _INPUTS):
            field.widget.attrs["class"] = "input"


def limit(field: forms.Field, longest: int) -> None:
    """Let a field of allauth's take no more than so many characters."""
    field.widget.attrs["maxlength"] = str(longest)
    field.validators.append(MaxLengthValidator(longest))


def _dress_password(field: forms.Field, label: Any, hint: Any = "") -> None:
    field.label, field.help_text = label, hint
    limit(field, LONGEST_PASSWORD)


class SignInForm(allauth_forms.LoginForm):  # type: ignore[misc]  # allauth ships no types
    """E-mail and password. The attributes let a browser offer its passkeys, too (WebAuthn Level 3, 5.1.4)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
        _dress_password(self.fields["password"], _("Password"))
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs["autocomplete"] = "username webauthn"
        limit(self.fields["login"], LONGEST_EMAIL)


class ConfirmForm(allauth_forms.ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The password, once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
        _dress_password(self.fields["password"], _("Password"))


class ChangePasswordForm(allauth_forms.ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    """The present password and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
        _dress_password(self.fields["oldpassword"], _("Present password"))
        _dress_new(self)

    def clean_oldpassword(self) -> str:
        """Compare it as at a sign-in, counted by the throttle: an open session is no leave to guess."""
        adapter, password = AccountAdapter(), self.cleaned_data["oldpassword"]
        if not adapter.reauthenticate(self.user, password):
            raise adapter.validation_error("enter_current_password")
        return str(password)


class FirstPasswordForm(allauth_forms.SetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """The first password of an account that was opened without."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
        _dress_new(self)


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth ships no types
    """A new password in place of a forgotten one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
        _dress_new(self)


def _dress_new(form: forms.Form) -> None:
    _dress_password(form.fields["password1"], _("New password"), _GOOD_PASSWORD)
    _dress_password(form.fields["password2"], _("New password, again"))


class AskNewPasswordForm(allauth_forms.ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """The e-mail to which a link for a new password is sent. The page says the same whether an account has it."""

    users: list[Account]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
        self.fields["email"].label = _("E-mail")
        self.fields["email"].widget.attrs["autocomplete"] = "username"
        limit(self.fields["email"], LONGEST_EMAIL)

    def clean_email(self) -> str:
        """Find the account; one that was sent several links lately is sent no more, and its reader has those."""
        email = self.cleaned_data["email"].strip().lower()
        asks = {"account": "", "address": client_address(context.request)}
        throttle.check_may_try("reset", **asks)
        throttle.note_failure("reset", **asks)
        try:
            throttle.check_may_try("reset-mail", account=email, address="")
        except TooManyTries:
            self.users = []
        else:
            throttle.note_failure("reset-mail", account=email, address="")
            self.users = list(Account.objects.filter(email=email, closed_at=None))
        return str(email)


class SelfForm(forms.Form):
    """What a person may change about herself."""

    name = forms.CharField(label=_("Your name"), max_length=120, help_text=_("Shown to those you work with here."))
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[(code, OWN_NAMES[code]) for code in LANGUAGES],
        help_text=_("Of your mails, and of the pages after you sign in."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
