"""The worker's part in the exchange: seals what was queued, and keeps a thread for each peer for which something waits.

A worker that was not woken looks once a second. Two workers of one node do no harm: one drains a peer, the other waits.
"""

import contextlib
import fcntl
import logging
import os
import select
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, OperationalError, close_old_connections, connection, connections
from django.db.models import Exists, OuterRef, Q, QuerySet

from serai.exchange import noticing, peers, restoring, sealer, sender, witnessing
from serai.exchange.envelope import LANES
from serai.exchange.errors import BadMessage, NumberUsed
from serai.exchange.http import client
from serai.exchange.http.errors import PeerUnreachable
from serai.exchange.models import Intent, OutLane, Peer, PeerState, Waiting
from serai.exchange.sender import URGENT_WAIT_S, Turn, wait_after
from serai.exchange.signer.current import current_signer
from serai.kernel import clock, storage
from serai.kernel.errors import SeraiError

LOOK_EVERY_S: Final = 1.0
WITNESS_EVERY_S: Final = 60.0
LOOK_AT_LOG_EVERY_S: Final = 5.0
MEASURE_EVERY_S: Final = 15.0
_LINGER_S: Final = 5.0  # a thread stays that long with nothing to do: starting one costs more
_log = logging.getLogger("serai.exchange")


class Exchange:
    """Runs beside the worker's other threads until stopped."""

    def __init__(self, stopping: threading.Event) -> None:
        self.stopping = stopping
        self._couriers: dict[str, Courier] = {}
        self._measured = self._looked = self._witnessed = 0.0
        self._greeted: set[str] = set()

    def run(self) -> None:
        """Be the exchange's own thread."""
        with _wake_pipe() as pipe:
            self._check_memory()
            while not self.stopping.is_set():
                busy = self.turn()
                if not busy:
                    _wait(pipe)
        for courier in self._couriers.values():
            courier.ready.set()
        for courier in self._couriers.values():
            courier.thread.join(10)
        connections.close_all()

    def _check_memory(self) -> None:
        try:
            noticing.check_memory()
        except (DatabaseError, SeraiError):
            _log.exception("the signer's memory could not be compared; the first contact with a peer will tell")

    def turn(self) -> bool:
        """Seal what waits and see to it that it is sent; return whether there may be more to seal."""
        close_old_connections()
        sealed = Counter[str]()
        try:
            storage.check_writable()
            started = time.monotonic()
            sealed = sealer.seal_waiting(current_signer())
            if sealed:
                _hasten(sealed)
                for code in _due_peers().filter(pk__in=list(sealed)).values_list("pk", flat=True):
                    self._call(code)
            self._measure()
            if not sealed or time.monotonic() - self._looked > LOOK_EVERY_S:
                self._look()
        except OperationalError as error:
            storage.note(error, at=f"{clock.now():%Y-%m-%d %H:%M:%S} UTC")
            _log.exception("the store failed; it is tried again")
            self.stopping.wait(LOOK_EVERY_S)
        except NumberUsed as error:
            noticing.note_restored(reason=str(error))
        except (DatabaseError, SeraiError):
            _log.exception("the exchange failed in this turn; it is tried again")
            self.stopping.wait(LOOK_EVERY_S)
        if sealed and any(courier.is_busy for courier in self._couriers.values()):
            # What is sealed already goes out first: with a long queue, sealing would else keep store and processor.
            self.stopping.wait(time.monotonic() - started)
        return bool(sealed)

    def _look(self) -> None:
        self._looked = time.monotonic()
        for code in self._wanted():
            self._call(code)

    def _wanted(self) -> set[str]:
        """Return the peers that a thread should see to now."""
        due = list(_due_peers())
        codes = {peer.pk for peer in due}
        waiting = {code for code in _with_waiting(codes) if _has_due(code)}
        aside = {peer.pk for peer in due if peer.keys_wanted_at or not peer.is_reconciled}
        fresh = codes - self._greeted  # places are compared once with each peer after a start
        return waiting | aside | fresh | self._unwitnessed(codes)

    def _unwitnessed(self, codes: set[str]) -> set[str]:
        """Return the peers that should see the log; looked at now and then, since it costs two questions a peer."""
        if time.monotonic() - self._witnessed < LOOK_AT_LOG_EVERY_S:
            return set()
        self._witnessed = time.monotonic()
        return {code for code in codes if witnessing.is_due(code, every_s=WITNESS_EVERY_S)}

    def _call(self, code: str) -> None:
        courier = self._couriers.get(code)
        if courier is None or not courier.thread.is_alive():
            courier = self._couriers[code] = Courier(code, self.stopping, self._greeted)
            courier.thread.start()
        courier.ready.set()

    def _measure(self) -> None:
        """Tell the contexts to stop before the disk is full: counting what waits costs, so it is done now and then."""
        if time.monotonic() - self._measured < MEASURE_EVERY_S:
            return
        self._measured = time.monotonic()
        for lane in OutLane.objects.all():
            most = settings.EXCHANGE_MOST_WAITING
            waiting = Waiting.objects.filter(peer=lane.peer, lane=lane.lane)[: most + 1].count()
            waiting += Intent.objects.filter(peer=lane.peer, lane=lane.lane)[: most + 1].count()
            is_full = waiting > most and lane.lane not in {"alert", "control"}
            if is_full != lane.is_full:
                OutLane.objects.filter(pk=lane.pk).update(is_full=is_full)


