"""Checks of what the store holds: times, the audit trail and its worker, mails, the register. Needs Django set up."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q

from serai.kernel import clock
from serai.kernel.log import is_intact
from serai.kernel.merkle import Frontier
from serai.kernel.models import AuditPending, AuditRow, LogCheckpoint, LogLeaf, MailState, Notice
from serai.register.actions import is_load_due
from serai.register.queries import get_version
from serai.site.doctor.finding import Unfit

FIRST_YEAR: Final = datetime(2026, 1, 1, tzinfo=UTC)  # no node is older than the software
LONGEST_WAIT: Final = timedelta(seconds=10)
LATEST_MAIL: Final = timedelta(days=1)
_SLACK: Final = timedelta(seconds=5)  # rows may come from another machine on the same store
_VERIFY: Final = "The full check is: serai audit verify"


def check_clock() -> str:
    """The machine's clock is not behind what was recorded already."""
    now = clock.now()
    if now < FIRST_YEAR:
        raise Unfit(f"The machine's clock says {now:%Y-%m-%d %H:%M} UTC, which is past. {_SET_CLOCK}")
    newest = AuditRow.objects.order_by("-pk").first()
    if newest is not None and newest.at > now + _SLACK:
        raise Unfit(
            f"The machine's clock says {now:%Y-%m-%d %H:%M:%S} UTC, but the newest audit row is of "
            f"{newest.at:%Y-%m-%d %H:%M:%S}. {_SET_CLOCK}"
        )
    return f"It is {now:%Y-%m-%d %H:%M:%S} UTC, later than everything recorded."


_SET_CLOCK: Final = "Set it, or let it follow a time server: timedatectl set-ntp true"


def check_worker() -> str:
    """No audit row has been waiting for the sealer for long."""
    oldest = AuditPending.objects.select_related("row").order_by("row_id").first()
    if oldest is None:
        return "No audit row waits to be sealed."
    waited = clock.now() - oldest.row.at
    if waited > LONGEST_WAIT:
        raise Unfit(
            f"{AuditPending.objects.count()} audit rows wait to be sealed, the oldest for {waited.total_seconds():.0f} s: "
            "no worker runs. Start the node (serai node run), or a worker alone (serai node worker)."
        )
    return "Audit rows wait for less than ten seconds."


def check_trail() -> str:
    """The newest checkpoint fits its own frontier and the last leaf. Cheap: the log before it is not read."""
    checkpoint = LogCheckpoint.objects.order_by("-size").first()
    last = LogLeaf.objects.order_by("-index").first()
    if checkpoint is None and last is None:
        return "Nothing is sealed yet."
    if checkpoint is None or last is None:
        raise Unfit(f"The audit trail has a checkpoint without leaves, or leaves without a checkpoint. {_VERIFY}")
    if not _is_consistent(checkpoint, last):
        raise Unfit(
            f"The newest audit checkpoint (size {checkpoint.size}) does not fit the log: rows were changed outside "
            f"of Serai. Keep a copy of the store as it is. {_VERIFY}"
        )
    return f"The newest checkpoint fits: {checkpoint.size} rows are sealed. {_VERIFY}"


def _is_consistent(checkpoint: LogCheckpoint, last: LogLeaf) -> bool:
    try:
        frontier = Frontier.load(checkpoint.size, bytes(checkpoint.peaks))
    except ValueError:
        return False
    if frontier.root() != bytes(checkpoint.root) or last.index != checkpoint.size - 1:
        return False
    is_alone = bool(checkpoint.size & 1)  # then the last leaf is a peak itself
    return is_intact(last) and (not is_alone or frontier.peaks[-1] == bytes(last.hash))


def check_mail() -> str:
    """No mail was given up, and none has been waiting for longer than a day."""
    given_up = Notice.objects.filter(mail=MailState.GIVEN_UP).count()
    late = clock.now() - LATEST_MAIL
    # A daily mail waits for its hour by right; what failed before, or was due a day ago, does not.
    waiting = Notice.objects.filter(mail=MailState.WAITING, at__lte=late)
    waiting = waiting.filter(Q(attempts__gt=0) | Q(mail_at__lte=late))
    if given_up:
        raise Unfit(
            f"The mails about {given_up} notices were given up: the mail server refused them, or was not there. "
            f"{_SEE_LOG} Mend it, then: serai notices retry"
        )
    if count := waiting.count():
        raise Unfit(
            f"{count} notices have been waiting to be mailed for more than a day. Check that a worker runs. {_SEE_LOG}"
        )
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        return "No mail server is named (SERAI_SMTP): mails are printed where the worker runs."
    return "No mail was given up, and none waits for more than a day."


_SEE_LOG: Final = "The log says why (logger serai.mail); SERAI_SMTP and SERAI_MAIL_FROM name the server and the sender."


def check_register() -> str:
    """The register is loaded, and is the one that the Secretariat published, or else the one that the software ships."""
    version = get_version()
    if version is None:
        raise Unfit("No register is loaded: pages have nothing to show. Run: serai register load")
    if is_load_due():
        raise Unfit(
            f"Catalogue version {version.number} is loaded, but the software ships another. Run: serai register load"
        )
    return f"Catalogue version {version.number} is loaded: {version.entries} entries."
