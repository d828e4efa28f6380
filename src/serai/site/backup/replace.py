"""Putting a verified backup in place of the store: in one step, or not at all. Needs Django set up."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DatabaseError, connection, transaction

from serai.kernel import audit
from serai.kernel.files import sync_folder
from serai.kernel.models import LogCheckpoint, NodeIdentity
from serai.kernel.roles import Actor
from serai.site.backup import postgres, sqlite
from serai.site.backup.archive import Archive
from serai.site.backup.drafts import LINK_DRAFT, check_space, clear_store_drafts, draft_folder, name_draft
from serai.site.backup.errors import DamagedBackup
from serai.site.backup.progress import Progress
from serai.site.home import DATABASE_NAME, NodeHome
from serai.site.start import check_identity, set_up_store


def replace_store(home: NodeHome, archive: Archive, progress: Progress) -> Path | None:
    """Put the backup's store in use; return the folder of the former one. The caller holds the node alone."""
    if connection.vendor == "postgresql":
        _replace_database(home, archive, progress)
        return None
    return _replace_file(home, archive, progress)


def _replace_file(home: NodeHome, archive: Archive, progress: Progress) -> Path | None:
    """Make the next store beside the one in use, finish it there, and turn the link to it as the very last step."""
    clear_store_drafts(home)
    check_space(home.stores, archive.manifest.parts[archive.manifest.store].size)
    former = home.current.resolve() if home.database.exists() else None
    checkpoint = _read_checkpoint() if former else ""
    store = home.stores / f"{_next_number(home):04}"
    with draft_folder(store.with_suffix(".draft")) as draft:
        database = draft / DATABASE_NAME
        archive.extract_store(database, progress)
        progress("Checking the store")
        if damage := sqlite.find_damage(database):
            raise DamagedBackup(file=archive.path, reason=f"its store is broken ({damage})")
        with _connected_to(database):
            _finish(archive, checkpoint, progress)
        _sync_tree(draft)
        draft.rename(store)
    sync_folder(home.stores)
    _turn_link(home, store)
    return former


def _next_number(home: NodeHome) -> int:
    numbers = [int(path.name) for path in home.stores.iterdir() if re.fullmatch(r"\d{1,9}", path.name)]
    return max(numbers, default=0) + 1


@contextmanager
def _connected_to(database: Path) -> Iterator[None]:
    """Let Django work on a store that is not in use yet, so that it comes into use finished."""
    connection.close()
    in_use = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = in_use


def _finish(archive: Archive, replaced: str, progress: Progress) -> None:
    """Bring a restored store to the software's state, and write into its trail that it was restored over what."""
    progress("Bringing its tables up to date")
    set_up_store()
    manifest = archive.manifest
    with transaction.atomic():
        audit.record(
            "node:backup:restore",
            subject=f"node {manifest.code}",
            actor=Actor.operator(),
            file=str(archive.path.absolute()),
            made_at=manifest.made_at.isoformat(),
            store_sha256=manifest.parts[manifest.store].sha256,
            replaced_checkpoint=replaced,
        )


def _read_checkpoint() -> str:
    """Return size and root of the log that is about to be replaced; "" when the store is too broken to say."""
    try:
        last = LogCheckpoint.objects.order_by("-size").first()
    except DatabaseError:
        return ""
    return f"{last.size}:{bytes(last.root).hex()}" if last else ""


def _sync_tree(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sync_folder(folder)


def _turn_link(home: NodeHome, store: Path) -> None:
    link = home.folder / LINK_DRAFT
    link.symlink_to(store.relative_to(home.folder))
    link.replace(home.current)
    sync_folder(home.folder)


def _replace_database(home: NodeHome, archive: Archive, progress: Progress) -> None:
    """Replace what the database holds in one transaction of `pg_restore`."""
    check_space(home.backups, archive.manifest.parts[archive.manifest.store].size)
    checkpoint = ""
    if NodeIdentity._meta.db_table in connection.introspection.table_names():  # noqa: SLF001  # Django documents it
        _check_database_is_ours()
        checkpoint = _read_checkpoint()
    with draft_folder(name_draft(home.backups)) as folder:
        dump = folder / archive.manifest.store
        archive.extract_store(dump, progress)
        progress("Restoring the database")
        postgres.restore_database(dump)
    _finish(archive, checkpoint, progress)


def _check_database_is_ours() -> None:
    """Raise WrongStore when another node lives in the database; an empty one is anybody's."""
    if NodeIdentity.objects.exists():
        check_identity()
