"""Forms of passkeys. Imported only when a page of them is asked for, see `passkeys`."""

import struct
from typing import Any, ClassVar, Final

from allauth.mfa.webauthn import forms as allauth_forms
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from serai.site.accounts.forms import dress, limit

_LONGEST_NAME: Final = 60
_LONGEST_ANSWER: Final = 20_000  # a key answers with one or two kB
_REFUSED: Final = _("The key was not accepted. Try again, or choose another way.")
# What reading an answer raises that no key would give: its parts have the wrong type, are missing or cut short.
_UNREADABLE: Final = (ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error, RecursionError)


class AnswerField(forms.JSONField):
    """What a browser says for a key. Anything else is refused before it is read closer."""

    widget = forms.HiddenInput
    default_error_messages: ClassVar[dict[str, Any]] = {"required": _REFUSED}

    def to_python(self, value: Any) -> Any:
        """Return the answer, an object; raise for anything else."""
        try:
            answer = super().to_python(value) if value and len(value) <= _LONGEST_ANSWER else None
        except _UNREADABLE:
            answer = None
        if not isinstance(answer, dict):
            raise _not_taken()
        return answer


class _AskForm:
    """What all forms share that ask a key."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]  # of the form it is mixed into
        except (ValidationError, *_UNREADABLE):
            raise _not_taken() from None


class SignInKeyForm(_AskForm, allauth_forms.LoginWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A sign-in by a passkey alone."""

    credential = AnswerField()


class StepKeyForm(_AskForm, allauth_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """The second step of a sign-in, by a key."""

    credential = AnswerField()


class ConfirmKeyForm(_AskForm, allauth_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A key to confirm who is there."""

    credential = AnswerField()


class AddKeyForm(allauth_forms.AddWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A new key, as the browser made it."""

    credential = AnswerField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress_name(self)
        self.fields["passwordless"].label = _("Sign in with this key alone, without the password")
        self.fields["passwordless"].help_text = _("The key then asks for your finger, face or PIN.")

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except (ValidationError, *_UNREADABLE):
            raise _not_taken() from None


class NameKeyForm(allauth_forms.EditWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """Another name for a key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress_name(self)


def _not_taken() -> ValidationError:
    return ValidationError(_REFUSED, code="key_not_taken")


def _dress_name(form: forms.Form) -> None:
    dress(form)
    field = form.fields["name"]
    field.label, field.help_text = _("Name of the key"), _("By which you tell it from others, such as “Phone”.")
    limit(field, _LONGEST_NAME)
