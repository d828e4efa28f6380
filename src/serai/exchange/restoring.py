"""After a restore from an old backup: ask the peers for the gap, take new epochs, use no number twice.

How it is noticed stands in `noticing.py`. Until a peer has told what it has, nothing new is numbered for it.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from django.conf import settings
from django.db import transaction

from serai.exchange import asking, sender
from serai.exchange.envelope import Envelope as Claimed
from serai.exchange.envelope import read_envelope, read_signed
from serai.exchange.errors import BadClaims
from serai.exchange.jws import NO_HASH, verify
from serai.exchange.keyring import own_keys
from serai.exchange.models import Envelope, InLane, Intent, OutLane, Peer, PeerState, Standing, Waiting
from serai.exchange.noticing import note_restored, place_of
from serai.exchange.signer.current import current_signer
from serai.kernel import audit, clock, log
from serai.kernel.locks import take_lock
from serai.kernel.merkle import hash_leaf
from serai.kernel.roles import Actor

_ACTOR: Final = Actor.system("restoring")


def reconcile(peer: Peer) -> None:
    """Compare places with a peer: both ask for what they miss. After a restore, take new epochs when all is fetched.

    Raises PeerUnreachable; it is begun anew then, and what was fetched stays.
    """
    have = {lane.lane: (lane.epoch, lane.next_seq) for lane in InLane.objects.filter(peer=peer.pk)}
    theirs = asking.ask_positions(peer, have=have)
    behind = [place for place in theirs if _is_behind(peer.pk, place)]
    if behind and peer.is_reconciled:
        note_restored(reason=f"{peer.pk} knows more of the lane {behind[0].lane} than this store")
        peer.refresh_from_db()
    for place in behind:
        _fetch_gap(peer, place)
    if not peer.is_reconciled:
        _begin_epochs(peer, theirs)


def _is_behind(peer: str, theirs: asking.Position) -> bool:
    """Whether the peer has something of our lane that this store has not, or has another message in its place."""
    if (theirs.epoch, theirs.next_seq) > place_of(peer, theirs.lane):
        return True
    last = Envelope.objects.filter(
        is_sent=True, peer=peer, lane=theirs.lane, epoch=theirs.epoch, seq=theirs.next_seq - 1
    ).first()
    return last is not None and last.hash != theirs.head


def _first_in_doubt(peer: str, theirs: asking.Position) -> tuple[int, int]:
    """Return from where on the peer's word counts: the first place without a receipt, or where our lane ends."""
    waiting = Waiting.objects.filter(peer=peer, lane=theirs.lane).order_by("epoch", "seq").first()
    ours = place_of(peer, theirs.lane)
    return min((waiting.epoch, waiting.seq), ours) if waiting else ours


def _fetch_gap(peer: Peer, theirs: asking.Position) -> None:
    """Fetch our own envelopes that the peer has and this store does not, epoch after epoch."""
    epoch, seq = _first_in_doubt(peer.pk, theirs)
    while (epoch, seq) < (theirs.epoch, theirs.next_seq):
        pulled = asking.pull(peer, lane=theirs.lane, epoch=epoch, seq=seq)
        if not pulled.envelopes:
            epoch, seq = epoch + 1, 1
            continue
        with transaction.atomic():
            take_lock("exchange-seal")
            last = [_take_back(peer.pk, theirs.lane, raw) for raw in pulled.envelopes][-1]
            _move_to(peer.pk, theirs.lane, last)
        for raw in pulled.receipts:
            sender.take_receipt(peer, raw)
        epoch, seq = last.epoch, last.seq + 1
    _void_what_no_longer_follows(peer.pk, theirs)


def _void_what_no_longer_follows(peer: str, theirs: asking.Position) -> None:
    """Messages that were numbered after one that never left follow from nothing that the peer has."""
    rows = Waiting.objects.filter(peer=peer, lane=theirs.lane, epoch=theirs.epoch, seq__gte=theirs.next_seq)
    waiting = [row.envelope for row in rows.select_related("envelope").order_by("seq")]
    if not waiting or read_envelope(read_signed(bytes(waiting[0].raw)).payload).prev == theirs.head:
        return
    with transaction.atomic():
        take_lock("exchange-seal")
        for envelope in waiting:
            _make_void(envelope)


