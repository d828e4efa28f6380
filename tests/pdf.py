"""The text of a PDF that typst made, page by page, and what it says of itself: enough of the format for our tests."""

import re
import zlib
from dataclasses import dataclass, field

_OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)endobj", re.DOTALL)
_LITERAL = rb"\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\)"  # parentheses may stand bare when they are a pair
_ITEM = rb"(?:<[0-9A-Fa-f]*>|" + _LITERAL + rb"|[-\d.\s])"
_SHOW = re.compile(rb"/(f\d+) [\d.]+ Tf|(\[" + _ITEM + rb"*\]|" + _ITEM + rb")\s*T[Jj]", re.DOTALL)
_STRING = re.compile(rb"<([0-9A-Fa-f]*)>|(" + _LITERAL + rb")", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass
class Pdf:
    """A PDF taken apart."""

    content: bytes
    objects: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.objects = {int(match[1]): match[2] for match in _OBJECT.finditer(self.content)}

    @property
    def language(self) -> str:
        return self._first(rb"/Type/Catalog[^\n]*?/Lang\(([^)]*)\)").decode()

    @property
    def fonts(self) -> set[str]:
        """Names of the fonts in it, without the tag of the subset."""
        return {name.decode() for name in re.findall(rb"/FontName/[A-Z]{6}\+([\w-]+)", self.content)}

    @property
    def pages(self) -> list[str]:
        """The text of each page, without the spaces that a line's end swallowed."""
        kids = re.findall(rb"(\d+) 0 R", self._first(rb"/Type/Pages/Count \d+/Kids\[([^\]]*)\]"))
        return [self._page(self.objects[int(number)]) for number in kids]

    @property
    def text(self) -> str:
        return "\n".join(self.pages)

    def _first(self, pattern: bytes) -> bytes:
        match = re.search(pattern, self.content)
        assert match, pattern
        return match[1]

    def _stream(self, number: int) -> bytes:
        body = self.objects[number].split(b"stream", 1)[1]
        return zlib.decompressobj().decompress(body.lstrip(b"\r\n"))

    def _page(self, page: bytes) -> str:
        resources = self.objects[_number(page, rb"/Resources (\d+) 0 R")]
        fonts = {
            name: self._map(self.objects[int(number)]) for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", resources)
        }
        text, font = "", dict[int, str]()
        for name, shown in _SHOW.findall(self._stream(_number(page, rb"/Contents (\d+) 0 R"))):
            if name:
                font = fonts[name]
                continue
            codes = b"".join(_bytes(hexed, literal) for hexed, literal in _STRING.findall(shown))
            text += "".join(font[int.from_bytes(codes[at : at + 2], "big")] for at in range(0, len(codes), 2))
        return text

    def _map(self, font: bytes) -> dict[int, str]:
        table = self._stream(_number(font, rb"/ToUnicode (\d+) 0 R"))
        return {
            int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
            for code, text in re.findall(rb"<([0-9A-Fa-f]{4})> *<([0-9A-Fa-f]+)>\n", table)
        }


def _number(content: bytes, pattern: bytes) -> int:
    match = re.search(pattern, content)
    assert match, pattern
    return int(match[1])


def _bytes(hexed: bytes, literal: bytes) -> bytes:
    if hexed:
        return bytes.fromhex(hexed.decode())
    return re.sub(rb"\\(\d{1,3}|.)", _unescape, literal[1:-1], flags=re.DOTALL)


def _unescape(match: "re.Match[bytes]") -> bytes:
    if match[1].isdigit():
        return bytes([int(match[1], 8)])
    return _ESCAPES.get(match[1], match[1])
