"""Lanes that stand still: a message is parked at their head. After a crash two operators decide; an unknown type waits for software."""

from django.db import transaction

from serai.exchange.envelope import Envelope
from serai.exchange.errors import NoReason, NoSuchStop, NothingProposed, NoVerdict, OneOperator
from serai.exchange.models import Stop, StopReason
from serai.exchange.notices import LANE_STOPPED, tell_operators
from serai.exchange.rights import check_operator
from serai.kernel import audit, clock
from serai.kernel.roles import Actor

RETRY = "retry"
REFUSE = "refuse"


def find_open(peer: str, lane: str) -> Stop | None:
    """Return the open stop of a peer's lane to this node."""
    return Stop.objects.filter(peer=peer, lane=lane, ended_at=None).first()


def is_refused(stop: Stop) -> bool:
    """Whether two operators decided that the message has no effect."""
    return bool(stop.confirmed_by) and stop.verdict == REFUSE


def may_retry(stop: Stop) -> bool:
    """Whether the effect may be tried: after a crash only when two operators said so."""
    return stop.reason != StopReason.CRASH or (bool(stop.confirmed_by) and stop.verdict == RETRY)


def open_stop(stop: Stop | None, claimed: Envelope, raw: bytes, *, reason: StopReason, detail: str) -> None:
    """Park a message; a message that crashes again needs a new decision. Called by the receiver, in its transaction."""
    if stop is not None and stop.reason == reason and reason is not StopReason.CRASH:
        return
    row = stop or Stop(peer=claimed.sender, lane=claimed.lane, since=clock.now())
    row.epoch, row.seq, row.type, row.raw = claimed.epoch, claimed.seq, claimed.type, raw
    row.reason, row.detail = reason, detail
    row.verdict, row.proposed_by, row.proposal_reason, row.confirmed_by = "", "", "", ""
    row.proposed_at = row.confirmed_at = None
    row.save()
    audit.record(
        "exchange:lane:stop",
        subject=f"{claimed.sender} {claimed.lane}",
        actor=Actor.system("receiver"),
        seq=claimed.seq,
        reason=f"{reason} {detail}".strip(),
    )
    tell_operators(
        LANE_STOPPED,
        key=f"stop:{row.pk}:{clock.now().isoformat()}",
        path="/exchange/",
        peer=claimed.sender,
        lane=claimed.lane,
    )


def end(stop: Stop) -> None:
    """The message was dealt with. Called by the receiver, in its transaction."""
    stop.ended_at = clock.now()
    stop.save(update_fields=["ended_at"])
    audit.record(
        "exchange:lane:resume", subject=f"{stop.peer} {stop.lane}", actor=Actor.system("receiver"), seq=stop.seq
    )


def propose_release(*, peer: str, lane: str, verdict: str, reason: str, actor: Actor) -> Stop:
    """Propose what becomes of a parked message: try its effect again, or refuse it. Another operator must confirm.

    Raises NoVerdict, NoReason, NoSuchStop.
    """
    check_operator(actor)
    if verdict not in {RETRY, REFUSE}:
        raise NoVerdict
    if not reason.strip():
        raise NoReason
    with transaction.atomic():
        stop = _lock(peer, lane)
        stop.verdict, stop.proposal_reason = verdict, reason.strip()[:300]
        stop.proposed_by, stop.proposed_at = actor.doer, clock.now()
        stop.confirmed_by, stop.confirmed_at = "", None
        stop.save()
        audit.record(
            "exchange:release:propose",
            subject=f"{peer} {lane}",
            actor=actor,
            reason=reason,
            verdict=verdict,
            seq=stop.seq,
        )
        return stop


def confirm_release(*, peer: str, lane: str, actor: Actor) -> Stop:
    """Confirm as a second operator. Raises NothingProposed, OneOperator."""
    check_operator(actor)
    with transaction.atomic():
        stop = _lock(peer, lane)
        if not stop.proposed_by:
            raise NothingProposed
        if stop.proposed_by == actor.doer:
            raise OneOperator
        stop.confirmed_by, stop.confirmed_at = actor.doer, clock.now()
        stop.save()
        audit.record(
            "exchange:release:confirm", subject=f"{peer} {lane}", actor=actor, verdict=stop.verdict, seq=stop.seq
        )
        return stop


def _lock(peer: str, lane: str) -> Stop:
    stop = Stop.objects.select_for_update().filter(peer=peer, lane=lane, ended_at=None).first()
    if stop is None:
        raise NoSuchStop(peer=peer, lane=lane)
    return stop
