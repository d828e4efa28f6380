"""What the benchmark measures from outside: a node's start, its memory, its home page over the wire, a fresh clone."""

import gzip
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

import brotli

import serai
from serai.kernel.benching import BenchFailed, CannotMeasure
from serai.kernel.ports import free_port
from serai.register.bench.plan import SLEEP

_HOST: Final = "127.0.0.1"
_START_WITHIN_S: Final = 300
_STOP_WITHIN_S: Final = 30
_VISITED: Final = ("/", "/register/", "/register/VI.13a", "/register/?q=transit")
_LOADED_RELATIONS: Final = frozenset({"stylesheet", "icon", "manifest", "preload", "modulepreload"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningNode:
    """A node that answers."""

    pid: int
    port: int
    started_after_s: float


def environment(folder: Path | None, **more: str) -> dict[str, str]:
    """Return this process's environment with no setting of a node in it but its folder, so that it runs on SQLite."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("SERAI_", "DJANGO_")) or key == SLEEP
    }
    kept.pop("DATABASE_URL", None)
    home = {"SERAI_HOME": str(folder)} if folder else {}
    return kept | home | more


@contextmanager
def running_node(
    command: Sequence[str], *, env: Mapping[str, str], log: Path, folder: Path | None = None
) -> Iterator[RunningNode]:
    """Run a command that serves a node, `--port` added; wait for its first page; stop it in the end."""
    port = free_port()
    started = time.perf_counter()
    if sleep_us := int(os.environ.get(SLEEP) or 0):
        time.sleep(sleep_us / 1e6)
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # our own command, fixed arguments
            [*command, "--port", str(port)],
            env=env,
            cwd=folder,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        _wait_for_page(process, port, log)
        yield RunningNode(pid=process.pid, port=port, started_after_s=time.perf_counter() - started)
    finally:
        _stop(process)


def run_command() -> list[str]:
    """Return the command that makes a node where there is none and serves it."""
    return [sys.executable, "-m", "serai.site.cli", "node", "run", "--setup"]


def _wait_for_page(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    give_up_at = time.monotonic() + _START_WITHIN_S
    while time.monotonic() < give_up_at:
        if process.poll() is not None:
            raise BenchFailed(f"the node stopped before its first page: {_last_line(log)}")
        if _answers(port):
            return
        time.sleep(0.02)
    raise BenchFailed(f"the node gave no page within {_START_WITHIN_S} seconds: {_last_line(log)}")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(_HOST, port, timeout=_START_WITHIN_S)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:  # nobody listens yet
        return False
    finally:
        connection.close()


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "it said nothing"


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def measure_home_kb(node: RunningNode) -> tuple[float, int]:
    """Return the size on the wire, headers included, of the home page with all it loads, in kB; and how many files."""
    waiting, seen, received = ["/"], {"/"}, 0
    while waiting:
        address = waiting.pop()
        size, kind, body = _fetch(node.port, address)
        received += size
        for found in find_loads(kind, body):
            path = _own_path(urljoin(address, found), page=address)
            if path not in seen:
                seen.add(path)
                waiting.append(path)
    return received / 1000, len(seen)


def _own_path(address: str, *, page: str) -> str:
    parts = urlsplit(address)
    if parts.netloc:
        raise BenchFailed(f"{page} loads {address} from another machine")
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _fetch(port: int, address: str) -> tuple[int, str, str]:
    """Return the number of bytes that came over the wire, the type, and the text unpacked."""
    request = f"GET {address} HTTP/1.1\r\nHost: {_HOST}\r\nAccept-Encoding: br, gzip\r\nConnection: close\r\n\r\n"
    with socket.create_connection((_HOST, port), timeout=30) as connection:
        connection.sendall(request.encode())
        wire = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = wire.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    if " 200 " not in f"{status} ":
        raise BenchFailed(f"{address}: {status}")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(headers.get("content-encoding", ""), bytes)
    return len(wire), headers.get("content-type", ""), unpack(body).decode("utf-8", errors="replace")


def find_loads(kind: str, text: str) -> list[str]:
    """Return the addresses that a browser fetches because of a page or a style sheet."""
    if kind.startswith("text/css"):
        return [
            part.split(")")[0].strip("\"' ")
            for part in text.split("url(")[1:]
            if not part.strip("\"' ").startswith("data:")
        ]
    if not kind.startswith("text/html"):
        return []
    parser = _Loads()
    parser.feed(text)
    return parser.found


class _Loads(HTMLParser):
    """Collects what a page loads by itself: style sheets, icons, scripts, images; not what it links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "link" and _LOADED_RELATIONS & set(values.get("rel", "").split()):
            self.found.append(values.get("href", ""))
        elif tag in {"script", "img", "iframe", "source"} and "src" in values:
            self.found.append(values["src"])


def measure_pss_mb(node: RunningNode, *, idle_s: float) -> tuple[float, int]:
    """Return the memory of an idle node, shared pages counted by share (PSS), in MB; and how many processes it has."""
    if not Path("/proc/self/smaps_rollup").exists():
        raise CannotMeasure("this system has no /proc/PID/smaps_rollup, from which memory is read")
    with ThreadPoolExecutor(8) as readers:  # several at once, so that each web process serves and holds its index
        list(readers.map(lambda address: _fetch(node.port, address), _VISITED * 8))
    time.sleep(idle_s)
    pids = _family(node.pid)
    return sum(_pss_kb(pid) for pid in pids) * 1024 / 1e6, len(pids)


def _family(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:  # it ended meanwhile
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    family = [pid]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


def _pss_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def measure_starts(folder: Path) -> tuple[float, float, str]:
    """Return the seconds from `./dev run` to the first page in a fresh clone, the same again, and the commit."""
    checkout = _find_checkout()
    clone = folder / "clone"
    _git("clone", "--quiet", str(checkout), str(clone))
    commit = _git("-C", str(clone), "rev-parse", "--short", "HEAD")
    seconds = []
    for name in ("cold", "warm"):
        with running_node(["./dev", "run"], env=_newcomer(), log=folder / f"{name}.log", folder=clone) as node:
            seconds.append(node.started_after_s)
    shutil.rmtree(clone)
    return seconds[0], seconds[1], commit


def _newcomer() -> dict[str, str]:
    """Return the environment of somebody who has just cloned: this process's own Python environment is not on the path."""
    own = {str(Path(sys.executable).parent), str(Path(sys.prefix) / "bin")}
    path = os.pathsep.join(part for part in os.environ.get("PATH", "").split(os.pathsep) if part not in own)
    kept = {key: value for key, value in environment(None).items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return kept | {"PATH": path}


def _find_checkout() -> Path:
    """Return the git checkout from which this package runs."""
    package = Path(serai.__file__).resolve().parent
    if shutil.which("git") is None:
        raise CannotMeasure("git is not installed, so no fresh clone can be made")
    try:
        top = Path(_git("-C", str(package), "rev-parse", "--show-toplevel"))
    except BenchFailed:
        raise CannotMeasure("the package does not run from a git checkout, so no fresh clone can be made") from None
    if not (top / "dev").exists() or top / "src" / "serai" != package:
        raise CannotMeasure("the package does not run from a checkout of Serai, so no fresh clone can be made")
    return top


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False, timeout=120)  # noqa: S603, S607
    if done.returncode:
        raise BenchFailed(f"git {arguments[0]}: {done.stderr.strip()[-300:]}")
    return done.stdout.strip()
