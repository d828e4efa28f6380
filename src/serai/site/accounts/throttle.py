"""Guessing kept slow. Failures are counted in the store, so all processes count together; no address is kept.

    who = {"account": email, "address": client_address(request), "known_device": recognise(request, …)}
    check_may_try("sign-in", **who)     before anything is compared; raises TooManyTries
    note_failure("sign-in", **who)      adds one; before a slow comparison, so that many at once cannot slip through
    forget("sign-in", **who)            it was right after all: the one is taken back, and the pair starts afresh

An account is any text that tells accounts apart, the same for one that does not exist; empty where none is named, as
with sign-in links and API tokens, and then only the address counts.

Strangers are browsers in which nobody has signed in to this account before. A known device has a count of its own, so
neither a neighbour behind the same address nor a flood from many addresses locks its owner out (OWASP, "device
cookies").
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from serai.kernel import clock
from serai.kernel.addresses import network_of
from serai.site.accounts.models import Failure
from serai.site.accounts.refusals import TooManyTries

WINDOW_S: Final = 15 * 60
MOST_ROWS: Final = 50_000
_EVERYONE: Final = ""  # the key of the row that says: no room to count strangers, so none may try


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How many failures a window allows."""

    pair: int = 5  # of one account from one address, or from one known device
    address: int = 30  # from one address, over all accounts
    account: int = 100  # of one account from strangers, over all addresses


RULES: Final = {
    "code": Rule(account=10),  # who comes this far knows the password, and six digits are few
    "passkey": Rule(address=100),  # no guesses: each question to a key costs a session until it is answered
    "reset-mail": Rule(address=10_000),  # mails to one account; whoever asked for them is counted as "reset"
}


def check_may_try(kind: str, *, account: str, address: str, known_device: str = "") -> None:
    """Raise TooManyTries when a limit is reached; the same for an account that does not exist."""
    now = clock.now()
    limits = _limits(kind, account, address, known_device)
    rows = Failure.objects.filter(kind=kind, window=_window(now), key__in=limits)
    if any(count >= limits[key] for key, count in rows.values_list("key", "count")):
        ends = datetime.fromtimestamp((_window(now) + 1) * WINDOW_S, UTC)
        raise TooManyTries(retry_after_s=int((ends - now).total_seconds()) + 1, time=f"{ends:%H:%M}")


def note_failure(kind: str, *, account: str, address: str, known_device: str = "") -> None:
    """Count one failure."""
    keys = set(_limits(kind, account, address, known_device)) - {_EVERYONE}
    with transaction.atomic():
        for key in sorted(keys):  # in one order, so that two who count the same keys wait and do not lock each other
            _add(kind, key, _window(clock.now()))


def forget(kind: str, *, account: str, address: str, known_device: str = "") -> None:
    """Take back the failure that was noted for a try that proved right."""
    own = _key("device", account, known_device) if known_device else _key("pair", account, network_of(address))
    keys = set(_limits(kind, account, address, known_device)) - {_EVERYONE}
    rows = Failure.objects.filter(kind=kind, window=_window(clock.now()))
    with transaction.atomic():
        for key in sorted(keys):
            if key == own:
                rows.filter(key=key).delete()
            else:
                rows.filter(key=key, count__gt=0).update(count=F("count") - 1)


def sweep(now: datetime) -> int:
    """Delete the windows that are over; return how many rows went."""
    return Failure.objects.filter(window__lt=_window(now)).delete()[0]


def _limits(kind: str, account: str, address: str, known_device: str) -> dict[str, int]:
    """Return key → failures allowed for this try."""
    rule, network = RULES.get(kind, Rule()), network_of(address)
    if known_device:
        return {_key("device", account, known_device): rule.pair}
    limits = {_EVERYONE: 1, _key("address", network): rule.address}
    if account:
        limits |= {_key("pair", account, network): rule.pair, _key("account", account): rule.account}
    return limits


def _add(kind: str, key: str, window: int) -> None:
    row = Failure.objects.filter(kind=kind, key=key, window=window)
    if row.update(count=F("count") + 1):
        return
    if not _has_room():
        key = _EVERYONE
        row = Failure.objects.filter(kind=kind, key=key, window=window)
    try:
        with transaction.atomic():
            Failure.objects.create(kind=kind, key=key, window=window, count=1)
    except IntegrityError:  # another process made the row in the meantime
        row.update(count=F("count") + 1)


def _has_room() -> bool:
    if Failure.objects.count() < MOST_ROWS:
        return True
    sweep(clock.now())
    return Failure.objects.count() < MOST_ROWS


def _window(at: datetime) -> int:
    return int(at.timestamp()) // WINDOW_S


def _key(*parts: str) -> str:
    return salted_hmac("serai.accounts.throttle", "\0".join(parts), algorithm="sha256").hexdigest()
