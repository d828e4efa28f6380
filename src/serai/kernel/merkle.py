"""RFC 6962 Merkle tree over an append-only list, kept as a frontier so that an append costs O(log n).

Pure: knows hashes, not tables. Leaves and nodes are hashed apart (0x00, 0x01), so neither can pass for the other.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

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

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self.peaks.append(leaf)
        size = self.size
        while size & 1:  # each trailing one-bit is a full subtree of the same height to merge with
            right, left = self.peaks.pop(), self.peaks.pop()
            self.peaks.append(hash_node(left, right))
            size >>= 1
        self.size += 1

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
