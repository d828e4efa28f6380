"""`serai exchange`: the link to other nodes, at the command line. Each command calls what the page calls."""

import json
import sys
import time
from datetime import datetime
from pathlib import Path

import click

from serai.exchange.cli_keys import keys
from serai.exchange.cli_proof import proof, verify


def _begin() -> None:
    """Bring the node up; sign through its signer, or here when it does not run."""
    click.get_current_context().find_root().obj()
    from django.conf import settings

    from serai.exchange.signer.current import open_here_if_silent

    open_here_if_silent(Path(settings.HOME.folder))


@click.group()
def exchange() -> None:
    """Introduce nodes, follow messages, prove what was sent and received."""


exchange.add_command(keys)
exchange.add_command(proof)
exchange.add_command(verify)


@exchange.command()
def fingerprint() -> None:
    """Print this node's fingerprint, to be read to the operator of another node."""
    _begin()
    from serai.exchange.queries import own_fingerprint

    click.echo(own_fingerprint())


@exchange.command()
@click.argument("url")
@click.option(
    "--fingerprint", "given", default="", help="What the other operator read to you; asked for when left out."
)
def introduce(url: str, given: str) -> None:
    """Introduce the node at an address, by the fingerprint that its operator reads to you."""
    _begin()
    from serai.exchange.peers import introduce_peer, meet_peer
    from serai.exchange.queries import own_fingerprint
    from serai.kernel.roles import Actor

    actor = Actor.operator()
    peer = meet_peer(url=url, actor=actor)
    click.echo(f"A node that calls itself {peer.pk} answers at {peer.url}.")
    click.echo("Call its operator by a way you trust. The fingerprint that they read to you must be typed here.")
    click.echo(f"Read them yours: {own_fingerprint()}")
    introduced = introduce_peer(
        code=peer.pk, fingerprint=given or click.prompt("Their fingerprint (60 digits)"), actor=actor
    )
    click.echo(f"{introduced.pk} is introduced. It must introduce this node, too, before messages pass.")


@exchange.command()
@click.argument("code")
@click.option("--reason", required=True)
def end(code: str, reason: str) -> None:
    """End the exchange with a node: nothing more is taken from it or sent to it."""
    _begin()
    from serai.exchange.peers import end_peer
    from serai.kernel.roles import Actor

    end_peer(code=code, reason=reason, actor=Actor.operator())
    click.echo(f"The exchange with {code} is ended. What is queued for it waits.")


@exchange.command()
@click.option("--json", "as_json", is_flag=True)
def peers(as_json: bool) -> None:
    """List the nodes that are known here."""
    _begin()
    from serai.exchange.queries import peer_standings

    rows = peer_standings()
    if as_json:
        click.echo(json.dumps([_peer_as_json(row) for row in rows], indent=1))
        return
    for row in rows:
        click.echo(
            f"{row.code:4} {row.state:10} waiting {_count(row.waiting):>7}  last receipt {_time(row.receipt_at)}  {row.url}"
        )
    if not rows:
        click.echo("No node is known yet. Introduce one: serai exchange introduce https://…")


def _peer_as_json(row: object) -> dict[str, object]:
    from dataclasses import asdict

    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in asdict(row).items()}  # type: ignore[call-overload]


def _count(number: int) -> str:
    from serai.exchange.queries import MOST_COUNTED

    return f">{MOST_COUNTED}" if number > MOST_COUNTED else str(number)


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else "–"


@exchange.command()
@click.option("--json", "as_json", is_flag=True)
def status(as_json: bool) -> None:
    """Say how the exchange stands; exit 1 when something waits for people."""
    _begin()
    from serai.exchange.queries import get_status

    found = get_status()
    needs_people = bool(found.stops or found.evidence or found.store_fault)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "node": found.node,
                    "realm": found.realm,
                    "fingerprint": found.fingerprint,
                    "log": {"epoch": found.log_epoch, "size": found.log_size, "root": found.log_root},
                    "seen_by": list(found.seen_by),
                    "peers": [_peer_as_json(row) for row in found.peers],
                    "keys": [{"kid": key.kid, "use": key.use, "state": key.state} for key in found.keys],
                    "stops": [{"peer": s.peer, "lane": s.lane, "seq": s.seq, "reason": s.reason} for s in found.stops],
                    "refusals": dict(found.refusals),
                    "evidence": found.evidence,
                    "catching_up": found.is_catching_up,
                    "store_fault": found.store_fault,
                },
                indent=1,
            )
        )
    else:
        _tell(found)
    sys.exit(1 if needs_people else 0)


