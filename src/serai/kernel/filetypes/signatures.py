"""Formats by their first bytes: those that are taken, and the commonest of those that are not, to name them."""

import codecs
import re
from typing import Final

from serai.kernel.filetypes.kinds import FileKind

ZIP: Final = "ZIP"
_ALWAYS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", FileKind.PDF),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE (DOC, XLS)"),  # also new Office under a password
    (b"{\\rt", "RTF"),
    (b"%!", "PS"),
    (b"\x7fELF", "ELF"),
    (b"\xca\xfe\xba\xbe", "CLASS"),
    (b"\xfe\xed\xfa", "MACH-O"),
    (b"\xcf\xfa\xed\xfe", "MACH-O"),
    (b"\xce\xfa\xed\xfe", "MACH-O"),
    (b"\0asm", "WASM"),
    (b"L\0\0\0\x01\x14\x02", "LNK"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"7z\xbc\xaf'\x1c", "7Z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x1f\x8b", "GZIP"),
    (b"\xfd7zXZ\0", "XZ"),
    (b"SQLite format 3\0", "SQLITE"),
)
# A text may begin like these: "BMW plant …", "MZ is …". They count only when the rest is no text.
_UNLESS_TEXT: Final[tuple[tuple[bytes, str], ...]] = (
    (b"MZ", "EXE"),
    (b"BM", "BMP"),
    (b"PK", ZIP),
    (b"GIF8", "GIF"),
    (b"RIFF", "RIFF (WEBP, WAV, AVI)"),
    (b"BZh", "BZIP2"),
    (b"ITSF", "CHM"),
    (b"MSCF", "CAB"),
    (b"dex\n", "DEX"),
    (b"OggS", "OGG"),
    (b"ID3", "MP3"),
)
_BRANDS: Final = {b"hei": "HEIC", b"hev": "HEIC", b"mif": "HEIC", b"msf": "HEIC", b"avi": "AVIF"}
_NOT_TEXT: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def find_signature(head: bytes) -> str:
    r"""Return the name of the format that a file's first bytes show; empty when they show none.

    >>> find_signature(b"%PDF-1.7"), find_signature(b"MZ\x90\0"), find_signature(b"MZ is a code."), find_signature(b"")
    (<FileKind.PDF: 'PDF'>, 'EXE', '', '')
    """
    for start, name in _ALWAYS:
        if head.startswith(start):
            return name
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:11], "MP4")
    if is_text(head):
        return ""
    return next((name for start, name in _UNLESS_TEXT if head.startswith(start)), "")


def is_text(head: bytes) -> bool:
    """Whether the beginning of a file is UTF-8 without control characters."""
    return is_utf8(head) and not has_control_bytes(head)


def is_utf8(head: bytes) -> bool:
    """Whether bytes are UTF-8, the last character perhaps cut off."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def has_control_bytes(head: bytes) -> bool:
    return _NOT_TEXT.search(head) is not None
