"""The node's one log: an RFC 6962 tree over audit rows, envelopes and receipts, in the order in which they came to be.

Rows are added in the transaction of what they speak of, one appender at a time. Proofs read a few rows, however long it is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Final

from django.db import connection, transaction

from serai.kernel import clock
from serai.kernel.locks import take_lock
from serai.kernel.merkle import (
    EMPTY_ROOT,
    Frontier,
    Subtree,
    consistency_path,
    cover,
    fold,
    hash_node,
    inclusion_path,
)
from serai.kernel.models import LogCheckpoint, LogLeaf, LogNode
from serai.kernel.rows import insert_rows

STEP: Final = 4  # levels between stored nodes
_LEVEL: Final = 1 << 48
_CHUNK: Final = 5000


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing to be logged: its kind, its key in its own table, and its leaf hash."""

    kind: str
    ref: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The log at a size. `peaks` is what is needed to append to it."""

    size: int
    root: bytes
    peaks: bytes = field(default=b"", compare=False, repr=False)


_LAST: Final = "SELECT size, root, peaks FROM kernel_logcheckpoint ORDER BY size DESC LIMIT 1"


def head() -> Head:
    """Return the log as it is now."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST)
        last = cursor.fetchone()
    return Head(last[0], bytes(last[1]), bytes(last[2])) if last else Head(0, EMPTY_ROOT)


def lock_head() -> Head:
    """Return the log as it is now and keep others from appending until the transaction ends."""
    take_lock("log")
    return head()


