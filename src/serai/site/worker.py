"""The node's background process: seals audit rows. Two at once is the normal case."""

import logging
import os
import signal
import threading
from typing import Final

from django.db import DatabaseError, close_old_connections

from serai.kernel import audit

_log = logging.getLogger("serai.worker")
SEAL_EVERY_S: Final = 1.0  # rows are chained within two seconds


class Worker:
    """Runs until stopped; an error is logged and the next turn tries again."""

    def __init__(self, *, parent: int = 0) -> None:
        self.parent = parent
        self.stopping = threading.Event()

    def stop(self, *_: object) -> None:
        self.stopping.set()

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        _log.info("worker started")
        while not self.stopping.is_set():
            if self.parent and os.getppid() != self.parent:  # the web server was killed; a node has no orphans
                break
            self.turn()
            self.stopping.wait(SEAL_EVERY_S)
        self.turn()
        _log.info("worker stopped")

    def turn(self) -> None:
        """Do what there is to do now."""
        close_old_connections()
        try:
            while sealed := audit.seal():
                _log.info("sealed", extra={"rows": sealed})
        except DatabaseError:
            _log.exception("sealing failed; it is tried again")
