"""The node's signer: started before anything that needs it, and waited for, so that a node without keys does not start."""

import json
import logging
import os
import signal
import threading
import time
from pathlib import Path
from typing import Final

from serai.exchange.errors import NoKeys, SignerSilent, WrongPassphrase
from serai.exchange.signer.errors import KeyDiffers, KeyMissing, TokenFault
from serai.exchange.signer.place import is_listening
from serai.kernel.errors import NodeFault, SeraiError
from serai.site.keeper import Keeper

READY_S: Final = 20.0
_log = logging.getLogger("serai.signer")
_KNOWN: Final[tuple[type[NodeFault], ...]] = (
    NoKeys,
    WrongPassphrase,
    SignerSilent,
    KeyMissing,
    KeyDiffers,
    TokenFault,
    *TokenFault.__subclasses__(),
)
_FAULTS: Final = {fault.code: fault for fault in _KNOWN}


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
    check_keys(node_folder)
    keeper = Keeper({"signer": lambda parent: run_signer(node_folder, parent)})
    keeper.start()
    wait_for_signer(node_folder)
    return keeper


def check_keys(node_folder: Path) -> None:
    """Raise NoKeys, WrongPassphrase, or what is wrong with a key or a token: a node that cannot sign does not start.

    Tried in a process that then ends. What opens the keys, its cryptography and a token's software would otherwise stay
    in the memory of every web process.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(writer, "w") as report:
            report.write(_try_keys(node_folder))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as report:
        told = report.read()
    os.waitpid(child, 0)
    if not told:
        raise SignerSilent(reason="the keys could not be tried")
    found = json.loads(told)
    if found["code"]:
        raise _FAULTS[found["code"]](**found["fields"])


def _try_keys(node_folder: Path) -> str:
    """Return what is wrong as JSON; a fault's fields hold neither keys nor a PIN."""
    from serai.exchange.signer.opening import open_private  # noqa: PLC0415

    try:
        open_private(node_folder).keys.close()
    except SeraiError as fault:
        code = fault.code if fault.code in _FAULTS else SignerSilent.code
        fields = fault.fields if fault.code in _FAULTS else {"reason": str(fault)}
        return json.dumps({"code": code, "fields": {name: str(value) for name, value in fields.items()}})
    except Exception as error:  # noqa: BLE001  # the outermost line of a process
        _log.exception("the keys could not be tried")
        return json.dumps({"code": SignerSilent.code, "fields": {"reason": type(error).__name__}})
    return json.dumps({"code": ""})
