"""Processes that end: with the work they were forked for, or with the process that keeps them."""

import ctypes
import logging
import os
import signal
import sys
from collections.abc import Callable
from typing import Final

from serai.site.telling import tell

_PR_SET_PDEATHSIG: Final = 1
_log = logging.getLogger("serai.node")


def do_apart(work: Callable[[], object]) -> None:
    """Do it in a forked process, so that what it imports does not stay in the memory of every web process.

    A fault of ours is told there as a sentence, and ends this process as well.
    No connection to the store may be open when this is called.
    """
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os._exit(_try(work))
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(1)


def _try(work: Callable[[], object]) -> int:
    try:
        work()
    except Exception as error:  # noqa: BLE001  # the outermost line of a process
        if not (sentence := tell(error)):
            _log.exception("what was done apart failed")
            sentence = f"serai: {type(error).__name__}: {error}"
        print(sentence, file=sys.stderr)  # noqa: T201  # as the command line tells it
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def end_with(parent: int) -> None:
    """See to it that this process is told to stop when its parent dies, however that dies; at once when it is dead already."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux alone has it
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)
