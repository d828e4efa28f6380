"""Keeps the helpers of the web processes: the signer and the worker, forked from the same warm memory, started again when they die."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final, NoReturn

LOOK_EVERY_S: Final = 2.0
_OWN_SIGNALS: Final = ("SIGCHLD", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGTTIN", "SIGTTOU", "SIGWINCH")
_log = logging.getLogger("serai.node")
Task = Callable[[int], None]  # does its work until told to stop, or until the process of this number is gone


class Keeper:
    """The helpers of a serving node. The process that serves must hold no database connection when it starts them."""

    def __init__(self, tasks: Mapping[str, Task]) -> None:
        self.pids: dict[str, int] = {}
        self._tasks = dict(tasks)
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._keep, name="keeper", daemon=True)

    def start(self) -> None:
        for name in self._tasks:
            self._fork(name)
        self._watch.start()

    def stop(self, *, grace_s: float) -> None:
        """Let each finish what it does, in the reverse order of their start; end those that take too long."""
        self._stopping.set()
        for name in reversed(self._tasks):
            self._stop_one(name, grace_s)

    def _stop_one(self, name: str, grace_s: float) -> None:
        if not self._is_alive(name):
            return
        os.kill(self.pids[name], signal.SIGTERM)
        deadline = time.monotonic() + grace_s
        while self._is_alive(name):
            if time.monotonic() > deadline:
                _log.warning("a helper did not stop in time", extra={"helper": name})
                os.kill(self.pids[name], signal.SIGKILL)
                return
            time.sleep(0.05)

    def _keep(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            for name in self._tasks:
                if not self._is_alive(name):
                    _log.warning("a helper ended; another is started", extra={"helper": name})
                    self._fork(name)

    def _is_alive(self, name: str) -> bool:
        """Whether a helper runs; the web server may have collected its exit status before us."""
        try:
            return os.waitpid(self.pids[name], os.WNOHANG) == (0, 0)
        except ChildProcessError:
            return False

    def _fork(self, name: str) -> None:
        parent = os.getpid()
        self.pids[name] = os.fork()
        if self.pids[name] == 0:
            _be(self._tasks[name], parent)


def _be(task: Task, parent: int) -> NoReturn:
    """Be a helper: without the web server's signals, until told to stop or the server is gone.

    Open files are left alone: closed behind Python's back, a number would come to mean another file.
    """
    status = 1
    try:
        os.setsid()
        for name in _OWN_SIGNALS:
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        task(parent)
        status = 0
    except Exception:  # noqa: BLE001  # the outermost line of a process
        _log.exception("a helper failed")
    finally:
        os._exit(status)
