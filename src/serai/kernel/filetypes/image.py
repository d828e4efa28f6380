"""PNG and JPEG: whole, and no larger than a reader's machine bears. Nothing is decoded."""

import struct
from collections.abc import Iterator
from typing import Final

from serai.kernel.filetypes.errors import DamagedFile, HiddenContent, HugeImage
from serai.kernel.filetypes.given import Given
from serai.kernel.filetypes.kinds import FileKind

MOST_PIXELS: Final = 20_000  # a side
_MOST_PARTS: Final = 50_000
_MOST_FILL: Final = 64
_NO_LENGTH: Final = {0x01, *range(0xD0, 0xD8)}
_FRAMES: Final = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_END, _SCAN = 0xD9, 0xDA


def check_png(given: Given) -> None:
    """Walk the chunks from IHDR to IEND, which must be the file's last bytes (PNG, third edition, 5.6)."""
    expected = b"IHDR"
    for name, place, length in _chunks(given):
        if expected and name != expected:
            break
        if name == b"IHDR":
            width, height = _numbers(given, FileKind.PNG, place, ">II")
            _check_size(given, FileKind.PNG, width, height)
            expected = b""
        if name == b"IEND":
            return _check_last(given, place + length + 4)
    raise DamagedFile(name=given.name, kind="PNG")


def _chunks(given: Given) -> Iterator[tuple[bytes, int, int]]:
    """Give each chunk's name, place and length; a checksum of four bytes follows it."""
    place = 8
    for _ in range(_MOST_PARTS):
        length, name = struct.unpack(">I4s", _bytes(given, FileKind.PNG, place, 8))
        yield name, place + 8, length
        place += 12 + length


def _check_last(given: Given, end: int) -> None:
    if end > given.size:
        raise DamagedFile(name=given.name, kind="PNG")
    if end < given.size:
        raise HiddenContent(name=given.name, content=f"{given.size - end} B", kind="PNG")


def check_jpeg(given: Given) -> None:
    """Walk the segments to the frame, which tells the size (ITU T.81, B.2); after it the picture must have its end.

    What cameras put behind that end is let be.
    """
    place = 2
    for _ in range(_MOST_PARTS):
        marker, place = _next_marker(given, place)
        if marker in {_END, _SCAN}:
            break
        if marker in _FRAMES:
            height, width = _numbers(given, FileKind.JPEG, place + 3, ">HH")
            _check_size(given, FileKind.JPEG, width, height)
            if any(b"\xff\xd9" in window for window in given.windows(1, start=place)):
                return
            break
        if marker not in _NO_LENGTH:
            (length,) = _numbers(given, FileKind.JPEG, place, ">H")
            place += max(length, 2)
    raise DamagedFile(name=given.name, kind="JPEG")


def _next_marker(given: Given, place: int) -> tuple[int, int]:
    """Return the marker at a place and the place behind it; some 0xFF may fill the space before."""
    start = given.at(place, _MOST_FILL)
    marker = start.lstrip(b"\xff")[:1]
    if start[:1] != b"\xff" or not marker:
        raise DamagedFile(name=given.name, kind="JPEG")
    return marker[0], place + start.index(marker) + 1


def _check_size(given: Given, kind: FileKind, width: int, height: int) -> None:
    if not width or not height:
        raise DamagedFile(name=given.name, kind=kind.value)
    if max(width, height) > MOST_PIXELS:
        raise HugeImage(name=given.name, width=width, height=height, most=MOST_PIXELS)


def _numbers(given: Given, kind: FileKind, place: int, form: str) -> tuple[int, ...]:
    return struct.unpack(form, _bytes(given, kind, place, struct.calcsize(form)))


def _bytes(given: Given, kind: FileKind, place: int, length: int) -> bytes:
    found = given.at(place, length)
    if len(found) < length:
        raise DamagedFile(name=given.name, kind=kind.value)
    return found
