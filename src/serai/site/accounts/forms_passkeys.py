"""Forms of passkeys. Imported only when a page of them is asked for, see `passkeys`."""

from typing import Any, Final

from allauth.mfa.webauthn import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from serai.site.accounts.forms import dress, limit

_LONGEST_NAME: Final = 60


class AddKeyForm(allauth_forms.AddWebAuthnForm):
    """A new key, as the browser made it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress_name(self)
        self.fields["passwordless"].label = _("Sign in with this key alone, without the password")
        self.fields["passwordless"].help_text = _("The key then asks for your finger, face or PIN.")


class NameKeyForm(allauth_forms.EditWebAuthnForm):
    """Another name for a key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress_name(self)


def _dress_name(form: forms.Form) -> None:
    dress(form)
    field = form.fields["name"]
    field.label, field.help_text = _("Name of the key"), _("By which you tell it from others, such as “Phone”.")
    limit(field, _LONGEST_NAME)
