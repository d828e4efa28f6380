"""What is left of a run on one node: what was issued, what took effect, envelopes, receipts, the log, samples. Pure values.

A run is the journals of all nodes that took part; the checker looks at nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A message that the sender's application wrote down as sent, in the transaction in which it queued it."""

    id: str
    sender: str
    peer: str
    lane: str
    value: int  # each value once


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a message did at its receiver; `order` grows with each effect on the node."""

    order: int
    id: str
    sender: str
    lane: str
    epoch: int
    seq: int
    value: int
    purpose: str
    at: float  # seconds UTC, by the receiver's clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An envelope in the archive of a node."""

    is_sent: bool
    peer: str
    lane: str
    epoch: int
    seq: int
    id: str
    type: str
    hash: str
    raw: bytes
    leaf: int
    outcome: str
    key: int = 0  # in its own table: what the log's leaf refers to

    @property
    def place(self) -> tuple[str, str, int, int]:
        return self.peer, self.lane, self.epoch, self.seq


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A receipt that a node gave (`is_ours`) or got."""

    is_ours: bool
    peer: str
    lane: str
    epoch: int
    raw: bytes
    leaf: int
    key: int = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """A place in the log."""

    index: int
    kind: str
    ref: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Sample:
    """A figure that must stay below a bound: memory in MB, disk in MB."""

    what: str
    value: float
    bound: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a canary, that is sealed plaintext, was found."""

    canary: str
    file: str
    is_allowed: bool  # the file belongs to one of the two parties


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """All of one node."""

    code: str
    statements: tuple[bytes, ...] = ()  # its own key log
    known: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)  # its copies of others'
    log_epoch: int = 1
    issued: tuple[Issued, ...] = ()
    effects: tuple[Effect, ...] = ()
    envelopes: tuple[Kept, ...] = ()
    unnumbered: frozenset[str] = frozenset()  # ids of queued messages without a number
    waiting: frozenset[tuple[str, str, int, int]] = frozenset()  # peer, lane, epoch, seq without a receipt
    receipts: tuple[Given, ...] = ()
    leaves: tuple[Leaf, ...] = ()
    checkpoints: tuple[tuple[int, bytes], ...] = ()  # size, root
    witnessed: tuple[
        tuple[str, int, int, str], ...
    ] = ()  # another's log as seen here: node, log epoch, size, root in hex
    samples: tuple[Sample, ...] = ()
    sightings: tuple[Sighting, ...] = ()


Run = Mapping[str, Journal]
