"""From intent to envelope: numbered, chained, signed and logged in one transaction, a lane's batch at a time.

It is done at once, whether or not the peer can be reached, so that what waits is already in the log and in its order.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from serai.exchange import archive
from serai.exchange.envelope import Envelope as Claimed
from serai.exchange.envelope import Place
from serai.exchange.errors import NoSealKey
from serai.exchange.jws import NO_HASH, Typ, hash_of
from serai.exchange.keyring import get_peer, keys_of
from serai.exchange.keys import PublicKey, Use
from serai.exchange.models import Intent, OutLane, Peer, PeerState, Waiting
from serai.exchange.signer.interface import Signer
from serai.kernel import clock, log
from serai.kernel.locks import take_lock
from serai.kernel.rows import insert_rows

BATCH: Final = 200
_MOST_BYTES: Final = 4 * 1024 * 1024  # of one call to the signer


def seal_waiting(signer: Signer, *, most: int = BATCH) -> Counter[str]:
    """Seal what waits, at most one batch a lane; return how many for each peer. Two at once do no harm."""
    sealed = Counter[str]()
    for peer, lane in _lanes():
        if count := _seal_lane(signer, peer, lane, most):
            sealed[peer] += count
    return sealed


def _lanes() -> Iterator[tuple[str, str]]:
    """Give the lanes in which something is to be sealed: from one to the next by index, however much waits in each."""
    found = _lane_after("", "")
    if found is None:
        return
    ready = set(Peer.objects.filter(state=PeerState.INTRODUCED, is_reconciled=True).values_list("pk", flat=True))
    while found:
        peer, lane = found
        if peer in ready:
            yield peer, lane
        found = _lane_after(peer, lane)


# Two questions, since an index answers each at once; as one comparison of both columns it would be read to its end.
_SAME_PEER: Final = "SELECT peer, lane FROM exchange_intent WHERE peer = %s AND lane > %s ORDER BY peer, lane LIMIT 1"
_NEXT_PEER: Final = "SELECT peer, lane FROM exchange_intent WHERE peer > %s ORDER BY peer, lane LIMIT 1"


def _lane_after(peer: str, lane: str) -> tuple[str, str] | None:
    with connection.cursor() as cursor:
        if peer:
            cursor.execute(_SAME_PEER, [peer, lane])
            if found := cursor.fetchone():
                return str(found[0]), str(found[1])
        cursor.execute(_NEXT_PEER, [peer])
        found = cursor.fetchone()
        return (str(found[0]), str(found[1])) if found else None


def _seal_lane(signer: Signer, peer: str, lane: str, most: int) -> int:
    with transaction.atomic():
        take_lock("exchange-seal")
        intents = _take(peer, lane, most)
        if not intents:
            return 0
        place, _ = OutLane.objects.get_or_create(peer=peer, lane=lane, defaults={"head": NO_HASH})
        claimed = _claim_all(place, intents)
        signed = signer.sign(Typ.ENVELOPE, [each.payload for each in claimed])
        _keep(place, intents, claimed, signed)
        Intent.objects.filter(pk__in=[intent.pk for intent in intents]).delete()
        place.next_seq += len(intents)
        place.head = claimed[-1].hash
        place.save(update_fields=["next_seq", "head"])
        return len(intents)


def _take(peer: str, lane: str, most: int) -> list[Intent]:
    found, size = list[Intent](), 0
    for intent in Intent.objects.filter(peer=peer, lane=lane).order_by("pk")[:most]:
        size += len(intent.body) * 2
        if found and size > _MOST_BYTES:
            break
        found.append(intent)
    return found


@dataclass(frozen=True, slots=True)
class _Claimed:
    seq: int
    payload: bytes
    hash: str


def _claim_all(place: OutLane, intents: Sequence[Intent]) -> list[_Claimed]:
    """Return numbered payloads, each of which names the hash of the one before."""
    now = int(clock.now().timestamp())
    key = _seal_key(place.peer, now) if any(intent.is_sealed for intent in intents) else None
    prev, found = place.head, list[_Claimed]()
    for seq, intent in enumerate(intents, place.next_seq):
        payload = _claim(place, intent, seq=seq, prev=prev, now=now, key=key).payload()
        prev = hash_of(payload)
        found.append(_Claimed(seq, payload, prev))
    return found


def _claim(place: OutLane, intent: Intent, *, seq: int, prev: str, now: int, key: PublicKey | None) -> Claimed:
    body, sealed = intent.body.encode(), ""
    if intent.is_sealed:
        assert key is not None
        # What was sealed before a restore is not opened to be numbered anew: a body in clear begins with “{”.
        body, sealed = b"", _seal(body, key) if intent.body.startswith("{") else intent.body
    return Claimed(
        sender=settings.IDENTITY.code,
        recipient=place.peer,
        realm=str(settings.IDENTITY.realm),
        lane=place.lane,
        type=intent.type,
        version=intent.version,
        purpose=intent.purpose,
        id=intent.message_id,
        epoch=place.epoch,
        seq=seq,
        prev=prev,
        iat=now,
        exp=now + intent.life_s,
        needs=_needs(intent),
        body=body,
        sealed=sealed,
    )


def _seal(body: bytes, key: PublicKey) -> str:
    from serai.exchange.sealing import seal  # noqa: PLC0415  # only workers that seal need its library

    return seal(body, key)


def _needs(intent: Intent) -> tuple[Place, ...]:
    rows = json.loads(intent.needs) if isinstance(intent.needs, str) else intent.needs
    return tuple(Place(*row) for row in rows)


def _seal_key(peer: str, now: int) -> PublicKey:
    keys = keys_of(get_peer(peer)).valid(Use.SEAL, at=now)
    if not keys:
        raise NoSealKey(peer=peer)
    return keys[-1]


def _keep(place: OutLane, intents: Sequence[Intent], claimed: Sequence[_Claimed], signed: Sequence[bytes]) -> None:
    part = archive.Part(is_sent=True, peer=place.peer, lane=place.lane, epoch=place.epoch)
    kept = [
        archive.Kept(seq=each.seq, message_id=intent.message_id, type=intent.type, hash=each.hash, raw=raw)
        for intent, each, raw in zip(intents, claimed, signed, strict=True)
    ]
    keys, _ = archive.keep(part, kept, before=log.lock_head())
    queued = [connection.ops.adapt_datetimefield_value(intent.queued_at) for intent in intents]
    insert_rows(
        Waiting,
        [
            (keys[each.seq], place.peer, place.lane, place.epoch, each.seq, at, None)
            for each, at in zip(claimed, queued, strict=True)
        ],
    )
