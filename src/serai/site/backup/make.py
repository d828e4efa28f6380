"""Making a backup, while the node runs."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from serai.kernel import audit, clock
from serai.kernel.roles import Actor
from serai.site.backup import postgres, sqlite
from serai.site.backup.archive import STORES, Archive, write_archive
from serai.site.backup.drafts import check_space, draft_file, draft_folder, name_draft, publish
from serai.site.backup.errors import BackupFailed, FileTaken, StoreDamaged, told_as
from serai.site.backup.progress import Progress
from serai.site.home import Identity, NodeHome, Realm


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup that was made; its size in bytes."""

    file: Path
    size: int


def make_backup(home: NodeHome, file: Path | None = None, *, progress: Progress) -> Made:
    """Write a backup of the store under the given name, or one of its own in `backups`. Needs Django set up.

    The name appears when all is written, read back and recorded, not before. Raises FileTaken, StoreDamaged, NoSpace,
    BackupFailed.
    """
    identity, made_at = home.read_identity(), clock.now()
    with told_as(BackupFailed), home.in_use():
        home.backups.mkdir(mode=0o700, exist_ok=True)
        target = _choose_target(home, file, identity, made_at)
        with draft_folder(name_draft(home.backups)) as folder:
            store = _copy_store(folder, progress)
            check_space(target.parent, store.stat().st_size)
            return _pack(store, target, identity=identity, made_at=made_at, progress=progress)


def _choose_target(home: NodeHome, file: Path | None, identity: Identity, made_at: datetime) -> Path:
    mark = "-training" if identity.realm is Realm.TRAINING else ""  # nothing of training may pass for service
    name = f"{identity.code}{mark}-{made_at:%Y%m%dT%H%M%SZ}.tar"
    target = home.backups / name if file is None else file.absolute()
    target = target / name if target.is_dir() else target
    if target.exists():
        raise FileTaken(file=target)
    if not target.parent.is_dir():
        raise BackupFailed(reason=f"there is no folder {target.parent}")
    return target


def _copy_store(folder: Path, progress: Progress) -> Path:
    store = folder / STORES[connection.vendor]
    if connection.vendor == "postgresql":
        progress("Dumping the database")
        postgres.dump_database(store)
        return store
    source = Path(connection.settings_dict["NAME"])
    check_space(folder, source.stat().st_size)
    sqlite.copy_store(source, store, progress)
    progress("Checking the copy")
    if damage := sqlite.find_damage(store):
        raise StoreDamaged(reason=damage)
    return store


def _pack(store: Path, target: Path, *, identity: Identity, made_at: datetime, progress: Progress) -> Made:
    with draft_file(target) as (draft, output):
        progress("Packing")
        manifest = write_archive(output, identity=identity, vendor=connection.vendor, store=store, made_at=made_at)
        Archive(output, target).verify(progress)
        size = draft.stat().st_size
        # Recorded first: a backup that lies about unrecorded is worse than a record of one that was not finished.
        with transaction.atomic():
            audit.record(
                "node:backup:make",
                subject=f"node {identity.code}",
                actor=Actor.operator(),
                file=str(target),
                bytes=size,
                store_sha256=manifest.parts[manifest.store].sha256,
            )
        publish(draft, target)
    return Made(file=target, size=size)
