"""A link between two nodes that does what links do: loses, repeats, delays, cuts off, lets only one way pass. Seeded.

HTTP/1.1 requests of known length, one after the other on a connection; each is carried to the node on a connection of its own.
"""

import asyncio
import contextlib
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_MOST: Final = 2 * 1024 * 1024
_WAIT_S: Final = 60.0


@dataclass(slots=True, kw_only=True)
class Weather:
    """What the link does now. Shares are of requests, from 0 to 1."""

    drop: float = 0.0  # half of them on the way there, half with the answer on the way back
    repeat: float = 0.0  # handed over twice
    late: float = 0.0  # and once more, after others have passed: an old request arrives out of order
    late_s: float = 0.5
    cut: float = 0.0  # broken off in the middle of the body, there or back
    delay_s: float = 0.0  # each way, at most
    bytes_per_s: float = 0.0  # 0: as fast as it goes
    is_one_way: bool = False  # requests arrive, answers do not
    is_parted: bool = False  # nothing passes


@dataclass(slots=True)
class Proxy:
    """A link to the node on a port, in a thread of its own. `tap` keeps all that passed."""

    target: int
    seed: int = 1
    tap: Path | None = None
    weather: Weather = field(default_factory=Weather)
    counts: Counter[str] = field(default_factory=Counter)
    bodies: list[bytes] = field(default_factory=list)  # of the last requests, when `keeps_bodies`
    keeps_bodies: bool = False
    port: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _random: random.Random = field(init=False)
    _thread: threading.Thread | None = None
    _later: set["asyncio.Task[None]"] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311  # to be repeated, not secret

    def start(self) -> None:
        """Listen; return when the port is known."""
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="proxy", daemon=True)
        self._thread.start()
        ready.wait(10)

    def stop(self) -> None:
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)

    def clear(self) -> None:
        """Let everything pass again."""
        self.weather = Weather()

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=_MOST))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        with contextlib.suppress(RuntimeError):
            self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read_message(reader):
                if not await self._carry(request, writer):
                    break
        except (OSError, EOFError, ValueError):  # one of the two hung up
            self.counts["broken"] += 1
        except asyncio.CancelledError:  # the trial is over
            self.counts["ended"] += 1
        finally:
            writer.close()

    async def _carry(self, request: bytes, writer: asyncio.StreamWriter) -> bool:
        """Carry a request there and its answer back; return whether the connection lives on."""
        self.counts["requests"] += 1
        self._note(request)
        weather = self.weather
        fate = self._fate(weather)
        self.counts[fate] += 1
        if weather.is_parted or fate == "drop there":
            return False
        await self._pause(weather, len(request))
        if fate == "cut there":
            await self._hand_over(request[: len(request) * 2 // 3])
            return False
        answer = await self._hand_over(request)
        if fate == "repeat":
            answer = await self._hand_over(request)
        if fate == "late":
            self._hand_over_later(request, weather.late_s)
        await self._pause(weather, len(answer))
        return await self._give_back(answer, fate, writer)

    async def _give_back(self, answer: bytes, fate: str, writer: asyncio.StreamWriter) -> bool:
        self._note(answer)
        if self.weather.is_one_way or self.weather.is_parted or fate == "drop back" or not answer:
            return False
        if fate == "cut back":
            answer = answer[: len(answer) * 2 // 3]
        writer.write(answer)
        await writer.drain()
        return fate != "cut back"

    def _fate(self, weather: Weather) -> str:
        """Choose what becomes of a request."""
        at, way = self._random.random(), self._random.choice(("there", "back"))
        for share, name in (
            (weather.drop, f"drop {way}"),
            (weather.cut, f"cut {way}"),
            (weather.repeat, "repeat"),
            (weather.late, "late"),
        ):
            if at < share:
                return name
            at -= share
        return "pass"

    async def _pause(self, weather: Weather, size: int) -> None:
        seconds = self._random.uniform(0, weather.delay_s)
        seconds += size / weather.bytes_per_s if weather.bytes_per_s else 0
        if seconds:
            await asyncio.sleep(seconds)

    async def _hand_over(self, request: bytes) -> bytes:
        """Give a request, or a part of one, to the node; return its answer, empty when there is none."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.target, limit=_MOST)
        except OSError:
            return b""
        try:
            writer.write(request)
            await writer.drain()
            writer.write_eof()
            return await asyncio.wait_for(_read_message(reader), _WAIT_S)
        except (OSError, EOFError, ValueError):
            return b""
        finally:
            writer.close()

    def _hand_over_later(self, request: bytes, seconds: float) -> None:
        async def later() -> None:
            await asyncio.sleep(seconds)
            await self._hand_over(request)

        task = self._loop.create_task(later())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    def _note(self, passed: bytes) -> None:
        if self.keeps_bodies:
            self.bodies.append(passed)
        if self.tap is not None:
            with self.tap.open("ab") as file:
                file.write(passed)


async def _read_message(reader: asyncio.StreamReader) -> bytes:
    """Return one whole request or answer, head and body; empty at the end. Raises EOFError when it is cut off."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return b""
    except asyncio.LimitOverrunError:
        raise ValueError from None
    return head + await reader.readexactly(_length(head))


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return min(int(value), _MOST)
    return 0
