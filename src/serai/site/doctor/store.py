"""Checks of the store: that it answers, is of a kind the node can rely on, and is this node's own."""

import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import django.db
from django.db import connection

from serai.kernel.models import NodeIdentity
from serai.site.backup import sqlite
from serai.site.doctor.finding import SET_UP, Check, Unfit, first_line
from serai.site.home import NodeHome
from serai.site.start import check_identity, has_unapplied_migrations

OLDEST_POSTGRESQL: Final = 15
MOST_CLOCK_DIFFERENCE_S: Final = 5
_CONNECT_TIMEOUT_S: Final = 5
_FULL: Final = 2  # PRAGMA synchronous


def check_store(home: NodeHome) -> str:
    """The store is there and answers."""
    if connection.vendor == "sqlite":
        return _check_file(home)
    connection.settings_dict["OPTIONS"].setdefault("connect_timeout", _CONNECT_TIMEOUT_S)
    try:
        _ask("SELECT 1")
    except django.db.Error as fault:
        raise Unfit(
            f"PostgreSQL does not answer ({first_line(fault)}). Check that it runs, that the database exists, "
            "and that DATABASE_URL names both rightly."
        ) from None
    return f"PostgreSQL answers: database {connection.settings_dict['NAME']}."


def _check_file(home: NodeHome) -> str:
    file = Path(connection.settings_dict["NAME"])
    if not file.exists():  # looked at first, for opening it would make an empty one
        raise Unfit(
            f"There is no store at {file.resolve()}. Make one: {SET_UP}; or restore one: serai node restore FILE"
        )
    try:
        _ask("SELECT count(*) FROM sqlite_schema")
    except django.db.Error as fault:
        raise Unfit(f"{file.resolve()} does not open ({first_line(fault)}). {_mend(home)}") from None
    return f"SQLite answers: {file.resolve()}."


def _mend(home: NodeHome) -> str:
    backups = sorted(home.backups.glob("*.tar"), key=lambda path: path.stat().st_mtime)
    name = str(backups[-1]) if backups else "FILE"
    return f"Stop the node and restore the last good backup: serai node restore {name}"


def checks_of_kind(home: NodeHome) -> Sequence[tuple[str, Check]]:
    """Return the checks that belong to the kind of store in use."""
    if connection.vendor == "postgresql":
        return (
            ("postgresql", _check_postgresql),
            ("encoding", _check_encoding),
            ("server clock", _check_server_clock),
        )
    return (
        ("sqlite", _check_sqlite),
        ("durability", _check_durability),
        ("damage", lambda: _check_damage(home)),
    )


def check_fit() -> None:
    """Raise Unfit when the store's software cannot hold a node; asked before a node serves, so it must be quick."""
    if connection.vendor == "postgresql":
        _check_postgresql()
        _check_encoding()
    else:
        _check_sqlite()


def _check_sqlite() -> str:
    version = _ask("SELECT sqlite_version()")
    if not _ask("SELECT count(*) FROM pragma_compile_options WHERE compile_options = 'ENABLE_FTS5'"):
        raise Unfit(f"This Python's SQLite {version} lacks FTS5, which search needs. Use a Python whose SQLite has it.")
    return f"SQLite {version} with FTS5."


def _check_durability() -> str:
    journal, synchronous = _ask("PRAGMA journal_mode"), _ask("PRAGMA synchronous")
    if journal != "wal":
        raise Unfit(
            f"SQLite's journal mode is {journal}, not WAL: readers and writers would wait for each other. "
            "Put the node's folder on a local disk, not on a network share."
        )
    if synchronous != _FULL:
        raise Unfit(
            "SQLite does not write through to the disk (synchronous is not FULL). Report this: settings.py sets it."
        )
    return "Journal mode WAL, synchronous FULL: what was answered is on the disk."


def _check_damage(home: NodeHome) -> str:
    if damage := sqlite.find_damage(Path(connection.settings_dict["NAME"]), check="quick_check"):
        raise Unfit(f"The store is damaged ({damage}). {_mend(home)}")
    return "The quick check of the file found nothing."


def _check_postgresql() -> str:
    number = int(_ask("SHOW server_version_num"))
    if number < OLDEST_POSTGRESQL * 10_000:
        raise Unfit(
            f"PostgreSQL {number // 10_000} is too old: a node needs {OLDEST_POSTGRESQL} or newer. Upgrade the server."
        )
    return f"PostgreSQL {_ask('SHOW server_version')}."


def _check_encoding() -> str:
    encoding = _ask("SHOW server_encoding")
    ctype = str(_ask("SELECT datctype FROM pg_database WHERE datname = current_database()"))
    if encoding != "UTF8" or not re.search(r"utf-?8", ctype, re.IGNORECASE):
        raise Unfit(
            f"The database has encoding {encoding} and LC_CTYPE {ctype}: it does not know Cyrillic and Han letters. "
            "Both are fixed when a database is made. Back this node up (serai node backup), make another database "
            "(CREATE DATABASE serai2 TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'), "
            "point DATABASE_URL at it, and restore there (serai node restore FILE)."
        )
    return f"Encoding UTF8, LC_CTYPE {ctype}."


def _check_server_clock() -> str:
    before = time.time()
    theirs: datetime = _ask("SELECT clock_timestamp()")
    ours = datetime.fromtimestamp((before + time.time()) / 2, UTC)
    difference_s = abs((theirs - ours).total_seconds())
    if difference_s > MOST_CLOCK_DIFFERENCE_S:
        raise Unfit(
            f"The database server's clock and this machine's differ by {difference_s:.0f} s. "
            "Let both follow a time server (timedatectl set-ntp true)."
        )
    return f"The server's clock differs by {difference_s:.1f} s."


def check_migrations() -> str:
    """The store has the tables of this software."""
    if has_unapplied_migrations():
        raise Unfit(f"The store lacks tables of this software. Back it up if it holds anything, then run: {SET_UP}")
    return "All migrations are applied."


def check_owner() -> str:
    """The store is the one of the node in this folder."""
    if NodeIdentity._meta.db_table not in connection.introspection.table_names():  # noqa: SLF001  # Django documents it
        raise Unfit(f"The store holds no node yet. Run: {SET_UP}")
    check_identity()
    return "The store is this node's own."


def _ask(question: str) -> Any:
    """Return the first column of the first row."""
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]
