"""Plain text in UTF-8; markup and scripts told from it, however they are dressed."""

import codecs
import re
from collections.abc import Iterator
from typing import Final

from serai.kernel.filetypes.errors import ControlCharacter, NotUtf8
from serai.kernel.filetypes.given import Given
from serai.kernel.filetypes.kinds import FileKind
from serai.kernel.filetypes.refusal import refuse_content
from serai.kernel.filetypes.signatures import has_control_bytes, is_utf8

# How a text begins that is something else, once the mark, blanks and comments before it are passed over.
_BEGINNINGS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"<!doctype\s+html|<html|<head|<body", re.IGNORECASE), "HTML"),
    (re.compile(r"<svg|<!doctype\s+svg", re.IGNORECASE), "SVG"),
    (re.compile(r"<\?php|<\?=", re.IGNORECASE), "PHP"),
    (re.compile(r"<%"), "ASP"),
    (re.compile(r"<[a-z_?!/]", re.IGNORECASE), "XML"),
    (re.compile(r"#!"), "SH"),
    (re.compile(r"@echo\b|@?setlocal\b", re.IGNORECASE), "BAT"),
    (re.compile(r"(?:mime-version|content-type|content-transfer-encoding):", re.IGNORECASE), "MHTML"),
    (re.compile(r"\[(?:InternetShortcut|Desktop Entry)\]|REGEDIT4|Windows Registry Editor", re.IGNORECASE), "LNK"),
)
_PASSED_OVER: Final = re.compile(r"(?:[\s\ufeff\u200b-\u200f\u2060]+|<!--.*?-->|/\*.*?\*/)*", re.DOTALL)
# Wherever they stand: what makes a browser act when the text is taken for a page. All parts are bounded.
_ELEMENTS: Final = (
    "html|head|body|script|svg|style|iframe|frameset|object|embed|applet|meta|link|base|form|input|button|img|video|audio"
    "|math|template|details|marquee|foreignobject|xml"
)
_TAGS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"<(?:svg[\s/>]|!doctype\s{1,20}svg)", re.IGNORECASE), "SVG"),
    (re.compile(rf"<(?:/?(?:{_ELEMENTS})[\s/>]|!doctype\s)", re.IGNORECASE), "HTML"),
    (re.compile(r"<[a-z][^<>]{0,200}\son[a-z]{3,30}\s{0,20}=", re.IGNORECASE), "HTML"),
    (re.compile(r"<\?(?:php|xml|=)", re.IGNORECASE), "XML"),
)
_OVERLAP: Final = 300
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def name_text(given: Given) -> str:
    """Return what a file without a signature is: TXT, or the markup or script it is dressed up as; "" for no text."""
    head = given.head
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in head:
        if found := _name_wide(head):
            return found
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and _may_be_text(given):
            raise NotUtf8(name=given.name)
    if not is_utf8(head):
        if not has_control_bytes(head) and _may_be_text(given):
            raise NotUtf8(name=given.name)
        return _name_markup(head.decode("latin-1"))
    if found := _name_markup(head.decode("utf-8", "ignore")):
        return found
    return FileKind.TXT if _is_meant_as_text(given) else ""


def _may_be_text(given: Given) -> bool:
    return given.claimed in {None, FileKind.TXT, FileKind.CSV}


def _is_meant_as_text(given: Given) -> bool:
    """Whether a control character in it is worth a sentence of its own: else the file is no text at all."""
    if not has_control_bytes(given.head):
        return True
    return given.claimed in {FileKind.TXT, FileKind.CSV} or (given.claimed is None and b"\0" not in given.head)


def _name_wide(head: bytes) -> str:
    """Name markup in UTF-16, with its mark or without."""
    for encoding in ("utf-16-le", "utf-16-be"):
        if found := _name_markup(head.decode(encoding, "ignore")):
            return found
    return ""


def _name_markup(text: str) -> str:
    beginning = _PASSED_OVER.match(text)
    place = beginning.end() if beginning else 0
    for pattern, name in _BEGINNINGS:
        if pattern.match(text, place):
            return name
    return _find_tag(text)


def _find_tag(text: str) -> str:
    return next((name for pattern, name in _TAGS if pattern.search(text)), "")


def check_text(given: Given) -> None:
    """Raise unless the whole file is UTF-8 without control characters and without markup that acts."""
    for _ in read_text(given):
        pass


def read_text(given: Given) -> Iterator[str]:
    """Give the text in pieces, each checked."""
    line, kept = 1, ""
    for piece in _decode(given):
        if control := _CONTROL.search(piece):
            line += piece.count("\n", 0, control.start())
            raise ControlCharacter(name=given.name, line=line, character=f"U+{ord(control[0]):04X}")
        if found := _find_tag(kept + piece):
            refuse_content(given, found)
        yield piece
        line += piece.count("\n")
        kept = piece[-_OVERLAP:]


def _decode(given: Given) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        for piece in given.pieces():
            yield decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise NotUtf8(name=given.name) from None
