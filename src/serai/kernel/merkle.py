"""RFC 6962 Merkle tree over an append-only list, kept as a frontier so that an append costs O(log n); its proofs.

Pure: knows hashes, not tables. Leaves and nodes are hashed apart (0x00, 0x01), so neither can pass for the other.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

EMPTY_ROOT = hashlib.sha256(b"").digest()


def hash_leaf(data: bytes) -> bytes:
    """Return the 32-byte hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Frontier:
    """The roots of the perfect subtrees that cover the first `size` leaves, largest first."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> list[bytes]:
        """Add one leaf hash; return the roots of the subtrees that it completed, from level 1 on."""
        self.peaks.append(leaf)
        size, completed = self.size, list[bytes]()
        while size & 1:  # each trailing one-bit is a full subtree of the same height to merge with
            right, left = self.peaks.pop(), self.peaks.pop()
            completed.append(hash_node(left, right))
            self.peaks.append(completed[-1])
            size >>= 1
        self.size += 1
        return completed

    def root(self) -> bytes:
        """Return the tree's root over all leaves so far."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = hash_node(peak, root)
        return root

    def dump(self) -> bytes:
        """Return the peaks as one string of 32-byte hashes."""
        return b"".join(self.peaks)

    @classmethod
    def load(cls, size: int, peaks: bytes) -> "Frontier":
        """Rebuild from `dump`; raise ValueError when the count of peaks cannot belong to the size."""
        if len(peaks) != 32 * size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks, not {len(peaks) / 32:g}")
        return cls(size, [peaks[i : i + 32] for i in range(0, len(peaks), 32)])


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


class Subtree(NamedTuple):
    """A perfect subtree: the leaves from number × 2^level on, 2^level of them."""

    level: int
    number: int


def _split(size: int) -> int:
    """Return the largest power of two below a size of at least 2."""
    return 1 << (size - 1).bit_length() - 1


def cover(start: int, end: int) -> list[Subtree]:
    """Return the perfect subtrees whose roots make the root over leaves start … end-1, largest first.

    `start` must be a multiple of the largest of them, as it is wherever RFC 6962 splits a tree.
    """
    found, at = list[Subtree](), start
    while at < end:
        level = (end - at).bit_length() - 1
        found.append(Subtree(level, at >> level))
        at += 1 << level
    return found


def fold(roots: Sequence[bytes]) -> bytes:
    """Return the root over what `cover` names, from the roots of those subtrees."""
    root = roots[-1]
    for left in reversed(roots[:-1]):
        root = hash_node(left, root)
    return root


def inclusion_path(index: int, size: int) -> list[tuple[int, int]]:
    """Return the ranges of leaves whose roots prove that a leaf is in a tree of a size, nearest first (RFC 9162, 2.1.3)."""
    start, end, path = 0, size, list[tuple[int, int]]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency_path(old: int, new: int) -> list[tuple[int, int]]:
    """Return the ranges of leaves whose roots prove that a tree continues a smaller one (RFC 9162, 2.1.4)."""
    if old in {0, new}:
        return []
    start, end, path = 0, new, list[tuple[int, int]]()
    while True:
        if old == end:
            last = [] if start == 0 else [(start, end)]
            return last + path[::-1]
        middle = start + _split(end - start)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether a leaf hash is at a place of the tree with that root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = hash_node(other, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = hash_node(found, other)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether a tree continues a smaller one (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    if not 0 < old < new:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = hash_node(other, before), hash_node(other, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = hash_node(after, other)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root
