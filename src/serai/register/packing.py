"""A folder of catalogue files as one block of bytes, and back. Pure: knows files, and neither tables nor messages."""

import json
import zlib
from pathlib import Path
from typing import Final

from serai.register.catalogue import FILES

_LARGEST: Final = 16 * 1024 * 1024  # unpacked


def pack(folder: Path) -> bytes:
    """Return the files of a folder, compressed."""
    texts = {name: (folder / name).read_bytes().decode() for name in FILES}
    return zlib.compress(json.dumps(texts, ensure_ascii=False).encode(), 9)


def unpack(packed: bytes, folder: Path) -> None:
    """Write packed files into a folder; raise ValueError when they are not exactly the files of a catalogue."""
    for name, text in _read(packed).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())


def _read(packed: bytes) -> dict[str, str]:
    opener = zlib.decompressobj()
    try:
        texts = json.loads(opener.decompress(packed, _LARGEST))
    except (zlib.error, RecursionError) as error:
        raise ValueError(str(error)) from None
    if not opener.eof or not isinstance(texts, dict) or set(texts) != set(FILES):
        raise ValueError("they are not the files of a catalogue")
    if not all(isinstance(text, str) for text in texts.values()):
        raise ValueError("a file is no text")
    return texts
