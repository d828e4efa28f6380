"""What is done inside a node's own process for a trial: forked from the node's first process, with Django set up.

Each function takes and returns what JSON can say.
"""

import contextlib
import importlib
import io
import os
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction

from serai.exchange import outbox, receiver, sealer, sender
from serai.exchange.envelope import Place
from serai.exchange.errors import BadMessage
from serai.exchange.faults.wrapping import is_hit, most_in_a_batch, planted
from serai.exchange.faults.zygote import DIED
from serai.exchange.models import OutLane, Peer, Waiting
from serai.exchange.signer import keyfile
from serai.exchange.signer.current import use_signer
from serai.exchange.signer.interface import Signer
from serai.exchange.signer.place import read_statements
from serai.exchange.signer.private import FileKeys
from serai.exchange.signer.soft import SoftSigner

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS bench_issued (id TEXT PRIMARY KEY, peer TEXT, lane TEXT, value BIGINT UNIQUE)",
    """CREATE TABLE IF NOT EXISTS bench_effect (place {key}, id TEXT, sender TEXT, lane TEXT,
    epoch INTEGER, seq BIGINT, value BIGINT, purpose TEXT, at DOUBLE PRECISION)""",
)
_KEYS: Final = {"sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT", "postgresql": "BIGSERIAL PRIMARY KEY"}
_ISSUED: Final = "INSERT INTO bench_issued (id, peer, lane, value) VALUES (%s, %s, %s, %s)"


def make_tables() -> None:
    """Make the harness's own two tables; the product has none for tests."""
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(table.format(key=_KEYS[connection.vendor]))


def limit_batches() -> None:
    """Have this process and its children heed what `set_batch` says."""
    folder, seal, send = Path(settings.HOME.folder), sealer.seal_waiting, sender.send_lane

    def seal_some(signer: Signer, *, most: int = sealer.BATCH) -> Counter[str]:
        return seal(signer, most=most_in_a_batch(folder) or most)

    def send_some(peer: Peer, lane: str, *, most: int = sender.MOST, **how: Any) -> sender.Turn:
        return send(peer, lane, most=most_in_a_batch(folder) or most, **how)

    sealer.seal_waiting, sender.send_lane = seal_some, send_some


def issue(
    *, peer: str, lane: str, first: int, count: int, needs: str = "", text: str = "", together: int = 1
) -> dict[str, Any]:
    """Send `count` messages, `together` in a transaction; with `text` sealed, with `needs` after the last of another lane."""
    started = time.monotonic()
    for start in range(first, first + count, together):
        with transaction.atomic():
            for value in range(start, min(start + together, first + count)):
                _issue_one(peer, lane, value, needs, text)
    return {"seconds": time.monotonic() - started}


def _issue_one(peer: str, lane: str, value: int, needs: str, text: str) -> None:
    if planted(Path(settings.HOME.folder)) == "lose" and is_hit(value):
        number = f"{value:032x}"
    else:
        number = outbox.queue(
            to=peer,
            lane=lane,
            type=f"bench.{lane}",
            version=1,
            purpose="faults",
            body={"value": value, "text": text},
            sealed=bool(text),
            needs=_last_of(peer, needs) if needs else (),
        )
    with connection.cursor() as cursor:
        cursor.execute(_ISSUED, [number, peer, lane, value])


def _last_of(peer: str, lane: str) -> Sequence[Place]:
    found = OutLane.objects.filter(peer=peer, lane=lane, next_seq__gt=1).first()
    return [Place(settings.IDENTITY.code, lane, found.epoch, found.next_seq - 1)] if found else []


def command(args: list[str]) -> dict[str, Any]:
    """Run a `serai` command as an operator would; return its exit code and what it printed."""
    cli = importlib.import_module("serai.site.cli").cli
    out = io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            cli.main(args, prog_name="serai", standalone_mode=True)
        except SystemExit as stop:
            code = int(stop.code or 0)
        except Exception as error:  # noqa: BLE001  # whatever it was is what the scene looks at
            code = 1
            out.write(f"{type(error).__name__}: {error} [{getattr(error, 'code', '')}]")
    return {"code": code, "out": out.getvalue()}