def _tell(found: object) -> None:
    from serai.exchange.queries import Status

    assert isinstance(found, Status)
    click.echo(f"Node {found.node} ({found.realm}), fingerprint {found.fingerprint}")
    click.echo(f"Log: {found.log_size} entries, root {found.log_root}, epoch {found.log_epoch}")
    click.echo(f"Seen by: {', '.join(found.seen_by) or 'nobody yet'}")
    for row in found.peers:
        click.echo(f"{row.code}: {row.state}, {_count(row.waiting)} waiting, last receipt {_time(row.receipt_at)}")
    for key in found.keys:
        click.echo(f"Key {key.kid}: {key.state}")
    for stop in found.stops:
        click.echo(
            f"STOPPED {stop.peer} {stop.lane} at {stop.seq}: {stop.reason} {stop.detail}. "
            f"Decide: serai exchange resolve {stop.peer} {stop.lane} --retry|--refuse --reason …"
        )
    if found.store_fault:
        click.echo(f"STORE FAULT since {found.store_fault}: nothing more is taken.")
    for code, count in found.refusals.items():
        click.echo(f"Refused in 24 h: {code} {count}")


@exchange.command()
@click.argument("peer")
@click.argument("text")
@click.option("--wait", "wait_s", default=0.0, help="Seconds to wait for the receipt.")
def send(peer: str, text: str, wait_s: float) -> None:
    """Send a note to a node's operators, to try the link."""
    _begin()
    from serai.exchange.note import send_note
    from serai.kernel.roles import Actor

    number = send_note(to=peer, text=text, actor=Actor.operator())
    click.echo(f"Queued as {number}. The node sends it by itself.")
    if wait_s and not _wait_for(number, wait_s):
        click.echo("No receipt yet; it is kept and tried again.", err=True)
        sys.exit(1)


def _wait_for(number: str, wait_s: float) -> bool:
    from serai.exchange.models import Envelope
    from serai.exchange.queries import find_receipt, is_waiting

    deadline = time.monotonic() + wait_s
    while time.monotonic() < deadline:
        row = Envelope.objects.filter(is_sent=True, message_id=number).first()
        if row is not None and not is_waiting(row) and find_receipt(row):
            click.echo(f"Receipt: {row.peer} {row.lane} {row.epoch} {row.seq} {row.outcome or 'applied'}")
            return True
        time.sleep(0.05)
    return False


@exchange.command()
@click.argument("peer")
@click.argument("lane")
@click.option("--retry", "verdict", flag_value="retry", help="Propose to try the effect again.")
@click.option("--refuse", "verdict", flag_value="refuse", help="Propose that the message has no effect.")
@click.option("--confirm", "verdict", flag_value="confirm", help="Confirm what another operator proposed.")
@click.option("--reason", default="")
def resolve(peer: str, lane: str, verdict: str | None, reason: str) -> None:
    """Decide on a parked message. Two operators: one proposes, another confirms."""
    _begin()
    from serai.exchange import stops
    from serai.kernel.roles import Actor

    if verdict is None or (verdict != "confirm" and not reason.strip()):
        raise click.UsageError("Say --retry or --refuse with a --reason, or --confirm.")
    actor = Actor.operator()
    if verdict == "confirm":
        stop = stops.confirm_release(peer=peer, lane=lane, actor=actor)
        click.echo(f"Confirmed: {stop.verdict}. It happens when {peer} sends the message again, within a minute.")
    else:
        stops.propose_release(peer=peer, lane=lane, verdict=verdict, reason=reason, actor=actor)
        click.echo(
            "Proposed. Another operator confirms: on the exchange page, or with --confirm under their own login."
        )
