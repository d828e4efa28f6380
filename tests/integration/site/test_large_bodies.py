"""A real node refuses a body that is too large, or of no told length, before it reads it, and stays small."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Running

PATH = "/work/entries/VI.16d/hand-in/"
SOON_S = 3.0


def memory_of(running: Running) -> int:
    """Return the private memory of all of a node's processes, in kB."""
    found = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if os.getpgid(int(folder.name)) == running.process.pid:
                    fields = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
                    found += int(fields["RssAnon"].split()[0])
            except (OSError, KeyError):  # it ended meanwhile
                continue
    return found


def ask(running: Running, *lines: str, pieces: Iterator[bytes]) -> tuple[str, float, int]:
    """Send a head and then pieces until the node answers; return its answer, after how long, and what it took."""
    host, _, port = running.address.removeprefix("http://").partition(":")
    head = "\r\n".join([f"POST {PATH} HTTP/1.1", f"Host: {host}:{port}", "Cookie: serai=" + "x" * 32, *lines, "", ""])
    taken, started = 0, time.monotonic()
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode())
        connection.setblocking(False)
        answer = b""
        while time.monotonic() - started < 20:
            try:
                answer += connection.recv(65536)
                if b"</html>" in answer:
                    break
            except BlockingIOError:
                pass
            except ConnectionError:
                break
            try:
                taken += connection.send(next(pieces))
            except (BlockingIOError, ConnectionError):
                time.sleep(0.005)
    return answer.decode(), time.monotonic() - started, taken


def zeros() -> Iterator[bytes]:
    while True:
        yield b"\0" * 65536


def chunks() -> Iterator[bytes]:
    while True:
        yield b"10000\r\n" + b"\0" * 65536 + b"\r\n"


def test_two_gigabytes_are_refused_by_their_length(running_node: Running) -> None:
    before = memory_of(running_node)

    answer, passed_s, taken = ask(running_node, f"Content-Length: {2 * 2**30}", pieces=zeros())

    assert answer.startswith("HTTP/1.1 413 ")
    assert "What you sent is larger than 20 MB" in answer
    assert passed_s < SOON_S
    assert taken < 64 * 2**20
    assert memory_of(running_node) - before < 4096


def test_a_body_in_chunks_is_refused_at_once(running_node: Running) -> None:
    before = memory_of(running_node)

    answer, passed_s, taken = ask(running_node, "Transfer-Encoding: chunked", pieces=chunks())

    assert answer.startswith("HTTP/1.1 411 ")
    assert "The request does not say how long it is." in answer
    assert passed_s < SOON_S
    assert taken < 64 * 2**20
    assert memory_of(running_node) - before < 4096


@pytest.mark.parametrize("line", [f"Content-Length: {2 * 2**30}", "Transfer-Encoding: chunked"])
def test_pages_are_served_while_many_send_too_much(running_node: Running, line: str) -> None:
    for _ in range(8):
        ask(running_node, line, pieces=zeros() if "Length" in line else chunks())

    started = time.monotonic()
    status, _body = running_node.get("/register/VI.13a")

    assert status == 200
    assert time.monotonic() - started < 10  # what was refused is read a while, so that the sender sees the answer
