"""Certificates for trials: they vouch for this node's own names only, and a peer takes no others."""

import ssl
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from serai.exchange.http import certificates, client
from serai.exchange.http.certificates import NameNotCovered, make_certificates
from serai.exchange.http.errors import PeerUnreachable
from serai.exchange.http.tls import own_authority, read_authority
from serai.exchange.models import Peer
from serai.kernel.ports import free_port
from serai.site.home import NodeHome
from tests.running import SERAI, environment_of, until

HOSTS = ("serai.gov.example", "127.0.0.1", "[::1]")
NOW = datetime.now(UTC)


def shake_hands(authority: str, server: Path, *, host: str) -> None:
    """Let a client that trusts this authority alone talk to a server, in memory. Raises ssl.SSLCertVerificationError."""
    trusting = ssl.create_default_context(cadata=authority)
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(server)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [trusting.wrap_bio(down, up, server_hostname=host), serving.wrap_bio(up, down, server_side=True)]
    for _ in range(4):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                pass
    assert all(end.version() for end in ends)


def make(folder: Path, hosts: tuple[str, ...] = HOSTS, now: datetime = NOW) -> Path:
    return make_certificates(folder, node="KZ", hosts=hosts, now=now)


@pytest.mark.parametrize("host", ["serai.gov.example", "SERAI.gov.example", "127.0.0.1", "::1", "localhost"])
def test_the_nodes_own_names_are_vouched_for(tmp_path: Path, host: str) -> None:
    server = make(tmp_path)

    shake_hands(read_authority(tmp_path), server, host=host)


def test_a_certificate_serves_for_its_names_only(tmp_path: Path) -> None:
    server = make(tmp_path)

    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(read_authority(tmp_path), server, host="serai.gov.other")


@pytest.mark.parametrize(("name", "host"), [("bank.example", "bank.example"), ("127.0.0.2", "127.0.0.2")])
def test_an_authority_that_was_stolen_vouches_for_nothing_else(tmp_path: Path, name: str, host: str) -> None:
    make(tmp_path)
    authority = x509.load_pem_x509_certificate(read_authority(tmp_path).encode())
    key = certificates._load_key(tmp_path / "tls" / "authority.key")
    forged = tmp_path / "forged.pem"
    forged.write_bytes(certificates._issue(authority, key, [certificates._name(name)], NOW))

    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        shake_hands(read_authority(tmp_path), forged, host=host)


def test_another_nodes_authority_is_not_taken(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir(), other.mkdir()
    server, _ = make(one), make(other)

    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(read_authority(other), server, host="127.0.0.1")


def test_each_start_renews_the_certificate_and_keeps_the_authority(tmp_path: Path) -> None:
    first = make(tmp_path, now=NOW - timedelta(days=89)).read_bytes()
    authority = read_authority(tmp_path)

    second = make(tmp_path)

    assert read_authority(tmp_path) == authority
    assert second.read_bytes() != first
    end = x509.load_pem_x509_certificate(second.read_bytes()).not_valid_after_utc
    assert timedelta(days=89) < end - NOW <= timedelta(days=90)
    assert [file.stat().st_mode & 0o077 for file in (tmp_path / "tls").iterdir()] == [0, 0, 0]


def test_a_name_that_the_authority_may_not_vouch_for_is_told(tmp_path: Path) -> None:
    before = make(tmp_path).read_bytes()

    with pytest.raises(NameNotCovered, match=r"new\.example"):
        make(tmp_path, hosts=("new.example",))

    assert (tmp_path / "tls" / "server.pem").read_bytes() == before


def test_a_node_behind_a_proxy_tells_no_authority_of_a_former_trial(settings: Any) -> None:
    folder = Path(settings.HOME.folder)
    make(folder)

    assert own_authority() == ""
    settings.SERVES_TLS = True
    assert own_authority() == read_authority(folder)


@pytest.fixture
def serving(home: NodeHome) -> Iterator[str]:
    """The address of a node that serves HTTPS by itself."""
    port, log = free_port(), home.folder / "log" / "serai.log"
    command = [*SERAI, "node", "run", "--tls", "--port", str(port), "--processes", "1", "--log", str(log)]
    process = subprocess.Popen(
        command, env=environment_of(home.folder), stdout=subprocess.DEVNULL, start_new_session=True
    )
    url = f"https://127.0.0.1:{port}"
    try:
        until(lambda: process.poll() is not None or _answers(home, url), seconds=60)
        yield url
    finally:
        process.terminate()
        assert process.wait(30) == 0, log.read_text()


def _answers(home: NodeHome, url: str) -> bool:
    try:
        return bool(headers_of(home, url + "/health/ready"))
    except OSError:
        return False


def headers_of(home: NodeHome, url: str) -> Message:
    """Fetch a page as a browser does that was given the node's authority; return its headers."""
    trusting = ssl.create_default_context(cadata=read_authority(home.folder) or None)
    with urllib.request.urlopen(url, timeout=10, context=trusting) as answer:
        headers: Message = answer.headers
    return headers


def test_a_node_serves_https_by_itself_and_peers_keep_its_authority(home: NodeHome, serving: str) -> None:
    headers = headers_of(home, serving + "/account/sign-in/")
    card = client.fetch_node(serving)
    peer = Peer(code="SEC", url=serving, certificate=str(card["certificate"]))

    with pytest.raises(PeerUnreachable) as found:
        client.ask(peer, b"not a question")

    assert card["certificate"] == read_authority(home.folder)
    assert found.value.code == "peer_refuses"  # it got there
    assert "Strict-Transport-Security" not in headers
    cookies = headers.get_all("Set-Cookie") or []
    assert cookies
    assert all(cookie.startswith("__Host-") and "Secure" in cookie for cookie in cookies)


def test_a_peer_with_another_authority_is_not_talked_to(home: NodeHome, serving: str, tmp_path: Path) -> None:
    make(tmp_path)
    peer = Peer(code="SEC", url=serving, certificate=read_authority(tmp_path))

    with pytest.raises(PeerUnreachable) as found:
        client.ask(peer, b"not a question")

    assert found.value.code == "peer_wrong_certificate"


def test_a_wrong_host_is_told_in_one_sentence(
    home: NodeHome, serai: Callable[..., "subprocess.CompletedProcess[str]"]
) -> None:
    make_certificates(home.folder, node="SEC", hosts=("old.example",), now=NOW)

    refused = serai("node", "run", "--tls", "--port", str(free_port()), SERAI_HOSTS="new.example")

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "[name_not_covered]" in refused.stderr
