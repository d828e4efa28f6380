"""A pytest plugin, loaded before Django: gives the tests a node of their own in a temporary folder."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from serai.exchange.signer.keyfile import make_keys
from serai.site.home import NodeHome, Realm
from serai.site.messages import compile_messages

FOLDER = Path(tempfile.mkdtemp(prefix="serai-test-"))
os.environ["SERAI_HOME"] = str(FOLDER)
os.environ.pop("SERAI_HOSTS", None)
os.environ["SERAI_REQUESTS_PER_MINUTE"] = "1000000"
NodeHome(FOLDER).init(code="SEC", realm=Realm.SERVICE)
make_keys(FOLDER, node="SEC", realm="service")
compile_messages(only_stale=True)


def pytest_sessionstart() -> None:
    """Collect the static files, as `serai node run --setup` does."""
    from django.core.management import call_command

    call_command("collectstatic", verbosity=0, interactive=False)


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
