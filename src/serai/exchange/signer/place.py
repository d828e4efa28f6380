"""Where a node keeps what belongs to its keys, and what of it is public. No cryptography is imported here: every page may ask."""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from serai.exchange.errors import NoKeys

LOG: Final = "log"


def keys_folder(node_folder: Path) -> Path:
    """Return where a node keeps its keys: outside the stores, and never in a backup."""
    return Path(node_folder) / "keys"


def read_statements(node_folder: Path) -> list[bytes]:
    """Return the node's key log; no passphrase is needed. Raise NoKeys."""
    try:
        return (keys_folder(node_folder) / LOG).read_bytes().split()
    except FileNotFoundError:
        raise NoKeys(folder=node_folder) from None


def socket_path(node_folder: Path) -> Path:
    return Path(node_folder) / "run" / "signer.sock"


@contextlib.contextmanager
def short_path(path: Path) -> Iterator[str]:
    """Give a name for a socket that the kernel takes: it allows 107 bytes, and a node's folder may lie deep."""
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{handle}/{path.name}"
    finally:
        os.close(handle)


def is_listening(node_folder: Path) -> bool:
    """Whether a signer of the node answers."""
    path = socket_path(node_folder)
    if not path.exists():
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            with short_path(path) as name:
                probe.connect(name)
        except OSError:
            return False
    return True
