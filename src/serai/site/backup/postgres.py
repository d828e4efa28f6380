"""Dumping and restoring a PostgreSQL store with the server's own programs. The password goes by environment only."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from django.db import connection
from psycopg.conninfo import make_conninfo

from serai.site.backup.errors import BackupFailed, NoTool, RestoreFailed, StoreHeld, StoreHoldsMore

# How libpq calls in the environment what Django's OPTIONS call by its parameter.
_VARIABLES: Final = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS",
    "service": "PGSERVICE",
    "passfile": "PGPASSFILE",
}
_LOCK_WAIT_MS: Final = 60_000
_LONGEST_REASON: Final = 400


def dump_database(target: Path) -> None:
    """Write the database as it is at one moment, while the node runs; owners and rights stay behind."""
    done = _run(
        "pg_dump",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--lock-wait-timeout={_LOCK_WAIT_MS}",
        f"--file={target}",
    )
    if done.returncode == 0:
        done = _run("pg_restore", "--list", str(target))
    if done.returncode != 0:
        raise BackupFailed(reason=_reason(done))


def restore_database(dump: Path) -> None:
    """Put a dump in place of what the database holds, in one transaction: all of it or nothing."""
    listing = _run("pg_restore", "--list", str(dump))
    if listing.returncode != 0:
        raise RestoreFailed(reason=_reason(listing))
    _check_alone()
    _check_replaces_all(listing.stdout)
    chosen = dump.with_suffix(".list")
    chosen.write_text(_without_extensions(listing.stdout))
    connection.close()
    done = _run(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        f"--use-list={chosen}",
        f"--dbname={make_conninfo(dbname=connection.settings_dict['NAME'])}",
        str(dump),
        lock_timeout_ms=_LOCK_WAIT_MS,
    )
    if done.returncode != 0:
        raise RestoreFailed(reason=f"{_reason(done)}; the database is as before")


def _check_alone() -> None:
    """The folder's lock is this machine's only; another machine's workers show as connections of our role."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )
        count = cursor.fetchone()[0]
    if count:
        raise StoreHeld(count=count, database=connection.settings_dict["NAME"])


def _check_replaces_all(listing: str) -> None:
    """A table that the dump does not know would stay, and newer software would stumble over it."""
    dumped = set(re.findall(r" TABLE DATA \S+ (\S+) ", listing))
    more = sorted(set(connection.introspection.table_names()) - dumped)
    if more:
        tables = ", ".join(more[:5]) + (" and others" if len(more) > 5 else "")
        raise StoreHoldsMore(database=connection.settings_dict["NAME"], tables=tables)


def _without_extensions(listing: str) -> str:
    """Extensions are the database administrator's: the node's role may neither drop nor make them."""
    return "".join(line for line in listing.splitlines(keepends=True) if " EXTENSION " not in line)


def _run(tool: str, *arguments: str, lock_timeout_ms: int = 0) -> "subprocess.CompletedProcess[str]":
    program = shutil.which(tool)
    if program is None:
        raise NoTool(tool=tool)
    return subprocess.run(  # noqa: S603  # a program of PostgreSQL's, with arguments of our own
        [program, *arguments],
        env=_environment(lock_timeout_ms),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def _environment(lock_timeout_ms: int) -> dict[str, str]:
    given = connection.settings_dict
    values = {f"PG{key}": given[key] for key in ("HOST", "PORT", "USER", "PASSWORD")} | {"PGDATABASE": given["NAME"]}
    values |= {_VARIABLES[key]: value for key, value in given["OPTIONS"].items() if key in _VARIABLES}
    if lock_timeout_ms:
        values["PGOPTIONS"] = f"{values.get('PGOPTIONS', '')} -c lock_timeout={lock_timeout_ms}"
    values |= {"PGCONNECT_TIMEOUT": 10, "LC_ALL": "C"}
    return os.environ | {key: str(value) for key, value in values.items() if value}


def _reason(done: "subprocess.CompletedProcess[str]") -> str:
    return " ".join(done.stderr.split())[:_LONGEST_REASON] or f"exit code {done.returncode}"