def _take_back(peer: str, lane: str, raw: bytes) -> Claimed:
    """Put an envelope of ours back into the archive; what was to be sent again under its id is not."""
    signed = read_signed(raw)
    claimed = read_envelope(signed.payload)
    verify(signed, own_keys().signing_key(signed.kid, at=claimed.iat))
    if (claimed.sender, claimed.recipient, claimed.lane) != (settings.IDENTITY.code, peer, lane):
        raise BadClaims(field="lane", reason="the peer sent back an envelope of another lane")
    at = {"is_sent": True, "peer": peer, "lane": lane, "epoch": claimed.epoch, "seq": claimed.seq}
    known = Envelope.objects.filter(**at).first()
    if known is not None and known.hash == signed.payload_hash:
        return claimed
    if known is not None:
        _make_void(known)
    Intent.objects.filter(peer=peer, message_id=claimed.id).delete()
    row = Envelope.objects.create(
        **at,
        message_id=claimed.id,
        type=claimed.type,
        hash=signed.payload_hash,
        raw=raw,
        at=clock.now(),
        leaf=log.lock_head().size,
    )
    Waiting.objects.create(
        envelope=row, peer=peer, lane=lane, epoch=claimed.epoch, seq=claimed.seq, queued_at=clock.now()
    )
    log.append([log.Leaf("sent", row.pk, hash_leaf(raw))])
    return claimed


def _make_void(envelope: Envelope) -> None:
    """Take back an envelope that was numbered from an old store and never left: its message is to be numbered anew.

    Its bytes stay in the archive, since the log speaks of them, under a negative epoch that no lane has.
    """
    claimed = read_envelope(read_signed(bytes(envelope.raw)).payload)
    Waiting.objects.filter(envelope=envelope).delete()
    lowest = Envelope.objects.filter(is_sent=True, peer=envelope.peer, lane=envelope.lane).order_by("epoch").first()
    envelope.epoch = min(lowest.epoch if lowest else 0, 0) - 1
    envelope.message_id = f"void{envelope.pk:028x}"
    envelope.save(update_fields=["epoch", "message_id"])
    Intent.objects.create(
        message_id=claimed.id,
        peer=envelope.peer,
        lane=envelope.lane,
        type=claimed.type,
        version=claimed.version,
        purpose=claimed.purpose,
        needs=[need.dump() for need in claimed.needs],
        body=claimed.sealed or json.dumps(claimed.content, ensure_ascii=False),
        is_sealed=bool(claimed.sealed),
        life_s=claimed.exp - claimed.iat,
        queued_at=clock.now(),
    )


def _move_to(peer: str, lane: str, last: Claimed) -> None:
    head = Envelope.objects.get(is_sent=True, peer=peer, lane=lane, epoch=last.epoch, seq=last.seq).hash
    OutLane.objects.update_or_create(
        peer=peer, lane=lane, defaults={"epoch": last.epoch, "next_seq": last.seq + 1, "head": head}
    )


def _begin_epochs(peer: Peer, theirs: Iterable[asking.Position]) -> None:
    """Open a new epoch in each lane: numbers of the old one may have been signed and lost, and could still arrive."""
    known = {place.lane: place.epoch for place in theirs}
    signed = _signed_epochs(peer.pk)
    with transaction.atomic():
        take_lock("exchange-seal")
        for lane in set(known) | set(signed) | set(OutLane.objects.filter(peer=peer.pk).values_list("lane", flat=True)):
            place, _ = OutLane.objects.get_or_create(peer=peer.pk, lane=lane, defaults={"head": NO_HASH})
            place.epoch = max(place.epoch, known.get(lane, 0), signed.get(lane, 0)) + 1
            place.next_seq, place.stop, place.next_try_at = 1, "", None
            place.save()
            audit.record(
                "exchange:lane:epoch", subject=f"{peer.pk} {lane}", actor=_ACTOR, epoch=place.epoch, head=place.head
            )
        Peer.objects.filter(pk=peer.pk).update(is_reconciled=True)
        peer.is_reconciled = True
        if not Peer.objects.filter(state=PeerState.INTRODUCED, is_reconciled=False).exists():
            Standing.objects.update(is_catching_up=False)


def _signed_epochs(peer: str) -> dict[str, int]:
    lanes = current_signer().highest().get("lanes")
    found = lanes if isinstance(lanes, Mapping) else {}
    return {
        lane: int(numbers[0])
        for place, numbers in found.items()
        for code, _, lane in [place.partition(" ")]
        if code == peer
    }
