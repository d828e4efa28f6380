"""What a scene is given and what it finds."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from serai.exchange.faults.checker import check
from serai.exchange.faults.journal import Journal, Sample
from serai.exchange.faults.pair import Pair
from serai.kernel.benching import Say

MEMORY_MB: Final = 200.0  # of each node
DISK_BASE_MB: Final = 30.0
DISK_KB: Final = 8.0  # a message on each node, with its log, receipt and indexes


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of each is done."""

    kills: int
    messages: int  # while killing
    stride: int  # every n-th boundary at which a process can die
    link_messages: int
    parted_s: float
    replays: int
    flips: int
    live_bugs: int = 4
    is_quick: bool = False


QUICK: Final = Size(
    kills=20, messages=600, stride=6, link_messages=300, parted_s=3, replays=300, flips=2, live_bugs=1, is_quick=True
)
PLAIN: Final = Size(kills=100, messages=10_000, stride=1, link_messages=10_000, parted_s=60, replays=10_000, flips=10)
FULL: Final = replace(PLAIN, kills=500, flips=40)


@dataclass(slots=True, kw_only=True)
class Finding:
    """How a test went. `faults` break it; `notes` say what a reader should know of a test that passed."""

    number: int
    name: str
    done: str = ""
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skipped: str = ""
    figures: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def verdict(self) -> str:
        return "skipped" if self.skipped else "FAILED" if self.faults else "passed"

    def expect(self, is_so: object, otherwise: str) -> None:
        """Note a fault unless something is so."""
        if not is_so:
            self.faults.append(otherwise)


@dataclass(slots=True, kw_only=True)
class Stage:
    """The nodes, the amount, and chance with a seed."""

    pair: Pair
    folder: Path
    size: Size
    random: random.Random
    say: Say

    def check(self, finding: Finding, *, run: Mapping[str, Journal] | None = None, settle_s: float = 90) -> None:
        """Let everything arrive, then put the ten rules to both journals."""
        if run is None:
            self.pair.settle(seconds=settle_s)
            run = self.sampled(self.pair.journals())
        for rule, faults in check(run).items():
            finding.faults += [f"rule {rule}: {fault}" for fault in faults]

    def sampled(self, run: Mapping[str, Journal]) -> dict[str, Journal]:
        """Add how much memory and disk each node takes now."""
        return {code: replace(journal, samples=self._samples(journal)) for code, journal in run.items()}

    def _samples(self, journal: Journal) -> tuple[Sample, ...]:
        node = self.pair.nodes[journal.code]
        bound = DISK_BASE_MB + DISK_KB * len(journal.envelopes) / 1000
        found = [Sample("disk in MB", node.disk_mb(), bound)]
        if node.pid:
            found.append(Sample("memory of all its processes in MB", node.memory_mb(), MEMORY_MB))
        return tuple(found)


Play = Callable[[Stage, Finding], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A test, by its number in the list of fault tests."""

    number: int
    name: str
    play: Play
    is_long: bool = False  # left out of a quick run
