"""What the pages show of peers, lanes and messages, in the reader's language. Reads no store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from serai.exchange.envelope import read_envelope, read_signed
from serai.exchange.jws import Typ, read_jws
from serai.exchange.models import Envelope, Receipt
from serai.exchange.queries import LATE_AFTER, MOST_COUNTED, PeerStanding
from serai.exchange.receipt import Outcome, read_receipt
from serai.kernel import clock
from serai.kernel.countries import NAMES, name_node
from serai.kernel.languages import format_number

# State of a peer → its words, and the class of its mark.
STATES: Final = {
    "reachable": (_("reachable"), "status--ok"),
    "late": (_("late"), "status--caution"),
    "new": (_("not reached yet"), ""),
    "met": (_("met, not introduced"), "status--caution"),
    "ended": (_("ended"), ""),
}
KEY_STATES: Final = {
    "signs": (_("signs"), "status--ok"),
    "seals": (_("opens sealed bodies"), "status--ok"),
    "ready": (_("ready"), "status--ok"),
    "ended": (_("ended"), ""),
    "revoked": (_("revoked"), "status--caution"),
}
KEY_USES: Final = {
    "sign": _("messages, Ed25519"),
    "seal": _("sealed bodies, X25519"),
    "foreign": _("other protocols, ES256"),
}
OUTCOMES: Final = {
    "": _("no receipt yet"),
    Outcome.APPLIED: _("took effect"),
    Outcome.REFUSED: _("refused"),
    Outcome.PARKED: _("parked"),
}
STOP_REASONS: Final = {
    "crash": _("its effect failed; two operators decide"),
    "unknown-type": _("its type is not known here; it goes on by itself once the software knows it"),
    "newer-version": _("its version is newer than this software; it goes on by itself after an update"),
}
_BAR: Final = 60  # width of the bar that shows how much waits
_BAR_FULL: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRow:
    """A peer as the table shows it."""

    row: PeerStanding
    name: str
    state: str
    mark: str
    waiting: str
    bar: int
    oldest: str
    is_late: bool  # long enough that people should know
    silent_for: str


def sort_peers(codes: Sequence[str], language: str) -> list[str]:
    """Put codes in the alphabetical order of the language, nodes of trials last."""
    order = list(NAMES[language])
    return sorted(codes, key=lambda code: (code not in order, order.index(code) if code in order else 0, code))


def peer_rows(standings: Sequence[PeerStanding], language: str) -> list[PeerRow]:
    """Return the peers in alphabetical order."""
    rows = {one.code: _peer_row(one, language) for one in standings}
    return [rows[code] for code in sort_peers(list(rows), language)]


def _peer_row(one: PeerStanding, language: str) -> PeerRow:
    state, mark = STATES[one.state]
    now = clock.now()
    silence = now - one.failing_since if one.failing_since else timedelta()
    return PeerRow(
        row=one,
        name=name_node(one.code, language),
        state=str(state),
        mark=mark,
        waiting=count(one.waiting, language),
        bar=min(_BAR, one.waiting * _BAR // _BAR_FULL),
        oldest=duration(now - one.oldest) if one.oldest else "–",
        is_late=one.state == "late" and silence > LATE_AFTER,
        silent_for=duration(silence),
    )


def count(number: int, language: str) -> str:
    """Write how many wait; beyond what is counted, that it is more."""
    if number > MOST_COUNTED:
        return gettext("more than {n}").format(n=format_number(MOST_COUNTED, language))
    return format_number(number, language)


def duration(span: timedelta) -> str:
    """Write a span in its two largest units."""
    seconds = max(0, int(span.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return gettext("{days} d {hours} h").format(days=days, hours=hours % 24)
    if hours:
        return gettext("{hours} h {minutes} min").format(hours=hours, minutes=minutes % 60)
    if minutes:
        return gettext("{minutes} min").format(minutes=minutes)
    return gettext("{seconds} s").format(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """An envelope of the archive in a list."""

    row: Envelope
    outcome: str
    mark: str


def message_row(row: Envelope, *, waits: bool) -> MessageRow:
    outcome = row.outcome or ("" if waits else Outcome.APPLIED)
    mark = {"": "", Outcome.APPLIED: "status--ok"}.get(outcome, "status--caution")
    return MessageRow(row=row, outcome=str(OUTCOMES[Outcome(outcome) if outcome else ""]), mark=mark)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """What an envelope says of itself."""

    version: int
    purpose: str
    issued: datetime
    expires: datetime
    kid: str
    size: int
    is_sealed: bool
    needs: Sequence[str]


def message_facts(row: Envelope) -> MessageFacts:
    signed = read_signed(bytes(row.raw))
    claimed = read_envelope(signed.payload)
    return MessageFacts(
        version=claimed.version,
        purpose=claimed.purpose,
        issued=datetime.fromtimestamp(claimed.iat, UTC),
        expires=datetime.fromtimestamp(claimed.exp, UTC),
        kid=signed.kid,
        size=len(row.raw),
        is_sealed=bool(claimed.sealed),
        needs=[f"{need.lane} {need.epoch}/{need.seq}" for need in claimed.needs],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFacts:
    """What a receipt says of one message."""

    signer: str
    kid: str
    at: datetime
    outcome: str
    mark: str
    code: str
    leaf: int
    size: int
    root: str


def receipt_facts(receipt: Receipt, seq: int) -> ReceiptFacts:
    signed = read_jws(bytes(receipt.raw), Typ.RECEIPT)
    said = read_receipt(signed.payload)
    row = next(each for each in said.rows if each.seq == seq)
    return ReceiptFacts(
        signer=said.sender,
        kid=signed.kid,
        at=datetime.fromtimestamp(said.at, UTC),
        outcome=str(OUTCOMES[row.outcome]),
        mark="status--ok" if row.outcome is Outcome.APPLIED else "status--caution",
        code=row.code,
        leaf=row.leaf,
        size=said.size,
        root=said.root,
    )


def group_fingerprint(text: str) -> Sequence[str]:
    """Return the groups of a fingerprint, four a line."""
    groups = text.split()
    return [" ".join(groups[start : start + 4]) for start in range(0, len(groups), 4)]


def named(codes: Sequence[str], language: str) -> str:
    """Return the names of nodes, in alphabetical order."""
    return ", ".join(name_node(code, language) for code in sort_peers(codes, language))
