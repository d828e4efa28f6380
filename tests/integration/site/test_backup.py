"""Backup and restore with the real command: what comes back, what is recorded, what is refused."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from serai.kernel.ports import free_port
from serai.site.backup import sqlite
from serai.site.backup.archive import open_archive
from serai.site.backup.drafts import check_space, draft_file, find_leftovers, publish
from serai.site.backup.errors import FileTaken, NoSpace
from serai.site.home import NodeHome, Realm
from tests.running import Running, environment_of, store_of

Serai = Callable[..., "subprocess.CompletedProcess[str]"]


def add_note(home: NodeHome, text: str) -> None:
    """Put something into the store that a restore brings back or takes away."""
    with store_of(home) as store:
        store.execute("CREATE TABLE IF NOT EXISTS test_note (text)")
        store.execute("DELETE FROM test_note")
        store.execute("INSERT INTO test_note VALUES (?)", [text])


def read_note(home: NodeHome) -> str:
    with store_of(home) as store:
        return str(store.execute("SELECT text FROM test_note").fetchone()[0])


def read_actions(home: NodeHome) -> list[str]:
    with store_of(home) as store:
        return [row[0] for row in store.execute("SELECT action FROM kernel_auditrow ORDER BY id")]


def test_a_running_node_is_backed_up_but_not_restored(running_node: Running, tmp_path: Path, serai: Serai) -> None:
    folder, file = str(running_node.home.folder), tmp_path / "b.tar"

    made = serai("node", "backup", str(file), "--json", SERAI_HOME=folder)
    refused = serai("node", "restore", "--yes", str(file), SERAI_HOME=folder)

    assert json.loads(made.stdout) == {"file": str(file), "bytes": file.stat().st_size}
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "is running. Stop it first" in refused.stderr
    assert running_node.get("/health/ready")[0] == 200


def test_backup_holds_the_store_and_no_key(home: NodeHome, serai: Serai) -> None:
    add_note(home, "as it was")

    made = serai("node", "backup")

    [file] = home.backups.iterdir()
    assert made.returncode == 0
    assert file.name.startswith("SEC-2")
    assert file.stat().st_mode & 0o777 == 0o600
    assert home.read_secret().encode() not in file.read_bytes()
    with open_archive(file) as archive:
        archive.verify(lambda _: None)
        assert archive.manifest.identity == home.read_identity()
    assert read_actions(home)[-1] == "node:backup:make"


def test_backup_overwrites_nothing(home: NodeHome, serai: Serai, tmp_path: Path) -> None:
    file = tmp_path / "precious.tar"
    file.write_text("something else")

    refused = serai("node", "backup", str(file))

    assert refused.returncode == 1
    assert f"{file} exists already" in refused.stderr
    assert file.read_text() == "something else"
    assert "node:backup:make" not in read_actions(home)


def test_restore_brings_back_what_was_and_keeps_the_former_store(home: NodeHome, serai: Serai, tmp_path: Path) -> None:
    add_note(home, "first")
    serai("node", "backup", str(tmp_path / "b.tar"))
    add_note(home, "second")
    with store_of(home) as store:
        size, root = store.execute("SELECT size, root FROM kernel_logcheckpoint ORDER BY size DESC").fetchone()

    restored = serai("node", "restore", "--yes", str(tmp_path / "b.tar"))

    assert restored.returncode == 0, restored.stderr
    assert f"the former store is kept in {home.stores / '0001'}" in restored.stdout
    assert read_note(home) == "first"
    with closing(sqlite3.connect(home.stores / "0001" / "serai.sqlite3")) as former:
        assert former.execute("SELECT text FROM test_note").fetchone() == ("second",)
    with store_of(home) as store:
        action, details = store.execute("SELECT action, details FROM kernel_auditrow ORDER BY id DESC").fetchone()
    assert action == "node:backup:restore"
    assert json.loads(details)["replaced_checkpoint"] == f"{size}:{root.hex()}"
    assert find_leftovers(home) == []
    assert serai("audit", "verify").returncode == 0


def test_restore_into_an_empty_folder_makes_the_node_with_a_key_of_its_own(
    home: NodeHome, serai: Serai, tmp_path: Path
) -> None:
    add_note(home, "moved")
    serai("node", "backup", str(tmp_path / "b.tar"))
    other = NodeHome(tmp_path / "other")

    restored = serai("node", "restore", str(tmp_path / "b.tar"), SERAI_HOME=str(other.folder))

    assert restored.returncode == 0, restored.stderr
    assert other.read_identity() == home.read_identity()
    assert other.read_secret() != home.read_secret()
    assert read_note(other) == "moved"
    assert serai("audit", "verify", SERAI_HOME=str(other.folder)).returncode == 0


def test_a_node_restored_elsewhere_starts_only_with_its_own_keys(home: NodeHome, serai: Serai, tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "b.tar", tmp_path / "elsewhere"
    assert serai("node", "backup", str(file)).returncode == 0
    assert serai("node", "restore", "--yes", str(file), SERAI_HOME=str(elsewhere)).returncode == 0

    without = serai("node", "run", "--port", str(free_port()), SERAI_HOME=str(elsewhere))
    shutil.copytree(home.folder / "keys", elsewhere / "keys")
    shown = serai("exchange", "fingerprint", SERAI_HOME=str(elsewhere))

    assert without.returncode == 1
    assert without.stderr.count("\n") == 1
    assert "[no_keys]" in without.stderr
    assert shown.stdout == serai("exchange", "fingerprint").stdout != ""


def test_restore_mends_a_store_that_is_broken(home: NodeHome, serai: Serai, tmp_path: Path) -> None:
    add_note(home, "good")
    serai("node", "backup", str(tmp_path / "b.tar"))
    home.database.write_bytes(b"no database at all" * 1000)

    restored = serai("node", "restore", "--yes", str(tmp_path / "b.tar"))

    assert restored.returncode == 0, restored.stderr
    assert read_note(home) == "good"


_UNDO_LAST_MIGRATION = """
from serai.site.start import start_django
start_django()
from django.core.management import call_command
call_command("migrate", "register", "0001", verbosity=0)
"""


def test_the_backup_of_older_software_is_migrated(home: NodeHome, serai: Serai, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", _UNDO_LAST_MIGRATION], env=environment_of(home.folder), check=True)
    serai("node", "backup", str(tmp_path / "b.tar"))

    restored = serai("node", "restore", "--yes", str(tmp_path / "b.tar"))

    assert restored.returncode == 0, restored.stderr
    with store_of(home) as store:
        tables = {row[0] for row in store.execute("SELECT name FROM sqlite_schema")}
    assert "register_entry_search" in tables


def test_a_damaged_store_is_not_backed_up(home: NodeHome, serai: Serai, tmp_path: Path) -> None:
    with store_of(home) as store:
        store.execute("CREATE TABLE test_ballast (data)")
        store.executemany("INSERT INTO test_ballast VALUES (?)", [["x" * 900]] * 100)
    with home.database.open("r+b") as file:
        file.seek(-20_000, 2)
        file.write(b"\xff" * 8192)

    refused = serai("node", "backup", str(tmp_path / "b.tar"))

    assert refused.returncode == 1
    assert "The store itself is damaged" in refused.stderr
    assert not (tmp_path / "b.tar").exists()
    assert find_leftovers(home) == []


def test_backup_of_a_node_without_tables_is_a_sentence(serai: Serai, tmp_path: Path) -> None:
    NodeHome(tmp_path / "node").init(code="SEC", realm=Realm.SERVICE)  # an init that was interrupted leaves no store

    refused = serai("node", "backup")

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "[needs_setup]" in refused.stderr


def test_copy_is_of_one_moment_while_others_write(
    home: NodeHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_note(home, "at the start")
    with store_of(home) as store:
        store.execute("PRAGMA journal_mode=WAL")
        store.execute("CREATE TABLE test_ballast (data)")
        store.executemany("INSERT INTO test_ballast VALUES (?)", [["x" * 900]] * 1000)
    monkeypatch.setattr(sqlite, "_PAGES", 50)
    steps = []

    def write_meanwhile(step: str) -> None:
        steps.append(step)
        add_note(home, f"written after {step}")

    sqlite.copy_store(home.database, tmp_path / "copy", write_meanwhile)

    with closing(sqlite3.connect(tmp_path / "copy")) as copy:
        assert copy.execute("SELECT text FROM test_note").fetchone() == ("at the start",)
    assert len(steps) > 5
    assert sqlite.find_damage(tmp_path / "copy") == ""


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "b.tar"

    with draft_file(target) as (draft, _):
        target.write_text("another's")
        with pytest.raises(FileTaken):
            publish(draft, target)

    assert [path.read_text() for path in tmp_path.iterdir()] == ["another's"]


def test_a_full_disk_is_told_before_the_work(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free

    with pytest.raises(NoSpace, match="Make room"):
        check_space(tmp_path, free)
