"""`serai bench faults`: plays the scenes one after the other on one pair of nodes, and tells how each went."""

import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn

from serai.exchange.faults.pair import Pair
from serai.exchange.faults.report import result_of
from serai.exchange.faults.scenes import (
    damage,
    disks,
    dying,
    forgeries,
    keyed,
    links,
    parsers,
    planted,
    returning,
    times,
)
from serai.exchange.faults.stage import FULL, PLAIN, QUICK, Finding, Scene, Stage
from serai.exchange.faults.waiting import TrialFailed
from serai.kernel.benching import Say, describe_machine

PLANTED: Final = (
    Scene(number=0, name="a bug for each rule, in the journals", play=planted.in_journals),
    Scene(number=0, name="bugs in running nodes", play=planted.in_the_nodes),
)
# In this order: what needs short journals first, what moves clocks or stores last.
SCENES: Final = (
    Scene(number=2, name="death at every boundary", play=dying.die_at_each_boundary),
    Scene(number=14, name="forgeries", play=forgeries.forge),
    Scene(number=12, name="two envelopes for one place", play=forgeries.fork),
    Scene(number=11, name="rewritten history", play=forgeries.rewritten),
    Scene(number=20, name="abuse of parsers", play=parsers.abused),
    Scene(number=24, name="curiosity on the way", play=links.sealed_on_the_way),
    Scene(number=10, name="edited store", play=damage.edited),
    Scene(number=9, name="failing disk", play=disks.failing_disk, is_long=True),
    Scene(number=8, name="full disk", play=disks.disk_full, is_long=True),
    Scene(number=4, name="one-way partition", play=links.one_way),
    Scene(number=5, name="partition", play=links.partition, is_long=True),
    Scene(number=3, name="bad link", play=links.bad_link),
    Scene(number=1, name="kill -9", play=dying.kill_at_random),
    Scene(number=13, name="replay", play=forgeries.replay),
    Scene(number=15, name="key rotation", play=keyed.rotated),
    Scene(number=16, name="revoked key", play=keyed.revoked),
    Scene(number=17, name="wrong clocks", play=times.wrong_clocks, is_long=True),
    Scene(number=28, name="restore from a backup", play=returning.restored),
    Scene(number=10, name="torn write-ahead log", play=damage.torn_log, is_long=True),
)
_SIZES: Final = {"quick": QUICK, "plain": PLAIN, "full": FULL}


def measure(*, quick: bool, full: bool, seed: int, say: Say) -> dict[str, Any]:
    """Play everything; return the figures, their goals, each test, and whether all is good."""
    size = "quick" if quick else "full" if full else "plain"
    load = {"start": list(os.getloadavg())}
    say("  ".join(f"{name} {value}" for name, value in describe_machine().items()))
    say(f"load {load['start'][0]:.2f}, seed {seed}, {size} run; SQLite, in a folder of its own")
    with _ending_whole(), tempfile.TemporaryDirectory(prefix="serai-faults-", ignore_cleanup_errors=True) as name:
        theatre = Theatre(Path(name), size=size, seed=seed, say=say)
        try:
            bugs = theatre.play(PLANTED)
            tests = theatre.play(SCENES)
        finally:
            theatre.close()
    load["end"] = list(os.getloadavg())
    return result_of(tests, bugs, seed=seed, size=size, load=load, say=say)


class Theatre:
    """Plays scenes on one pair as long as it is whole; after a failure on a new one."""

    def __init__(self, folder: Path, *, size: str, seed: int, say: Say) -> None:
        self.folder, self.seed, self.say = folder, seed, say
        self.size = _SIZES[size]
        self._pair: Pair | None = None
        self._pairs = 0

    def play(self, scenes: Sequence[Scene]) -> list[Finding]:
        return [self.play_one(scene) for scene in scenes if not (scene.is_long and self.size.is_quick)]

    def play_one(self, scene: Scene) -> Finding:
        finding = Finding(number=scene.number, name=scene.name)
        started = time.monotonic()
        try:
            scene.play(self._stage(scene), finding)
        except TrialFailed as error:
            finding.faults.append(f"could not be played to its end: {error}")
        except Exception as error:  # noqa: BLE001  # one scene that breaks must not hide the others
            finding.faults.append(f"could not be played to its end: {type(error).__name__}: {error}")
        finding.seconds = round(time.monotonic() - started, 1)
        if finding.faults:
            self.close()
        self._tell(finding)
        return finding

    def _stage(self, scene: Scene) -> Stage:
        if self._pair is None:
            self._pairs += 1
            folder = self.folder / str(self._pairs)
            folder.mkdir()
            self._pair = Pair(folder, seed=self.seed)
            self._pair.open()
        chance = random.Random(f"{self.seed} {scene.name}")  # noqa: S311  # to be repeated, not secret
        return Stage(pair=self._pair, folder=self._pair.folder, size=self.size, random=chance, say=self.say)

    def _tell(self, finding: Finding) -> None:
        number = f"{finding.number:2}" if finding.number else "  "
        self.say(
            f"{finding.verdict:7} {number} {finding.name:36} {finding.seconds:6.1f} s  {finding.skipped or finding.done}"
        )
        for note in finding.notes:
            self.say(f"            note: {note}")
        for fault in finding.faults:
            self.say(f"            WRONG {fault}")

    def close(self) -> None:
        """End all processes; what they left is removed."""
        if self._pair is not None:
            self._pair.close()
            shutil.rmtree(self._pair.folder, ignore_errors=True)
            self._pair = None


@contextmanager
def _ending_whole() -> Iterator[None]:
    """Have a polite kill run the same way out as an interrupt: no node is left behind."""

    def end(*_: object) -> NoReturn:
        raise SystemExit(1)

    former = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)
