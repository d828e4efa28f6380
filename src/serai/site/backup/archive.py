"""The backup file: a tar of a manifest, the node's identity and its store, read strictly.

    manifest.json    format, node, time, software, kind of store; size and SHA-256 of the other members
    node.json        code, realm, id
    store.sqlite3 or store.pgdump

Members are found by their exact names and read in place; nothing is ever unpacked under a name that the file brings.
"""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, Literal, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from serai import __version__
from serai.site.backup.errors import DamagedBackup, NewerBackup, NotABackup
from serai.site.backup.progress import Progress, by_tenths
from serai.site.home import Identity, Realm

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
NODE: Final = "node.json"
STORES: Final = {"sqlite": "store.sqlite3", "postgresql": "store.pgdump"}
_NAMES: Final = {MANIFEST, NODE, *STORES.values()}
_LARGEST_TEXT_BYTES: Final = 64 * 1024  # of a manifest or an identity
_CHUNK_BYTES: Final = 1024 * 1024
_BLOCK_BYTES: Final = tarfile.BLOCKSIZE
_M = TypeVar("_M", bound=BaseModel)


class Part(BaseModel):
    """What a member must be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class _Maker(BaseModel):
    """What a manifest of any format says."""

    format: int
    software: str = Field(max_length=40)


class Manifest(BaseModel):
    """What a backup says of itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = FORMAT
    code: str = Field(pattern=r"^[A-Z]{2,3}$")
    realm: Realm
    node_id: UUID
    created_at: AwareDatetime
    made_at: AwareDatetime
    software: str = Field(max_length=40)
    vendor: Literal["sqlite", "postgresql"]
    parts: dict[str, Part]

    @property
    def store(self) -> str:
        """The name of the member that holds the store."""
        return STORES[self.vendor]

    @property
    def identity(self) -> Identity:
        """Who the node is."""
        return Identity(
            code=self.code,
            realm=self.realm,
            node_id=str(self.node_id),
            created_at=self.created_at.isoformat(timespec="seconds"),
        )


def write_archive(file: BinaryIO, *, identity: Identity, vendor: str, store: Path, made_at: datetime) -> Manifest:
    """Write a backup and make it durable; return its manifest."""
    node = dump_identity(identity)
    with store.open("rb") as content:
        parts = {
            NODE: Part(size=len(node), sha256=hashlib.sha256(node).hexdigest()),
            STORES[vendor]: Part(size=store.stat().st_size, sha256=hashlib.file_digest(content, "sha256").hexdigest()),
        }
        about = {"made_at": made_at, "software": __version__, "vendor": vendor, "parts": parts}
        manifest = Manifest.model_validate(asdict(identity) | about)
        content.seek(0)
        with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as tar:
            _add(tar, MANIFEST, io.BytesIO(manifest.model_dump_json(indent=1).encode()), made_at)
            _add(tar, NODE, io.BytesIO(node), made_at)
            _add(tar, manifest.store, content, made_at)
    file.flush()
    os.fsync(file.fileno())
    return manifest


def dump_identity(identity: Identity) -> bytes:
    """Return the content of a `node.json`."""
    return (json.dumps(asdict(identity), indent=1) + "\n").encode()


def _add(tar: tarfile.TarFile, name: str, content: BinaryIO, made_at: datetime) -> None:
    header = tarfile.TarInfo(name)
    header.size = content.seek(0, io.SEEK_END)
    header.mode = 0o600
    header.mtime = int(made_at.timestamp())
    content.seek(0)
    tar.addfile(header, content)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a member's content lies in the file, in bytes."""

    offset: int
    size: int


