"""The node's signer: started before anything that needs it, and waited for, so that a node without keys does not start."""

import os
import signal
import threading
import time
from pathlib import Path
from typing import Final

from serai.exchange.errors import NoKeys, SignerSilent, WrongPassphrase
from serai.exchange.signer.place import is_listening, keys_folder
from serai.kernel.errors import NodeFault
from serai.site.keeper import Keeper

READY_S: Final = 20.0


def run_signer(node_folder: Path, parent: int) -> None:
    """Be the signer until told to stop or the server is gone; when another one lives, wait to take its place."""
    from serai.exchange.signer.process import serve  # noqa: PLC0415  # no other process of the node needs it

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())

    def should_stop() -> bool:
        return stopping.is_set() or (bool(parent) and os.getppid() != parent)

    while not should_stop():
        serve(node_folder, should_stop=should_stop)
        stopping.wait(1.0)


def wait_for_signer(node_folder: Path) -> None:
    """Return when the signer listens; raise SignerSilent when it does not in time."""
    deadline = time.monotonic() + READY_S
    while not is_listening(node_folder):
        if time.monotonic() > deadline:
            raise SignerSilent(reason="it did not start")
        time.sleep(0.02)


def keep_signer(node_folder: Path) -> Keeper | None:
    """Start a signer for a worker that runs alone, unless one listens already."""
    if is_listening(node_folder):
        return None
    keeper = Keeper({"signer": lambda parent: run_signer(node_folder, parent)})
    keeper.start()
    wait_for_signer(node_folder)
    return keeper


def check_keys(node_folder: Path) -> None:
    """Raise NoKeys, WrongPassphrase: a node that cannot sign does not start. Tried in a process that then ends.

    What opens the keys, and its cryptography, would otherwise stay in the memory of every web process.
    """
    faults: dict[int, NodeFault] = {
        3: NoKeys(folder=node_folder),
        4: WrongPassphrase(file=keys_folder(node_folder) / "private.sealed"),
    }
    child = os.fork()
    if child == 0:
        os._exit(_try_keys(node_folder))
    _, status = os.waitpid(child, 0)
    fault = faults.get(os.waitstatus_to_exitcode(status))
    if fault is not None:
        raise fault


def _try_keys(node_folder: Path) -> int:
    from serai.exchange.signer.keyfile import open_keys  # noqa: PLC0415

    try:
        open_keys(node_folder)
    except NoKeys:
        return 3
    except WrongPassphrase:
        return 4
    return 0
