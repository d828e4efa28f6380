"""Reads a journal from a node's store by plain SQL, live or stopped, on SQLite or PostgreSQL. Nothing of the product is asked."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from serai.exchange.faults.journal import Effect, Given, Issued, Journal, Kept, Leaf


class Store(Protocol):
    """A connection, as far as it is used here."""

    def execute(self, question: str, /) -> Any:
        """Return a cursor over the rows."""


@contextmanager
def open_store(target: str | Path) -> Iterator[Store]:
    """Open a store for reading: a SQLite file, or the address of a PostgreSQL. All is read in one snapshot."""
    if str(target).startswith(("postgres://", "postgresql://")):
        import psycopg  # noqa: PLC0415  # needed only where a node uses it

        with psycopg.connect(str(target)) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield connection
        return
    with closing(sqlite3.connect(f"file:{target}?mode=rw", uri=True, timeout=20)) as connection:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")
        yield connection


def read_journal(target: str | Path, *, code: str, statements: Sequence[bytes]) -> Journal:
    """Return what the store says; `statements` are the node's own key log, which is a file of its own."""
    with open_store(target) as store:
        return Journal(
            code=code,
            statements=tuple(statements),
            known=_known(store),
            log_epoch=_log_epoch(store),
            issued=_issued(store, code),
            effects=_effects(store),
            envelopes=_envelopes(store),
            unnumbered=frozenset(row[0] for row in store.execute("SELECT message_id FROM exchange_intent")),
            waiting=frozenset(
                (row[0], row[1], row[2], row[3])
                for row in store.execute("SELECT peer, lane, epoch, seq FROM exchange_waiting")
            ),
            receipts=_receipts(store),
            leaves=_leaves(store),
            checkpoints=tuple(
                (row[0], bytes(row[1]))
                for row in store.execute("SELECT size, root FROM kernel_logcheckpoint ORDER BY size")
            ),
            witnessed=tuple(
                (row[0], row[1], row[2], row[3])
                for row in store.execute("SELECT peer, log_epoch, size, root FROM exchange_witnessed ORDER BY size")
            ),
        )


def _known(store: Store) -> dict[str, tuple[bytes, ...]]:
    found = dict[str, tuple[bytes, ...]]()
    for code, statements in store.execute("SELECT code, statements FROM exchange_peer"):
        # SQLite gives JSON as text, PostgreSQL as a list.
        rows = json.loads(statements) if isinstance(statements, str) else statements
        found[code] = tuple(str(row).encode() for row in rows)
    return found


def _log_epoch(store: Store) -> int:
    row = store.execute("SELECT log_epoch FROM exchange_standing").fetchone()
    return int(row[0]) if row else 1


def _issued(store: Store, code: str) -> tuple[Issued, ...]:
    rows = store.execute("SELECT id, peer, lane, value FROM bench_issued ORDER BY value")
    return tuple(Issued(id=row[0], sender=code, peer=row[1], lane=row[2], value=row[3]) for row in rows)


def _effects(store: Store) -> tuple[Effect, ...]:
    names = ("order", "id", "sender", "lane", "epoch", "seq", "value", "purpose", "at")
    rows = store.execute(
        "SELECT place, id, sender, lane, epoch, seq, value, purpose, at FROM bench_effect ORDER BY place"
    )
    return tuple(Effect(**dict(zip(names, row, strict=True))) for row in rows)


def _envelopes(store: Store) -> tuple[Kept, ...]:
    rows = store.execute(
        "SELECT is_sent, peer, lane, epoch, seq, message_id, type, hash, raw, leaf, outcome, id FROM exchange_envelope "
        "ORDER BY is_sent, peer, lane, epoch, seq"
    )
    return tuple(
        Kept(
            is_sent=bool(row[0]),
            peer=row[1],
            lane=row[2],
            epoch=row[3],
            seq=row[4],
            id=row[5],
            type=row[6],
            hash=row[7],
            raw=bytes(row[8]),
            leaf=row[9],
            outcome=row[10],
            key=row[11],
        )
        for row in rows
    )


def _receipts(store: Store) -> tuple[Given, ...]:
    rows = store.execute("SELECT is_ours, peer, lane, epoch, raw, leaf, id FROM exchange_receipt ORDER BY id")
    return tuple(
        Given(is_ours=bool(row[0]), peer=row[1], lane=row[2], epoch=row[3], raw=bytes(row[4]), leaf=row[5], key=row[6])
        for row in rows
    )


def _leaves(store: Store) -> tuple[Leaf, ...]:
    rows = store.execute('SELECT "index", kind, ref, hash FROM kernel_logleaf ORDER BY "index"')
    return tuple(Leaf(row[0], row[1], row[2], bytes(row[3])) for row in rows)
