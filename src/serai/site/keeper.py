"""Keeps one background worker beside the web processes: forked from the same warm memory, started again if it dies."""

import logging
import os
import signal
import threading
import time
from typing import Final, NoReturn

from serai.site.worker import Worker

LOOK_EVERY_S: Final = 2.0
_OWN_SIGNALS: Final = ("SIGCHLD", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGTTIN", "SIGTTOU", "SIGWINCH")
_log = logging.getLogger("serai.node")


class WorkerKeeper:
    """The worker of a serving node. The process that serves must hold no database connection when it starts one."""

    def __init__(self) -> None:
        self.pid = 0
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def start(self) -> None:
        self._fork()
        self._watch.start()

    def stop(self, *, grace_s: float) -> None:
        """Let the worker finish what it does; end it when that takes too long."""
        self._stopping.set()
        if not self._is_alive():
            return
        os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + grace_s
        while self._is_alive():
            if time.monotonic() > deadline:
                _log.warning("the worker did not stop in time")
                os.kill(self.pid, signal.SIGKILL)
                return
            time.sleep(0.05)

    def _keep(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            if not self._is_alive():
                _log.warning("the worker ended; another is started")
                self._fork()

    def _is_alive(self) -> bool:
        """Whether the worker runs; the web server may have collected its exit status before us."""
        try:
            return os.waitpid(self.pid, os.WNOHANG) == (0, 0)
        except ChildProcessError:
            return False

    def _fork(self) -> None:
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            _work(parent)


def _work(parent: int) -> NoReturn:
    """Be the worker: without the web server's signals, until told to stop or the server is gone.

    Open files are left alone: closed behind Python's back, a number would come to mean another file.
    """
    status = 1
    try:
        os.setsid()
        for name in _OWN_SIGNALS:
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        Worker(parent=parent).run()
        status = 0
    finally:
        os._exit(status)
