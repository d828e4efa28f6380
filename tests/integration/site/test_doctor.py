"""`serai node doctor` on nodes that are well, and on nodes that are broken in every way we know."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from serai.kernel import clock
from serai.kernel.ports import free_port
from serai.site.backup.drafts import draft_file, draft_folder
from serai.site.doctor import folder
from serai.site.doctor.finding import Unfit, try_check
from serai.site.home import NodeHome, NoNode, Realm, UnreadableNode
from tests.running import Running, store_of

Serai = Callable[..., "subprocess.CompletedProcess[str]"]


class Said(NamedTuple):
    """What the command found: the sentences of what is wrong by check, and the names of what is well."""

    wrong: dict[str, str]
    good: set[str]


def examine(serai: Serai, **environment: str) -> Said:
    done = serai("node", "doctor", "--json", **environment)
    assert done.stderr == ""
    findings = json.loads(done.stdout)
    said = Said(
        {f["check"]: f["sentence"] for f in findings if not f["good"]}, {f["check"] for f in findings if f["good"]}
    )
    assert done.returncode == (1 if said.wrong else 0)
    return said


def test_a_running_node_is_well(serai: Serai, running_node: Running) -> None:
    said = examine(serai, SERAI_HOME=str(running_node.home.folder))

    assert said.wrong == {}
    assert said.good == {
        "software", "node", "folder", "secret", "disk", "leftovers", "settings", "store", "sqlite", "durability", "damage",
        "migrations", "identity", "clock", "worker", "audit trail", "mail", "register", "translations", "static files",
        "keys", "passphrase", "token", "signing keys", "signed numbers", "disk faults", "peers", "stops", "evidence",
        "peer clocks",
    }  # fmt: skip


def test_no_node_is_a_sentence(serai: Serai) -> None:
    said = examine(serai)

    assert list(said.wrong) == ["node"]
    assert "serai node init" in said.wrong["node"]


def test_a_node_just_made_needs_set_up(serai: Serai, tmp_path: Path) -> None:
    NodeHome(tmp_path / "node").init(code="SEC", realm=Realm.SERVICE)  # an init that was interrupted leaves no store

    said = examine(serai)

    assert "serai node run --setup" in said.wrong["store"]
    assert "serai node run --setup" in said.wrong["static files"]
    assert not (tmp_path / "node" / "current" / "serai.sqlite3").exists()  # looking made none


def test_an_empty_store_lacks_its_tables(serai: Serai, home: NodeHome) -> None:
    home.database.write_bytes(b"")

    said = examine(serai)

    assert set(said.wrong) == {"migrations", "identity"}


def test_a_file_that_is_no_database_is_told_with_the_newest_backup(serai: Serai, home: NodeHome) -> None:
    home.database.write_bytes(b"\x00garbage" * 2000)
    (home.backups / "old.tar").touch()
    time.sleep(0.01)
    (home.backups / "new.tar").touch()

    said = examine(serai)

    assert set(said.wrong) == {"store"}
    assert f"serai node restore {home.backups / 'new.tar'}" in said.wrong["store"]


def test_a_damaged_page_is_found(serai: Serai, home: NodeHome) -> None:
    with store_of(home) as store:
        store.execute("CREATE TABLE test_ballast (data)")
        store.executemany("INSERT INTO test_ballast VALUES (?)", [["x" * 900]] * 100)
    with home.database.open("r+b") as file:
        file.seek(-20_000, 2)
        file.write(b"\xff" * 8192)

    said = examine(serai)

    assert set(said.wrong) == {"damage"}


def test_the_store_of_another_node_is_told(serai: Serai, home: NodeHome, made_node: Path) -> None:
    shutil.rmtree(home.folder)
    home.init(code="UZ", realm=Realm.SERVICE)
    shutil.copy(NodeHome(made_node).database, home.database)

    said = examine(serai)

    assert "The store belongs to node SEC" in said.wrong["identity"]


def test_a_postgresql_that_does_not_answer_is_told_without_the_password(serai: Serai, home: NodeHome) -> None:
    said = examine(serai, DATABASE_URL=f"postgres://serai:pass-word@127.0.0.1:{free_port()}/serai")

    assert set(said.wrong) == {"store"}
    assert "Check that it runs" in said.wrong["store"]
    assert "pass-word" not in said.wrong["store"]


@pytest.mark.parametrize("setting", [{"DATABASE_URL": "nonsense://x"}, {"SERAI_PROXIES": "many"}])
def test_a_setting_that_cannot_be_used_is_told(serai: Serai, home: NodeHome, setting: dict[str, str]) -> None:
    said = examine(serai, **setting)

    assert set(said.wrong) == {"settings"}


def test_findings_are_printed_for_people_too(serai: Serai) -> None:
    done = serai("node", "doctor")

    assert done.stdout.splitlines()[1].startswith("WRONG node: There is no node in")


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"code": "SEC"}', '{"code":"SEC","realm":"play","node_id":"","created_at":""}']
)
def test_an_identity_that_is_none_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "node.json").write_text(content)

    with pytest.raises(UnreadableNode, match="Put it back from a backup"):
        folder.check_node(NodeHome(tmp_path))


@pytest.fixture
def bare(tmp_path: Path) -> NodeHome:
    """A node that was only made: its folder is all there is."""
    home = NodeHome(tmp_path / "bare")
    home.init(code="SEC", realm=Realm.SERVICE)
    return home


def test_a_folder_open_to_others_is_told(bare: NodeHome) -> None:
    folder.check_folder(bare)
    bare.folder.chmod(0o750)

    with pytest.raises(Unfit, match="chmod 700"):
        folder.check_folder(bare)


def test_a_key_open_to_others_missing_or_short_is_told(bare: NodeHome) -> None:
    folder.check_secret(bare)

    bare.secret_file.chmod(0o640)
    with pytest.raises(Unfit, match="chmod 600"):
        folder.check_secret(bare)
    bare.secret_file.chmod(0o600)
    bare.secret_file.write_text("short")
    with pytest.raises(Unfit, match="too short"):
        folder.check_secret(bare)
    bare.secret_file.unlink()
    with pytest.raises(Unfit, match="makes a new one"):
        folder.check_secret(bare)


def test_a_folder_of_another_user_is_told(bare: NodeHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4242)

    with pytest.raises(Unfit, match="but you are 4242"):
        folder.check_folder(bare)


def test_a_disk_nearly_full_is_told(bare: NodeHome, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.check_disk(bare)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12, 10**9))

    with pytest.raises(Unfit, match=r"Only 0\.93 GiB are free"):
        folder.check_disk(bare)


def test_leftovers_are_named_but_work_under_way_is_not(bare: NodeHome) -> None:
    left = [bare.backups / ".b.tar.12345678.draft", bare.stores / "0002.draft", bare.folder / ".current.draft"]
    left[0].touch()
    left[1].mkdir()
    left[2].symlink_to("stores/0002")

    with draft_folder(bare.stores / "0003.draft"), draft_file(bare.backups / "c.tar") as (draft, _):
        finding = try_check("leftovers", lambda: folder.check_leftovers(bare))

    assert not finding.is_good
    assert [str(path) in finding.sentence for path in left] == [True] * 3
    assert "0003.draft" not in finding.sentence
    assert str(draft) not in finding.sentence


def test_stores_from_before_a_restore_are_named_and_no_fault(bare: NodeHome) -> None:
    for number in ("0001", "0002"):
        (bare.stores / number).mkdir(exist_ok=True)
        (bare.stores / number / "serai.sqlite3").touch()

    sentence = folder.check_leftovers(bare)

    assert "stores/0002" in sentence
    assert "stores/0001" not in sentence  # it is in use


def test_a_check_that_breaks_is_a_finding() -> None:
    finding = try_check("odd", lambda: str(1 / 0))

    assert not finding.is_good
    assert "ZeroDivisionError" in finding.sentence


def test_a_missing_node_is_told_by_its_check(tmp_path: Path) -> None:
    with pytest.raises(NoNode):
        folder.check_node(NodeHome(tmp_path))


@pytest.mark.django_db
class TestContent:
    """Checks of what the store holds, on the store of the tests; on both kinds."""

    def test_a_clock_behind_the_newest_row_is_told(self) -> None:
        from serai.site.doctor import content

        content.check_clock()
        with clock.frozen(datetime.now(UTC) - timedelta(days=1)), pytest.raises(Unfit, match="the newest audit row"):
            content.check_clock()

    def test_a_clock_before_the_software_is_told(self) -> None:
        from serai.site.doctor import content

        with clock.frozen(datetime(1970, 1, 1, tzinfo=UTC)), pytest.raises(Unfit, match="says 1970-01-01 00:00 UTC"):
            content.check_clock()

    def test_rows_that_wait_long_mean_that_no_worker_runs(self) -> None:
        from serai.kernel import audit
        from serai.site.doctor import content

        while audit.seal():
            pass
        content.check_worker()
        record()
        content.check_worker()
        with clock.frozen(datetime.now(UTC) + timedelta(seconds=11)):
            with pytest.raises(Unfit, match="1 audit rows wait"):
                content.check_worker()
            audit.seal()
            content.check_worker()

    @pytest.mark.parametrize("rows", [1, 2, 3, 4])
    def test_a_checkpoint_that_does_not_fit_is_told(self, rows: int) -> None:
        from serai.kernel import audit
        from serai.kernel.models import LogCheckpoint, LogLeaf
        from serai.site.doctor import content

        for _ in range(rows):
            record()
            audit.seal()
        newest = LogCheckpoint.objects.order_by("-size").first()
        last = LogLeaf.objects.order_by("-index").first()
        assert newest is not None
        assert last is not None
        sound = {"size": newest.size, "root": bytes(newest.root), "peaks": bytes(newest.peaks)}
        faults: list[dict[str, object]] = [
            {"root": b"\1" * 32},
            {"peaks": b""},
            {"peaks": sound["peaks"][:-1] + b"\1"},  # type: ignore[index]
            {"size": newest.size + 1},
        ]

        content.check_trail()
        assert content._is_consistent(LogCheckpoint(**sound), last)
        for fault in faults:
            assert not content._is_consistent(LogCheckpoint(**sound | fault), last), fault

    def test_a_row_changed_after_sealing_is_told(self) -> None:
        from django.db import connection

        from serai.kernel import audit
        from serai.site.doctor import content

        record()
        while audit.seal():
            pass
        with connection.cursor() as cursor:
            on = " ON kernel_auditrow" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER kernel_auditrow_update{on}")
            cursor.execute(
                "UPDATE kernel_auditrow SET subject = 'another' WHERE id = (SELECT max(id) FROM kernel_auditrow)"
            )

        with pytest.raises(Unfit, match="serai audit verify"):
            content.check_trail()

    def test_a_register_that_is_not_loaded_or_not_the_shipped_one_is_told(self) -> None:
        from serai.register.models import CatalogueVersion, EntryRevision
        from serai.site.doctor import content

        content.check_register()
        CatalogueVersion.objects.update(digest="1-0123456789")
        with pytest.raises(Unfit, match="ships another"):
            content.check_register()
        EntryRevision.objects.all().delete()
        CatalogueVersion.objects.all().delete()
        with pytest.raises(Unfit, match="serai register load"):
            content.check_register()


def record() -> None:
    from django.db import transaction

    from serai.kernel import audit
    from serai.kernel.roles import Actor

    with transaction.atomic():
        audit.record("test:thing:do", subject="thing", actor=Actor.system("tests"))
