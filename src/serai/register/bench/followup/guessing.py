"""Somebody guesses at an account's password, through the sign-in page itself; what becomes of them and of its owner.

The right password is among the guesses, again and again, but not among the first hundred: what is measured is whether a
guess that is right gets in once the node has had enough. The clock is held, so all of it happens in one window.
"""

import ctypes
import gc
from array import array
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from django.apps import apps
from django.core.wsgi import get_wsgi_application
from django.db import connection

from serai.register.bench.followup.browser import Answer, Browser
from serai.register.bench.followup.plan import GuessesFound, GuessesPlan
from serai.register.bench.plan import p95

SIGN_IN: Final = "/account/sign-in/"
SIGN_OUT: Final = "/account/sign-out/"
PASSWORD: Final = "nine wells on the salt road"  # noqa: S105  # of an account that lives as long as the benchmark
_RIGHT_EVERY: Final = 50
_FROM: Final = 110  # before this guess none is right
_HOME: Final = "203.0.113.9"  # where the owner of the account is
_REFUSED: Final = 429
_WARM: Final = 500  # guesses after which what a process keeps for good is there


class NotAsItShouldBe(Exception):
    """The node did not let the benchmark get ready."""


def measure(plan: GuessesPlan) -> GuessesFound:
    """Guess from one address, then from many; let the owner sign in after each."""
    return _Attack(plan).run()


class _Attack:
    def __init__(self, plan: GuessesPlan) -> None:
        self.plan = plan
        self.found = GuessesFound()
        self.node = get_wsgi_application()
        self.owner = self._browser(_HOME)
        self.random = Random(f"guesses {plan.seed}")  # noqa: S311  # a workload
        self.times = array("d", bytes(8 * 2 * plan.guesses))  # made before memory is looked at

    def run(self) -> GuessesFound:
        self._get_ready()
        self._guess("somebody.else@example.org", self._from_one, min(_WARM, self.plan.guesses))
        self._guess("somebody.else@example.org", self._from_many, min(_WARM, self.plan.guesses))
        rss, table = _rss_kb(), _table_kb()
        found, email = self.found, self.plan.email
        self._guess(email, self._from_one, self.plan.guesses, noted_at=0)
        self._let_in(self._browser(_HOME), "from another address, while one address guesses")
        self._guess(email, self._from_many, self.plan.guesses, noted_at=self.plan.guesses)
        self._let_in(self.owner, "from a known device, while many addresses guess")
        found.rss_kb, found.table_kb = max(0.0, _rss_kb() - rss), _table_kb() - table
        found.p95_ms = p95(self.times)
        return found

    def _browser(self, origin: str) -> Browser:
        return Browser(self.node, origin=origin)

    def _from_one(self, _number: int) -> str:
        return "192.0.2.1"

    def _from_many(self, number: int) -> str:
        return f"198.18.0.{number % self.plan.addresses + 1}"

    def _get_ready(self) -> None:
        """Give the account its password as a person does, by a link, and sign in by it once from the owner's browser."""
        self.owner.open(self.plan.link)
        self.owner.send(self.plan.link)
        self.owner.open("/account/password/set/")
        if not self.owner.send("/account/password/set/", {"password1": PASSWORD, "password2": PASSWORD}).leads_to:
            raise NotAsItShouldBe("the account takes no password")
        _sign_out(self.owner)
        if not _try(self.owner, self.plan.email, PASSWORD).leads_to:
            raise NotAsItShouldBe("the account's owner cannot sign in, before anybody guesses")
        _sign_out(self.owner)

    def _guess(self, email: str, origin_of: Callable[[int], str], guesses: int, *, noted_at: int | None = None) -> None:
        """Guess; note what came of it unless this only makes the node warm."""
        stranger = self._browser("192.0.2.1")
        stranger.open(SIGN_IN)
        for number in range(guesses):
            is_right = noted_at is not None and number >= _FROM and (number - _FROM) % _RIGHT_EVERY == 0
            given = {"login": email, "password": PASSWORD if is_right else f"guess {self.random.getrandbits(60)}"}
            answer = stranger.send(SIGN_IN, given, origin=origin_of(number))
            if noted_at is None:
                continue
            self.times[noted_at + number] = answer.wall_ms
            self.found.refused += answer.status == _REFUSED
            if answer.leads_to:
                self.found.successes.append(f"guess {number + 1} of {guesses} from {origin_of(number)} signed in")

    def _let_in(self, browser: Browser, which: str) -> None:
        answer = _try(browser, self.plan.email, PASSWORD)
        if not answer.leads_to:
            self.found.lockouts.append(f"the owner {which}: refused with {answer.status}")
        _sign_out(browser)


def _try(browser: Browser, email: str, password: str) -> Answer:
    browser.open(SIGN_IN)
    return browser.send(SIGN_IN, {"login": email, "password": password})


def _sign_out(browser: Browser) -> None:
    browser.open("/account/")
    browser.send(SIGN_OUT)


def _rss_kb() -> float:
    """Return the memory of this process, less what it has freed already and only not handed back yet."""
    gc.collect()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # glibc
        trim(0)
    status = Path("/proc/self/status").read_text()
    return float(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")))


def _table_kb() -> float:
    """Return the size of what is kept of failures, with its indexes."""
    table = apps.get_model("accounts", "Failure")._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT SUM(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name = %s)", [table]
        )
        return float(cursor.fetchone()[0] or 0) / 1024
