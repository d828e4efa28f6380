"""The life of a node, from outside: real commands, real processes, real signals."""

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from serai.site.home import NodeBusy, NodeHome, Realm
from tests.running import SERAI, Running, environment_of, start, until

Serai = Callable[..., "subprocess.CompletedProcess[str]"]
MOST_HELP_S = 0.6


def test_the_same_init_again_does_nothing(serai: Serai) -> None:
    first = serai("node", "init", "--code", "KZ", "--json")

    again = serai("node", "init", "--code", "KZ", "--json")

    assert (first.returncode, again.returncode) == (0, 0)
    assert json.loads(first.stdout) == json.loads(again.stdout)


@pytest.mark.parametrize("other", [("--code", "UZ"), ("--code", "KZ", "--realm", "training")])
def test_a_folder_is_one_node_in_one_realm_for_good(serai: Serai, tmp_path: Path, other: tuple[str, ...]) -> None:
    serai("node", "init", "--code", "KZ")
    before = (tmp_path / "node" / "node.json").read_bytes()

    refused = serai("node", "init", *other)

    assert refused.returncode == 1
    assert "is KZ in the service realm" in refused.stderr
    assert "[node_exists]" in refused.stderr
    assert (tmp_path / "node" / "node.json").read_bytes() == before


def test_a_code_that_is_none_is_wrong_usage(serai: Serai, tmp_path: Path) -> None:
    refused = serai("node", "init", "--code", "kazakhstan")

    assert refused.returncode == 2
    assert "is not a node code" in refused.stderr
    assert not (tmp_path / "node").exists()


def test_inits_at_once_make_one_node(tmp_path: Path) -> None:
    command = [*SERAI, "node", "init", "--json"]
    racing = [
        subprocess.Popen(command, env=environment_of(tmp_path / "node"), stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]

    said = [process.communicate(timeout=120)[0] for process in racing]

    assert [process.returncode for process in racing] == [0] * 4
    assert len({json.loads(line)["id"] for line in said}) == 1
    assert not list((tmp_path / "node").glob(".*"))  # no drafts are left


def test_the_secret_is_its_owners_alone(serai: Serai, tmp_path: Path) -> None:
    serai("node", "init")

    assert (tmp_path / "node").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "node" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_run_says_that_there_is_no_node(serai: Serai) -> None:
    refused = serai("node", "run", "--port", "1")

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "There is no node in" in refused.stderr


def test_run_refuses_a_node_whose_identity_is_unreadable(serai: Serai, tmp_path: Path) -> None:
    serai("node", "init")
    (tmp_path / "node" / "node.json").write_text('{"code": "SEC"')

    refused = serai("node", "worker", "--once")

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "[unreadable_node]" in refused.stderr


def test_run_refuses_a_taken_port_with_a_sentence(serai: Serai) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        refused = serai("node", "run", "--setup", "--port", str(port))

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert f"Something else listens on 127.0.0.1:{port}" in refused.stderr


def test_run_without_set_up_says_what_is_missing(serai: Serai, tmp_path: Path) -> None:
    NodeHome(tmp_path / "node").init(code="SEC", realm=Realm.SERVICE)  # as older software left it: without a store

    refused = serai("node", "run", "--port", "1")

    assert refused.returncode == 1
    assert "[needs_setup]" in refused.stderr


def test_the_store_of_another_node_is_refused(serai: Serai, home: NodeHome, made_node: Path) -> None:
    shutil.rmtree(home.folder)
    home.init(code="UZ", realm=Realm.SERVICE)
    shutil.copy(NodeHome(made_node).database, home.database)
    before = home.database.read_bytes()

    refused = serai("node", "run", "--setup", "--port", "1")

    assert refused.returncode == 1
    assert "The store belongs to node SEC" in refused.stderr
    assert home.database.read_bytes() == before


def test_logs_hold_neither_queries_nor_addresses(running_node: Running) -> None:
    status, page = running_node.get("/register/?q=zzsecretzz")
    running_node.get("/api/v1/register/entries?q=zzsecretzz")
    with pytest.raises(OSError):
        running_node.get("/no/such/zzsecretzz?q=zzsecretzz")

    until(lambda: running_node.log.read_text().count('"message": "request"') >= 3)
    lines = [json.loads(line) for line in running_node.log.read_text().splitlines()]
    assert status == 200
    assert b"zzsecretzz" in page  # so the word did arrive
    assert {line["status"] for line in lines if line["message"] == "request"} >= {200, 404}
    assert "zzsecretzz" not in running_node.log.read_text()
    assert "127.0.0.1" not in running_node.log.read_text()


def test_a_running_node_is_not_restored(running_node: Running) -> None:
    with pytest.raises(NodeBusy), running_node.home.in_use(alone=True):
        pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop_is_graceful_and_leaves_nothing_running(home: NodeHome, number: signal.Signals) -> None:
    running = start(home)

    running.process.send_signal(number)

    assert running.process.wait(15) == 0
    assert "worker stopped" in running.log.read_text()
    with pytest.raises(OSError):
        running.get("/health/live")
    with home.in_use(alone=True):  # no process holds the node any more
        pass


def test_a_killed_node_leaves_no_orphans(home: NodeHome) -> None:
    running = start(home)

    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()

    until(lambda: _is_free(home), seconds=15)
    until(lambda: "worker stopped" in running.log.read_text(), seconds=15)


def test_a_worker_that_dies_is_replaced(running_node: Running) -> None:
    def workers() -> list[str]:
        lines = [json.loads(line) for line in running_node.log.read_text().splitlines()]
        return [line["message"] for line in lines if line["message"].startswith(("worker started", "a helper ended"))]

    command = ["ps", "-o", "pid=", "--ppid", str(running_node.process.pid)]
    children = subprocess.run(command, capture_output=True, text=True, check=True)
    _, worker, *_ = sorted(int(pid) for pid in children.stdout.split())  # started before the web processes
    os.kill(worker, signal.SIGKILL)

    until(lambda: workers() == ["worker started", "a helper ended; another is started", "worker started"])
    assert running_node.get("/health/ready")[0] == 200


def _is_free(home: NodeHome) -> bool:
    try:
        with home.in_use(alone=True):
            return True
    except NodeBusy:
        return False


@pytest.mark.parametrize("arguments", [("--help",), ("node", "--help"), ("node", "backup", "--help")])
def test_help_answers_at_once(arguments: tuple[str, ...]) -> None:
    used = min(_cpu_s([*SERAI, *arguments]) for _ in range(3))

    assert used < MOST_HELP_S


def _cpu_s(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_help_imports_no_framework() -> None:
    code = "import sys, serai.site.cli, serai.site.node_cli; sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
