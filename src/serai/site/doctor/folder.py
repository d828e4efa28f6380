"""Checks of the node's folder: who it is, who may read it, room, and what interrupted commands left."""

import os
import pwd
import shutil
import stat
from pathlib import Path
from typing import Final

from serai.site.backup.drafts import find_leftovers
from serai.site.doctor.finding import Unfit
from serai.site.home import DATABASE_NAME, NodeHome

LEAST_FREE_BYTES: Final = 1 << 30
_SHORTEST_SECRET: Final = 32


def check_node(home: NodeHome) -> str:
    """The folder holds a node whose identity can be read."""
    identity = home.read_identity()
    return f"Node {identity.code} in the {identity.realm} realm, in {home.folder}."


def check_folder(home: NodeHome) -> str:
    """Nobody but its owner may enter the folder."""
    check_private(home.folder, "700")
    return "Only its owner may enter the node's folder."


def check_secret(home: NodeHome) -> str:
    """The key is there, is one, and is its owner's alone."""
    if not home.secret_file.exists():
        raise Unfit(
            f"There is no {home.secret_file}. `serai node init` with the node's own code and realm makes a new one."
        )
    check_private(home.secret_file, "600")
    if len(home.read_secret()) < _SHORTEST_SECRET:
        raise Unfit(f"{home.secret_file} is too short for a key. Delete it; `serai node init` makes a new one.")
    return "Only its owner may read the node's secret."


def check_private(path: Path, mode: str) -> None:
    """Raise Unfit when the path is another user's, or others may get at it."""
    found = path.stat()
    if found.st_uid != os.geteuid():
        owner, me = _name_user(found.st_uid), _name_user(os.geteuid())
        raise Unfit(f"{path} belongs to {owner}, but you are {me}. Run serai as {owner}, or: chown -R {me} {path}")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise Unfit(f"Others may get at {path} (mode {stat.S_IMODE(found.st_mode):o}). Close it: chmod {mode} {path}")


def _name_user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # a container's user without an entry in passwd
        return str(number)


def check_disk(home: NodeHome) -> str:
    """There is room to write."""
    free = shutil.disk_usage(home.folder).free
    if free < LEAST_FREE_BYTES:
        raise Unfit(
            f"Only {free / (1 << 30):.2f} GiB are free where {home.folder} lies; a node needs 1 GiB. "
            "Make room: old files in backups, and stores no longer in use."
        )
    return f"{free / (1 << 30):.0f} GiB are free."


def check_leftovers(home: NodeHome) -> str:
    """No interrupted backup or restore left a draft behind."""
    drafts = find_leftovers(home)
    if drafts:
        names = ", ".join(str(path) for path in drafts)
        raise Unfit(f"An interrupted init, backup or restore left {names}. Nothing uses them; they may be deleted.")
    former = [str(path) for path in _former_stores(home)]
    if former:
        return (
            f"No drafts are left. Stores from before a restore, to delete when no longer wanted: {', '.join(former)}."
        )
    return "Nothing is left of interrupted work."


def _former_stores(home: NodeHome) -> list[Path]:
    in_use = home.current.resolve()
    return [path.parent for path in sorted(home.stores.glob(f"*/{DATABASE_NAME}")) if path.parent.resolve() != in_use]
