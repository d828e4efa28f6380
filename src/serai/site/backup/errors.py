"""Errors of backup and restore.

    BadInput
    └── BadBackup            the file cannot be restored here
        ├── NotABackup       it is something else
        ├── DamagedBackup    it was cut off, or changed after it was made
        ├── NewerBackup      newer software made it
        ├── ForeignBackup    it is another node's
        └── OtherStore       it is of the other kind of store
    Conflict
    ├── FileTaken            a backup never overwrites a file
    ├── StoreHeld            somebody else is connected to the database
    └── StoreHoldsMore       the database holds tables that the backup would leave behind
    NodeFault
    ├── BackupFailed
    ├── RestoreFailed
    ├── StoreDamaged         what was to be backed up is broken
    ├── NoSpace
    └── NoTool               a PostgreSQL client program is missing

Each is told at the command line only; pages know nothing of backups.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import django.db

from serai.kernel.errors import BadInput, Conflict, NodeFault, gettext_noop


class BadBackup(BadInput):
    code = "bad_backup"
    template = gettext_noop("{file} cannot be restored: {reason}.")


class NotABackup(BadBackup):
    code = "not_a_backup"
    template = gettext_noop(
        "{file} is not a backup of a Serai node: {reason}. Choose a file that `serai node backup` made."
    )


class DamagedBackup(BadBackup):
    code = "damaged_backup"
    template = gettext_noop(
        "{file} is damaged: {reason}. Nothing was changed. Use another copy of it, or another backup."
    )


class NewerBackup(BadBackup):
    code = "newer_backup"
    template = gettext_noop(
        "{file} was made by newer software ({made_by}; this is {running}). Update the software first."
    )


class ForeignBackup(BadBackup):
    code = "foreign_backup"
    template = gettext_noop(
        "{file} is a backup of node {found}, but {folder} is node {expected}. "
        "Point SERAI_HOME at that node's folder, or at an empty one; nothing was changed."
    )


class OtherStore(BadBackup):
    code = "other_store"
    template = gettext_noop(
        "{file} holds a store of kind {found}, but this node is set to {expected}. "
        "Set or unset DATABASE_URL to match, then repeat; nothing was changed."
    )


class FileTaken(Conflict):
    code = "file_taken"
    template = gettext_noop("{file} exists already, and a backup overwrites nothing. Name another file.")


class StoreHeld(Conflict):
    code = "store_held"
    template = gettext_noop(
        "Others use the database {database} ({count} connections). Stop every node and worker on it, then repeat."
    )


class StoreHoldsMore(Conflict):
    code = "store_holds_more"
    template = gettext_noop(
        "The database {database} holds tables that the backup does not know: {tables}. Newer software used it. "
        "Make an empty database, point DATABASE_URL at it, and restore there; nothing was changed."
    )


class BackupFailed(NodeFault):
    code = "backup_failed"
    template = gettext_noop("The backup was not made: {reason}. Mend that and repeat; the node itself is as before.")


class RestoreFailed(NodeFault):
    code = "restore_failed"
    template = gettext_noop(
        "The restore did not finish: {reason}. Mend that and repeat; `serai node doctor` tells more."
    )


class StoreDamaged(NodeFault):
    code = "store_damaged"
    template = gettext_noop(
        "The store itself is damaged ({reason}), so no backup was made of it. Restore the last good one."
    )


class NoSpace(NodeFault):
    code = "no_space"
    template = gettext_noop("{folder} has {free_mb} MB free, but {needed_mb} MB are needed. Make room, then repeat.")


class NoTool(NodeFault):
    code = "no_tool"
    template = gettext_noop(
        "The program {tool} was not found. Install PostgreSQL's client programs, at least as new as the server; "
        "on Debian: apt-get install postgresql-client"
    )


@contextmanager
def told_as(error: type[NodeFault]) -> Iterator[None]:
    """Turn what the machine or the store refuses into one of our sentences."""
    try:
        yield
    except (OSError, sqlite3.Error, django.db.Error) as fault:
        raise error(reason=_first_line(fault)) from fault


def _first_line(fault: Exception) -> str:
    if isinstance(fault, OSError) and fault.strerror:
        return f"{fault.strerror.lower()}{f' ({fault.filename})' if fault.filename else ''}"
    return str(fault).strip().partition("\n")[0] or type(fault).__name__
