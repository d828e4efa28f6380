"""Small files of each kind that is taken, made here byte by byte; tests damage and dress them up."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from serai.kernel.filetypes import FileKind

OPEN = "application/vnd.openxmlformats-officedocument"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def make_pdf(*objects: bytes) -> bytes:
    """A page without anything on it, and what else is asked for."""
    page = (
        b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n",
        b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n",
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n",
    )
    body = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"".join(page + objects)
    return body + b"trailer\n<< /Root 1 0 R /Size 4 >>\nstartxref\n0\n%%EOF\n"


def make_png(width: int = 2, height: int = 2, *extra: tuple[bytes, bytes]) -> bytes:
    """A white picture of the size that is told, or that only says so."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff" * min(width, 8)) * min(height, 8))
    chunks = [(b"IHDR", header), *extra, (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def make_jpeg(width: int = 16, height: int = 16, *, comment: bytes = b"", after: bytes = b"") -> bytes:
    """The segments of a grey picture, without the tables that drawing it would need."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    segments = [(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"), (0xFE, comment), (0xC0, frame), (0xDA, b"\x01\x01\0\0?\0")]
    parts = [struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data for marker, data in segments]
    return b"\xff\xd8" + b"".join(parts) + b"\x12\x34" + b"\xff\xd9" + after


def make_office(main: str, members: Mapping[str, bytes] | None = None, *, types: str = "", method: int = 8) -> bytes:
    """An Office document whose list of parts names a main part of this type."""
    listed = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/main.xml" ContentType="{main}"/>{types}</Types>'
    )
    parts = {"[Content_Types].xml": listed.encode(), "_rels/.rels": make_relations(), "main.xml": b"<main/>"}
    return make_zip(parts | dict(members or {}), method=method)


def make_relations(kind: str = "officeDocument", target: str = "main.xml", mode: str = "Internal") -> bytes:
    """A list of one relation."""
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
    ).encode()


def make_docx(members: Mapping[str, bytes] | None = None, *, types: str = "") -> bytes:
    return make_office(f"{OPEN}.wordprocessingml.document.main+xml", members, types=types)


def make_xlsx(members: Mapping[str, bytes] | None = None, *, types: str = "") -> bytes:
    return make_office(f"{OPEN}.spreadsheetml.sheet.main+xml", members, types=types)


def make_zip(members: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, method)
    return out.getvalue()


GOOD: Mapping[FileKind, bytes] = {
    FileKind.PDF: make_pdf(),
    FileKind.PNG: make_png(),
    FileKind.JPEG: make_jpeg(),
    FileKind.DOCX: make_docx(),
    FileKind.XLSX: make_xlsx(),
    FileKind.TXT: "Плановый срок: 5 суток.\n计划期限：5 天。\nPlanned: < 5 days, 3 > 2.\n".encode(),
    FileKind.CSV: '\ufeffpost,days,change\r\nKhorgos,3.5,-0.5\r\n"Алтынколь, ж/д",2,+1.5\r\nDostyk,-,-3 %\r\n'.encode(),
}
