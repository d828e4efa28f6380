"""How this node sends mail, from the environment: SERAI_SMTP, SERAI_MAIL_FROM, SERAI_URL. Read once, by the settings."""

import os
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from serai.kernel.errors import Marked, gettext_noop
from serai.site.environment import BadSetting

TIMEOUT_S: Final = 10
DEFAULT_URL: Final = "http://127.0.0.1:8000"
_BACKENDS: Final = "django.core.mail.backends"
_PORTS: Final = {"smtp": 587, "smtps": 465}
_SERVER_FORM: Final = gettext_noop("it must have the form smtp://user:password@host:587?tls=1")
_URL_FORM: Final = gettext_noop("it must have the form https://serai.example.org")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """What Django is told about mail; without a server, mails are printed where the node runs."""

    backend: str = f"{_BACKENDS}.console.EmailBackend"
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False
    timeout_s: int = TIMEOUT_S
    sender: str


def read_mail() -> MailSettings:
    """Return how mail is sent; raise BadSetting, which never repeats what was set: it may hold a password."""
    text, sender = os.environ.get("SERAI_SMTP", "").strip(), _read_sender()
    if not text:
        return MailSettings(sender=sender)
    parts = _split("SERAI_SMTP", text, schemes=tuple(_PORTS), reason=_SERVER_FORM)
    starttls = _read_starttls(parts)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if password and not user:
        raise _bad_server(gettext_noop("it has a password but no user"))
    if user and parts.scheme == "smtp" and not starttls and not _is_this_machine(parts.hostname or ""):
        raise _bad_server(
            gettext_noop("it would send the password unencrypted; end it with ?tls=1, or begin it with smtps://")
        )
    return MailSettings(
        backend=f"{_BACKENDS}.smtp.EmailBackend",
        host=parts.hostname or "",
        port=parts.port or (_PORTS[parts.scheme] if starttls or parts.scheme == "smtps" else 25),
        user=user,
        password=password,
        starttls=starttls,
        tls=parts.scheme == "smtps",
        sender=sender,
    )


def read_site_url() -> str:
    """Return the address under which readers reach the node, without a slash at its end."""
    text = os.environ.get("SERAI_URL", "").strip() or DEFAULT_URL
    parts = _split("SERAI_URL", text, schemes=("http", "https"), reason=_URL_FORM)
    if parts.query or parts.username is not None:
        raise BadSetting(
            name="SERAI_URL", reason=Marked(gettext_noop("it must be an address alone, without user or query"))
        )
    return text.rstrip("/")


def _split(name: str, text: str, *, schemes: tuple[str, ...], reason: str) -> SplitResult:
    """Take an address apart that may have nothing after its host but a query."""
    try:
        parts = urlsplit(text)
        is_good = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, or brackets that do not close
        raise BadSetting(name=name, reason=Marked(reason)) from None
    if not is_good or parts.path not in {"", "/"} or parts.fragment or not text.isprintable() or " " in text:
        raise BadSetting(name=name, reason=Marked(reason))
    return parts


def _read_starttls(parts: SplitResult) -> bool:
    asked = parse_qsl(parts.query, keep_blank_values=True)
    if parts.query and (len(asked) != 1 or asked[0][0] != "tls" or asked[0][1] not in {"0", "1"}):
        raise _bad_server(gettext_noop("after the question mark it may say tls=1 or tls=0, and nothing else"))
    starttls = asked == [("tls", "1")]
    if starttls and parts.scheme == "smtps":
        raise _bad_server(gettext_noop("smtps:// is encrypted from the start; leave tls=1 out"))
    return starttls


def _read_sender() -> str:
    """Return the sender; without one named, `serai` at the host of SERAI_URL, if that can be in an address."""
    named = os.environ.get("SERAI_MAIL_FROM", "").strip()
    if named:
        if sender := _as_sender(named):
            return sender
        reason = Marked(gettext_noop("it must be an address, such as Serai <serai@example.org>"))
        raise BadSetting(name="SERAI_MAIL_FROM", reason=reason)
    host = urlsplit(read_site_url()).hostname or ""
    return ("" if _read_ip(host) else _as_sender(f"Serai <serai@{host}>")) or "Serai <serai@localhost>"


def _as_sender(text: str) -> str:
    """Return the text as an address with a name; empty when it is none."""
    name, address = parseaddr(text)
    try:
        validate_email(address)
        return formataddr((name, address)) if text.isprintable() else ""
    except (ValidationError, UnicodeError):
        return ""


def _is_this_machine(host: str) -> bool:
    ip = _read_ip(host)
    return ip.is_loopback if ip else host == "localhost"


def _read_ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _bad_server(reason: str) -> BadSetting:
    return BadSetting(name="SERAI_SMTP", reason=Marked(reason))
