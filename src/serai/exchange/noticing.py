"""Noticing that this store is an old one: it was restored from a backup, or its disk lost what it had said was written.

It is noticed in three ways: the signer remembers beyond the store; a peer knows more of a lane than the store does; a peer holds
what this node signed about a log that the store does not have. From then on peers are asked before anything is numbered.
"""

from collections.abc import Mapping
from typing import Final

from django.db import transaction

from serai.exchange.logclaim import LogClaim
from serai.exchange.models import OutLane, Peer, PeerState, Standing
from serai.exchange.notices import RESTORED, tell_operators
from serai.exchange.signer.current import current_signer
from serai.exchange.standing import find_standing
from serai.kernel import audit, clock, log
from serai.kernel.locks import take_lock
from serai.kernel.roles import Actor

_ACTOR: Final = Actor.system("restoring")


def note_restored(*, reason: str) -> None:
    """Write down that the store is an old one; from now on peers are asked before anything is numbered. Again does nothing."""
    signed_epoch = _signed_log_epoch()
    with transaction.atomic():
        take_lock("exchange-restored")
        standing, _ = Standing.objects.get_or_create(only=True)
        if standing.log_epoch > signed_epoch and standing.is_catching_up:
            return
        standing.log_epoch = max(standing.log_epoch, signed_epoch) + 1
        standing.restored_at, standing.is_catching_up = clock.now(), True
        standing.save()
        Peer.objects.filter(state=PeerState.INTRODUCED).update(is_reconciled=False)
        audit.record(
            "exchange:node:restored",
            subject="this node",
            actor=_ACTOR,
            reason=reason[:500],
            log_epoch=standing.log_epoch,
        )
        tell_operators(RESTORED, key=f"restored:{standing.log_epoch}")


def _signed_log_epoch() -> int:
    known = current_signer().highest().get("log")
    return int(known[0]) if isinstance(known, list) and known else 0


def check_memory() -> None:
    """Compare the store with what the signer remembers; call it when a node starts."""
    known = current_signer().highest()
    lanes, signed_log = known.get("lanes"), known.get("log")
    log_epoch = find_standing().log_epoch
    if (
        isinstance(signed_log, list)
        and signed_log
        and (log_epoch, log.head().size) < (int(signed_log[0]), int(signed_log[1]))
    ):
        note_restored(reason="the signer has signed a longer log")
        return
    for place, numbers in (lanes if isinstance(lanes, Mapping) else {}).items():
        peer, _, lane = place.partition(" ")
        if place_of(peer, lane) < (int(numbers[0]), int(numbers[1])):
            note_restored(reason=f"the signer has signed beyond the store for {place}")
            return


def place_of(peer: str, lane: str) -> tuple[int, int]:
    """Return the epoch and number that this store would give next in a lane to a peer."""
    found = OutLane.objects.filter(peer=peer, lane=lane).first()
    return (found.epoch, found.next_seq) if found else (1, 1)


def is_foreign(claim: LogClaim) -> bool:
    """Whether this node once signed something about its log that is not so in this store."""
    if claim.log_epoch != find_standing().log_epoch:
        return claim.log_epoch > find_standing().log_epoch
    return claim.size > log.head().size or log.root_at(claim.size).hex() != claim.root
