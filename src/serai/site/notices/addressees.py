"""To whom mail can be sent: people with an open account and an address to which something can be delivered."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from email.utils import formataddr
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from serai.kernel.languages import known
from serai.kernel.people import Person, find_people
from serai.site.accounts.models import Account
from serai.site.home import Realm


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Somebody to write to: the header `To`, and the language to write in."""

    account: str
    to: str
    language: str


def find_addressees(accounts: Collection[str]) -> dict[str, Addressee]:
    """Return account → addressee; those who are to have no mail are left out."""
    closed = _closed(accounts)
    return {
        account: Addressee(account=account, to=_header(person), language=known(person.language))
        for account, person in find_people(accounts).items()
        if account not in closed and _is_deliverable(person.email)
    }


def _closed(accounts: Collection[str]) -> set[str]:
    """Return which accounts are closed; the directory names them too, for history."""
    keys = [key for key in map(_as_uuid, accounts) if key]
    rows = Account.objects.filter(pk__in=keys, closed_at__isnull=False)
    return {str(key) for key in rows.values_list("pk", flat=True)}


def _as_uuid(account: str) -> UUID | None:
    try:
        return UUID(account)
    except ValueError:
        return None


def _is_deliverable(email: str) -> bool:
    """Whether mail may reach an address. Names under .invalid never do (RFC 2606); a training node shows its mails."""
    try:
        validate_email(email)
    except ValidationError:
        return False
    return settings.IDENTITY.realm is Realm.TRAINING or not email.lower().endswith(".invalid")


def _header(person: Person) -> str:
    return formataddr((one_line(person.name), person.email))


def one_line(text: str) -> str:
    r"""Return a text that stays inside one line: a header that is split in two could carry another.

    >>> one_line("A. Officer\r\nBcc: all@example.org")
    'A. Officer Bcc: all@example.org'
    """
    shown = "".join(" " if unicodedata.category(sign) in _BREAKING else sign for sign in text)
    return " ".join(shown.split())


_BREAKING = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # controls, invisible formatting and direction marks, line ends