def _due_peers() -> QuerySet[Peer]:
    now = clock.now()
    return Peer.objects.filter(Q(next_try_at=None) | Q(next_try_at__lte=now), state=PeerState.INTRODUCED)


def _with_waiting(codes: set[str]) -> set[str]:
    """Return the peers for which anything waits: one probe of the index for each."""
    rows = Waiting.objects.filter(peer=OuterRef("pk"))
    return set(Peer.objects.filter(Exists(rows), pk__in=codes).values_list("pk", flat=True)) if codes else set()


def _has_due(code: str) -> bool:
    stopped = OutLane.objects.filter(peer=code, next_try_at__gt=clock.now()).values_list("lane", flat=True)
    return Waiting.objects.filter(peer=code).exclude(lane__in=list(stopped)).exists()


class Courier:
    """The thread that sees to one peer: its lanes in order of urgency, one batch of each after the other."""

    def __init__(self, code: str, stopping: threading.Event, greeted: set[str]) -> None:
        self.code = code
        self.stopping = stopping
        self.greeted = greeted
        self.ready = threading.Event()
        self.is_busy = False
        self.thread = threading.Thread(target=self._run, name=f"exchange-{code}", daemon=True)
        self.line = ThreadPoolExecutor(1, thread_name_prefix=f"exchange-{code}-line")  # asks the peer, not the store

    def _run(self) -> None:
        try:
            with _alone(self.code) as is_alone:
                while is_alone and self.ready.wait(_LINGER_S) and not self.stopping.is_set():
                    self.ready.clear()
                    self.is_busy = True
                    self._see_to()
                    self.is_busy = False
        except Exception:  # noqa: BLE001  # the outermost line of a thread
            _log.exception("a peer's thread failed; it is started again", extra={"peer": self.code})
        finally:
            self.is_busy = False
            self.line.shutdown(wait=False, cancel_futures=True)
            connections.close_all()

    def _see_to(self) -> None:
        close_old_connections()
        peer = Peer.objects.get(pk=self.code)
        try:
            if peer.keys_wanted_at:
                peers.refresh_keys(self.code)
                peer.refresh_from_db()
            if self.code not in self.greeted:
                witnessing.exchange_checkpoints(
                    peer
                )  # first: a store that lost something is to know before it is sent again
                peer.refresh_from_db()
            if self.code not in self.greeted or not peer.is_reconciled:
                restoring.reconcile(peer)
                self.greeted.add(self.code)
            self._drain(peer)
            if witnessing.is_due(self.code, every_s=WITNESS_EVERY_S):
                witnessing.exchange_checkpoints(peer)
            _note_reached(peer)
        except PeerUnreachable as error:
            _note_failure(peer, error.code, at_least_s=error.retry_after_s)
        except BadMessage as error:
            _log.warning("the peer's answer cannot be believed", extra={"peer": self.code, "code": error.code})
            _note_failure(peer, error.code, at_least_s=sender.SOON_S)

    def _post(self, peer: Peer) -> sender.Post:
        """Return how a batch is sent while this thread goes on."""
        return lambda batch: self.line.submit(client.send_messages, peer, batch)

    def _while_alone(self, lane: str) -> Callable[[], bool]:
        """Return whether a lane may go on: as long as no other has something to send."""
        return lambda: not self.stopping.is_set() and _due_lanes(self.code) == [lane]

    def _drain(self, peer: Peer) -> None:
        """Send until nothing is due. Between two batches of any lane, an alert goes first."""
        due = _due_lanes(peer.pk)
        while due and not self.stopping.is_set():
            for lane in due:
                turn = sender.send_lane(peer, lane, post=self._post(peer), may_go_on=self._while_alone(lane))
                if turn is Turn.BEHIND:
                    noticing.note_restored(reason=f"{peer.pk} knows more of the lane {lane} than this store")
                    restoring.reconcile(peer)
                if turn is Turn.SENT and lane not in {"alert", "control"} and _is_urgent(peer.pk):
                    break
            if peer.failures:
                _note_reached(peer)
            due = _due_lanes(peer.pk)


