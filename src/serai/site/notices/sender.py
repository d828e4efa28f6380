"""Sends what is due: duties at once, the rest as each person wishes. Several workers may do so at the same time."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from django.core.mail import EmailMessage, get_connection

from serai.kernel.models import MailState, Notice, NoticeWish, Wish
from serai.site.notices import claims
from serai.site.notices.addressees import Addressee, find_addressees
from serai.site.notices.letter import write_digest, write_letter
from serai.site.notices.timing import MOST_ATTEMPTS, last_digest_time, next_digest_time
from serai.site.notices.wishes import find_wishes

LONGEST_TURN_S: Final = 20.0
_log = logging.getLogger("serai.mail")


class ServerDown(OSError):
    """The mail server cannot be reached, or will not talk to us: no other mail would fare better now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """A mail to be: which notices it tells, and to whom."""

    numbers: Sequence[int]
    to: Addressee
    is_digest: bool = False

    def write(self, rows: Sequence[Notice]) -> EmailMessage:
        return write_digest(rows, self.to) if self.is_digest else write_letter(rows[0], self.to)


def send_due(now: datetime, *, may_go_on: Callable[[], bool] = lambda: True) -> int:
    """Send the mails that are due; return how many were handed over. Stops early when the server is down or slow."""
    started, sent, post = time.monotonic(), 0, _Post()
    try:
        for letter in _plan(now):
            passed_s = time.monotonic() - started
            if passed_s > LONGEST_TURN_S or not may_go_on():
                break
            sent += _send(letter, post, now=now + timedelta(seconds=passed_s))
    except ServerDown:
        pass  # logged with the letter that met it; the next turn tries others
    finally:
        post.close()
    if sent:
        _log.info("mails handed over", extra={"mails": sent})
    return sent


def _plan(now: datetime) -> list[_Letter]:
    """Say which mails are to be sent now, duties first; postpone and drop the rest of what is due."""
    due = claims.find_due(now)
    if not due:
        return []
    people = find_addressees({row.account for row in due})
    wishes = find_wishes({row.account for row in due})
    letters: list[tuple[bool, _Letter]] = []
    for account, rows in groupby(sorted(due, key=lambda row: row.account), key=lambda row: row.account):
        letters += _plan_account(list(rows), people.get(account), wishes[account], now)
    return [letter for _, letter in sorted(letters, key=lambda pair: pair[0])]


def _plan_account(
    rows: list[Notice], to: Addressee | None, wish: NoticeWish, now: datetime
) -> Iterator[tuple[bool, _Letter]]:
    """Yield the mails to one person, each with whether it may wait for duties."""
    if exhausted := [row for row in rows if row.attempts >= MOST_ATTEMPTS]:  # their worker died at the last attempt
        claims.drop(exhausted, MailState.GIVEN_UP, now=now)
        rows = [row for row in rows if row.attempts < MOST_ATTEMPTS]
    if to is None:
        claims.drop(rows, MailState.NO_ADDRESS, now=now)
        return
    others = [row for row in rows if not row.is_duty]
    yield from ((False, _Letter(numbers=[row.pk], to=to)) for row in rows if row.is_duty)
    if wish.mail == Wish.NOW:
        yield from ((True, _Letter(numbers=[row.pk], to=to)) for row in others)
    elif wish.mail == Wish.NEVER:
        claims.drop(others, MailState.NOT_WANTED, now=now)
    elif others:
        yield from ((True, letter) for letter in _plan_digest(others, to, wish, now))


def _plan_digest(rows: list[Notice], to: Addressee, wish: NoticeWish, now: datetime) -> Iterator[_Letter]:
    """Yield the daily mail if it is due and was not sent since; what came later waits for tomorrow's."""
    since = last_digest_time(now)
    was_sent = wish.digest_at is not None and wish.digest_at >= since
    early = [] if was_sent else [row for row in rows if row.at < since]
    claims.postpone([row for row in rows if row not in early], until=next_digest_time(now), now=now)
    if early:
        numbers = claims.find_for_digest(to.account, before=since, now=now)
        yield _Letter(numbers=numbers, to=to, is_digest=True)


def _send(letter: _Letter, post: "_Post", *, now: datetime) -> int:
    """Claim, send and mark one mail; return 1 when it was handed over. Raises ServerDown after marking the failure."""
    rows = claims.claim(letter.numbers, now=now)
    if not rows:
        return 0  # another worker has it
    try:
        post.send(letter.write(rows))
    except Exception as fault:  # whatever keeps one mail back must keep back no other
        given_up = claims.mark_failed(rows, now=now)
        _log_failure(fault, rows, given_up)
        if isinstance(fault, ServerDown):
            raise
        return 0
    claims.mark_sent(rows, now=now, digest_of=letter.to.account if letter.is_digest else "")
    return 1


def _log_failure(fault: Exception, rows: Sequence[Notice], given_up: int) -> None:
    """Log a failure by its kind alone: what a mail server answers repeats the address."""
    cause = fault.__cause__ or fault
    refusals = getattr(cause, "recipients", None) or {}
    code = next((code for code, _ in refusals.values()), getattr(cause, "smtp_code", 0))
    _log.log(
        logging.ERROR if given_up else logging.WARNING,
        "mail given up" if given_up else "mail not handed over; it is tried again",
        extra={
            "notice": rows[0].pk,
            "notices": len(rows),
            "attempt": max(row.attempts for row in rows),
            "fault": type(cause).__name__,
            "smtp_code": code,
        },
    )


class _Post:
    """The way to the mail server, opened by the first mail that goes it."""

    def __init__(self) -> None:
        self._connection: Any = None  # made when needed: it loads what an idle worker can do without

    def send(self, message: EmailMessage) -> None:
        """Hand a mail over; raise ServerDown, or what the server said against this one."""
        from smtplib import SMTPException, SMTPServerDisconnected  # noqa: PLC0415  # an idle worker needs none

        if self._connection is None:
            self._connection = _connect()
        try:
            if not self._connection.send_messages([message]):
                raise SMTPException("the mail was not taken")
        except OSError as fault:
            self.close()  # it may be in the midst of a mail
            if isinstance(fault, SMTPException) and not isinstance(fault, SMTPServerDisconnected):
                raise
            raise ServerDown from fault

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError):
                connection.close()


def _connect() -> Any:
    """Return an open connection; raise ServerDown."""
    connection = get_connection()
    try:
        connection.open()
    except OSError as fault:
        raise ServerDown from fault
    return connection
