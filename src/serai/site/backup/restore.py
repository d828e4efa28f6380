"""Restoring a backup: everything that can be told before the store is touched. Runs before Django is set up."""

from dataclasses import dataclass
from pathlib import Path

from serai.kernel.files import write_once
from serai.site.backup.archive import Archive, dump_identity, open_archive
from serai.site.backup.errors import ForeignBackup, OtherStore, RestoreFailed, told_as
from serai.site.backup.progress import Progress
from serai.site.environment import read_database
from serai.site.home import Identity, NodeHome
from serai.site.start import start_django


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did: the node, and the folder of the store that was in use before, if there is one."""

    code: str
    former: Path | None


def restore_backup(home: NodeHome, file: Path, *, progress: Progress) -> Restored:
    """Put a backup in place of the store of the node in SERAI_HOME; make the node when there is none. Sets Django up.

    Raises NodeBusy, a BadBackup, StoreHeld, StoreHoldsMore, NoSpace or RestoreFailed.
    """
    with told_as(RestoreFailed), open_archive(file) as archive:
        _check_belongs(archive, home)
        _check_idle(home)
        archive.verify(progress)
        _make_node(home, archive.manifest.identity)
        with home.in_use(alone=True):
            start_django()
            from serai.site.backup.replace import replace_store  # noqa: PLC0415  # has models, which exist from here on

            former = replace_store(home, archive, progress)
    return Restored(code=archive.manifest.code, former=former)


def _check_belongs(archive: Archive, home: NodeHome) -> None:
    vendor = _vendor_in_use()
    if archive.manifest.vendor != vendor:
        raise OtherStore(file=archive.path, found=archive.manifest.vendor, expected=vendor)
    if not home.exists():
        return
    found, present = archive.manifest.identity, home.read_identity()
    if (found.node_id, found.code, found.realm) != (present.node_id, present.code, present.realm):
        raise ForeignBackup(file=archive.path, folder=home.folder, found=_name(found), expected=_name(present))


def _vendor_in_use() -> str:
    """Return the kind of store that the settings will choose; they cannot be asked before the node exists."""
    return "postgresql" if read_database() else "sqlite"


def _name(identity: Identity) -> str:
    return f"{identity.code} ({identity.realm}, {identity.node_id})"


def _check_idle(home: NodeHome) -> None:
    """Say that the node runs before an hour of reading; the folder is held for good when the work begins."""
    if home.folder.exists():
        with home.in_use(alone=True):
            pass


def _make_node(home: NodeHome, identity: Identity) -> None:
    """Make the node that the backup is of, unless it is there; what an interrupted making left out is added."""
    home.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_once(home.identity_file, dump_identity(identity).decode())
    home.init(code=identity.code, realm=identity.realm, is_restored=True)
