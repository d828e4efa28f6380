"""Backup, restore and doctor of a node on PostgreSQL, each test on databases of its own."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import LiteralString
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from serai.site.backup.archive import write_archive
from serai.site.home import NodeHome, Realm
from tests.running import SERAI, until

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
        self.base = f"postgres://{given['USER']}:{password}@{given['HOST'] or '127.0.0.1'}:{given['PORT'] or 5432}"
        self.made: list[str] = []

    def make(self, *, ctype: str = "C.UTF-8") -> str:
        """Return the URL of a new database."""
        statement = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE {} LC_CTYPE {}"
        return self._make(statement, sql.Literal(ctype), sql.Literal(ctype))

    def copy(self, url: str) -> str:
        """Return the URL of a new database that holds what another does."""
        return self._make("CREATE DATABASE {} TEMPLATE {}", sql.Identifier(url.rpartition("/")[2]))

    def _make(self, statement: LiteralString, *parts: sql.Composable) -> str:
        self.made.append(f"serai_{uuid.uuid4().hex[:12]}")
        self._run(sql.SQL(statement).format(sql.Identifier(self.made[-1]), *parts))
        return f"{self.base}/{self.made[-1]}"

    def connections(self, url: str) -> list[str]:
        """Return the names of the programs that are connected; asked from beside, so as not to be one."""
        question = "SELECT application_name FROM pg_stat_activity WHERE datname = %s"
        with psycopg.connect(f"{self.base}/postgres") as server:
            return [row[0] for row in server.execute(question, [url.rpartition("/")[2]])]

    def drop(self) -> None:
        for name in self.made:
            self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(f"{self.base}/postgres", autocommit=True) as server:
            server.execute(statement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node that is set up in a database of its own."""

    home: NodeHome
    url: str

    def ask(self, question: str, *values: object) -> list[str]:
        with psycopg.connect(self.url, autocommit=True) as store:
            cursor = store.execute(question.encode(), values)
            return [str(row[0]) for row in cursor.fetchall()] if cursor.description else []


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    made = Databases()
    yield made
    made.drop()


@pytest.fixture(scope="module")
def made_on_postgresql(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Node:
    """A node with tables, to copy from."""
    node = Node(home=NodeHome(tmp_path_factory.mktemp("made-pg") / "node"), url=databases.make())
    node.home.init(code="KZ", realm=Realm.SERVICE)
    subprocess.run([sys.executable, "-c", _SET_UP], env=environment_of(node), check=True)
    return node


@pytest.fixture
def node(databases: Databases, made_on_postgresql: Node, tmp_path: Path) -> Node:
    shutil.copytree(made_on_postgresql.home.folder, tmp_path / "node", symlinks=True)
    return Node(home=NodeHome(tmp_path / "node"), url=databases.copy(made_on_postgresql.url))


def environment_of(node: Node) -> dict[str, str]:
    return os.environ | {"SERAI_HOME": str(node.home.folder), "DATABASE_URL": node.url}


ACTIONS = "SELECT action FROM kernel_auditrow ORDER BY id"


FILL = """
INSERT INTO kernel_searchterm (index, term, documents) SELECT 'fill', 'word' || n, n FROM generate_series(1, 50000) n
"""


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


def test_the_password_is_on_no_command_line(node: Node, serai: Serai, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for tool in ("pg_dump", "pg_restore"):
        shim = tmp_path / "bin" / tool
        note = f'echo "$@ ${{PGPASSWORD:+it came by environment}}" >> {tmp_path}/seen'
        shim.write_text(f'#!/bin/sh\n{note}\nPATH=$BEHIND exec {tool} "$@"\n')
        shim.chmod(0o700)
    path = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "BEHIND": os.environ["PATH"]}

    made = serai("node", "backup", str(tmp_path / "b.tar"), DATABASE_URL=node.url, **path)
    restored = serai("node", "restore", "--yes", str(tmp_path / "b.tar"), DATABASE_URL=node.url, **path)

    seen = (tmp_path / "seen").read_text()
    assert (made.returncode, restored.returncode) == (0, 0), made.stderr + restored.stderr
    assert "--single-transaction" in seen
    assert seen.count("it came by environment") == seen.count("\n") == 4
    assert "://" not in seen
    assert not re.search(r"password[ =]", seen)


def test_killed_restore_leaves_the_old_or_the_new_content_whole(
    node: Node, serai: Serai, databases: Databases, tmp_path: Path
) -> None:
    node.ask(FILL)
    add_term(node, "new")
    serai("node", "backup", str(tmp_path / "b.tar"), DATABASE_URL=node.url)
    command = [*SERAI, "node", "restore", "--yes", str(tmp_path / "b.tar")]
    moments = random.Random(1)
    found = []

    for _ in range(4):
        node.ask("UPDATE kernel_searchterm SET term = 'old' WHERE index = 'test'")
        process = subprocess.Popen(command, env=environment_of(node), start_new_session=True)
        until(lambda: "pg_restore" in databases.connections(node.url))
        time.sleep(moments.uniform(0, 0.4))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        until(lambda: not databases.connections(node.url))
        found.append((terms(node), node.ask("SELECT count(*) FROM kernel_searchterm")))

    assert {tuple(content) for content, _ in found} <= {("old",), ("new",)}
    assert {count for _, [count] in found} == {"50001"}
    assert serai("audit", "verify", DATABASE_URL=node.url).returncode == 0


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
