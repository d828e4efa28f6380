"""The archive: envelopes are written together with their places in the log, and hashed anew for it from the bytes that are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from serai.exchange.models import Envelope, Receipt
from serai.kernel import clock, log
from serai.kernel.merkle import hash_leaf
from serai.kernel.rows import insert_keyed


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The part of a lane into which envelopes go: one direction, one epoch."""

    is_sent: bool
    peer: str
    lane: str
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An envelope to be kept, and what became of it."""

    seq: int
    message_id: str
    type: str
    hash: str
    raw: bytes
    outcome: str = ""
    code: str = ""


def keep(part: Part, envelopes: Sequence[Kept], *, before: log.Head) -> tuple[dict[int, int], log.Head]:
    """Keep envelopes; return number → key in the archive, and the log after them. `before` is the log, locked."""
    at = connection.ops.adapt_datetimefield_value(clock.now())
    lane = part.is_sent, part.peer, part.lane, part.epoch
    keys = insert_keyed(
        Envelope,
        [
            (
                *lane,
                each.seq,
                each.message_id,
                each.type,
                each.hash,
                each.raw,
                at,
                before.size + offset,
                each.outcome,
                each.code,
            )
            for offset, each in enumerate(envelopes)
        ],
        by="seq",
    )
    kind = "sent" if part.is_sent else "received"
    return keys, log.append([log.Leaf(kind, keys[each.seq], hash_leaf(each.raw)) for each in envelopes], after=before)


def rehash_envelopes(keys: Sequence[int]) -> Mapping[int, bytes]:
    """Return key → leaf hash of envelopes."""
    rows = Envelope.objects.filter(pk__in=list(keys)).values_list("pk", "raw")
    return {key: hash_leaf(bytes(raw)) for key, raw in rows}


def rehash_receipts(keys: Sequence[int]) -> Mapping[int, bytes]:
    """Return key → leaf hash of receipts."""
    rows = Receipt.objects.filter(pk__in=list(keys)).values_list("pk", "raw")
    return {key: hash_leaf(bytes(raw)) for key, raw in rows}
