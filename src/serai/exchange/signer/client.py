"""The node's side of the signer's socket: one connection a thread, opened anew when it broke."""

import os
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final, cast

from serai.exchange.errors import NumberUsed, SignerRefused, SignerSilent
from serai.exchange.jws import Typ
from serai.exchange.signer import frames
from serai.exchange.signer.interface import KeyOrder
from serai.exchange.signer.place import read_statements, short_path, socket_path

_TIMEOUT_S: Final = 5.0
_EACH_S: Final = 0.25  # more for each signature: tokens are slower than key files
_CHANGE_S: Final = 120.0  # a token may take its time to make a key, and nobody may order it twice
_RESTART_S: Final = 3.0  # a signer that died is started again within this


class SignerClient:
    """Asks the signer's process of a node."""

    def __init__(self, node_folder: Path) -> None:
        self.folder = node_folder
        self._own = threading.local()

    def sign(self, typ: Typ, payloads: Sequence[bytes], *, base: int | None = None) -> list[bytes]:
        texts = [payload.decode() for payload in payloads]
        asked = {"op": "sign", "typ": str(typ), "payloads": texts, "base": base}
        return _as_bytes(self._ask(asked, wait_s=_TIMEOUT_S + _EACH_S * len(texts)))

    def sign_again(self, envelopes: Sequence[bytes]) -> list[bytes]:
        asked = {"op": "sign_again", "envelopes": [raw.decode() for raw in envelopes]}
        return _as_bytes(self._ask(asked, wait_s=_TIMEOUT_S + _EACH_S * len(envelopes)))

    def sign_foreign(self, kid: str, data: bytes) -> bytes:
        found = self._ask({"op": "sign_foreign", "kid": kid, "data": data.decode("latin-1")})
        return str(found).encode("latin-1")

    def open_sealed(self, sealed: Sequence[str]) -> list[bytes | None]:
        found = cast("list[str | None]", self._ask({"op": "open", "sealed": list(sealed)}))
        return [None if body is None else body.encode("latin-1") for body in found]

    def change_keys(self, order: KeyOrder) -> list[bytes]:
        self.close()  # an old connection may be broken, and what was sent over one is not sent again
        try:
            return _as_bytes(self._ask_once({"op": "change", "order": asdict(order)}, _CHANGE_S))
        except (OSError, frames.BadFrame) as error:
            self.close()
            raise SignerSilent(reason=type(error).__name__) from None

    def statements(self) -> list[bytes]:
        return read_statements(self.folder)  # public, and the signer writes them there before it uses a key

    def places(self) -> dict[str, str]:
        return cast("dict[str, str]", self._ask({"op": "places"}))

    def highest(self) -> dict[str, object]:
        return cast("dict[str, object]", self._ask({"op": "highest"}))

    def _ask(self, asked: Mapping[str, object], *, wait_s: float = _TIMEOUT_S) -> object:
        """Ask; when the connection was an old one that broke, once more on a new one. Raises SignerSilent."""
        deadline = time.monotonic() + _RESTART_S
        while True:
            try:
                return self._ask_once(asked, wait_s)
            except (OSError, frames.BadFrame) as error:
                self.close()
                if time.monotonic() > deadline:
                    raise SignerSilent(reason=type(error).__name__) from None
                time.sleep(0.05)

    def _ask_once(self, asked: Mapping[str, object], wait_s: float) -> object:
        connection = self._connection()
        connection.settimeout(wait_s)
        frames.send(connection, asked)
        answer = frames.receive(connection)
        if answer is None:
            raise frames.BadFrame
        if "number_used" in answer:
            raise NumberUsed(**cast("dict[str, object]", answer["number_used"]))
        if "refused" in answer:
            raise SignerRefused(reason=str(answer["refused"]))
        return answer["ok"]

    def _connection(self) -> socket.socket:
        """Return this thread's connection; one that came over a fork belongs to the parent and is left alone."""
        if getattr(self._own, "pid", 0) != os.getpid():
            path = socket_path(self.folder)
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(_TIMEOUT_S)
            with short_path(path) as name:
                connection.connect(name)
            self._own.connection, self._own.pid = connection, os.getpid()
        return cast("socket.socket", self._own.connection)

    def close(self) -> None:
        """Close this thread's connection; the next question opens another."""
        if getattr(self._own, "pid", 0) == os.getpid():
            self._own.connection.close()
        self._own.pid = 0


def _as_bytes(found: object) -> list[bytes]:
    return [text.encode() for text in cast("list[str]", found)]
