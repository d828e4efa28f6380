"""Word and Excel documents (Office Open XML): a zip whose parts are named in one list; no macros, nothing fetched.

Parts are not drawn or calculated. Only the list of parts and the relations between them are unpacked, within bounds.
"""

import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Final

from serai.kernel.filetypes.errors import (
    DamagedFile,
    FetchesParts,
    HasMacros,
    LockedFile,
    TooManyMembers,
    UnpacksTooLarge,
)
from serai.kernel.filetypes.given import PIECE_BYTES, Given
from serai.kernel.filetypes.kinds import FileKind
from serai.kernel.filetypes.openxml import Relation, read_relations, read_types

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

MOST_MEMBERS: Final = 5_000
MOST_UNPACKED_BYTES: Final = 200 * 2**20
_MOST_READ_BYTES: Final = 16 * 2**20  # of lists and relations together
_MEMBER: Final = b"PK\x01\x02"
_IS_LOCKED: Final = 0x1 | 0x40
_METHODS: Final = {0, 8}  # stored and deflated, the only ways of a package (ECMA-376 part 2, on ZIP)
_TYPES: Final = "[content_types].xml"
_OPEN: Final = "application/vnd.openxmlformats-officedocument"
_MAIN: Final = {
    f"{_OPEN}.wordprocessingml.document.main+xml": FileKind.DOCX.value,
    f"{_OPEN}.spreadsheetml.sheet.main+xml": FileKind.XLSX.value,
    f"{_OPEN}.presentationml.presentation.main+xml": "PPTX",
    f"{_OPEN}.wordprocessingml.template.main+xml": "DOTX",
    f"{_OPEN}.spreadsheetml.template.main+xml": "XLTX",
    "application/vnd.ms-word.document.macroenabled.main+xml": "DOCM",
    "application/vnd.ms-word.template.macroenabledtemplate.main+xml": "DOTM",
    "application/vnd.ms-excel.sheet.macroenabled.main+xml": "XLSM",
    "application/vnd.ms-excel.template.macroenabled.main+xml": "XLTM",
    "application/vnd.ms-excel.sheet.binary.macroenabled.main": "XLSB",
}
_MACRO_TYPE: Final = re.compile(r"macroenabled|vbaproject|vbadata|macrosheet|activex")
_PROGRAM: Final = re.compile(
    r"(?:.*/)?(?:vbaproject\.bin|vbadata\.xml)|(?:.*/)?(?:macrosheets|activex)/.*"
    r"|.*\.(?:exe|dll|com|scr|pif|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|jar|lnk|msi|reg|chm|iso)"
)
_HARMLESS: Final = {"hyperlink", "image", "externalLinkPath"}  # followed only when the reader says so, or shown
_ELSEWHERE: Final = re.compile(r"\s*(?!file:)[a-z][a-z0-9+.-]+:", re.IGNORECASE)  # not "C:\…"


def name_archive(given: Given) -> str:
    """Return what a zip is, by its list of parts; raise for one that is locked, damaged or grows without measure."""
    if sum(window.count(_MEMBER) for window in given.windows(len(_MEMBER) - 1)) > MOST_MEMBERS:
        raise TooManyMembers(name=given.name, most=MOST_MEMBERS)
    with _open(given) as archive:
        members = _members(given, archive)
        if _TYPES not in members:
            return "ODF" if "meta-inf/manifest.xml" in members else "ZIP"
        types = read_types(_Unpacker(given, archive).pieces(members[_TYPES]))
        found = {_MAIN[kind] for kind in types if kind in _MAIN}
        return found.pop() if len(found) == 1 else "ZIP"


def ends_as_archive(given: Given) -> bool:
    """Whether a file that begins as something else is a zip for those who read it from its end."""
    from zipfile import is_zipfile  # noqa: PLC0415  # on first use

    return is_zipfile(given.file)


def check_office(given: Given) -> None:
    """Raise HasMacros or FetchesParts."""
    with _open(given) as archive:
        members = _members(given, archive)
        types = read_types(_Unpacker(given, archive).pieces(members[_TYPES]))
        for active in chain(filter(_PROGRAM.fullmatch, members), filter(_MACRO_TYPE.search, types)):
            raise HasMacros(name=given.name, found=active[-80:], kind=str(given.claimed or "DOCX, XLSX"))
        unpacker = _Unpacker(given, archive)
        for name, member in members.items():
            if name.endswith(".rels"):
                _check_relations(given, read_relations(unpacker.pieces(member)))


def _check_relations(given: Given, relations: Iterable[Relation]) -> None:
    for relation in relations:
        if relation.is_external and relation.kind not in _HARMLESS and _ELSEWHERE.match(relation.target):
            raise FetchesParts(name=given.name, found=f"{relation.kind}: {relation.target[:80]}")


@contextmanager
def _open(given: Given) -> Iterator["ZipFile"]:
    from zipfile import BadZipFile, ZipFile  # noqa: PLC0415  # on first use

    try:
        with ZipFile(given.file) as archive:
            yield archive
    except (BadZipFile, zlib.error, struct.error, ValueError, KeyError, EOFError, OSError, OverflowError, RuntimeError):
        # All that reading a damaged zip raises; a method that it does not know is a RuntimeError, too.
        raise DamagedFile(name=given.name, kind=str(given.claimed or "ZIP")) from None


def _members(given: Given, archive: "ZipFile") -> dict[str, "ZipInfo"]:
    """Return the members by name as Office compares names: without regard to case, each once."""
    found = archive.infolist()
    if any(member.flag_bits & _IS_LOCKED for member in found):
        raise LockedFile(name=given.name)
    if any(member.compress_type not in _METHODS for member in found):
        raise DamagedFile(name=given.name, kind=str(given.claimed or "ZIP"))
    if len(found) > MOST_MEMBERS:
        raise TooManyMembers(name=given.name, most=MOST_MEMBERS)
    if sum(member.file_size for member in found) > MOST_UNPACKED_BYTES:
        raise UnpacksTooLarge(name=given.name, most_mb=MOST_UNPACKED_BYTES // 2**20)
    names = [member.filename.replace("\\", "/").lstrip("/").lower() for member in found]
    if max(Counter(names).values(), default=1) > 1:
        raise DamagedFile(name=given.name, kind=str(given.claimed or "ZIP"))
    return dict(zip(names, found, strict=True))


class _Unpacker:
    """Unpacks members piece by piece, all of them together within bounds."""

    def __init__(self, given: Given, archive: "ZipFile") -> None:
        self._given, self._archive, self._left = given, archive, _MOST_READ_BYTES

    def pieces(self, member: "ZipInfo") -> Iterator[bytes]:
        with self._archive.open(member) as file:
            while piece := file.read(PIECE_BYTES):
                self._left -= len(piece)
                if self._left < 0:
                    raise UnpacksTooLarge(name=self._given.name, most_mb=_MOST_READ_BYTES // 2**20)
                yield piece
