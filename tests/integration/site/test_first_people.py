"""Who is there when a node is new: its first operator, and on a training node four people to practise with."""

import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from serai.kernel.ports import free_port
from serai.site.home import NodeHome, Realm
from tests.conftest import ROOT
from tests.running import SERAI, environment_of, store_of, until

Serai = Callable[..., "subprocess.CompletedProcess[str]"]
_LINK = re.compile(r"http://\S+/account/link/\S+")
_PEOPLE = "SELECT a.email, a.name, g.role, g.scope, a.password FROM accounts_account a JOIN accounts_rolegrant g ON g.account_id = a.id"
_OPENED = "SELECT count(*) FROM kernel_auditrow WHERE action = 'accounts:account:open'"


def people_of(home: NodeHome) -> list[tuple[str, str, str, str]]:
    """Return the e-mail, name, role and scope of all, none of whom may have a password."""
    with store_of(home) as store:
        rows = store.execute(f"{_PEOPLE} ORDER BY a.email").fetchall()
    assert all(password.startswith("!") for *_, password in rows)
    return [tuple(row[:4]) for row in rows]


@contextmanager
def node_run(home: NodeHome, out: Path, *options: str, **environment: str) -> Iterator[str]:
    """Run a node; give what it printed by the time it is ready."""
    port = free_port()
    command = [
        *SERAI,
        "node",
        "run",
        *options,
        "--port",
        str(port),
        "--processes",
        "1",
        "--log",
        str(out.parent / "log"),
    ]
    with out.open("w") as file:
        process = subprocess.Popen(
            command, env=environment_of(home.folder) | environment, stdout=file, stderr=file, start_new_session=True
        )
    try:
        until(lambda: process.poll() is not None or _is_ready(port), seconds=120)
        assert process.poll() is None, out.read_text()
        yield out.read_text()
    finally:
        process.terminate()
        assert process.wait(30) == 0


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def use(link: str) -> int:
    """Open a link in a browser of its own and press its button; return the status of the page that follows."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = opener.open(link, timeout=20).read().decode()
    mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert mark
    form = urlencode({"csrfmiddlewaretoken": mark[1]}).encode()
    try:
        with opener.open(urllib.request.Request(link, form, {"Referer": link}), timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_init_opens_one_operator_without_a_password_and_says_how_to_sign_in(serai: Serai, tmp_path: Path) -> None:
    first = serai("node", "init", "--code", "KZ")
    again = serai("node", "init", "--code", "KZ")

    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert "serai account link operator@kz.invalid" in first.stdout
    assert people_of(NodeHome(tmp_path / "node")) == [("operator@kz.invalid", "Operator", "operator", "")]
    assert not _LINK.search(first.stdout + again.stdout)


def test_the_first_operator_may_be_named(serai: Serai, tmp_path: Path) -> None:
    serai("node", "init", "--operator", "Olga@Example.org", "--operator-name", "Olga")
    serai("node", "init", "--operator", "late@example.org", "--operator-name", "Late")

    assert people_of(NodeHome(tmp_path / "node")) == [("olga@example.org", "Olga", "operator", "")]


def test_an_address_that_is_none_is_told_and_can_be_mended(serai: Serai, tmp_path: Path) -> None:
    refused = serai("node", "init", "--operator", "no address")
    mended = serai("node", "init", "--operator", "olga@example.org")

    assert refused.returncode == 1
    assert "[bad_email]" in refused.stderr
    assert mended.returncode == 0
    assert len(people_of(NodeHome(tmp_path / "node"))) == 1


def test_inits_at_once_open_one_operator(tmp_path: Path) -> None:
    home = NodeHome(tmp_path / "node")
    racing = [
        subprocess.Popen(
            [*SERAI, "node", "init", "--operator", f"operator{number}@example.org"],
            env=environment_of(home.folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]

    said = [process.communicate(timeout=120) for process in racing]

    assert [process.returncode for process in racing] == [0] * 3, said
    assert sum("First operator: " in out for out, _ in said) == 1
    assert len(people_of(home)) == 1
    with store_of(home) as store:
        assert store.execute(_OPENED).fetchone() == (1,)


def test_run_with_setup_prints_a_link_until_the_operator_has_signed_in(home: NodeHome, tmp_path: Path) -> None:
    with node_run(home, tmp_path / "first", "--setup") as printed:
        links = _LINK.findall(printed)
        used = [use(link) for link in links * 2]
    with node_run(home, tmp_path / "second", "--setup") as printed_again:
        pass

    assert people_of(home) == [("operator@sec.invalid", "Operator", "operator", "")]
    assert used == [200, 404]
    assert not _LINK.search(printed_again)
    assert links[0].rpartition("/")[2] not in (tmp_path / "log").read_text()


def test_run_without_setup_opens_nobody(home: NodeHome, tmp_path: Path) -> None:
    with node_run(home, tmp_path / "out") as printed:
        pass

    assert not _LINK.search(printed)
    assert people_of(home) == []


def test_a_link_leads_to_where_readers_reach_the_node(home: NodeHome, tmp_path: Path) -> None:
    with node_run(home, tmp_path / "out", "--setup", SERAI_URL="https://serai.example.org") as printed:
        pass

    assert "https://serai.example.org/account/link/" in printed
    assert not _LINK.search(printed)


def test_service_nodes_have_no_sample_people(home: NodeHome, serai: Serai) -> None:
    refused = serai("node", "run", "--samples", "--port", str(free_port()))

    assert refused.returncode == 1
    assert "[not_training]" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert people_of(home) == []


@pytest.mark.slow
def test_samples_print_four_links_that_work_once_and_afresh_at_each_start(tmp_path: Path) -> None:
    home = NodeHome(tmp_path / "training")

    with node_run(home, tmp_path / "first", "--samples") as printed:
        links = _LINK.findall(printed)
        used = [use(link) for link in links]
        again = [use(link) for link in links]
        void = _make_link(home)
    with node_run(home, tmp_path / "second", "--samples") as printed_again:
        fresh = _LINK.findall(printed_again)
        former = use(void.replace("http://127.0.0.1:8000", fresh[0].partition("/account/")[0]))
        used_afresh = [use(link) for link in fresh]

    assert home.read_identity().realm is Realm.TRAINING
    assert people_of(home) == [
        ("editor@training.invalid", "Editor (training)", "editor", ""),
        ("focal@training.invalid", "Focal point (training)", "focal-point", "body:customs-dg"),
        ("operator@training.invalid", "Operator (training)", "operator", ""),
        ("reviewer@training.invalid", "Reviewer (training)", "reviewer", ""),
    ]
    assert (used, again) == ([200] * 4, [404] * 4)
    assert former == 404
    assert used_afresh == [200] * 4
    assert not set(links) & set(fresh)


def _make_link(home: NodeHome) -> str:
    command = [*SERAI, "account", "link", "editor@training.invalid"]
    made = subprocess.run(command, env=environment_of(home.folder), capture_output=True, text=True, check=True)
    return made.stdout.strip()


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [((), "node"), (("--training",), "training"), (("--port", "8001", "--training"), "training")],
)
def test_dev_run_keeps_training_in_a_folder_of_its_own(tmp_path: Path, arguments: tuple[str, ...], folder: str) -> None:
    dev, environment = _dev_with_a_serai_that_tells(tmp_path)

    said = subprocess.run([dev, "run", *arguments], env=environment, capture_output=True, text=True, check=True).stdout
    elsewhere = environment | {"SERAI_HOME": "/elsewhere"}
    chosen = subprocess.run([dev, "run", *arguments], env=elsewhere, capture_output=True, text=True, check=True).stdout

    where = f"{tmp_path}/var/{folder}"
    own = [] if "--training" in arguments else ["--setup", "--log", f"{where}/log/serai.log"]
    assert said.split() == [where, "node", "run", *own, *arguments]
    assert chosen.split()[0] == "/elsewhere"


def _dev_with_a_serai_that_tells(folder: Path) -> tuple[str, dict[str, str]]:
    """Copy ./dev beside an environment that is up to date and whose command prints how it was called."""
    for name in ("dev", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    (folder / ".venv" / "bin").mkdir(parents=True)
    command = folder / ".venv" / "bin" / "serai"
    command.write_text('#!/bin/sh\necho "$SERAI_HOME" "$@"\n')
    command.chmod(0o755)
    project, is_in = "", False
    for line in (folder / "pyproject.toml").read_text().splitlines(keepends=True):
        is_in = is_in or line.startswith("[project")
        project += line if is_in else ""
        is_in = is_in and not line.startswith("[tool")
    locks = [(folder / "requirements" / f"{name}.txt").read_text() for name in ("run", "uv")]
    stamp = sha256("".join([*locks, project]).encode()).hexdigest()[:16]
    (folder / ".venv" / f".run-{stamp}").touch()
    environment = environment_of(folder)
    environment.pop("SERAI_HOME")
    return str(folder / "dev"), environment
