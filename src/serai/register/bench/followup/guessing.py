"""Somebody guesses at an account's password, through the sign-in page itself; what becomes of them and of its owner.

The right password is among the guesses, again and again, but not among the first hundred: what is measured is whether a
guess that is right gets in once the node has had enough. The clock is held, so all of it happens in one window.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from django.apps import apps
from django.db import connection

from serai.register.bench.followup.plan import GuessesFound, GuessesPlan
from serai.register.bench.pages import Reader, Sent
from serai.register.bench.plan import p95

SIGN_IN: Final = "/account/sign-in/"
PASSWORD: Final = "nine wells on the salt road"  # noqa: S105  # of an account that lives as long as the benchmark
_RIGHT_EVERY: Final = 50
_FROM: Final = 200  # before this guess none is right
_HOME: Final = "203.0.113.9"  # where the owner of the account is


class NotAsItShouldBe(Exception):
    """The node did not let the benchmark get ready."""


def measure(plan: GuessesPlan) -> GuessesFound:
    """Guess from one address, then from many; let the owner sign in after each."""
    owner, found, times = _get_ready(plan), GuessesFound(), list[float]()
    _guess(plan, "warm-up@example.org", lambda _: "198.51.100.1", 500, GuessesFound(), times)
    times.clear()
    rss, table = _rss_kb(), _table_kb()
    _guess(plan, plan.email, lambda _: "192.0.2.1", plan.guesses, found, times)
    _sign_in(plan, Reader(), "from another address, while one address guesses", found)
    _guess(plan, plan.email, lambda number: f"198.18.0.{number % plan.addresses + 1}", plan.guesses, found, times)
    _sign_in(plan, owner, "from a known device, while many addresses guess", found)
    found.rss_kb, found.table_kb = max(0.0, _rss_kb() - rss), _table_kb() - table
    found.p95_ms = p95(times)
    return found


def _get_ready(plan: GuessesPlan) -> Reader:
    """Give the account its password as a person does, by a link; return a browser that it has signed in from."""
    owner = Reader()
    owner.send(plan.links[0], {}, origin=_HOME)
    given = {"password1": PASSWORD, "password2": PASSWORD}
    if not owner.send("/account/password/set/", given, origin=_HOME).leads_to:
        raise NotAsItShouldBe("the account takes no password")
    owner.send("/account/sign-out/", {}, origin=_HOME)
    if not _is_in(_try(owner, plan.email, PASSWORD, _HOME)):
        raise NotAsItShouldBe("the account's owner cannot sign in, before anybody guesses")
    owner.send("/account/sign-out/", {}, origin=_HOME)
    return owner


def _try(browser: Reader, email: str, password: str, origin: str) -> Sent:
    return browser.send(SIGN_IN, {"login": email, "password": password}, origin=origin)


def _is_in(sent: Sent) -> bool:
    return bool(sent.leads_to)


def _guess(
    plan: GuessesPlan,
    email: str,
    origin_of: Callable[[int], str],
    guesses: int,
    found: GuessesFound,
    times: list[float],
) -> None:
    random = Random(f"guesses {plan.seed}")  # noqa: S311  # a workload
    for number in range(guesses):
        is_right = number >= _FROM and number % _RIGHT_EVERY == 0
        password = PASSWORD if is_right else f"guess {random.getrandbits(60)}"
        sent = _try(Reader(), email, password, origin_of(number))
        times.append(sent.wall_ms)
        found.refused += sent.status == 429
        if _is_in(sent):
            found.successes.append(f"guess {number + 1} of {guesses} from {origin_of(number)} signed in")


def _sign_in(plan: GuessesPlan, browser: Reader, which: str, found: GuessesFound) -> None:
    sent = _try(browser, plan.email, PASSWORD, _HOME)
    if not _is_in(sent):
        found.lockouts.append(f"the owner {which}: refused with {sent.status}")
    browser.send("/account/sign-out/", {}, origin=_HOME)


def _rss_kb() -> float:
    status = Path("/proc/self/status").read_text()
    return float(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")))


def _table_kb() -> float:
    """Return the size of what is kept of failures, with its indexes."""
    table = apps.get_model("accounts", "Failure")._meta.db_table  # noqa: SLF001  # Django's documented way
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT SUM(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name = %s)", [table]
        )
        return float(cursor.fetchone()[0] or 0) / 1024
