"""The node's background process: seals audit rows, sends mails, does the periodic jobs, exchanges messages. Two at once is the normal case."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Final

from django.db import DatabaseError, close_old_connections, connections

from serai.kernel import audit, clock
from serai.site.jobs import Rounds
from serai.site.notices.sender import send_due

_log = logging.getLogger("serai.worker")
SEAL_EVERY_S: Final = 1.0  # rows are chained within two seconds
MAIL_EVERY_S: Final = 5.0
JOBS_EVERY_S: Final = 1.0
EXCHANGE_EVERY_S: Final = 2.0  # it runs until the worker stops; this long after a failure, again
_GRACE_S: Final = 15.0  # a mail that is half sent may end; less than a node gives its worker


class Worker:
    """Runs until stopped; an error is logged and the next turn tries again."""

    def __init__(self, *, parent: int = 0) -> None:
        self.parent = parent
        self.stopping = threading.Event()
        self._rounds = Rounds()

    def stop(self, *_: object) -> None:
        self.stopping.set()

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        _log.info("worker started")
        aside = [
            self._start("mail", MAIL_EVERY_S, self._send_mails),
            self._start("jobs", JOBS_EVERY_S, self._do_jobs),
            self._start("exchange", EXCHANGE_EVERY_S, self._exchange),
        ]
        while not self.stopping.is_set():
            if self.parent and os.getppid() != self.parent:  # the web server was killed; a node has no orphans
                break
            self._seal()
            self.stopping.wait(SEAL_EVERY_S)
        self.stop()
        deadline = time.monotonic() + _GRACE_S
        for thread in aside:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._seal()
        _log.info("worker stopped")

    def turn(self) -> None:
        """Do what there is to do now, one after the other."""
        self._do_jobs()
        self._send_mails()
        self._seal()

    def _start(self, name: str, every_s: float, work: Callable[[], object]) -> threading.Thread:
        """Do something again and again in a thread of its own: a mail server may hang, and sealing must not wait."""
        thread = threading.Thread(target=self._repeat, args=(every_s, work), name=f"worker-{name}", daemon=True)
        thread.start()
        return thread

    def _repeat(self, every_s: float, work: Callable[[], object]) -> None:
        while not self.stopping.is_set():
            work()
            self.stopping.wait(every_s)
        connections.close_all()

    def _seal(self) -> None:
        close_old_connections()
        try:
            while sealed := audit.seal():
                _log.info("sealed", extra={"rows": sealed})
        except DatabaseError:
            _log.exception("sealing failed; it is tried again")

    def _send_mails(self) -> None:
        close_old_connections()
        try:
            send_due(clock.now(), may_go_on=self._may_go_on)
        except Exception:  # noqa: BLE001  # the outermost line of a thread
            _log.exception("sending mails failed; it is tried again")

    def _do_jobs(self) -> None:
        close_old_connections()
        self._rounds.turn(may_go_on=self._may_go_on)

    def _exchange(self) -> None:
        from serai.exchange.loop import Exchange  # noqa: PLC0415  # only a worker needs it, and what it imports

        try:
            Exchange(self.stopping).run()
        except Exception:  # noqa: BLE001  # the outermost line of a thread
            _log.exception("the exchange stopped; it is started again")

    def _may_go_on(self) -> bool:
        return not self.stopping.is_set()
