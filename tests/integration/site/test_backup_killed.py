"""SIGKILL at any moment: a restore leaves the old or the new store, whole; a backup leaves no half file."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from serai.site.home import NodeHome
from tests.killing import RANDOM_ROUNDS
from tests.running import environment_of, store_of

BALLAST_BYTES = 4_000_000
ROOT = Path(__file__).parents[3]


def kill_again_and_again(what: str, home: NodeHome, file: Path) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.killing", what, str(file)],
        env=environment_of(home.folder),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def fill(home: NodeHome) -> None:
    with store_of(home) as store:
        store.execute("CREATE TABLE test_ballast (data)")
        store.execute("INSERT INTO test_ballast VALUES (randomblob(?))", [BALLAST_BYTES])
        store.execute("CREATE TABLE test_note (text)")
        store.execute("INSERT INTO test_note VALUES ('new')")


def test_killed_restore_leaves_the_old_or_the_new_store_whole(home: NodeHome, tmp_path: Path) -> None:
    fill(home)
    backup = [sys.executable, "-m", "serai.site.cli", "node", "backup", str(tmp_path / "b.tar")]
    subprocess.run(backup, env=environment_of(home.folder), check=True, stdout=subprocess.DEVNULL)
    with store_of(home) as store:
        store.execute("UPDATE test_note SET text = 'old'")

    rounds = kill_again_and_again("restore", home, tmp_path / "b.tar")

    assert [found for found in rounds if found["check"] != "ok" or found["faults"]] == []
    assert {found["content"] for found in rounds} == {"old", "new"}
    assert [found["content"] for found in rounds if found["at"] == "end"] == ["new", "new"]
    steps = [found["content"] for found in rounds if found["at"].startswith("step")]
    assert steps == sorted(steps, reverse=True)  # once new, it stays new
    assert len(steps) > 8
    assert len(rounds) == len(steps) + 2 + RANDOM_ROUNDS
    assert any(found["left"] for found in rounds)  # and is found, to be deleted
    assert not rounds[len(steps)]["left"]  # the next restore clears it away


def test_killed_backup_leaves_no_half_file(home: NodeHome, tmp_path: Path) -> None:
    fill(home)

    rounds = kill_again_and_again("backup", home, home.backups / "b.tar")

    assert {found["exists"] for found in rounds} == {False, True}
    assert [found["exists"] for found in rounds if found["at"] == "end"] == [True, True]
    seen = 0
    for found in rounds:
        assert found["recorded"] >= seen + found["exists"], "a backup lies there that nobody recorded"
        seen = found["recorded"]
    assert rounds[0]["left"] < rounds[-1]["left"]
