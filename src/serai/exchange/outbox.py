"""Queueing: what a context wants sent is written in the transaction of its own change, and goes out after it."""

import errno
import hashlib
import json
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction

from serai.exchange.envelope import LANES, Place
from serai.exchange.errors import LaneFull, PeerEnded, UnknownPeer
from serai.exchange.models import Envelope, Peer, PeerState
from serai.kernel import clock

MOST_BODY_BYTES: Final = 64 * 1024
_DAY_S: Final = 86400
_LOOK: Final = (
    "SELECT peer.state, lane.is_full FROM exchange_peer peer "
    "LEFT JOIN exchange_outlane lane ON lane.peer = peer.code AND lane.lane = %s WHERE peer.code = %s"
)
_INSERT: Final = (
    "INSERT INTO exchange_intent "
    "(message_id, peer, lane, type, version, purpose, needs, body, is_sealed, life_s, queued_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (message_id) DO NOTHING"
)


def queue(
    *,
    to: str,
    lane: str,
    type: str,  # noqa: A002  # the field's word
    version: int,
    purpose: str,
    body: Mapping[str, object],
    key: str | None = None,
    sealed: bool = False,
    life_s: int = 30 * _DAY_S,
    needs: Sequence[Place] = (),
) -> str:
    """Queue a message for a peer and return its id. Must run inside the transaction of the change that it tells of.

    The same key again queues nothing. Raises UnknownPeer, PeerEnded, LaneFull.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(f"{type}: a message belongs to the change's transaction")
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if lane not in LANES or len(text.encode()) > MOST_BODY_BYTES:
        raise ValueError(f"{type}: a body has at most {MOST_BODY_BYTES} bytes and one of the lanes {', '.join(LANES)}")
    _check_open(to, lane)
    number = _keyed_id(to, key) if key else _new_id()
    if key and Envelope.objects.filter(is_sent=True, peer=to, message_id=number).exists():
        return number
    named = json.dumps([need.dump() for need in needs])
    at = connection.ops.adapt_datetimefield_value(clock.now())
    values: list[Any] = [number, to, lane, type, version, purpose, named, text, sealed, life_s, at]
    with connection.cursor() as cursor:  # one plain statement: this runs in other contexts' transactions, often
        cursor.execute(_INSERT, values)
    transaction.on_commit(wake)
    return number


def queue_to_all(**message: object) -> dict[str, str]:
    """Queue the same message for every peer; return peer → id."""
    peers = Peer.objects.filter(state=PeerState.INTRODUCED).values_list("pk", flat=True)
    return {peer: queue(to=peer, **message) for peer in peers}  # type: ignore[arg-type]  # what `queue` takes


def _check_open(peer: str, lane: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [lane, peer])
        found = cursor.fetchone()
    if found is None or found[0] == PeerState.MET:
        raise UnknownPeer(node=peer)
    if found[0] == PeerState.ENDED:
        raise PeerEnded(peer=peer)
    if found[1]:
        raise LaneFull(waiting=settings.EXCHANGE_MOST_WAITING, peer=peer, lane=lane)


def _keyed_id(peer: str, key: str) -> str:
    return hashlib.sha256(f"{settings.IDENTITY.node_id} {peer} {key}".encode()).hexdigest()[:32]


def _new_id() -> str:
    """Return an id whose beginning grows with time: an index over such ids grows at its end only."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def wake() -> None:
    """Tell every worker of this node on this machine that something waits. A worker that misses it looks within a second."""
    for pipe in Path(settings.HOME.folder, "run").glob("wake.*"):
        try:
            handle = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno == errno.ENXIO:  # nobody reads it: its worker is gone
                pipe.unlink(missing_ok=True)
            continue
        try:
            os.write(handle, b".")
        except OSError:  # full: the worker has been told often enough
            pass
        finally:
            os.close(handle)