def serve(port: int) -> None:
    """Be the node, as `serai node run` is."""
    cli = importlib.import_module("serai.site.cli").cli
    log = str(settings.HOME.folder / "log" / "serai.log")
    cli.main(
        ["node", "run", "--port", str(port), "--processes", "1", "--log", log], prog_name="serai", standalone_mode=False
    )


def step(part: str, peer: str, lane: str, die_at: int, file: str) -> dict[str, Any]:
    """Do one step of a message's way and die before the n-th statement or commit, when there are so many.

    `seal`, `take` (a batch out of the outbox into the file), `receive` (the file in, the receipt into file.receipt),
    `settle` (the receipt of file.receipt into the store). Returns how many boundaries there were.
    """
    use_signer(own_signer())
    steps: dict[str, Callable[[], object]] = {
        "seal": lambda: sealer.seal_waiting(own_signer()),
        "take": lambda: Path(file).write_bytes(_batch(peer, lane)),
        "receive": lambda: _receive(Path(file)),
        "settle": lambda: _settle(Peer.objects.get(pk=peer), Path(file + ".receipt")),
    }
    connection.ensure_connection()
    counter = Boundaries(die_at)
    with counter.watching():
        steps[part]()
    return {"boundaries": counter.passed}


def _batch(peer: str, lane: str) -> bytes:
    rows = Waiting.objects.filter(peer=peer, lane=lane).order_by("epoch", "seq").select_related("envelope")[:100]
    return b"\n".join(bytes(row.envelope.raw) for row in rows)


def _receive(file: Path) -> None:
    receipt = receiver.receive(file.read_bytes()).receipt
    Path(f"{file}.receipt").write_bytes(receipt or b"")


def _settle(peer: Peer, file: Path) -> None:
    sender.take_receipt(peer, file.read_bytes())


_opened: list[keyfile.KeyFile] = []


def open_keys() -> None:
    """Open the key file once, before the children of this process are forked: scrypt is slow on purpose."""
    _opened[:] = [keyfile.open_keys(Path(settings.HOME.folder))]


def own_signer() -> SoftSigner:
    """A signer in this process that remembers on disk what it signed, as the node's own does."""
    folder, file = Path(settings.HOME.folder), _opened[0]
    return SoftSigner(
        FileKeys(file, None), node=file.node, realm=file.realm, statements=read_statements(folder), folder=file.folder
    )


class Boundaries:
    """Counts where a process can die with the store in another state than before: each statement, each commit, and their ends."""

    def __init__(self, die_at: int) -> None:
        self.passed, self.die_at = 0, die_at

    def pass_one(self) -> None:
        self.passed += 1
        if self.passed == self.die_at:
            os._exit(DIED)

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        real = connection._commit  # type: ignore[attr-defined]  # noqa: SLF001  # the one place where Django commits

        def commit() -> None:
            self.pass_one()
            real()
            self.pass_one()

        connection._commit = commit  # type: ignore[attr-defined]  # noqa: SLF001
        with connection.execute_wrapper(self._around):
            yield
        self.pass_one()
        connection._commit = real  # type: ignore[attr-defined]  # noqa: SLF001

    def _around(self, execute: Any, sql: Any, values: Any, many: Any, context: Any) -> Any:
        self.pass_one()
        return execute(sql, values, many, context)


def replay(file: str, rounds: int) -> dict[str, Any]:
    """Receive batches, parted by empty lines, again and again; return how many envelopes a second, and growth in MB."""
    use_signer(own_signer())
    batches = Path(file).read_bytes().split(b"\n\n")
    receiver.receive(batches[0])
    before, started, count, refused = _memory_mb(), time.process_time(), 0, 0
    for _ in range(rounds):
        for batch in batches:
            count += batch.count(b"\n") + 1
            try:
                receiver.receive(batch)
            except BadMessage:
                refused += 1
    seconds = time.process_time() - started
    return {"per_s": count / seconds, "count": count, "refused": refused, "grown_mb": _memory_mb() - before}


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
