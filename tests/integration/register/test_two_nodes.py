"""Two nodes, the Secretariat's and another, as real processes: what one publishes stands on the other, digest for digest."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from serai.site.home import NodeHome, Realm
from tests.catalogue import change_entry, copy_catalogue
from tests.running import SERAI, Running, environment_of, start, until

pytestmark = pytest.mark.slow
_START = "from serai.site.start import start_django\nstart_django()\n"
_PUBLISH = """
from decimal import Decimal
from serai.kernel.roles import Actor
from serai.register.actions import record_measurement
record_measurement(
    entry="VI.4", value=Decimal({value!r}), period="2026-Q1", provenance="measured", source="a trial", rule="TRIAL",
    key={value!r}, actor=Actor.system("trial"),
)
"""


def serai(home: NodeHome, *arguments: str) -> str:
    done = subprocess.run(
        [*SERAI, *arguments], env=environment_of(home.folder), capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def publish(node: Running, value: str) -> None:
    code = _START + _PUBLISH.format(value=value)
    environment = environment_of(node.home.folder) | {"DJANGO_SETTINGS_MODULE": "serai.site.settings"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)


def digest(node: Running, code: str) -> dict[str, object]:
    return dict(json.loads(node.get(f"/api/v1/register/entries/{code}/digest")[1]))


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Running, Running]]:
    """The Secretariat's node and KZ; KZ has published a figure before they are introduced."""
    nodes = list[Running]()
    try:
        for code in ("SEC", "KZ"):
            home = NodeHome(tmp_path / code)
            serai(home, "node", "init", "--code", code, "--realm", Realm.TRAINING)
            serai(home, "register", "load")
            nodes.append(start(home))
        sec, kz = nodes
        publish(kz, "40")
        for node, other in ((sec, kz), (kz, sec)):
            fingerprint = serai(other.home, "exchange", "fingerprint").strip()
            serai(node.home, "exchange", "introduce", other.address, "--fingerprint", fingerprint)
        yield sec, kz
    finally:
        for node in nodes:
            node.kill()


def test_figures_and_the_catalogue_reach_the_other_node(pair: tuple[Running, Running], tmp_path: Path) -> None:
    sec, kz = pair

    publish(sec, "60")
    publish(kz, "41")  # a correction
    until(lambda: digest(sec, "VI.4") == digest_seen_by(kz, "VI.4", sec), seconds=60)

    assert digest(sec, "VI.4")["owners"] == {"KZ": 2, "SEC": 1}
    assert digest(kz, "VI.4")["catalogue"] == 1

    folder = copy_catalogue(tmp_path / "changed")
    change_entry(folder, "VI.13a", title="Permits for road carriage")
    before = digest(kz, "VI.13a")["digest"]
    serai(sec.home, "register", "load", "--from", str(folder))
    until(lambda: digest(kz, "VI.13a")["catalogue"] == 2, seconds=90)

    assert digest(kz, "VI.13a")["digest"] == digest(sec, "VI.13a")["digest"] != before
    assert b"Permits for road carriage" in kz.get("/register/VI.13a")[1]
    assert "The Secretariat's catalogue stays" in serai(kz.home, "register", "load")


def digest_seen_by(node: Running, code: str, other: Running) -> dict[str, object]:
    """Return the digest at a node, with the moments of arrival as the other node has them."""
    return digest(node, code) | {"fresh": digest(other, code)["fresh"]}
