"""The processes of a trial, as Linux tells of them, and strace on one of them."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def all_processes() -> Iterator[tuple[int, int, int]]:
    """Give pid, parent and session of every process on the machine."""
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            yield int(path.name), int(fields[1]), int(fields[3])


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def pss_kb(pid: int) -> int:
    """Return the memory of a process, with its share of what it shares."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def kill(pid: int) -> None:
    """End a process at once, if it lives."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@contextmanager
def traced(pid: int, *options: str) -> Iterator[bool]:
    """Have strace on a process; give whether it could be attached."""
    command = ["strace", "-f", "-qq", "-p", str(pid), *options]
    try:
        tracer = subprocess.Popen(  # noqa: S603  # a tool of the system's
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except FileNotFoundError:
        yield False
        return
    try:
        yield _is_traced(pid, tracer)
    finally:
        with suppress(ProcessLookupError):
            tracer.send_signal(signal.SIGINT)
        tracer.wait(10)


def _is_traced(pid: int, tracer: "subprocess.Popen[bytes]") -> bool:
    """Wait until the tracer holds the process; False when it may not."""
    while tracer.poll() is None:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        if any(line.startswith("TracerPid:") and line.split()[1] != "0" for line in lines):
            return True
        time.sleep(0.02)
    return False
