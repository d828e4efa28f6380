"""A node's folder: its identity, its secret, its stores and logs. Knows files, not Django.

node.json        code, realm, id: written once
secret.key       key for signed cookies and the like, readable by the owner only
keys/            private keys, sealed, and the public key log; in no backup
run/             sockets and locks of what runs now
current          link to the store in use; `restore` turns it in one step
stores/0001/     serai.sqlite3
backups/  log/
"""

import fcntl
import json
import os
import re
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from serai.kernel.errors import Conflict, NodeFault, gettext_noop
from serai.kernel.files import write_once

DATABASE_NAME: Final = "serai.sqlite3"
_CODE = re.compile(r"[A-Z]{2,3}")


class Realm(StrEnum):
    """Service or training, fixed for the life of a node: nothing simulated may ever reach a service node."""

    SERVICE = "service"
    TRAINING = "training"


class NoNode(NodeFault):
    code = "no_node"
    template = gettext_noop("There is no node in {folder}. Make one: serai node init --code SEC --realm service")


class UnreadableNode(NodeFault):
    code = "unreadable_node"
    template = gettext_noop(
        "{file} is not a node's identity, or may not be read. "
        "Put it back from a backup: it is the member node.json of the tar."
    )


class NodeExists(Conflict):
    code = "node_exists"
    template = gettext_noop(
        "The node in {folder} is {code} in the {realm} realm. Code and realm are fixed at init; "
        "for another node set SERAI_HOME to another folder."
    )


class NodeBusy(Conflict):
    code = "node_busy"
    template = gettext_noop("The node in {folder} is running. Stop it first, then repeat the command.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a node is."""

    code: str
    realm: Realm
    node_id: str
    created_at: str


class NodeHome:
    """The folder of one node."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def default(cls) -> "NodeHome":
        """The folder named by SERAI_HOME, else the user's own data folder."""
        data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
        return cls(Path(os.environ.get("SERAI_HOME") or f"{data}/serai").expanduser().absolute())

    @property
    def identity_file(self) -> Path:
        return self.folder / "node.json"

    @property
    def secret_file(self) -> Path:
        return self.folder / "secret.key"

    @property
    def current(self) -> Path:
        return self.folder / "current"

    @property
    def stores(self) -> Path:
        return self.folder / "stores"

    @property
    def database(self) -> Path:
        return self.current / DATABASE_NAME

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    def exists(self) -> bool:
        return self.identity_file.exists()

    def read_identity(self) -> Identity:
        """Return who the node is; raise NoNode when the folder holds none, UnreadableNode when it cannot be told."""
        try:
            values = json.loads(self.identity_file.read_text())
            return Identity(**values | {"realm": Realm(values["realm"])})
        except FileNotFoundError:
            raise NoNode(folder=self.folder) from None
        except (OSError, ValueError, KeyError, TypeError):
            raise UnreadableNode(file=self.identity_file) from None

    def init(self, *, code: str, realm: Realm, is_restored: bool = False) -> Identity:
        """Make the node; do nothing when it is there and the same; raise NodeExists when it is another.

        Two at once are safe: the identity file is linked into place, and only one link can win. A node that is made
        from a backup gets no keys: its own must be put back, and with others it would be another node to its peers.
        """
        if not _CODE.fullmatch(code):
            raise ValueError(f"{code!r} is not a node code: two or three capital letters, such as KZ or SEC")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        identity = Identity(
            code=code,
            realm=realm,
            node_id=str(uuid.uuid4()),
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        write_once(self.identity_file, json.dumps(asdict(identity), indent=1) + "\n")
        write_once(self.secret_file, secrets.token_urlsafe(48))
        present = self.read_identity()
        if (present.code, present.realm) != (code, realm):
            raise NodeExists(folder=self.folder, code=present.code, realm=present.realm)
        self.make_first_store()
        if not is_restored:
            self._make_keys(present)
        for folder in (self.backups, self.folder / "log", self.folder / "static"):
            folder.mkdir(exist_ok=True, mode=0o700)
        return present

    def _make_keys(self, identity: Identity) -> None:
        """Make the private keys of a new node. One that has a store but no keys has lost them, and gets no others."""
        from serai.exchange.signer.keyfile import make_keys  # noqa: PLC0415  # needed once in a node's life

        if not self.database.exists():
            make_keys(self.folder, node=identity.code, realm=str(identity.realm))

    def make_first_store(self) -> None:
        """Make `stores/0001` and point `current` at it, unless a store is in use already."""
        (self.stores / "0001").mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.current.is_symlink():
            try:
                self.current.symlink_to("stores/0001")
            except FileExistsError:  # another process was faster
                pass

    def read_secret(self) -> str:
        """Return the node's secret; raise NoNode without one."""
        try:
            return self.secret_file.read_text().strip()
        except FileNotFoundError:
            raise NoNode(folder=self.folder) from None

    @contextmanager
    def in_use(self, *, alone: bool = False) -> Iterator[None]:
        """Hold the folder: many may run on it, only one may restore it. Raise NodeBusy when that cannot be."""
        handle = os.open(self.folder / "node.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise NodeBusy(folder=self.folder) from None
        try:
            yield
        finally:
            os.close(handle)

    @contextmanager
    def setting_up(self) -> Iterator[None]:
        """Set the store up alone; another that wants to waits, and then finds it done."""
        handle = _wait_for(self.folder / "setup.lock")
        try:
            yield
        finally:
            os.close(handle)


def _wait_for(file: Path) -> int:
    handle = os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle
