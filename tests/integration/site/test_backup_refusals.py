"""Files that no restore may take: each is refused with a sentence before anything is made or changed."""

import io
import json
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from serai.site.backup.archive import MANIFEST, NODE, write_archive
from serai.site.backup.errors import (
    BadBackup,
    DamagedBackup,
    ForeignBackup,
    NewerBackup,
    NotABackup,
    OtherStore,
)
from serai.site.backup.restore import restore_backup
from serai.site.home import NodeBusy, NodeHome, Realm

Members = list[tuple[tarfile.TarInfo, bytes]]
Change = Callable[[Members], Members]
STORE = "store.sqlite3"


@pytest.fixture(autouse=True)
def _on_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup that is sound in form; its store need not be one, for nothing here gets so far as to open it."""
    home = NodeHome(tmp_path / "source")
    home.init(code="KZ", realm=Realm.SERVICE)
    store = tmp_path / "store"
    store.write_bytes(bytes(range(256)) * 400)
    file = tmp_path / "b.tar"
    with file.open("wb") as output:
        write_archive(
            output,
            identity=home.read_identity(),
            vendor="sqlite",
            store=store,
            made_at=datetime(2026, 7, 1, tzinfo=UTC),
        )
    return file


def refuse(file: Path, home: NodeHome, error: type[Exception]) -> str:
    """Return the sentence of the refusal; the node's folder must be as it was."""
    before = snapshot(home)
    with pytest.raises(error) as caught:
        restore_backup(home, file, progress=lambda _: None)
    assert snapshot(home) == before
    return str(caught.value)


def snapshot(home: NodeHome) -> dict[str, bytes]:
    files = (path for path in home.folder.rglob("*") if path.is_file() and path.name != "node.lock")
    return {str(path): path.read_bytes() for path in files}


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[NodeHome]:
    home = NodeHome(tmp_path / "empty")
    yield home
    assert not home.folder.exists()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated_file_is_refused(backup: Path, empty: NodeHome, share: float) -> None:
    content = backup.read_bytes()
    backup.write_bytes(content[: int(len(content) * share)])

    assert "b.tar is damaged" in refuse(backup, empty, DamagedBackup)


def test_file_without_its_end_is_refused(backup: Path, empty: NodeHome) -> None:
    content = backup.read_bytes().rstrip(b"\0")
    backup.write_bytes(content + b"\0" * (-len(content) % 512))

    assert "ends too early" in refuse(backup, empty, DamagedBackup)


@pytest.mark.parametrize("member", [NODE, STORE])
def test_one_changed_byte_is_refused(backup: Path, empty: NodeHome, member: str) -> None:
    with tarfile.open(backup) as tar:
        offset = tar.getmember(member).offset_data + 40
    content = bytearray(backup.read_bytes())
    content[offset] ^= 1
    backup.write_bytes(content)

    assert f"the content of {member} is not what was written" in refuse(backup, empty, DamagedBackup)


@pytest.mark.parametrize("content", [b"", b"text", b"\x89PNG\r\n" * 400, b"\0" * 10240, b"PK\x03\x04" * 200])
def test_something_else_is_refused(tmp_path: Path, empty: NodeHome, content: bytes) -> None:
    (tmp_path / "else.tar").write_bytes(content)

    assert "is not a backup of a Serai node" in refuse(tmp_path / "else.tar", empty, NotABackup)


def plain(name: str, content: bytes = b"x") -> tuple[tarfile.TarInfo, bytes]:
    header = tarfile.TarInfo(name)
    header.size = len(content)
    return header, content


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    header = tarfile.TarInfo(name)
    header.type, header.linkname = kind, target
    return header, b""


def rewrite(file: Path, change: Change, *, form: int = tarfile.GNU_FORMAT) -> None:
    """Write the tar anew with other members."""
    with tarfile.open(file) as tar:
        members = [plain(item.name, tar.extractfile(item).read()) for item in tar]  # type: ignore[union-attr]
    with tarfile.open(file, "w", format=form) as tar:
        for header, content in change(members):
            tar.addfile(header, io.BytesIO(content))


@pytest.mark.parametrize(
    "extra",
    [
        plain("/etc/cron.d/evil"),
        plain("../../evil"),
        plain("extra.txt"),
        plain(NODE),
        plain("n" * 200),
        special("link", tarfile.SYMTYPE, "/etc/passwd"),
        special(STORE, tarfile.SYMTYPE, "/etc/passwd"),
        special(STORE, tarfile.LNKTYPE, NODE),
        special("store.sqlite3", tarfile.DIRTYPE),
        special(STORE, tarfile.FIFOTYPE),
        special(STORE, tarfile.CHRTYPE),
    ],
    ids=lambda extra: f"{extra[0].type.decode()}-{extra[0].name[:20]}",
)
@pytest.mark.parametrize("position", [0, 3])
def test_a_member_that_does_not_belong_is_refused(
    backup: Path, empty: NodeHome, extra: tuple[tarfile.TarInfo, bytes], position: int
) -> None:
    rewrite(backup, lambda members: [*members[:position], extra, *members[position:]])

    assert "it holds" in refuse(backup, empty, NotABackup)


def test_a_link_in_place_of_the_store_is_refused(backup: Path, empty: NodeHome) -> None:
    rewrite(backup, lambda members: [*members[:2], special(STORE, tarfile.SYMTYPE, "/etc/passwd")])

    assert "not a plain file" in refuse(backup, empty, NotABackup)


def test_headers_that_extend_others_are_refused(backup: Path, empty: NodeHome) -> None:
    def add_note(members: Members) -> Members:
        members[0][0].pax_headers = {"comment": "x" * 5000}
        return members

    rewrite(backup, add_note, form=tarfile.PAX_FORMAT)

    assert "not a plain file" in refuse(backup, empty, NotABackup)


@pytest.mark.parametrize("missing", [MANIFEST, NODE, STORE])
def test_a_missing_member_is_refused(backup: Path, empty: NodeHome, missing: str) -> None:
    rewrite(backup, lambda members: [member for member in members if member[0].name != missing])

    refuse(backup, empty, NotABackup)


def edit(file: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what the manifest says."""

    def apply(members: Members) -> Members:
        manifest = json.loads(members[0][1])
        change(manifest)
        return [plain(MANIFEST, json.dumps(manifest).encode()), *members[1:]]

    rewrite(file, apply)


@pytest.mark.parametrize(
    "change",
    [{"format": 2}, {"format": 9, "parts": None}, {"software": "99.0.0"}],
    ids=["format", "unknown format", "software"],
)
def test_newer_backup_is_refused(backup: Path, empty: NodeHome, change: dict[str, Any]) -> None:
    edit(backup, lambda manifest: manifest.update(change))

    assert "Update the software first" in refuse(backup, empty, NewerBackup)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 0},
        {"format": "one"},
        {"code": "../x"},
        {"realm": "play"},
        {"node_id": "1"},
        {"made_at": "yesterday"},
        {"made_at": "2026-07-01T00:00:00"},
        {"vendor": "oracle"},
        {"parts": {}},
        {"parts": {"a": {"size": 1, "sha256": "0" * 64}}},
        {"more": 1},
    ],
    ids=str,
)
def test_manifest_that_does_not_fit_is_refused(backup: Path, empty: NodeHome, change: dict[str, Any]) -> None:
    edit(backup, lambda manifest: manifest.update(change))

    refuse(backup, empty, NotABackup)


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 60_000, b'{"format": 1' + b" " * 70_000 + b"}"],
    ids=["empty", "cut", "list", "null", "no utf-8", "deep", "large"],
)
def test_manifest_that_is_none_is_refused(backup: Path, empty: NodeHome, text: bytes) -> None:
    rewrite(backup, lambda members: [plain(MANIFEST, text), *members[1:]])

    refuse(backup, empty, NotABackup)


def test_a_size_that_differs_is_refused(backup: Path, empty: NodeHome) -> None:
    edit(backup, lambda manifest: manifest["parts"][STORE].update(size=1))

    refuse(backup, empty, DamagedBackup)


def test_a_manifest_that_names_another_node_than_node_json_is_refused(backup: Path, empty: NodeHome) -> None:
    edit(backup, lambda manifest: manifest.update(code="UZ"))

    assert "different nodes" in refuse(backup, empty, NotABackup)


@pytest.mark.parametrize(("code", "realm"), [("UZ", Realm.SERVICE), ("KZ", Realm.SERVICE), ("KZ", Realm.TRAINING)])
def test_the_backup_of_another_node_is_refused(backup: Path, tmp_path: Path, code: str, realm: Realm) -> None:
    home = NodeHome(tmp_path / "other")
    home.init(code=code, realm=realm)

    sentence = refuse(backup, home, ForeignBackup)

    assert "is a backup of node KZ (service" in sentence
    assert f"is node {code} ({realm}" in sentence


def test_a_node_that_is_in_use_is_not_restored(backup: Path, tmp_path: Path) -> None:
    home = NodeHome(tmp_path / "source")

    with home.in_use():
        assert "Stop it first" in refuse(backup, home, NodeBusy)


def test_a_store_of_the_other_kind_is_refused(backup: Path, empty: NodeHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://127.0.0.1:1/none")

    assert "holds a store of kind sqlite" in refuse(backup, empty, OtherStore)


def test_every_refusal_names_the_file(backup: Path, empty: NodeHome) -> None:
    backup.write_bytes(b"")

    assert str(backup) in refuse(backup, empty, BadBackup)
