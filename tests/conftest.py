"""What all tests share: the shipped register, loaded once; places of optional material; tests without a network."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent
DECLARATION_TEXT = ROOT.parent / "shared" / "data" / "register" / "astana-2025.txt"

# A machine that is busy with something else is no failure.
settings.register_profile("serai", deadline=None, print_blob=True)
settings.load_profile("serai")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Load the shipped register into the test store once; each test then rolls its own changes back."""
    from serai.kernel.roles import Actor
    from serai.register.actions import load_catalogue
    from serai.site.start import record_identity

    with django_db_blocker.unblock():
        record_identity()
        load_catalogue(actor=Actor.system("tests"))


@pytest.fixture(scope="session", autouse=True)
def _connection_outlives_answers() -> Iterator[None]:
    """A test's transaction lives on one connection; an answer that is closed late, by the collector, must not end it."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    close = BaseDatabaseWrapper.close_if_unusable_or_obsolete

    def close_outside_of_transactions(self: BaseDatabaseWrapper) -> None:
        if not self.in_atomic_block:
            close(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", close_outside_of_transactions)
        yield


@pytest.fixture(autouse=True)
def _fresh_index() -> Iterator[None]:
    """What is kept in memory for a number of the register must not outlive the change that a test rolls back.

    The index of the register as loaded is kept from test to test: making it costs more than most tests do. A test
    that changes the tables without raising the number must forget the index itself.
    """
    from serai.register import filters, index

    yield
    if index._latest is not None and index._latest.revision != 1:
        index.forget_index()
        filters._labels.cache_clear()


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """The language of a page that one test opened must not be that of the next: a request leaves it active."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests talk to this machine only."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def serai(tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run the real command on a node folder of its own (SQLite), as a person would."""
    environment = os.environ | {"SERAI_HOME": str(tmp_path / "node")}
    environment.pop("DATABASE_URL", None)

    def call(*arguments: str, **extra: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "serai.site.cli", *arguments],
            env=environment | extra,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    return call


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out, loudly and by name, what this machine cannot run."""
    from django.db import connection

    no_browser = pytest.mark.skip(reason="no chromium: apt-get install chromium fonts-noto-cjk")
    no_postgres = pytest.mark.skip(reason="no PostgreSQL: set DATABASE_URL=postgres://…")
    for item in items:
        if "browser" in item.keywords and shutil.which("chromium") is None:
            item.add_marker(no_browser)
        if "postgres" in item.keywords and connection.vendor != "postgresql":
            item.add_marker(no_postgres)
