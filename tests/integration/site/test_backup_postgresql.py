"""Backup, restore and doctor of a node on PostgreSQL, each test on databases of its own."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from serai.site.backup.archive import write_archive
from serai.site.home import NodeHome, Realm

pytestmark = pytest.mark.postgres

Serai = Callable[..., "subprocess.CompletedProcess[str]"]
_SET_UP = """
from serai.site.start import set_up_store, start_django
start_django()
set_up_store()
"""


class Databases:
    """Makes databases on the server of the tests, and drops them."""

    def __init__(self) -> None:
        given = connection.settings_dict
        password = quote(given["PASSWORD"] or "pass-word", safe="")
        self.password = given["PASSWORD"] or "pass-word"
        self.base = f"postgres://{given['USER']}:{password}@{given['HOST'] or '127.0.0.1'}:{given['PORT'] or 5432}"
        self.made: list[str] = []

    def make(self, *, ctype: str = "C.UTF-8") -> str:
        """Return the URL of a new database."""
        name = f"serai_{uuid.uuid4().hex[:12]}"
        statement = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE {} LC_CTYPE {}"
        self._run(sql.SQL(statement).format(sql.Identifier(name), ctype, ctype))
        self.made.append(name)
        return f"{self.base}/{name}"

    def drop(self) -> None:
        for name in self.made:
            self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(f"{self.base}/postgres", autocommit=True) as server:
            server.execute(statement)


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    made = Databases()
    yield made
    made.drop()


class Node:
    """A node that is set up in a database of its own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.home, self.url = NodeHome(folder), url
        self.home.init(code="KZ", realm=Realm.SERVICE)
        environment = os.environ | {"SERAI_HOME": str(folder), "DATABASE_URL": url}
        subprocess.run([sys.executable, "-c", _SET_UP], env=environment, check=True)

    def ask(self, question: str, *values: object) -> list[str]:
        with psycopg.connect(self.url, autocommit=True) as store:
            cursor = store.execute(question.encode(), values)
            return [str(row[0]) for row in cursor.fetchall()] if cursor.description else []


@pytest.fixture
def node(databases: Databases, tmp_path: Path) -> Node:
    return Node(tmp_path / "node", databases.make())


ACTIONS = "SELECT action FROM kernel_auditrow ORDER BY id"


def add_term(node: Node, term: str) -> None:
    node.ask("INSERT INTO kernel_searchterm (index, term, documents) VALUES ('test', %s, 1)", term)


def terms(node: Node) -> list[str]:
    return node.ask("SELECT term FROM kernel_searchterm WHERE index = 'test' ORDER BY id")


def test_restore_brings_back_what_was(node: Node, serai: Serai, tmp_path: Path) -> None:
    add_term(node, "first")

    made = serai("node", "backup", str(tmp_path / "b.tar"), DATABASE_URL=node.url)
    add_term(node, "second")
    restored = serai("node", "restore", "--yes", str(tmp_path / "b.tar"), DATABASE_URL=node.url)

    assert (made.returncode, restored.returncode) == (0, 0), made.stderr + restored.stderr
    assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600
    assert terms(node) == ["first"]
    assert node.ask(ACTIONS) == ["node:identity:init", "node:backup:restore"]
    assert not list(node.home.backups.iterdir())
    assert serai("audit", "verify", DATABASE_URL=node.url).returncode == 0


def test_restore_moves_a_node_to_an_empty_database(
    node: Node, serai: Serai, databases: Databases, tmp_path: Path
) -> None:
    serai("node", "backup", str(tmp_path / "b.tar"), DATABASE_URL=node.url)
    add_term(node, "later")
    other = NodeHome(tmp_path / "other")
    where = {"DATABASE_URL": databases.make(), "SERAI_HOME": str(other.folder)}

    restored = serai("node", "restore", str(tmp_path / "b.tar"), **where)

    assert restored.returncode == 0, restored.stderr
    assert other.read_identity() == node.home.read_identity()
    assert terms(node) == ["later"]
    assert serai("audit", "verify", **where).returncode == 0


