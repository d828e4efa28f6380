"""What the harness puts around the product in the processes of its own nodes: counted messages, a clock that can be moved, bugs.

Nothing of it is in the product: a node that was not started by the harness knows no such message, clock or bug.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from serai.exchange.handlers import Message, MessageType, register_type
from serai.kernel import clock

LANES: Final = ("alert", "customs", "bulk")
PURPOSES: Final = frozenset({"faults", "trials"})
# What the harness can make go wrong in a running node → the rule that must find it.
BUGS: Final[Mapping[str, str]] = {
    "reorder": "2 in order",
    "silent": "1 one effect each",  # a receipt without an effect
    "double": "1 one effect each",
    "lose": "1 one effect each",  # a queue that says it has a message, and has not
}
_PLANTED: Final = "planted-bug"
_OFFSET: Final = "clock-offset"
_BATCH: Final = "most-in-a-batch"
_LOOK_S: Final = 0.02  # between two looks at the offset: clocks are asked for every message
_EFFECT: Final = "INSERT INTO bench_effect (id, sender, lane, epoch, seq, value, purpose, at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
Count = Callable[[Message], None]


def wrap(folder: Path) -> None:
    """Prepare this process to be a node of a trial; before Django is set up, and before anything has taken the clock."""
    _move_clock(folder / _OFFSET)
    handle = _with_bugs(folder)
    for lane in LANES:
        register_type(MessageType(name=f"bench.{lane}", version=1, lane=lane, purposes=PURPOSES, handle=handle))


def count(message: Message) -> None:
    """Write an effect down, inside the receiver's transaction."""
    from django.db import connection  # noqa: PLC0415  # Django is set up later than this module is imported

    place = message.place
    values: list[Any] = [
        message.id,
        place.sender,
        place.lane,
        place.epoch,
        place.seq,
        message.body["value"],
        message.purpose,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_EFFECT, [*values, clock.now().timestamp()])


def set_clock(folder: Path, offset_s: float) -> None:
    """Move the clock of a node's processes by so many seconds against the machine's, from now on."""
    draft = folder / f".{_OFFSET}"
    draft.write_text(str(offset_s))
    draft.replace(folder / _OFFSET)


def _move_clock(file: Path) -> None:
    real, now, read = time.time, datetime.now, [0.0, -1.0]  # the offset, and when it was read

    def offset() -> float:
        at = time.monotonic()
        if at - read[1] > _LOOK_S:
            try:
                read[0] = float(file.read_text())
            except (OSError, ValueError):
                read[0] = 0.0
            read[1] = at
        return read[0]

    def moved() -> float:
        return real() + offset()

    def moved_now() -> datetime:
        return datetime.fromtimestamp(now(UTC).timestamp() + offset(), UTC)

    time.time = moved
    clock.now = moved_now


def set_batch(folder: Path, most: int) -> None:
    """Have a node seal and send at most so many messages at once from now on; 0 for as many as it does by itself."""
    (folder / _BATCH).write_text(str(most))


def most_in_a_batch(folder: Path) -> int:
    """Return how many messages a node may seal and send at once; 0 when it was not told."""
    try:
        return int((folder / _BATCH).read_text())
    except OSError:
        return 0


def plant(folder: Path, bug: str) -> None:
    """Have a node's effects go wrong in a way, or right again when `bug` is empty."""
    (folder / _PLANTED).write_text(bug)


def planted(folder: Path) -> str:
    """Return which bug a node has."""
    try:
        return (folder / _PLANTED).read_text()
    except OSError:
        return ""


def is_hit(number: int) -> bool:
    """Whether a planted bug strikes here: one message in seven."""
    return number % 7 == 3


def _with_bugs(folder: Path) -> Count:
    held = list[Message]()

    def handle(message: Message) -> None:
        bug = planted(folder) if is_hit(message.place.seq) else ""
        if bug == "reorder":
            held.append(message)
        elif bug != "silent":
            count(message)
        if bug == "double":
            count(message)
        while held and bug != "reorder":
            count(held.pop())

    return handle
