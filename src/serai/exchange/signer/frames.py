"""How the node and its signer talk on their socket: four bytes of length, then JSON."""

import json
import socket
import struct
from collections.abc import Mapping
from typing import Final

LONGEST: Final = 16 * 1024 * 1024
_LENGTH: Final = struct.Struct(">I")


class BadFrame(Exception):
    """What came is not what the other side would send; the connection is of no more use."""


def send(connection: socket.socket, values: Mapping[str, object]) -> None:
    body = json.dumps(values, ensure_ascii=False).encode()
    connection.sendall(_LENGTH.pack(len(body)) + body)


def receive(connection: socket.socket) -> dict[str, object] | None:
    """Return what came; None when the other side has closed."""
    head = _read(connection, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > LONGEST:
        raise BadFrame
    body = _read(connection, length)
    try:
        found = json.loads(body or b"")
    except (ValueError, RecursionError):
        raise BadFrame from None
    if not isinstance(found, dict):
        raise BadFrame
    return found


def _read(connection: socket.socket, length: int) -> bytes | None:
    """Return so many bytes; None when the other side closes before the first of them."""
    found = bytearray(length)
    view, at = memoryview(found), 0
    while at < length:
        count = connection.recv_into(view[at:])
        if not count:
            if at:
                raise BadFrame
            return None
        at += count
    return bytes(found)