def append(leaves: Sequence[Leaf], *, after: Head | None = None) -> Head:
    """Add leaves; return the log after them. Must run in the transaction of what they speak of.

    `after` spares reading the head again in a transaction that has locked it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a leaf belongs to its change's transaction")
    before = after or lock_head()
    if not leaves:
        return before
    frontier = Frontier.load(before.size, before.peaks)
    first, nodes = frontier.size, list[tuple[int, bytes]]()
    for leaf in leaves:
        nodes += _stored_of(frontier.append(leaf.hash), frontier.size)
    insert_rows(LogLeaf, [(first + offset, leaf.kind, leaf.ref, leaf.hash) for offset, leaf in enumerate(leaves)])
    insert_rows(LogNode, nodes)
    head = Head(frontier.size, frontier.root(), frontier.dump())
    at = connection.ops.adapt_datetimefield_value(clock.now())
    insert_rows(LogCheckpoint, [(head.size, head.root, head.peaks, at)])
    return head


def _stored_of(completed: Sequence[bytes], size: int) -> list[tuple[int, bytes]]:
    """Return the nodes to be stored, of the subtrees that the last leaf completed: those at every fourth level."""
    return [
        (_place(Subtree(level, (size >> level) - 1)), root)
        for level, root in enumerate(completed, 1)
        if level % STEP == 0
    ]


def _place(subtree: Subtree) -> int:
    return subtree.level * _LEVEL + subtree.number


def inclusion_proof(index: int, size: int) -> list[bytes]:
    """Return the hashes that prove that leaf `index` is in the tree of a size."""
    if not 0 <= index < size <= head().size:
        raise ValueError(f"there is no leaf {index} in a log of {size}")
    return _roots(inclusion_path(index, size))


def consistency_proof(old: int, new: int) -> list[bytes]:
    """Return the hashes that prove that the log of the size `new` continues that of the size `old`."""
    if not 0 <= old <= new <= head().size:
        raise ValueError(f"no log of {new} continues one of {old}")
    return _roots(consistency_path(old, new))


def root_at(size: int) -> bytes:
    """Return the root when the log had that size."""
    if not 0 <= size <= head().size:
        raise ValueError(f"the log never had {size} leaves")
    return _roots([(0, size)])[0] if size else EMPTY_ROOT


def _roots(ranges: Sequence[tuple[int, int]]) -> list[bytes]:
    """Return the root over each range of leaves; all rows are read together."""
    covers = [cover(start, end) for start, end in ranges]
    found = _read([subtree for each in covers for subtree in each])
    return [fold([found[subtree] for subtree in each]) for each in covers]


def _read(subtrees: Sequence[Subtree]) -> dict[Subtree, bytes]:
    """Return the root of each perfect subtree, from the stored level below it: at most eight rows each."""
    found = dict[Subtree, bytes]()
    for base, group in groupby(sorted(subtrees), key=lambda subtree: subtree.level // STEP * STEP):
        wanted = list(group)
        rows = _read_level(base, [_span(subtree, base) for subtree in wanted])
        for subtree in wanted:
            start, end = _span(subtree, base)
            found[subtree] = _merge([rows[number] for number in range(start, end)])
    return found


def _span(subtree: Subtree, base: int) -> tuple[int, int]:
    height = subtree.level - base
    return subtree.number << height, (subtree.number + 1) << height


def _merge(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [hash_node(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def _read_level(base: int, spans: Sequence[tuple[int, int]]) -> dict[int, bytes]:
    """Return number → hash of the rows in some spans of one stored level; level 0 are the leaves."""
    table, column, offset = ("kernel_lognode", "place", base * _LEVEL) if base else ("kernel_logleaf", "index", 0)
    name = connection.ops.quote_name(column)
    asked = " OR ".join([f"{name} BETWEEN %s AND %s"] * len(spans))
    values = [number + offset for start, end in spans for number in (start, end - 1)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name}, hash FROM {table} WHERE {asked}", values)
        return {number - offset: bytes(digest) for number, digest in cursor.fetchall()}


Rehash = Callable[[Sequence[int]], Mapping[int, bytes]]
_kinds: Final[dict[str, Rehash]] = {}


def register_kind(kind: str, rehash: Rehash) -> None:
    """Say how the leaf hashes of a kind are computed anew from the rows themselves: keys → hashes, for the full check."""
    _kinds[kind] = rehash


def is_intact(leaf: LogLeaf) -> bool:
    """Whether what a leaf speaks of still says what was sealed."""
    return not list(_compare([leaf]))


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """What a full check of the log found. `faults` are sentences; none means that it holds."""

    leaves: int
    root: str
    faults: list[str]


def verify(*, known: tuple[int, str] | None = None, progress: Callable[[int], None] = lambda _: None) -> LogReport:
    """Compute the whole log anew from what it speaks of, and compare it with every checkpoint and stored node.

    `known` is a (size, root in hex) that somebody kept outside the node: only with one can a cut-off tail be told.
    """
    faults = list[str]()
    checkpoints = _checkpoints(known, faults)
    frontier, nodes = Frontier(), _Nodes(faults)
    for leaf in _checked_leaves(faults):
        if leaf.index != frontier.size:
            faults.append(f"Leaf {frontier.size} is missing; the next one found is {leaf.index}.")
            break
        completed = frontier.append(bytes(leaf.hash))
        nodes.expect(_stored_of(completed, frontier.size))
        expected = checkpoints.pop(frontier.size, None)
        if expected is not None and expected != frontier.root():
            faults.append(f"The log's root at size {frontier.size} differs from its checkpoint.")
        progress(frontier.size)
    nodes.finish()
    faults += [
        f"A checkpoint at size {size} exists, but the log has only {frontier.size} leaves." for size in checkpoints
    ]
    return LogReport(leaves=frontier.size, root=frontier.root().hex(), faults=faults)


def _checkpoints(known: tuple[int, str] | None, faults: list[str]) -> dict[int, bytes]:
    found = {size: bytes(root) for size, root in LogCheckpoint.objects.values_list("size", "root").iterator()}
    if known is not None:
        found.setdefault(known[0], bytes.fromhex(known[1]))
        if found[known[0]].hex() != known[1]:
            faults.append(f"The checkpoint at size {known[0]} is not the one that was kept outside.")
    return found


def _checked_leaves(faults: list[str]) -> Iterator[LogLeaf]:
    """Give the leaves in order, each compared with what it speaks of."""
    rows = LogLeaf.objects.order_by("index").iterator(chunk_size=_CHUNK)
    while chunk := [row for _, row in zip(range(_CHUNK), rows, strict=False)]:
        faults += _compare(chunk)
        yield from chunk


def _compare(chunk: Sequence[LogLeaf]) -> Iterator[str]:
    for kind, group in groupby(sorted(chunk, key=attrgetter("kind")), key=attrgetter("kind")):
        leaves = list(group)
        if kind not in _kinds:
            yield f"Leaf {leaves[0].index} is of the kind “{kind}”, which this software does not know."
            continue
        hashes = _kinds[kind]([leaf.ref for leaf in leaves])
        for leaf in leaves:
            if hashes.get(leaf.ref) != bytes(leaf.hash):
                yield f"What was sealed as leaf {leaf.index} ({kind} {leaf.ref}) is not what stands there now."


class _Nodes:
    """The stored nodes, compared with what they should be, many at a time."""

    def __init__(self, faults: list[str]) -> None:
        self._faults = faults
        self._expected: dict[int, bytes] = {}
        self._total = 0

    def expect(self, nodes: Sequence[tuple[int, bytes]]) -> None:
        self._expected.update(nodes)
        self._total += len(nodes)
        if len(self._expected) >= 500:
            self._compare()

    def finish(self) -> None:
        self._compare()
        if not self._faults and LogNode.objects.count() != self._total:
            self._faults.append("The log has stored nodes that belong to no subtree.")

    def _compare(self) -> None:
        found = dict(LogNode.objects.filter(pk__in=list(self._expected)).values_list("pk", "hash"))
        for place, digest in self._expected.items():
            if place not in found or bytes(found[place]) != digest:
                where = f"{place % _LEVEL} of level {place // _LEVEL}"
                self._faults.append(f"The stored node {where} is not the root of its leaves.")
        self._expected.clear()
