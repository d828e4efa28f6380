"""Where training nodes on one machine live and listen, and how they get to know each other."""

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from serai.exchange.models import Intent, Peer, PeerState
from serai.exchange.peers import end_peer
from serai.exchange.signer.current import use_signer
from serai.kernel.models import AuditRow
from serai.kernel.ports import free_port
from serai.kernel.roles import Actor, Grant, Role, Scope
from serai.site.accounts.first import samples_of
from serai.site.federation import FederationRuns, plan_federation, run_federation
from serai.site.home import NodeHome, Realm
from serai.site.neighbours import introduce_neighbours

Serai = Callable[..., "subprocess.CompletedProcess[str]"]


def plan(folder: Path, *, more: str = "", first_port: int = 0, has_tls: bool = False) -> Any:
    return plan_federation(folder, more=more, host="127.0.0.1", first_port=first_port or free_port(), has_tls=has_tls)


def test_four_nodes_and_those_asked_for_have_folders_and_ports_of_their_own(tmp_path: Path) -> None:
    planned = plan(tmp_path, more="xa, XB,KZ")

    assert [place.code for place in planned.places] == ["SEC", "CN", "KZ", "UZ", "XA", "XB"]
    assert [place.folder for place in planned.places] == [tmp_path / place.code for place in planned.places]
    assert len({place.port for place in planned.places}) == 6


def test_a_port_that_is_taken_is_passed_over(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        first, second, *_ = plan(tmp_path, first_port=port, has_tls=True).places

    assert first.port > port
    assert second.port > first.port
    assert first.url == f"https://127.0.0.1:{first.port}"


def test_a_code_that_no_node_has_is_wrong_usage(serai: Serai) -> None:
    refused = serai("node", "run", "--training", "--with", "XA,YY")
    alone = serai("node", "run", "--with", "XA")

    assert (refused.returncode, alone.returncode) == (2, 2)
    assert "'YY'" in refused.stderr
    assert "--training" in alone.stderr


def test_a_second_start_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    from serai.site.federation import _alone

    with _alone(tmp_path), pytest.raises(FederationRuns):
        run_federation(plan(tmp_path))

    assert not (tmp_path / "SEC").exists()


def test_service_nodes_know_no_neighbours(home: NodeHome, serai: Serai, tmp_path: Path) -> None:
    refused = serai("node", "run", "--neighbours", str(tmp_path / "federation.json"), "--port", str(free_port()))

    assert refused.returncode == 1
    assert "[not_training]" in refused.stderr


def test_each_node_has_the_people_that_it_needs() -> None:
    assert [one.key for one in samples_of("SEC")] == ["editor", "reviewer", "focal", "operator"]
    assert [(one.key, one.grant) for one in samples_of("KZ")] == [
        ("reviewer", Grant(Role.REVIEWER)),
        ("focal", Grant(Role.FOCAL_POINT, Scope("state:KZ"))),
        ("operator", Grant(Role.OPERATOR)),
    ]
    assert [one.key for one in samples_of("XA")] == ["operator"]


@pytest.fixture
def neighbours(tmp_path: Path, db: None) -> Iterator[Callable[..., None]]:
    """Introduces KZ to the node under test, at a port; its folder is made on the first call."""

    def introduce(port: int = 8001) -> None:
        NodeHome(tmp_path / "KZ").init(code="KZ", realm=Realm.SERVICE)
        places = {
            "SEC": {"folder": str(tmp_path / "SEC"), "url": "http://127.0.0.1:8000"},
            "KZ": {"folder": str(tmp_path / "KZ"), "url": f"http://127.0.0.1:{port}"},
        }
        (tmp_path / "federation.json").write_text(json.dumps(places))
        introduce_neighbours(tmp_path / "federation.json")

    yield introduce
    use_signer(None)


def test_neighbours_are_introduced_once_by_their_fingerprints(neighbours: Callable[..., None]) -> None:
    neighbours(), neighbours()

    (peer,) = Peer.objects.all()
    assert (peer.pk, peer.state, peer.url) == ("KZ", PeerState.INTRODUCED, "http://127.0.0.1:8001")
    assert Intent.objects.filter(peer="KZ", type="exchange.keys").count() == 1
    assert AuditRow.objects.filter(action="exchange:peer:introduce", subject="KZ").count() == 1


def test_a_neighbour_on_another_port_is_reached_there(neighbours: Callable[..., None]) -> None:
    neighbours()
    Peer.objects.update(failures=7)

    neighbours(8009)

    peer = Peer.objects.get()
    assert (peer.state, peer.url, peer.failures) == (PeerState.INTRODUCED, "http://127.0.0.1:8009", 0)
    assert AuditRow.objects.filter(action="exchange:peer:move").count() == 1


def test_what_an_operator_ended_stays_ended(neighbours: Callable[..., None]) -> None:
    neighbours()
    end_peer(code="KZ", reason="tried", actor=Actor.operator())

    neighbours(8009)

    assert Peer.objects.get().state == PeerState.ENDED


def test_a_neighbour_made_anew_is_told_and_not_taken_for_the_former(
    neighbours: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    neighbours()
    statements = Peer.objects.get().statements
    (tmp_path / "KZ").rename(tmp_path / "former")

    neighbours(8009)

    peer = Peer.objects.get()
    assert (peer.statements, peer.url) == (statements, "http://127.0.0.1:8001")
    assert "[keys_differ]" in capsys.readouterr().out
