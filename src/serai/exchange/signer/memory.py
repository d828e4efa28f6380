"""How far a signer has signed, kept outside the store: a store that is put back from an old backup is told by it.

Appended without a disk sync: a power cut may lose the last steps, which loosens the guard and never wedges the node.
"""

import json
import os
from pathlib import Path
from typing import Final

from serai.exchange.errors import NumberUsed
from serai.kernel.files import write_durably

FILE: Final = "signed.log"
_MOST_LINES: Final = 20_000  # then it is written anew, short


def _privately(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class Memory:
    """The first number of the last batch of each lane, and the size of the log before the last thing that spoke of it.

    Numbers from there on may have been lost with a transaction that never ended; below, everything was committed, since
    the next batch began after it.
    """

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / FILE if folder else None
        self.lanes: dict[str, list[int]] = {}  # "SEC register" → epoch, first, last
        self.log: list[int] = []  # log epoch, size
        self._lines = 0
        if self._file is not None and self._file.exists():
            self._read(self._file)

    def _read(self, file: Path) -> None:
        for line in file.read_bytes().split(b"\n"):
            try:
                step = json.loads(line)
                self._take(step)
            except (ValueError, KeyError, TypeError):  # a line cut off by a power failure
                continue
        self._compact()

    @classmethod
    def look(cls, folder: Path) -> "Memory | None":
        """Read what a signer remembers, without a change to its file; None when there is none."""
        found = cls(None)
        try:
            found._read(folder / FILE)
        except FileNotFoundError:
            return None
        return found

    def _take(self, step: dict[str, object]) -> None:
        if "lane" in step:
            self.lanes[str(step["lane"])] = [int(number) for number in step["numbers"]]  # type: ignore[attr-defined]
        else:
            self.log = [int(number) for number in step["log"]]  # type: ignore[attr-defined]

    def check_lane(self, lane: str, epoch: int, first: int) -> None:
        """Raise NumberUsed when the batch begins below the last one."""
        known = self.lanes.get(lane)
        if known is not None and (epoch, first) < (known[0], known[1]):
            raise NumberUsed(lane=lane, asked=first, last=known[2])

    def check_log(self, log_epoch: int, base: int) -> None:
        if self.log and (log_epoch, base) < (self.log[0], self.log[1]):
            raise NumberUsed(lane="log", asked=base, last=self.log[1])

    def note_lane(self, lane: str, epoch: int, first: int, last: int) -> None:
        self._note({"lane": lane, "numbers": [epoch, first, last]})

    def note_log(self, log_epoch: int, base: int) -> None:
        if self.log != [log_epoch, base]:
            self._note({"log": [log_epoch, base]})

    def _note(self, step: dict[str, object]) -> None:
        self._take(step)
        if self._file is None:
            return
        with open(self._file, "ab", opener=_privately) as file:  # Path.open takes no opener
            file.write(json.dumps(step).encode() + b"\n")
        self._lines += 1
        if self._lines > _MOST_LINES:
            self._compact()

    def _compact(self) -> None:
        if self._file is None:
            return
        steps: list[dict[str, object]] = [{"lane": lane, "numbers": numbers} for lane, numbers in self.lanes.items()]
        if self.log:
            steps.append({"log": self.log})
        write_durably(self._file, b"".join(json.dumps(step).encode() + b"\n" for step in steps))
        self._lines = 0