def test_a_restore_that_breaks_half_way_changes_nothing(node: Node, serai: Serai, tmp_path: Path) -> None:
    add_term(node, "x" * 90)
    dump = tmp_path / "dump"
    subprocess.run(["pg_dump", "--format=custom", f"--file={dump}", "--dbname", node.url], check=True)
    content = dump.read_bytes()
    dump.write_bytes(content[: content.rindex(b"\x78\x9c") + 1])  # the last compressed block is cut off
    with (tmp_path / "b.tar").open("wb") as output:
        identity, made_at = node.home.read_identity(), datetime.now(UTC)
        write_archive(output, identity=identity, vendor="postgresql", store=dump, made_at=made_at)
    add_term(node, "kept")

    refused = serai("node", "restore", "--yes", str(tmp_path / "b.tar"), DATABASE_URL=node.url)

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "the database is as before" in refused.stderr
    assert terms(node) == ["x" * 90, "kept"]


def test_the_password_is_on_no_command_line(
    node: Node, serai: Serai, databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tool in ("pg_dump", "pg_restore"):
        shim = tmp_path / "bin" / tool
        shim.parent.mkdir(exist_ok=True)
        shim.write_text(f'#!/bin/sh\necho "$0 $@" >> {tmp_path}/seen\nPATH=$BEHIND exec {tool} "$@"\n')
        shim.chmod(0o700)
    path = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "BEHIND": os.environ["PATH"]}

    made = serai("node", "backup", str(tmp_path / "b.tar"), DATABASE_URL=node.url, **path)
    restored = serai("node", "restore", "--yes", str(tmp_path / "b.tar"), DATABASE_URL=node.url, **path)

    seen = (tmp_path / "seen").read_text()
    assert (made.returncode, restored.returncode) == (0, 0), made.stderr + restored.stderr
    assert "--single-transaction" in seen
    assert databases.password not in seen


def test_a_missing_program_is_told(node: Node, serai: Serai) -> None:
    refused = serai("node", "backup", DATABASE_URL=node.url, PATH="/nowhere")

    assert refused.returncode == 1
    assert "apt-get install postgresql-client" in refused.stderr


def test_the_database_of_another_node_or_one_in_use_is_refused(node: Node, serai: Serai, tmp_path: Path) -> None:
    file = str(tmp_path / "b.tar")
    serai("node", "backup", file, DATABASE_URL=node.url)

    with psycopg.connect(node.url):
        held = serai("node", "restore", "--yes", file, DATABASE_URL=node.url)
    node.ask("CREATE TABLE later (x int)")
    more = serai("node", "restore", "--yes", file, DATABASE_URL=node.url)
    node.ask("DROP TABLE later")
    node.ask("DROP TRIGGER kernel_nodeidentity_update ON kernel_nodeidentity")
    node.ask("UPDATE kernel_nodeidentity SET node_id = gen_random_uuid()")
    foreign = serai("node", "restore", "--yes", file, DATABASE_URL=node.url)

    assert "[store_held]" in held.stderr
    assert "later" in more.stderr
    assert "[store_holds_more]" in more.stderr
    assert "[wrong_store]" in foreign.stderr
    assert [done.returncode for done in (held, more, foreign)] == [1, 1, 1]


def test_doctor_finds_a_good_database_good(node: Node, serai: Serai) -> None:
    findings = json.loads(serai("node", "doctor", "--json", DATABASE_URL=node.url).stdout)

    good = {finding["check"] for finding in findings if finding["good"]}
    assert good >= {"store", "postgresql", "encoding", "server clock", "migrations", "identity", "audit trail"}


def test_doctor_complains_of_a_ctype_without_letters(serai: Serai, databases: Databases, tmp_path: Path) -> None:
    NodeHome(tmp_path / "node").init(code="KZ", realm=Realm.SERVICE)

    findings = json.loads(serai("node", "doctor", "--json", DATABASE_URL=databases.make(ctype="C")).stdout)

    [encoding] = [finding for finding in findings if finding["check"] == "encoding"]
    assert not encoding["good"]
    assert "LC_CTYPE C:" in encoding["sentence"]
    assert "CREATE DATABASE" in encoding["sentence"]
