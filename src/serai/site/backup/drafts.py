"""Work under way: under names of its own, locked while somebody is at it, so that a leftover can be told from it."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from serai.kernel.files import sync_folder
from serai.site.backup.errors import FileTaken, NoSpace
from serai.site.home import NodeHome

LINK_DRAFT: Final = ".current.draft"
_SPARE_BYTES: Final = 32 * 1024 * 1024
# Where an interrupted init, backup or restore leaves something, as patterns under the node's folder.
_PATTERNS: Final = (".node.json.*", ".secret.key.*", ".current.*", "backups/.*.draft", "stores/*.draft")


def name_draft(folder: Path, name: str = "") -> Path:
    """Return a hidden name in the folder that nobody else uses."""
    return folder / f".{name}{'.' if name else ''}{secrets.token_hex(4)}.draft"


@contextmanager
def draft_folder(folder: Path) -> Iterator[Path]:
    """Make a private folder to work in; it is removed at the end, unless it got another name by then."""
    folder.mkdir(mode=0o700)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def draft_file(target: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Make a private file beside the target to write to; it is removed at the end, unless it was published."""
    draft = name_draft(target.parent, target.name)
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "w+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield draft, file
    finally:
        draft.unlink(missing_ok=True)


def publish(draft: Path, target: Path) -> None:
    """Give a finished draft its name, durably; raise FileTaken rather than overwrite."""
    try:
        os.link(draft, target)
    except FileExistsError:
        raise FileTaken(file=target) from None
    except OSError:  # a memory stick's file system has no links; then the small race is all that is left
        if target.exists():
            raise FileTaken(file=target) from None
        draft.rename(target)
    sync_folder(target.parent)


def check_space(folder: Path, needed: int) -> None:
    """Raise NoSpace unless the folder's disk has room for so many bytes and some to spare."""
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE_BYTES:
        raise NoSpace(folder=folder, free_mb=free >> 20, needed_mb=(needed + _SPARE_BYTES) >> 20)


def find_leftovers(home: NodeHome) -> list[Path]:
    """Return what an interrupted command left in the node's folder: drafts that nobody holds."""
    found = [path for pattern in _PATTERNS for path in sorted(home.folder.glob(pattern))]
    return [path for path in found if path.is_symlink() or not _is_held(path)]


def clear_store_drafts(home: NodeHome) -> None:
    """Remove what an interrupted restore left. Only for one who holds the node alone."""
    (home.folder / LINK_DRAFT).unlink(missing_ok=True)
    for path in home.stores.glob("*.draft"):
        shutil.rmtree(path)


def _is_held(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:  # it was finished in this moment
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
