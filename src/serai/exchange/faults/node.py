"""A node of a trial: real processes in a folder of its own, and what an operator, a peer or a thief can do with it."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final

import psycopg

from serai.exchange.faults.journal import Journal
from serai.exchange.faults.mother import Mother
from serai.exchange.faults.processes import all_processes, is_alive, kill, pss_kb
from serai.exchange.faults.reading import read_journal
from serai.exchange.faults.waiting import TrialFailed, until
from serai.kernel.ports import free_port, is_free

START_S: Final = 40.0
MESSAGES: Final = "/exchange/v1/messages"
QUESTIONS: Final = "/exchange/v1/questions"
ENVELOPES: Final = "application/vnd.serai.envelopes"
SERAI: Final = (sys.executable, "-m", "serai.site.cli")
_NOT_OURS: Final = {"DATABASE_URL", "SERAI_URL", "SERAI_EXCHANGE_PROXY", "SERAI_KEY_PASSPHRASE_FILE"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a node answered over HTTP; status 0 when it did not."""

    status: int
    body: bytes
    headers: dict[str, str]


@dataclass(slots=True)
class Node:
    """One of the two."""

    code: str
    folder: Path
    port: int = field(default_factory=free_port)
    store_url: str = ""  # of its database; SQLite in its folder when empty
    pid: int = 0
    starts_s: list[float] = field(default_factory=list)
    _mother: Mother | None = None
    _asked: int = 0

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes: nothing of the node that the harness itself may run on."""
        own = {
            "SERAI_HOME": str(self.folder),
            "SERAI_EXCHANGE_REQUESTS_PER_MINUTE": "600000",
        }
        store = {"DATABASE_URL": self.store_url} if self.store_url else {}
        return {name: value for name, value in os.environ.items() if name not in _NOT_OURS} | own | store

    @property
    def mother(self) -> Mother:
        """Its first process."""
        if self._mother is None:
            self._mother = Mother(self.environment, self.folder.with_suffix(".err"))
        return self._mother

    def do(self, what: str, **args: Any) -> dict[str, Any]:
        """Have something of inside.py done in a process of the node; return its result, and its exit status as `status`."""
        return self.mother.do(what, args)

    def serai(self, *args: str) -> str:
        """Run a command as an operator would; raise TrialFailed when it fails."""
        found = self.do("command", args=list(args))
        if found.get("code") != 0:
            raise TrialFailed(f"serai {' '.join(args)}: {found.get('out', '')[-500:]}")
        return str(found["out"])

    def run_outside(self, *args: str) -> None:
        """Run a command as a program of its own; raise TrialFailed when it fails."""
        done = subprocess.run(  # noqa: S603  # our own command
            [*SERAI, *args], env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise TrialFailed(f"serai {' '.join(args)}: {(done.stdout + done.stderr)[-500:]}")

    def start(self) -> float:
        """Start the node; return how many seconds passed until it was ready."""
        self.pid = self.mother.begin("serve", {"port": self.port})
        what = f"start of {self.code}"
        self.starts_s.append(until(lambda: self.is_ready() or not is_alive(self.pid), seconds=START_S, what=what))
        if not self.is_ready():
            self.mother.end(self.pid)
            self.pid = 0
            raise TrialFailed(f"{self.code} did not start: {self.folder.with_suffix('.err').read_text()[-300:]}")
        return self.starts_s[-1]

    def is_ready(self) -> bool:
        return self.ask("GET", "/health/ready").status == 200

    def stop(self) -> None:
        """End the node as an operator does."""
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
            self.mother.end(self.pid)
            self.pid = 0

    def kill(self) -> None:
        """End all processes of the node at once, as a power cut does."""
        if not self.pid:
            return
        for pid in [self.pid, *self._children()]:
            kill(pid)
        self.mother.end(self.pid)
        self.pid = 0
        # The system takes a moment to close what the dead had open; one that had just been born goes with its parent.
        until(lambda: is_free(self.port), seconds=10, what=f"the end of all processes of {self.code}")

    def close(self) -> None:
        """End everything of it, whatever state it is in."""
        for pid in [self.pid, *self._children()] if self.pid else []:
            kill(pid)
        self.pid = 0
        if self._mother is not None:
            self._mother.close()
            self._mother = None

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Ask the node over HTTP; header names are written with “_” for “-”. Each time from another address of this machine."""
        self._asked = self._asked % 60_000 + 1
        source = f"127.0.{self._asked // 250}.{self._asked % 250 + 2}"  # strangers are counted by address
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=(source, 0))
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers=named)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(), dict(answer.getheaders()))
        except (OSError, HTTPException):
            return Answer(0, b"", {})
        finally:
            connection.close()

    def hand_in(self, *envelopes: bytes) -> Answer:
        """Give envelopes to the node as another node would."""
        return self.ask("POST", MESSAGES, b"\n".join(envelopes) + b"\n", Content_Type=ENVELOPES)

    def put_question(self, raw: bytes) -> Answer:
        """Ask the node a signed question as another node would."""
        return self.ask("POST", QUESTIONS, raw, Content_Type="application/jose")

    def processes(self) -> dict[str, list[int]]:
        """Return role → processes: web, worker, signer."""
        woken = {int(path.suffix[1:]) for path in (self.folder / "run").glob("wake.*")}
        found: dict[str, list[int]] = {"web": [], "worker": [], "signer": []}
        for pid, parent, session in all_processes():
            if parent == self.pid:
                role = "web" if session == self.pid else "worker" if pid in woken else "signer"
                found[role].append(pid)
        return found

    def _children(self) -> list[int]:
        return [pid for found in self.processes().values() for pid in found]

    def memory_mb(self) -> float:
        """Return the PSS of all its processes."""
        return sum(map(pss_kb, [self.pid, *self._children()])) / 1024

    def disk_mb(self) -> float:
        """Return the size of its store."""
        files = (self.folder / "current").resolve().rglob("*")
        return sum(file.stat().st_size for file in files if file.is_file()) / 1e6

    @property
    def database(self) -> Path:
        return self.folder / "current" / "serai.sqlite3"

    @property
    def statements(self) -> list[bytes]:
        """Its key log."""
        return (self.folder / "keys" / "log").read_bytes().split()

    def journal(self) -> Journal:
        return read_journal(self.database, code=self.code, statements=self.statements)

    @contextmanager
    def store(self) -> Iterator[sqlite3.Connection]:
        """Open the store beside the node, as somebody with access to the disk can."""
        with closing(sqlite3.connect(self.database, timeout=20)) as connection, connection:
            yield connection

    def value(self, question: str) -> Any:
        """Return the first field of the first row."""
        rows = self.rows(question)
        return rows[0][0] if rows else None

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """Ask the store, beside the node."""
        if self.store_url:
            with psycopg.connect(self.store_url) as server:
                return server.execute(question.encode()).fetchall()
        with self.store() as store:
            return store.execute(question).fetchall()

    def flatten(self) -> bytes:
        """Bring all of a stopped node's store into its one file; return that."""
        with self.store() as store:
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.database.read_bytes()

    def put_back(self, store: bytes) -> None:
        """Put a store that was flattened in place of the one of a node that does not run."""
        self.kill()
        for tail in ("-wal", "-shm"):
            self.database.with_name(self.database.name + tail).unlink(missing_ok=True)
        self.database.write_bytes(store)
