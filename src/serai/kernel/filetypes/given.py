"""A file as the checks see it: a stream to look into anywhere, its first bytes, its size and its name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

from serai.kernel.filetypes.kinds import FileKind, kind_of_name

PIECE_BYTES: Final = 256 * 1024
HEAD_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A file that somebody sent."""

    file: IO[bytes]
    name: str
    head: bytes
    size: int

    @classmethod
    def of(cls, file: IO[bytes], name: str) -> "Given":
        size = file.seek(0, 2)
        file.seek(0)
        return cls(file=file, name=name, head=file.read(HEAD_BYTES), size=size)

    @property
    def claimed(self) -> FileKind | None:
        """The kind that the name claims."""
        return kind_of_name(self.name)

    def at(self, position: int, length: int) -> bytes:
        """Return the bytes at a place; fewer at the end of the file."""
        self.file.seek(position)
        return self.file.read(length)

    def tail(self, length: int) -> bytes:
        return self.at(max(0, self.size - length), length)

    def pieces(self, start: int = 0) -> Iterator[bytes]:
        """Read the file from a place on, in pieces of equal size, the last one shorter."""
        self.file.seek(start)
        while piece := self.file.read(PIECE_BYTES):
            yield piece

    def windows(self, overlap: int, start: int = 0) -> Iterator[bytes]:
        """Read the file in pieces, each with the end of the one before, so that nothing is split in two."""
        kept = b""
        for piece in self.pieces(start):
            window = kept + piece
            yield window
            kept = window[-overlap:]
