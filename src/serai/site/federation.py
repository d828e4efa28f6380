"""`serai node run --training`: the Secretariat and a few states, each a node of its own, on one machine.

Nothing of Django is imported here: the nodes are processes, and this one only keeps them.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from serai.exchange.keys import fingerprint_of
from serai.exchange.signer.place import read_statements
from serai.kernel.countries import NAMES, NEUTRAL, Party
from serai.kernel.errors import Conflict, gettext_noop
from serai.kernel.languages import ENGLISH
from serai.site.apart import do_apart
from serai.site.environment import read_hosts
from serai.site.home import NodeHome, Realm
from serai.site.port import PortTaken, check_port_free
from serai.site.supervisor import Member, Supervisor

ALWAYS: Final = (Party.SEC, Party.CN, Party.KZ, Party.UZ)
NEIGHBOURS: Final = "federation.json"
_PORTS_TRIED: Final = 200


class FederationRuns(Conflict):
    code = "federation_runs"
    template = gettext_noop("The training nodes in {folder} are running. Stop them first, or set SERAI_HOME.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one node of the federation lives and listens."""

    code: str
    folder: Path
    port: int
    url: str

    @property
    def name(self) -> str:
        return NAMES[ENGLISH].get(self.code, "neutral, for trials")


@dataclass(frozen=True, slots=True, kw_only=True)
class Federation:
    """Several training nodes on this machine."""

    folder: Path
    host: str
    has_tls: bool
    places: tuple[Place, ...]


def plan_federation(folder: Path, *, more: str, host: str, first_port: int, has_tls: bool) -> Federation:
    """Choose codes and free ports; raise ValueError for a code that no node can have."""
    places, port = list[Place](), first_port
    for code in dict.fromkeys([*ALWAYS, *_read_codes(more)]):
        port = _next_free(host, port)
        url = f"{'https' if has_tls else 'http'}://{_reached(host)}:{port}"
        places.append(Place(code=code, folder=folder / code, port=port, url=url))
        port += 1
    return Federation(folder=folder, host=host, has_tls=has_tls, places=tuple(places))


def _read_codes(text: str) -> list[str]:
    codes = [code.strip().upper() for code in text.split(",") if code.strip()]
    for code in codes:
        if code not in {*Party, *NEUTRAL}:
            raise ValueError(f"no node is called {code!r}: write --with {','.join(NEUTRAL)}, or a state's code")
    return codes


def _reached(host: str) -> str:
    """Return a name for the address on which the nodes listen; they are on one machine."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104  # compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _next_free(host: str, port: int) -> int:
    for candidate in range(port, port + _PORTS_TRIED):
        try:
            check_port_free(host, candidate)
        except PortTaken:
            continue
        return candidate
    raise PortTaken(address=f"{host}:{port}")


def run_federation(federation: Federation) -> int:
    """Run the nodes until stopped; return the exit code. Raises FederationRuns."""
    federation.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(federation.folder):
        _tell_plan(federation)
        do_apart(lambda: _make_homes(federation))
        _write_neighbours(federation)
        members = [Member(place.code, _command(federation, place), _environment(place)) for place in federation.places]
        supervisor = Supervisor(
            members,
            addresses={place.code: (_reached(federation.host).strip("[]"), place.port) for place in federation.places},
        )
        return supervisor.run(tell_ready=lambda: _tell_ready(federation, members))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder / "federation.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise FederationRuns(folder=folder) from None
    finally:
        os.close(handle)


def _make_homes(federation: Federation) -> None:
    """Make the folders and keys of all, so that each can read the others' before any of them runs."""
    for place in federation.places:
        NodeHome(place.folder).init(code=place.code, realm=Realm.TRAINING)
        if federation.has_tls:
            from serai.exchange.http.certificates import make_certificates  # noqa: PLC0415  # imports much

            make_certificates(place.folder, node=place.code, hosts=read_hosts(), now=datetime.now(UTC))


def _write_neighbours(federation: Federation) -> None:
    rows = {place.code: {"folder": str(place.folder), "url": place.url} for place in federation.places}
    draft = federation.folder / f".{NEIGHBOURS}"
    draft.write_text(json.dumps(rows, indent=1) + "\n")
    draft.replace(federation.folder / NEIGHBOURS)


def _command(federation: Federation, place: Place) -> Sequence[str]:
    """Return what runs a node; each is a real `serai node run` with one web process."""
    options = ["--host", federation.host, "--port", str(place.port), "--processes", "1"]
    options += ["--log", str(place.folder / "log" / "serai.log")]
    options += ["--samples", "--neighbours", str(federation.folder / NEIGHBOURS), "--parent", str(os.getpid())]
    return [*options, *(["--tls"] if federation.has_tls else [])]


def _environment(place: Place) -> dict[str, str]:
    """Return the environment of a node: what would make all of them one is left out."""
    shared = {"DATABASE_URL", "SERAI_URL", "SERAI_HTTPS", "SERAI_TLS", "SERAI_STATIC"}
    return {name: value for name, value in os.environ.items() if name not in shared} | {
        "SERAI_HOME": str(place.folder),
        "PYTHONUNBUFFERED": "1",
    }


def _tell_plan(federation: Federation) -> None:
    click.echo(f"Training nodes in {federation.folder}, each with its own store, keys and log:")
    for place in federation.places:
        click.echo(f"  {place.code:4} {place.url}  {place.name}")
    if NodeHome(federation.folder).exists():
        click.echo(
            f"{federation.folder} itself holds a training node from before. It stays as it is and takes no part; "
            f"to run it: SERAI_HOME={federation.folder} ./dev serai node run --setup --samples"
        )
    if os.environ.get("DATABASE_URL"):
        click.echo("DATABASE_URL is not used: each training node has its own SQLite store.")


def _tell_ready(federation: Federation, members: Sequence[Member]) -> None:
    """Say where each node is, its fingerprint, and who may sign in."""
    for place, member in zip(federation.places, members, strict=True):
        click.echo(f"\n{place.code}  {place.name}  {place.url}")
        click.echo(f"  fingerprint {fingerprint_of(read_statements(place.folder)[0])}")
        for line in member.links:
            click.echo(line)
    if federation.has_tls:
        click.echo(f"\nBrowsers trust a node once they are given its {federation.folder}/…/tls/authority.pem")
    click.echo(
        "\nThey are introduced to each other; the fingerprints were read from each other's folders, since all are on this\n"
        "machine. Between machines two operators read them to each other.\n"
        "Each link signs one person in, once, within ten minutes. At each node a browser is one person; for two people at\n"
        "one node use two browser profiles. Stop with Ctrl+C."
    )
