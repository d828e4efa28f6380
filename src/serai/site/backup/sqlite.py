"""Copying and checking an SQLite store as a file; knows nothing of Django."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final, Literal

from serai.site.backup.progress import Progress, by_tenths

_PAGES: Final = 4096  # copied at a time: 16 MB


def copy_store(source: Path, target: Path, progress: Progress) -> None:
    """Copy a store that others may be writing to, as it is at one moment."""
    tell = by_tenths(progress, "Copying the store")
    with closing(_open(source)) as reader, closing(sqlite3.connect(target)) as copy:
        # One snapshot, held throughout: otherwise each write of another process would start the copy anew.
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        reader.backup(copy, pages=_PAGES, progress=lambda _, remaining, total: tell(total - remaining, total))
        copy.execute("PRAGMA journal_mode=DELETE")  # one plain file; a node turns it back when it opens it


def find_damage(store: Path, *, check: Literal["integrity_check", "quick_check"] = "integrity_check") -> str:
    """Return what a check of a store finds first; "" when it is sound. The quick one leaves the indexes out."""
    try:
        with closing(_open(store)) as connection:
            found = str(connection.execute(f"PRAGMA {check}(1)").fetchone()[0])
    except sqlite3.DatabaseError as fault:
        return str(fault)
    return "" if found == "ok" else " ".join(found.split())


def _open(store: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
