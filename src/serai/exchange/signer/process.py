"""The signer's process: opens the key file, listens on a socket that only the node's own user reaches, and signs.

Nothing it signs or opens is logged: only kinds, lanes and numbers.
"""

import contextlib
import ctypes
import fcntl
import logging
import os
import resource
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from serai.exchange.errors import NumberUsed, SignerRefused
from serai.exchange.jws import Typ
from serai.exchange.signer import frames
from serai.exchange.signer.interface import KeyOrder
from serai.exchange.signer.place import short_path, socket_path
from serai.exchange.signer.soft import SoftSigner, open_signer
from serai.kernel.errors import SeraiError

_log = logging.getLogger("serai.signer")
_PR_SET_DUMPABLE: Final = 4
_MOST_CLIENTS: Final = 64


def hide_memory() -> None:
    """Keep other processes of the same user, and core dumps, away from the keys."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):  # not Linux
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def serve(node_folder: Path, *, should_stop: Callable[[], bool] = lambda: False) -> None:
    """Serve until told to stop; leave at once when another signer of this node is alive. Raises what `open_private` raises."""
    hide_memory()
    folder = node_folder / "run"
    folder.mkdir(mode=0o700, exist_ok=True)
    lock = os.open(folder / "signer.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    with contextlib.closing(open_signer(node_folder)) as signer, _listen(socket_path(node_folder)) as listener:
        _log.info("signer started", extra={"node": signer.node})
        _accept(listener, signer, should_stop)
    os.close(lock)


@contextlib.contextmanager
def _listen(path: Path) -> Iterator[socket.socket]:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        with short_path(path) as name:
            listener.bind(name)
    finally:
        os.umask(mask)
    listener.listen(_MOST_CLIENTS)
    listener.settimeout(1.0)
    try:
        yield listener
    finally:
        listener.close()
        path.unlink(missing_ok=True)


def _accept(listener: socket.socket, signer: SoftSigner, should_stop: Callable[[], bool]) -> None:
    while not should_stop():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        connection.settimeout(None)
        threading.Thread(target=_talk, args=(connection, signer), daemon=True).start()


def _talk(connection: socket.socket, signer: SoftSigner) -> None:
    with connection:
        if not _is_own_user(connection):
            return
        while True:
            try:
                asked = frames.receive(connection)
                if asked is None:
                    return
                frames.send(connection, _answer(signer, asked))
            except (frames.BadFrame, OSError):  # whoever sends such a thing is told nothing
                return


def _is_own_user(connection: socket.socket) -> bool:
    found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", found)
    return bool(user == os.geteuid())


def _answer(signer: SoftSigner, asked: dict[str, object]) -> dict[str, object]:
    try:
        return {"ok": _do(signer, asked)}
    except NumberUsed as error:
        return {"number_used": error.fields}
    except SeraiError as error:
        return {"refused": str(error)}
    except (KeyError, TypeError, ValueError):
        raise frames.BadFrame from None


def _do(signer: SoftSigner, asked: dict[str, object]) -> object:
    match asked.get("op"):
        case "statements":
            return [raw.decode() for raw in signer.statements()]
        case "places":
            return signer.places()
        case "highest":
            return signer.highest()
    return _use_keys(signer, asked)


def _use_keys(signer: SoftSigner, asked: dict[str, object]) -> object:
    """Do what needs a private key; all but the opening of sealed bodies is logged."""
    match asked:
        case {"op": "sign", "typ": str(typ), "payloads": list(payloads), "base": base}:
            _log.info("sign", extra={"typ": typ, "count": len(payloads)})
            size = base if isinstance(base, int) else None
            return [raw.decode() for raw in signer.sign(Typ(typ), [one.encode() for one in payloads], base=size)]
        case {"op": "sign_again", "envelopes": list(envelopes)}:
            _log.info("sign again", extra={"count": len(envelopes)})
            return [raw.decode() for raw in signer.sign_again([one.encode() for one in envelopes])]
        case {"op": "sign_foreign", "kid": str(kid), "data": str(data)}:
            _log.info("sign for another protocol", extra={"kid": kid[:12], "length": len(data)})
            return signer.sign_foreign(kid, data.encode("latin-1")).decode("latin-1")
        case {"op": "open", "sealed": list(sealed)}:
            return [None if body is None else body.decode("latin-1") for body in signer.open_sealed(sealed)]
        case {"op": "change", "order": dict(order)}:
            _log.info("keys", extra={"verb": str(order.get("verb"))})
            return [raw.decode() for raw in signer.change_keys(KeyOrder(**order))]
    raise SignerRefused(reason="there is no such order")
