"""The browsers in which somebody is signed in, as its person and the operators see them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.crypto import salted_hmac

from serai.kernel import clock
from serai.site.accounts.errors import NoSuchSession
from serai.site.accounts.models import Account, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A browser that is signed in. `ref` stands for its session, whose key opens the account and is never shown."""

    ref: str
    device: str
    started_at: datetime
    seen_at: datetime
    is_this: bool


def list_sessions(account: Account, *, this_key: str | None) -> list[SignedIn]:
    """Return where an account is signed in, the last seen first; one of them may be the browser that asks."""
    rows = Session.objects.filter(account=account, expire_date__gt=clock.now()).order_by("-seen_at")
    return [
        SignedIn(
            ref=ref_of(row.session_key),
            device=row.device,
            started_at=row.started_at,
            seen_at=row.seen_at,
            is_this=row.session_key == this_key,
        )
        for row in rows
    ]


def key_of(account: Account, ref: str) -> str:
    """Return the key of a session of the account; raise NoSuchSession."""
    for key in Session.objects.filter(account=account).values_list("session_key", flat=True):
        if ref_of(key) == ref:
            return key
    raise NoSuchSession


def ref_of(key: str) -> str:
    """Return what stands for a session's key on a page."""
    return salted_hmac("serai.accounts.session", key, algorithm="sha256").hexdigest()[:24]
