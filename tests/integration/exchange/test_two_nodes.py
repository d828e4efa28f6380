"""Two nodes as operators have them: real processes, introduced by fingerprint; a message, a kill, a proof elsewhere."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from serai.site.home import NodeHome, Realm
from tests.running import SERAI, Running, environment_of, start, store_of, until

pytestmark = pytest.mark.slow


def serai(home: NodeHome, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [*SERAI, *arguments], env=environment_of(home.folder), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Running]]:
    nodes = dict[str, Running]()
    try:
        for code in ("XA", "XB"):
            home = NodeHome(tmp_path_factory.mktemp(code) / "node")
            home.folder.parent.mkdir(exist_ok=True)
            serai(home, "node", "init", "--code", code, "--realm", Realm.TRAINING)
            serai(home, "register", "load")
            nodes[code] = start(home)
        fingerprints = {code: serai(node.home, "exchange", "fingerprint").strip() for code, node in nodes.items()}
        for code, other in (("XA", "XB"), ("XB", "XA")):
            arguments = [nodes[other].address, "--fingerprint", fingerprints[other]]
            serai(nodes[code].home, "exchange", "introduce", *arguments)
        yield nodes
    finally:
        for node in nodes.values():
            node.kill()


def status(node: Running) -> dict[str, object]:
    return dict(json.loads(serai(node.home, "exchange", "status", "--json")))


def notes_of(node: Running) -> list[str]:
    with store_of(node.home) as store:
        rows = store.execute("SELECT details FROM kernel_auditrow WHERE action = 'exchange:note:receive' ORDER BY id")
        return [json.loads(row[0])["text"] for row in rows]


def test_a_message_reaches_its_receipt_and_its_proof_verifies_elsewhere(
    pair: dict[str, Running], tmp_path: Path
) -> None:
    said = serai(pair["XA"].home, "exchange", "send", "XB", "good day", "--wait", "20")
    seq = said.split()[-2]

    file = tmp_path / "proof.json"
    serai(pair["XA"].home, "exchange", "proof", "XB", "control", "1", seq, "-o", str(file))
    elsewhere = NodeHome(tmp_path / "no-node")
    shown = serai(elsewhere, "exchange", "verify", str(file))

    assert said.strip().endswith("applied")
    assert "XB signed that it took the message in, with the outcome “applied”" in shown
    assert notes_of(pair["XB"]) == ["good day"]
    file.write_text(file.read_text().replace("eyJ", "eyK", 1))
    serai(elsewhere, "exchange", "verify", str(file), code=1)


def test_wrong_fingerprint_introduces_nobody(pair: dict[str, Running]) -> None:
    with store_of(pair["XA"].home) as store:
        before = store.execute("SELECT state FROM exchange_peer WHERE code = 'XB'").fetchone()

    done = subprocess.run(
        [*SERAI, "exchange", "introduce", pair["XB"].address, "--fingerprint", "1" * 60],
        env=environment_of(pair["XA"].home.folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert "wrong_fingerprint" in done.stderr
    assert before == ("introduced",)


def test_messages_survive_the_receiver_and_the_sender_being_killed(pair: dict[str, Running]) -> None:
    texts = [f"note {number}" for number in range(12)]
    for number, text in enumerate(texts):
        serai(pair["XA"].home, "exchange", "send", "XB", text)
        if number in {3, 8}:
            code = "XB" if number == 3 else "XA"
            pair[code].kill()
            pair[code] = again(pair[code])

    until(lambda: notes_of(pair["XB"])[-1:] == texts[-1:], seconds=90)

    assert [text for text in notes_of(pair["XB"]) if text.startswith("note ")] == texts
    until(lambda: status(pair["XA"])["peers"][0]["waiting"] == 0, seconds=30)  # type: ignore[index]
    for node in pair.values():
        serai(node.home, "audit", "verify")


def again(node: Running) -> Running:
    """Start a node once more at the address at which its peer knows it."""
    return start(node.home, port=int(node.address.rpartition(":")[2]))
