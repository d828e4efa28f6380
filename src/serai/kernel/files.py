"""Private files, written whole and durably: after a crash a file is there as it was, or as it was to be. Pure."""

import os
import secrets
from pathlib import Path


def write_draft(path: Path, data: bytes) -> Path:
    """Write a private file beside a path, on disk when this returns; return it, to be given its name."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return draft


def write_once(path: Path, text: str) -> None:
    """Write a private file, unless it is there already."""
    if path.exists():
        return
    draft = write_draft(path, text.encode())
    try:
        os.link(draft, path)
    except FileExistsError:  # another process was faster; its file stands
        pass
    finally:
        draft.unlink()
    sync_folder(path.parent)


def write_durably(path: Path, data: bytes) -> None:
    """Put a private file in the place of the one that is there."""
    write_draft(path, data).replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
