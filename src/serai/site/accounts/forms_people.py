"""Forms of the operators' pages and of one's own tokens."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from serai.kernel.languages import LANGUAGES, OWN_NAMES
from serai.kernel.roles import Grant, Role, Scope
from serai.register.followup.rights import LIMITS, RIGHTS
from serai.site.accounts.actions import MOST_TOKEN_DAYS
from serai.site.accounts.errors import BadScope
from serai.site.accounts.forms import LONGEST_EMAIL, dress
from serai.site.accounts.present_people import scope_choices
from serai.site.accounts.rights import check_grant
from serai.site.templatetags.serai import role_name

_LANGUAGES: Final = [(code, OWN_NAMES[code]) for code in LANGUAGES]


class _Dressed(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


def set_choices(form: forms.Form, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    """Give a field its choices in the reader's language."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class GrantForm(_Dressed):
    """A role, and where it holds."""

    role = forms.ChoiceField(label=_("Role"))
    scope = forms.ChoiceField(
        label=_("Where"),
        required=False,
        help_text=_("A focal point speaks for one state or body. Operators and auditors serve the whole node."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "role", [(role.value, role_name(role)) for role in Role])
        set_choices(self, "scope", scope_choices())

    def clean(self) -> dict[str, Any]:
        """Check that the role means something there; the rule is the one that the action asks."""
        found = super().clean() or self.cleaned_data
        if not found.get("role") and found.get("scope"):
            self.add_error("role", gettext("Choose a role, or the whole node below."))
        if not found.get("role") or "scope" not in found:
            return found
        grant = Grant(Role(found["role"]), Scope(found["scope"]))
        try:
            check_grant(grant)
        except BadScope:
            is_focal = grant.role is Role.FOCAL_POINT
            self.add_error(
                "scope", gettext("Choose a state or a body.") if is_focal else gettext("Choose the whole node.")
            )
        else:
            found["grant"] = grant
        return found


class OpenForm(GrantForm):
    """A new account, and its first role."""

    email = forms.EmailField(label=_("E-mail"), max_length=LONGEST_EMAIL, help_text=_("By which the person signs in."))
    name = forms.CharField(
        label=_("Person’s name"), max_length=120, help_text=_("By which colleagues know the person.")
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=_LANGUAGES, help_text=_("Of mails, and of the pages after signing in.")
    )
    role = forms.ChoiceField(label=_("First role"), required=False)
    field_order = ("email", "name", "language", "role", "scope")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "role", [("", gettext("None yet")), *((role.value, role_name(role)) for role in Role)])
        for name in ("email", "name"):
            self.fields[name].widget.attrs["autocomplete"] = "off"  # it is not the operator's own


class ChangeForm(_Dressed):
    """How somebody is called and reached."""

    email = forms.EmailField(label=_("E-mail"), max_length=LONGEST_EMAIL)
    name = forms.CharField(label=_("Person’s name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=_LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("email", "name"):
            self.fields[name].widget.attrs["autocomplete"] = "off"


class CloseForm(_Dressed):
    """Why an account is closed."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        help_text=_("Kept in the audit trail for good: nothing private, please."),
    )


class TokenForm(_Dressed):
    """A token: what uses it, what it allows, and for how long."""

    name = forms.CharField(label=_("What uses it"), max_length=80, help_text=_("So that you know it again later."))
    days = forms.IntegerField(
        label=_("Days until it expires"),
        min_value=1,
        max_value=MOST_TOKEN_DAYS,
        initial=90,
        help_text=_("At most 365."),
    )
    limits = forms.MultipleChoiceField(
        label=_("What it allows"),
        error_messages={"required": _("Choose at least one.")},
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "limits", [(limit, meaning_of(limit)) for limit in LIMITS])
        self.fields["days"].widget.attrs["class"] = "input input--tiny"


def meaning_of(limit: str) -> str:
    """Return what a limit allows, in the words of the table of rights."""
    return "; ".join(gettext(right.label) for right in RIGHTS.values() if right.limit == limit)
