"""How allauth does the second step here: our words, a QR code that fits a strict page, a name for this node."""

from typing import Any, ClassVar, Final

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from serai.site.accounts.models import Account

_MARGIN: Final = 4  # modules of white that a scanner needs around a code (ISO/IEC 18004)


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """What differs from allauth's own ways."""

    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code is not right, or it was used already. Wait for the next one."),
        "cannot_generate_recovery_codes": gettext_lazy("Set up a second step first; recovery codes stand in for it."),
    }

    def build_totp_svg(self, url: str) -> SafeString:
        """Draw the code as an SVG without styles, dark on light whatever the page's colours."""
        from qrcode.main import QRCode  # noqa: PLC0415  # a node at rest does without

        code = QRCode(border=_MARGIN)
        code.add_data(url)
        rows = code.get_matrix()
        dark = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
        return format_html(
            '<svg viewBox="0 0 {size} {size}" width="240" height="240" role="img" aria-label="{name}">'
            '<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{dark}"/></svg>',
            size=len(rows),
            name=gettext("The same key as a QR code"),
            dark=dark,
        )

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:  # noqa: A002  # allauth's names
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Key {number}").format(number=number)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return whom a passkey is for: the host, with the node's name to be shown."""
        host: dict[str, str] = super().get_public_key_credential_rp_entity()
        return host | {"name": str(settings.MFA_TOTP_ISSUER)}
