"""One PDF at a time in a process: a public address must not be a way to exhaust the node."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from serai.site.printing.errors import PrinterBusy

WAIT_S = 10


class Turns:
    """One works, few wait for a while, the others are told to come back.

    Those who wait each hold a thread of the server, so they are fewer than its threads.
    """

    def __init__(self, *, most_waiting: int, wait_s: float) -> None:
        self.wait_s = wait_s
        self._line = threading.BoundedSemaphore(most_waiting + 1)
        self._turn = threading.Lock()

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold the turn; raise PrinterBusy when it does not come in time."""
        if not self._line.acquire(blocking=False):
            raise PrinterBusy(retry_after_s=WAIT_S)
        try:
            if not self._turn.acquire(timeout=self.wait_s):
                raise PrinterBusy(retry_after_s=WAIT_S)
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._line.release()
