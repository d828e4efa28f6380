"""Which notices are to be mailed now, and by whom: a worker claims rows before it sends, so that no two send the same.

A claim ends by itself after two minutes: a worker that died between sending and marking is followed by another, which
sends the same mail under the same Message-ID. Attempts are counted when they begin, so that not even a mail that kills
its worker is tried for ever.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet

from serai.kernel.models import MailState, Notice, NoticeWish
from serai.site.notices.timing import MOST_ATTEMPTS, wait_after

LEASE: Final = timedelta(minutes=2)
_MOST_AT_ONCE: Final = 200


def find_due(now: datetime) -> list[Notice]:
    """Return notices to look at now, duties first, then the longest waiting."""
    return list(_free(now).filter(mail_at__lte=now).order_by("-is_duty", "mail_at", "pk")[:_MOST_AT_ONCE])


def find_for_digest(account: str, *, before: datetime, now: datetime) -> list[int]:
    """Return the numbers of all notices that belong into the daily mail of an account, those that failed before too."""
    rows = _free(now).filter(account=account, is_duty=False, at__lt=before, mail_at__isnull=False)
    return list(rows.values_list("pk", flat=True))


def _free(now: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))


def claim(numbers: Collection[int], *, now: datetime) -> list[Notice]:
    """Take rows for this worker, oldest first; those that another has or that were dealt with meanwhile are left out."""
    claimed = uuid.uuid4().hex
    taken = (
        _free(now)
        .filter(pk__in=numbers, mail_at__isnull=False)
        .update(claim=claimed, claimed_until=now + LEASE, attempts=F("attempts") + 1)
    )
    return list(Notice.objects.filter(claim=claimed).order_by("at", "pk")) if taken else []


def _held(rows: Sequence[Notice]) -> QuerySet[Notice]:
    """Return what of the rows is still claimed as they are: a lease may have run out while a slow server thought."""
    return Notice.objects.filter(pk__in=[row.pk for row in rows], claim=rows[0].claim)


def mark_sent(rows: Sequence[Notice], *, now: datetime, digest_of: str = "") -> None:
    """Note that a mail about claimed rows was handed over, and whose daily mail it was."""
    with transaction.atomic():
        _held(rows).update(mail=MailState.SENT, mail_at=None, mailed_at=now, claim="", claimed_until=None)
        if digest_of:
            NoticeWish.objects.update_or_create(account=digest_of, defaults={"digest_at": now})


def mark_failed(rows: Sequence[Notice], *, now: datetime) -> int:
    """Note that claimed rows could not be mailed: they are tried later, or given up. Return how many are given up."""
    wait = wait_after(max(row.attempts for row in rows))
    with transaction.atomic():
        given_up = _held(rows).filter(attempts__gte=MOST_ATTEMPTS)
        count = given_up.update(mail=MailState.GIVEN_UP, mail_at=None, claim="", claimed_until=None)
        _held(rows).update(mail_at=now + wait, claim="", claimed_until=None)
    return count


def postpone(rows: Collection[Notice], *, until: datetime, now: datetime) -> None:
    """Look at rows again later."""
    _due(rows, now).update(mail_at=until)


def drop(rows: Collection[Notice], state: MailState, *, now: datetime) -> None:
    """Mail nothing about these rows any more."""
    _due(rows, now).update(mail=state, mail_at=None, claim="", claimed_until=None)


def _due(rows: Collection[Notice], now: datetime) -> QuerySet[Notice]:
    """Return what of the rows is still due: whoever changes a wish sets them to a later moment, to be looked at anew."""
    return _free(now).filter(pk__in=[row.pk for row in rows], mail_at__lte=now)
