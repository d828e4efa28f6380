"""Asking another node: whatever answers there, it can neither hold us, nor fill our memory, nor pass for the peer."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from urllib3.connection import HTTPConnection

from serai.exchange.http import certificates, client
from serai.exchange.http.errors import (
    AnswerTooLarge,
    NotConnected,
    NoTls,
    OddAnswer,
    PeerBusy,
    PeerHungUp,
    PeerRefuses,
    PeerSilent,
    PeerUnreachable,
    WrongCertificate,
)
from serai.exchange.http.tls import read_authority
from serai.exchange.models import Peer
from serai.kernel.ports import free_port

Talk = Callable[[socket.socket], None]


class FarServer:
    """Something that listens, and talks on each connection as the test wants."""

    def __init__(self, talk: Talk, *, context: ssl.SSLContext | None = None, buffer: int = 0) -> None:
        self.listener = socket.socket()
        if buffer:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(8)
        self.port = self.listener.getsockname()[1]
        self.got = list[bytes]()
        self._talk, self._context = talk, context
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:  # the test is over
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with self._context.wrap_socket(connection, server_side=True) if self._context else connection as talking:
                self._talk(talking)
        except OSError:  # the client hung up, or did not like the certificate
            pass

    def close(self) -> None:
        self.listener.close()


Serve = Callable[..., FarServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers; each is told what to say after the request was read."""
    started = list[FarServer]()

    def begin(*said: bytes, pause_s: float = 0, keep: bool = False, **options: object) -> FarServer:
        def talk(connection: socket.socket) -> None:
            server.got.append(read_request(connection))
            for piece in said:
                connection.sendall(piece)
                time.sleep(pause_s)
            if keep:
                time.sleep(3)

        server = FarServer(talk, **options)  # type: ignore[arg-type]  # its own
        started.append(server)
        return server

    yield begin
    for server in started:
        server.close()


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(4096)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(4096)
    return head + b"\r\n\r\n" + body


def say(status: str, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(client, "CONNECT_S", 0.5)
    monkeypatch.setattr(client, "READ_S", 0.5)
    client._pool.cache_clear()
    yield
    client._pool.cache_clear()


def peer_at(server: FarServer, *, scheme: str = "http", certificate: str = "") -> Peer:
    return Peer(code="KZ", url=f"{scheme}://127.0.0.1:{server.port}", certificate=certificate)


def test_a_batch_is_handed_over_and_its_receipt_taken(serve: Serve) -> None:
    server = serve(say("200 OK", b"a.b.c", Serai_Credit="7", Serai_Stop="needs", Serai_Next="2 9"))

    delivery = client.send_messages(peer_at(server), [b"one", b"two"])

    assert delivery == client.Delivery(receipt=b"a.b.c", stop="needs", next=(2, 9), credit=7)
    head, _, body = server.got[0].partition(b"\r\n\r\n")
    assert (body, head.split(b"\r\n")[0]) == (b"one\ntwo\n", b"POST /exchange/v1/messages HTTP/1.1")
    assert b"content-type: application/vnd.serai.envelopes" in head.lower()
    assert b"transfer-encoding" not in head.lower()


def test_a_signed_stop_is_handed_on(serve: Serve) -> None:
    server = serve(say("409 Conflict", b"a.b.c", Serai_Stop="gap", Serai_Next="1 4"))

    delivery = client.send_messages(peer_at(server), [b"one"])

    assert (delivery.receipt, delivery.answer, delivery.credit) == (b"", b"a.b.c", 100)


@pytest.mark.parametrize(
    ("answer", "error", "wait_s"),
    [
        (say("400 Bad Request", b"{}"), PeerRefuses, 0),
        (say("409 Conflict"), OddAnswer, 0),
        (say("200 OK"), OddAnswer, 0),
        (say("302 Found", Location="http://127.0.0.1:9/"), OddAnswer, 0),
        (say("404 Not Found", b"<html>"), OddAnswer, 0),
        (say("429 Too Many Requests", Retry_After="30"), PeerBusy, 30),
        (say("429 Too Many Requests", Retry_After="999999"), PeerBusy, 600),
        (say("503 Service Unavailable", Retry_After="-1"), PeerBusy, 0),
        (say("507 Insufficient Storage"), PeerBusy, 0),
        (b"SSH-2.0-OpenSSH\r\n", PeerHungUp, 0),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", PeerHungUp, 0),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf", PeerHungUp, 0),
        (b"", PeerHungUp, 0),
    ],
)
def test_what_is_no_answer_is_told_by_its_kind(
    serve: Serve, answer: bytes, error: type[PeerUnreachable], wait_s: float
) -> None:
    with pytest.raises(PeerUnreachable) as found:
        client.send_messages(peer_at(serve(answer)), [b"one"])

    assert (type(found.value), found.value.retry_after_s) == (error, wait_s)
    assert "127.0.0.1" in str(found.value)


