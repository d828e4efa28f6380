"""Mails that a page sends aside, so that the answer takes as long for an account that exists as for one that does not.

They are few and may be asked for again, so nothing of them is stored; everything else is mailed by the worker.
"""

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final

from django.core.mail import EmailMessage

_MOST_WAITING: Final = 20
_log = logging.getLogger("serai.mail")
_lock = threading.Lock()
_sender: ThreadPoolExecutor | None = None
_waiting: set["Future[None]"] = set()


def send_aside(message: EmailMessage) -> None:
    """Send a mail in a thread of its own; one too many is dropped and logged, without its address."""
    global _sender  # noqa: PLW0603  # one thread a process, started by the first mail
    with _lock:
        if len(_waiting) >= _MOST_WAITING:
            _log.error("mail dropped: too many wait")
            return
        _sender = _sender or ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")
        sending = _sender.submit(_send, message)
        _waiting.add(sending)
    sending.add_done_callback(_done)


def finish() -> None:
    """Wait until what was handed over has been sent."""
    with _lock:
        waiting = list(_waiting)
    wait(waiting)


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except Exception as error:  # noqa: BLE001  # the thread's outermost line; a mail server fails in many ways
        _log.error("mail not sent", extra={"error": type(error).__name__})  # its text may name the reader


def _done(sending: "Future[None]") -> None:
    with _lock:
        _waiting.discard(sending)