class Archive:
    """A backup opened for reading. Its form is sound from the start; its content once `verify` returned."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self.path = path
        self._places = _find_places(file, path)
        self.manifest = self._read_manifest()
        self._check_parts()

    def verify(self, progress: Progress) -> None:
        """Read every member; raise DamagedBackup when one is not what the manifest says."""
        for name in self.manifest.parts:
            self._read(name, lambda _: None, by_tenths(progress, f"Verifying {name}"))
        if self._text(NODE) != dump_identity(self.manifest.identity):
            raise NotABackup(file=self.path, reason="its node.json and its manifest name different nodes")

    def extract_store(self, target: Path, progress: Progress) -> None:
        """Write the store to a new private file, durably; what is written has been verified."""
        handle = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as output:
            self._read(self.manifest.store, output.write, by_tenths(progress, "Extracting the store"))
            output.flush()
            os.fsync(output.fileno())

    def _read(self, name: str, take: Callable[[bytes], object], tell: Callable[[int, int], None]) -> None:
        place, digest, done = self._places[name], hashlib.sha256(), 0
        self._file.seek(place.offset)
        while chunk := self._file.read(min(_CHUNK_BYTES, place.size - done)):
            digest.update(chunk)
            take(chunk)
            done += len(chunk)
            tell(done, place.size)
        if digest.hexdigest() != self.manifest.parts[name].sha256:
            raise DamagedBackup(file=self.path, reason=f"the content of {name} is not what was written")

    def _read_manifest(self) -> Manifest:
        if MANIFEST not in self._places:
            raise NotABackup(file=self.path, reason=f"it holds no {MANIFEST}")
        text = self._text(MANIFEST)
        maker = self._parse(_Maker, text)
        if maker.format > FORMAT or _numbers(maker.software) > _numbers(__version__):
            raise NewerBackup(file=self.path, made_by=f"Serai {maker.software}", running=f"Serai {__version__}")
        return self._parse(Manifest, text)

    def _parse(self, form: type[_M], text: bytes) -> _M:
        try:
            return form.model_validate_json(text)
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(str(part) for part in fault["loc"])
            reason = f"its manifest does not fit{f' at {where}' if where else ''} ({fault['msg'].lower()})"
            raise NotABackup(file=self.path, reason=reason) from None

    def _text(self, name: str) -> bytes:
        place = self._places[name]
        if place.size > _LARGEST_TEXT_BYTES:
            raise NotABackup(file=self.path, reason=f"its {name} is larger than {_LARGEST_TEXT_BYTES // 1024} kB")
        self._file.seek(place.offset)
        return self._file.read(place.size)

    def _check_parts(self) -> None:
        wanted = {NODE, self.manifest.store}
        if set(self.manifest.parts) != wanted or set(self._places) != {MANIFEST, *wanted}:
            raise NotABackup(file=self.path, reason="its members are not those of its manifest")
        for name, part in self.manifest.parts.items():
            if part.size != self._places[name].size:
                raise DamagedBackup(file=self.path, reason=f"{name} has another size than was written")


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a backup; raise NotABackup, DamagedBackup or NewerBackup when it cannot be one of ours."""
    with path.open("rb") as file:
        yield Archive(file, path)


def _find_places(file: BinaryIO, path: Path) -> Mapping[str, _Place]:
    """Walk the tar's headers. Only plain files under known names pass: no links, no folders, no holes, no extensions.

    Not left to `tarfile`, which follows what the headers say: long names into memory, sizes of holes, links.
    """
    end = os.fstat(file.fileno()).st_size
    places: dict[str, _Place] = {}
    offset = 0
    while (header := _read_header(file, path, offset)) is not None:
        _check_plain(header, path)
        if header.name in places:
            raise NotABackup(file=path, reason=f"it holds {header.name} twice")
        places[header.name] = _Place(offset=offset + _BLOCK_BYTES, size=header.size)
        offset += _BLOCK_BYTES + -(-header.size // _BLOCK_BYTES) * _BLOCK_BYTES
        if offset > end:
            raise DamagedBackup(file=path, reason=f"it ends in the middle of {header.name}")
    return places


def _read_header(file: BinaryIO, path: Path, offset: int) -> tarfile.TarInfo | None:
    file.seek(offset)
    try:
        return tarfile.TarInfo.frombuf(file.read(_BLOCK_BYTES), "utf-8", "surrogateescape")
    except tarfile.EOFHeaderError:  # type: ignore[attr-defined]  # public, but not in the stubs
        return None
    except tarfile.HeaderError:
        if offset == 0:
            raise NotABackup(file=path, reason="it is no tar file") from None
        raise DamagedBackup(file=path, reason="it ends too early") from None


def _check_plain(header: tarfile.TarInfo, path: Path) -> None:
    if header.type != tarfile.REGTYPE or header.size < 0:
        raise NotABackup(file=path, reason=f"it holds {header.name!r}, which is not a plain file")
    if header.name not in _NAMES:
        raise NotABackup(file=path, reason=f"it holds {header.name!r}, which no backup holds")


def _numbers(version: str) -> list[int]:
    """Return the numbers of a version, to compare by.

    >>> _numbers("0.10.2") > _numbers("0.9.11")
    True
    >>> _numbers("unknown")
    []
    """
    return [int(number) for number in re.findall(r"\d+", version)[:3]]