def test_an_endless_answer_is_cut_off(serve: Serve) -> None:
    piece = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    server = serve(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[piece] * 400)

    with pytest.raises(AnswerTooLarge):
        client.ask(peer_at(server), b"question")


def test_an_answer_in_drops_is_cut_off(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MOST_ANSWER", 2000)  # so many bytes have half a second at 4,000 bytes a second
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"a"] * 100, pause_s=0.05)
    started = time.monotonic()

    with pytest.raises(PeerSilent):
        client.ask(peer_at(server), b"question")

    assert time.monotonic() - started < 3


def test_a_silent_node_is_given_up(serve: Serve) -> None:
    with pytest.raises(PeerSilent):
        client.ask(peer_at(serve(keep=True)), b"question")


def test_a_large_batch_may_leave_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A link that takes long for all of it is still a link: each piece has its time, not the whole."""
    received = list[int]()

    def talk(connection: socket.socket) -> None:
        while sum(received) < 300_000:
            received.append(len(connection.recv(8 * 1024)))
            time.sleep(0.02)
        connection.sendall(say("200 OK", b"a.b.c"))

    server = FarServer(talk, buffer=8 * 1024)
    monkeypatch.setattr(client, "CONNECT_S", 0.3)
    options = [
        (socket.SOL_SOCKET, socket.SO_SNDBUF, 16 * 1024)
    ]  # the kernel of this machine would take all of it at once
    monkeypatch.setattr(HTTPConnection, "default_socket_options", options)

    assert client.send_messages(peer_at(server), [b"a" * 300_000]).receipt == b"a.b.c"
    server.close()


def test_nobody_there() -> None:
    with pytest.raises(NotConnected):
        client.ask(Peer(code="KZ", url=f"http://127.0.0.1:{free_port()}"), b"question")


def test_the_environments_proxies_are_not_asked(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    assert client.ask(peer_at(serve(say("200 OK", b"a.b.c"))), b"question") == b"a.b.c"


def test_the_proxy_that_the_operator_named_is_asked(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(say("200 OK", b"a.b.c"))
    monkeypatch.setenv("SERAI_EXCHANGE_PROXY", f"http://127.0.0.1:{proxy.port}")

    assert client.ask(Peer(code="KZ", url="http://localhost:9"), b"question") == b"a.b.c"
    assert proxy.got[0].startswith(b"POST http://localhost:9/exchange/v1/questions HTTP/1.1")


def make_authority(folder: Path) -> ssl.SSLContext:
    folder.mkdir()
    file = certificates.make_certificates(folder, node="KZ", hosts=("127.0.0.1",), now=datetime.now(UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_tls_is_checked_against_what_the_peer_named(serve: Serve, tmp_path: Path) -> None:
    server = serve(say("200 OK", b"a.b.c"), context=make_authority(tmp_path / "kz"))
    make_authority(tmp_path / "other")

    good = peer_at(server, scheme="https", certificate=read_authority(tmp_path / "kz"))
    other = peer_at(server, scheme="https", certificate=read_authority(tmp_path / "other"))
    of_system = peer_at(server, scheme="https")
    broken = peer_at(server, scheme="https", certificate="-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n")

    assert client.ask(good, b"question") == b"a.b.c"
    for peer in (other, of_system, broken):
        with pytest.raises(WrongCertificate):
            client.ask(peer, b"question")
    assert len(server.got) == 1  # nobody else was sent anything


def test_what_speaks_no_tls_is_told_so() -> None:
    server = FarServer(lambda connection: connection.sendall(say("400 Bad Request")))

    with pytest.raises(NoTls):
        client.ask(peer_at(server, scheme="https"), b"question")
    server.close()


def test_meeting_asks_whoever_answers(serve: Serve, tmp_path: Path) -> None:
    server = serve(say("200 OK", b'{"node": "KZ"}'), context=make_authority(tmp_path / "kz"))

    assert client.fetch_node(f"https://127.0.0.1:{server.port}") == {"node": "KZ"}


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b"[" * 100_000, b"\xff\xfe", b'"KZ"'])
def test_what_is_no_card_is_no_node(serve: Serve, body: bytes) -> None:
    with pytest.raises(OddAnswer):
        client.fetch_node(f"http://127.0.0.1:{serve(say('200 OK', body)).port}")
