"""What the benchmark does inside a node's own process. Each function takes and returns what JSON can say."""

import secrets
import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import starmap
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction

from serai.exchange import outbox, receiver, sealer, sender
from serai.exchange.claims import dump
from serai.exchange.envelope import check_envelope, read_envelope, read_signed
from serai.exchange.errors import BadMessage
from serai.exchange.faults.inside import make_tables, own_signer
from serai.exchange.jws import Typ, from_base64
from serai.exchange.keyring import own_keys
from serai.exchange.models import Peer, Waiting
from serai.exchange.signer.current import current_signer, use_signer
from serai.exchange.signer.interface import Signer
from serai.exchange.statement import Question
from serai.kernel import audit, clock
from serai.kernel.roles import Actor

_RECORD: Final = "INSERT INTO bench_issued (id, peer, lane, value) VALUES (%s, %s, %s, %s)"
_RAW: Final = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE record (id TEXT PRIMARY KEY, peer TEXT, lane TEXT, value BIGINT UNIQUE);
CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, peer TEXT, body TEXT);
"""
_FILL: Final = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)
INSERT INTO exchange_intent
(message_id, peer, lane, type, version, purpose, needs, body, is_sealed, life_s, queued_at)
SELECT lower(hex(randomblob(16))), %s, %s, %s, 1, 'trials', '[]', %s, 0, 2592000, %s FROM numbers
"""


