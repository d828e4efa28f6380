"""The key logs of the peers, and this node's own, each checked once and kept while it does not change."""

import json
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db import connection

from serai.exchange.errors import PeerEnded, UnknownPeer
from serai.exchange.keys import KeyLog
from serai.exchange.models import Peer, PeerState
from serai.exchange.signer.current import current_signer
from serai.kernel import clock
from serai.kernel.bucket import Bucket


@lru_cache(maxsize=64)
def _read(node: str, realm: str, statements: tuple[str, ...]) -> KeyLog:
    return KeyLog.read(node, realm, statements)


def key_log_of(node: str, statements: Sequence[str]) -> KeyLog:
    """Return a checked key log of this node's realm. Do not append to it: it is shared."""
    return _read(node, str(settings.IDENTITY.realm), tuple(statements))


def get_peer(code: str) -> Peer:
    """Return a peer that was introduced; raise UnknownPeer, PeerEnded."""
    peer = Peer.objects.filter(pk=code).first()
    _check_introduced(code, peer.state if peer else "")
    assert peer is not None
    return peer


def _check_introduced(code: str, state: str) -> None:
    if state in {"", PeerState.MET}:
        raise UnknownPeer(node=code[:8])
    if state == PeerState.ENDED:
        raise PeerEnded(peer=code)


_KNOWN: Final = "SELECT state, statements FROM exchange_peer WHERE code = %s"


def keys_of_code(code: str) -> KeyLog:
    """Return the key log of a peer that was introduced; raise UnknownPeer, PeerEnded.

    One plain statement, since it is asked for whatever anybody sends; and from the store each time, since another process
    may just have learned that a key was revoked.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [code])
        row = cursor.fetchone() or ("", "[]")
    _check_introduced(code, row[0])
    return key_log_of(code, json.loads(row[1]))


def keys_of(peer: Peer) -> KeyLog:
    """Return the key log of a peer as known here."""
    return key_log_of(peer.code, peer.statements)


_wanted: Final = Bucket(per_minute=1)


def want_keys(code: str) -> None:
    """Have the worker ask for a peer's key log; once a minute, since anyone can name a key that does not exist."""
    if not _wanted.take(code, at=time.monotonic()):
        Peer.objects.filter(pk=code).update(keys_wanted_at=clock.now())


def own_keys() -> KeyLog:
    """Return this node's own key log."""
    return key_log_of(settings.IDENTITY.code, [raw.decode() for raw in current_signer().statements()])
