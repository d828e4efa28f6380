"""Keeps several nodes of one machine running: starts them, says so, starts again one that dies, stops all in order."""

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Final

import click

from serai.site.port import CannotListen, PortTaken, check_port_free

LOOK_EVERY_S: Final = 0.25
STOP_S: Final = 30.0
_PORT_FREE_S: Final = 5.0
_PAUSES_S: Final = (0.0, 2.0, 5.0, 15.0, 60.0)
_STEADY_S: Final = 60.0  # one that ran this long is not counted as failing again and again
_SERAI: Final = (sys.executable, "-m", "serai.site.cli", "node", "run")
# Of a node's first start only: a node that is started again is set up, and its links were printed.
_FIRST_ONLY: Final = ("--samples",)


class Member:
    """One node: its process, what it printed, and whether it serves."""

    def __init__(self, code: str, options: Sequence[str], environment: Mapping[str, str]) -> None:
        self.code = code
        self.links: list[str] = []
        self.is_ready = False
        self.was_ready = False
        self.failures = 0
        self.start_at = 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self._rest = b""
        self._options, self._environment = list(options), dict(environment)

    def start(self) -> IO[bytes]:
        """Start the process; return what it prints."""
        self.links, self._rest = (self.links if self.was_ready else []), b""
        options = [one for one in self._options if not (self.was_ready and one in _FIRST_ONLY)]
        self.process = subprocess.Popen(  # noqa: S603  # our own command
            [*_SERAI, *options],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl+C reaches the supervisor alone, which stops the nodes in order
        )
        self.start_at = time.monotonic()
        assert self.process.stdout is not None
        return self.process.stdout

    def hear(self, printed: bytes) -> None:
        """Take in what the node printed."""
        *lines, self._rest = (self._rest + printed).split(b"\n")
        for line in lines:
            self._hear_line(line.decode(errors="replace"))

    def _hear_line(self, line: str) -> None:
        """Keep a link; pass on what is not part of a start, such as a mail when there is no mail server."""
        if "/account/link/" in line and line.startswith("  "):
            self.links.append(line)
        elif not line.startswith(("Serai: node ", "Browsers trust it ", "Sign-in links, ")):
            click.echo(f"{self.code:4} {line}")

    def terminate(self) -> None:
        """Ask the node to finish what it does."""
        if self.process is not None:
            self.process.terminate()

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs the members until told to stop. One thread: a fork beside others could hang."""

    def __init__(self, members: Sequence[Member], *, addresses: Mapping[str, tuple[str, int]]) -> None:
        self.members = members
        self._addresses = addresses
        self._selector = selectors.DefaultSelector()
        self._stops = 0
        self._began = time.monotonic()

    def run(self, *, tell_ready: Callable[[], None]) -> int:
        """Start all, at most as many at once as there are processors; return 0 when stopped as asked."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_stop)
        is_told = False
        try:
            while not self._stops:
                self._start_due()
                self._listen()
                self._look()
                if not is_told and all(member.was_ready for member in self.members):
                    is_told = True
                    tell_ready()
        finally:
            self._stop()
        return 0

    def _note_stop(self, *_: object) -> None:
        self._stops += 1

    def _start_due(self) -> None:
        starting = sum(member.is_running and not member.is_ready for member in self.members)
        for member in self.members:
            if starting >= max(2, os.cpu_count() or 1):
                return
            if member.process is None and time.monotonic() >= member.start_at:
                click.echo(f"{member.code:4} starts …")
                self._selector.register(member.start(), selectors.EVENT_READ, member)
                starting += 1

    def _listen(self) -> None:
        """Pass on what the nodes print."""
        for key, _ in self._selector.select(LOOK_EVERY_S):
            if printed := os.read(key.fd, 65536):
                key.data.hear(printed)
            else:
                self._selector.unregister(key.fileobj)

    def _look(self) -> None:
        for member in self.members:
            if member.process is None:
                continue
            if not member.is_running:
                self._note_end(member)
            elif not member.is_ready and _listens(self._addresses[member.code]):
                member.is_ready = member.was_ready = True
                click.echo(f"{member.code:4} serves, {time.monotonic() - self._began:.0f} s after the beginning")

    def _note_end(self, member: Member) -> None:
        """A node died: say so, and start it again once its port is free, ever more slowly when it dies at once."""
        assert member.process is not None
        _kill_group(member.process.pid)
        code, member.process, member.is_ready = member.process.returncode, None, False
        now = time.monotonic()
        member.failures = 0 if now - member.start_at > _STEADY_S else member.failures + 1
        pause_s = _PAUSES_S[min(member.failures, len(_PAUSES_S) - 1)]
        member.start_at = now + pause_s
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        later = f" in {pause_s:.0f} s" if pause_s else ""
        click.echo(f"{member.code:4} ended ({how}); it is started again{later}.")
        _wait_for_port(*self._addresses[member.code])

    def _stop(self) -> None:
        """Stop the nodes, the first one last; a second Ctrl+C, or one that takes too long, ends them at once."""
        click.echo("\nStopping …")
        for group in (self.members[:0:-1], self.members[:1]):
            running = [member for member in group if member.is_running]
            for member in running:
                member.terminate()
            for member in running:
                self._wait_for_end(member)
                click.echo(f"{member.code:4} stopped")

    def _wait_for_end(self, member: Member) -> None:
        assert member.process is not None
        deadline, asked = time.monotonic() + STOP_S, self._stops
        while member.is_running:
            if time.monotonic() > deadline or self._stops > max(asked, 1):
                _kill_group(member.process.pid)
                member.process.wait()
            self._listen()


def _kill_group(leader: int) -> None:
    """End what is left of a node: its web processes would serve on for a while without their master."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _listens(address: tuple[str, int]) -> bool:
    try:
        with socket.create_connection(address, timeout=0.2):
            return True
    except OSError:
        return False


def _wait_for_port(host: str, port: int) -> None:
    deadline = time.monotonic() + _PORT_FREE_S
    while time.monotonic() < deadline:
        try:
            check_port_free(host, port)
        except (PortTaken, CannotListen):
            time.sleep(0.1)
        else:
            return