def body_of(value: int, size: int) -> dict[str, object]:
    """Return the body of a message that is about `size` bytes long as a whole."""
    return {"value": value, "text": secrets.token_hex(max(0, size - 700) // 2)}


def send(peer: str, lane: str, first: int, count: int, together: int, size: int) -> dict[str, Any]:
    """Queue messages, `together` in a transaction."""
    for start in range(first, first + count, together):
        with transaction.atomic():
            for value in range(start, min(start + together, first + count)):
                _queue(peer, lane, value, size)
    return {}


def _queue(peer: str, lane: str, value: int, size: int) -> None:
    number = outbox.queue(
        to=peer, lane=lane, type=f"bench.{lane}", version=1, purpose="trials", body=body_of(value, size)
    )
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [number, peer, lane, value])


def send_slowly(peer: str, lane: str, first: int, count: int, size: int, pause_s: float) -> dict[str, Any]:
    """Queue messages one after the other with a pause of random length between; return when each was submitted."""
    chance, at = secrets.SystemRandom(), list[float]()
    for value in range(first, first + count):
        time.sleep(pause_s * chance.uniform(0.5, 1.5))
        at.append(time.time())
        with transaction.atomic():
            _queue(peer, lane, value, size)
    return {"at": at}


def value(question: str) -> dict[str, Any]:
    """Return the rows that the store gives to a question."""
    with connection.cursor() as cursor:
        cursor.execute(question)
        return {"rows": [list(row) for row in cursor.fetchall()]}


def submit(peer: str, first: int, count: int, rounds: int, size: int) -> dict[str, Any]:
    """Time durable submits, and raw transactions of the same kind on the same disk, in turns."""
    file = Path(settings.HOME.folder) / "raw.sqlite3"
    ours, raw, slowest = list[float](), list[float](), list[float]()
    with closing(sqlite3.connect(file, isolation_level=None)) as store:
        store.executescript(_RAW)
        for turn in range(rounds):
            start = first + turn * count
            raw.append(count / _time(_submit_raw, store, peer, start, count, size))
            times = [_time(_submit_one, peer, at, size) for at in range(start, start + count)]
            ours.append(count / sum(times))
            slowest += times
    file.unlink()
    return {"ours": ours, "raw": raw, "p99_ms": _percentile(slowest, 99) * 1000}


def _submit_raw(store: sqlite3.Connection, peer: str, start: int, count: int, size: int) -> None:
    for at in range(start, start + count):
        store.execute("BEGIN IMMEDIATE")
        store.execute("INSERT INTO record VALUES (?, ?, ?, ?)", [secrets.token_hex(16), peer, "bulk", at])
        text = dump(body_of(at, size)).decode()
        store.execute("INSERT INTO outbox (peer, body) VALUES (?, ?)", [peer, text])
        store.execute("COMMIT")


def _submit_one(peer: str, at: int, size: int) -> None:
    with transaction.atomic():
        _queue(peer, "bulk", at, size)
        audit.record("bench:submit", subject=f"bulk {at}", actor=Actor.system("bench"), lane="bulk")


def _time(do: Callable[..., object], *args: object) -> float:
    started = time.perf_counter()
    do(*args)
    return time.perf_counter() - started


def _percentile(values: Sequence[float], number: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[number - 1]


def verify(file: str, rounds: int) -> dict[str, Any]:
    """Check this node's own envelopes whole, and their bare signatures, in turns; return how many a CPU second."""
    raws, keys = Path(file).read_bytes().split(), own_keys()
    key = keys.signing_key(read_signed(raws[0]).kid, at=int(time.time()))
    pairs = [(from_base64(raw.rpartition(b".")[2]), raw.rpartition(b".")[0]) for raw in raws]
    recipient = read_envelope(read_signed(raws[0]).payload).recipient

    def check(raw: bytes) -> object:
        return check_envelope(read_signed(raw), keys=keys, recipient=recipient, realm=str(settings.IDENTITY.realm))

    ours, bare = list[float](), list[float]()
    for _ in range(rounds):
        bare.append(len(raws) / _cpu(lambda: list(starmap(key.verify, pairs))))
        ours.append(len(raws) / _cpu(lambda: [check(raw) for raw in raws]))
    return {"ours": ours, "bare": bare, "size": len(raws[0])}


def _cpu(do: Callable[[], object]) -> float:
    started = time.process_time()
    do()
    return time.process_time() - started


def reject(file: str, rounds: int) -> dict[str, Any]:
    """Receive bad envelopes, one a batch; return how many were refused a CPU second, and how many were not."""
    raws = Path(file).read_bytes().split(b"\n")
    refused, seconds = 0, list[float]()
    for _ in range(rounds):
        started = time.process_time()
        for raw in raws:
            try:
                receiver.receive(raw)
            except BadMessage:
                refused += 1
        seconds.append(time.process_time() - started)
    return {"per_s": [len(raws) / each for each in seconds], "taken": len(raws) * rounds - refused}


def sign(count: int, size: int) -> dict[str, Any]:
    """Have the node's signer sign, one after the other; return the times in ms."""
    signer, times = current_signer(), list[float]()
    for _ in range(count):
        question = Question(
            sender=settings.IDENTITY.code,
            recipient="XB",
            realm=str(settings.IDENTITY.realm),
            ask="keys",
            id=secrets.token_hex(16),
            iat=int(time.time()),
            needs={"text": secrets.token_hex(size // 2 - 120)},
        )
        times.append(_time(signer.sign, Typ.QUESTION, [question.payload()]) * 1000)
    return {"p50_ms": statistics.median(times), "p99_ms": _percentile(times, 99)}


def fill(peer: str, lane: str, count: int, size: int) -> dict[str, Any]:
    """Put messages into the queue by plain SQL, as many transactions of contexts would have."""
    make_tables()
    text = dump(body_of(0, size)).decode()
    at = connection.ops.adapt_datetimefield_value(clock.now())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FILL, [count, peer, lane, f"bench.{lane}", text, at])
    return {}


def empty_queue() -> dict[str, Any]:
    """Forget what was put into the queue and not sent."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM exchange_intent")
    return {}


def seal_some(peer: str, lane: str, first: int, batches: int, folder: str) -> dict[str, Any]:
    """Queue a little, seal some batches, and write the first of the lane to files as they will be sent; return times."""
    use_signer(own_signer())
    signer = current_signer()
    queued = [_time(send, peer, lane, at, 1, 1, 400) for at in range(first, first + batches * 10)]
    sealed = [_time(_seal, signer) for _ in range(batches)]
    rows = Waiting.objects.filter(peer=peer, lane=lane).select_related("envelope").order_by("epoch", "seq")
    raws = [bytes(row.envelope.raw) for row in rows[: batches * sender.MOST]]
    for number in range(batches):
        batch = raws[number * sender.MOST : (number + 1) * sender.MOST]
        Path(folder, f"batch-{number:05}").write_bytes(b"\n".join(batch))
    return {"queue_us": statistics.median(queued) * 1e6, "seal_us": _each(sealed)}


def _seal(signer: Signer) -> None:
    sealer.seal_waiting(signer, most=sender.MOST)


def receive_all(folder: str) -> dict[str, Any]:
    """Receive the batches that lie in a folder; write the receipt of each beside it."""
    use_signer(own_signer())
    for file in sorted(Path(folder).glob("batch-*")):
        Path(folder, f"receipt-{file.name[6:]}").write_bytes(receiver.receive(file.read_bytes()).receipt or b"")
    return {}


def settle(peer: str, lane: str, folder: str) -> dict[str, Any]:
    """Take batches out of the queue and settle the receipts that lie beside them, as the worker does; return times."""
    known, taken, settled = Peer.objects.get(pk=peer), list[float](), list[float]()
    for file in sorted(Path(folder).glob("receipt-*")):
        started = time.perf_counter()
        batch = sender.take_batch(peer, lane, sender.MOST)
        taken.append(time.perf_counter() - started)
        if b"\n".join(batch.raws) != Path(folder, f"batch-{file.name[8:]}").read_bytes():
            return {"fault": f"{file.name[8:]} is not the batch that waits first"}
        settled.append(_time(sender.take_receipt, known, file.read_bytes()))
    return {"take_us": _each(taken), "settle_us": _each(settled)}


def _each(batches: Sequence[float]) -> float:
    """Return the microseconds of one message, of the median batch."""
    return statistics.median(batches) / sender.MOST * 1e6