# One probe of the index for each lane, however much waits in it.
_ANY: Final = " UNION ALL ".join(
    ["SELECT %s WHERE EXISTS (SELECT 1 FROM exchange_waiting WHERE peer = %s AND lane = %s)"] * len(LANES)
)


def _due_lanes(code: str) -> list[str]:
    """Return the lanes in which something may be sent now, the most urgent first."""
    stopped = set(OutLane.objects.filter(peer=code, next_try_at__gt=clock.now()).values_list("lane", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_ANY, [value for lane in LANES for value in (lane, code, lane)])
        waiting = {lane for (lane,) in cursor.fetchall()}
    return [lane for lane in LANES if lane in waiting and lane not in stopped]


def _is_urgent(code: str) -> bool:
    return Waiting.objects.filter(peer=code, lane__in=["alert", "control"]).exists()


def _hasten(codes: Iterable[str]) -> None:
    """Shorten the pause of peers for which an alert was sealed just now: it was set while nothing urgent waited."""
    soon = clock.now() + timedelta(seconds=URGENT_WAIT_S)
    for code in filter(_is_urgent, codes):
        Peer.objects.filter(pk=code, next_try_at__gt=soon).update(next_try_at=soon)


def _note_reached(peer: Peer) -> None:
    now = clock.now()
    Peer.objects.filter(pk=peer.pk).update(
        reached_at=now, tried_at=now, failures=0, failing_since=None, next_try_at=None, fault=""
    )
    peer.failures = 0


def _note_failure(peer: Peer, code: str, *, at_least_s: float = 0) -> None:
    now = clock.now()
    peer.failures += 1
    seconds = max(at_least_s, wait_after(peer.failures, is_urgent=_is_urgent(peer.pk)))
    Peer.objects.filter(pk=peer.pk).update(
        failures=peer.failures,
        failing_since=peer.failing_since or now,
        tried_at=now,
        next_try_at=now + timedelta(seconds=seconds),
        fault=code[:40],
    )
    _log.info("peer not reached", extra={"peer": peer.pk, "code": code, "retry_s": round(seconds, 1)})


@contextlib.contextmanager
def _alone(code: str) -> Iterator[bool]:
    """Give whether this thread is the one that sends to the peer. Kept by the kernel or the database: no clock is trusted."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [0x5E4A2, code])
            yield bool(cursor.fetchone()[0])  # the end of the connection frees it
        return
    handle = os.open(_run_folder() / f"send-{code}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(handle)


def _run_folder() -> Path:
    folder = Path(settings.HOME.folder, "run")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextlib.contextmanager
def _wake_pipe() -> Iterator[int]:
    """Give a pipe into which anyone who queues writes a byte."""
    path = _run_folder() / f"wake.{os.getpid()}"
    path.unlink(missing_ok=True)
    os.mkfifo(path, 0o600)
    handle = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        yield handle
    finally:
        os.close(handle)
        path.unlink(missing_ok=True)


def _wait(pipe: int) -> None:
    """Wait to be woken, at most a second; what was written meanwhile counts as one."""
    if select.select([pipe], [], [], LOOK_EVERY_S)[0]:
        with contextlib.suppress(BlockingIOError):
            os.read(pipe, 65536)
