"""A port for a process that is started for a trial or a test."""

import socket
from random import SystemRandom
from typing import Final

# Below what the system gives to connections that go out: a node that is killed finds its port free when it starts again.
_FIRST, _LAST = 20_000, 32_000
_TRIES: Final = 200
_chance: Final = SystemRandom()  # two runs at once are not to draw the same


def is_free(port: int) -> bool:
    """Whether nothing listens on a port of this machine; connections of the past do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """Return a port of this machine on which nothing listens; raise OSError when none was found."""
    for _ in range(_TRIES):
        if is_free(port := _chance.randint(_FIRST, _LAST)):
            return port
    raise OSError(f"no free port was found between {_FIRST} and {_LAST}")
