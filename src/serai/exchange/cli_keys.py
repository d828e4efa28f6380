"""`serai exchange keys`: where this node's keys lie, and every change of them."""

import json
import time
from datetime import datetime
from pathlib import Path

import click

_TOKEN = click.option(
    "--token", "label", default="", help="The new key's label in the token of keys/pkcs11.toml; made there if missing."
)
_COPY = "Every peer is told; copy the folder “keys” to where you keep its copy."


def _begin(*, is_emergency: bool = False) -> None:
    """Bring the node up; sign through its signer, or here when it does not run (in an emergency without a lost token)."""
    click.get_current_context().find_root().obj()
    from django.conf import settings

    from serai.exchange.signer.current import open_here_if_silent

    open_here_if_silent(Path(settings.HOME.folder), is_emergency=is_emergency)


def _change(verb: str, *, at: int, end: int | None = None, kid: str = "", reason: str = "", label: str = "") -> int:
    """Carry the change out; return how many statements it led to."""
    from serai.exchange.messages import change_keys
    from serai.exchange.signer.interface import KeyOrder
    from serai.kernel.roles import Actor

    order = KeyOrder(verb=verb, at=at, end=end, kid=kid, reason=reason, label=label)
    return len(change_keys(order=order, actor=Actor.operator()))


@click.group(invoke_without_command=True)
@click.pass_context
def keys(context: click.Context) -> None:
    """List this node's keys and where each lies; add, rotate, end or revoke them."""
    if context.invoked_subcommand is not None:
        return
    _begin()
    from serai.exchange.queries import own_key_states
    from serai.exchange.signer.current import current_signer

    places = current_signer().places()
    for key in own_key_states():
        until = f" until {key.end:%Y-%m-%d %H:%M:%S}" if key.end else ""
        place = places.get(key.kid) or "not here"
        click.echo(f"{key.kid:8} {key.use:8} {key.state + until:30} {place}")


@keys.command()
@click.option("--seal", "is_seal", is_flag=True, help="The key that others seal for, instead of the one that signs.")
@click.option("--foreign", "is_foreign", is_flag=True, help="The ES256 keys for other protocols.")
@click.option("--hours", default=24, show_default=True, help="How long the old key stays valid.")
@_TOKEN
def rotate(is_seal: bool, is_foreign: bool, hours: int, label: str) -> None:
    """Let the ready key follow the one that signs, after an overlap; make a new ready key."""
    if is_seal and (is_foreign or label):
        raise click.UsageError("Keys that others seal for lie in the key file, and are no --foreign keys.")
    _begin()
    now = int(time.time())
    verb = "reseal" if is_seal else "foreign" if is_foreign else "rotate"
    _change(verb, at=now, end=now + hours * 3600, label=label)
    click.echo(f"Done. {_COPY}")
    if is_foreign:
        _print_jwks()


@keys.command()
@click.option("--foreign", is_flag=True, required=True, expose_value=False, help="An ES256 key for another protocol.")
@_TOKEN
def add(label: str) -> None:
    """Add a key for another protocol, such as the e-permit's; the others stay. Prints the keys for its announcement."""
    _begin()
    _change("foreign", at=int(time.time()), label=label)
    click.echo(f"Done. {_COPY}", err=True)
    _print_jwks()


@keys.command()
def jwk() -> None:
    """Print the ES256 keys that are valid now, as other protocols take them: a JWK set."""
    _begin()
    _print_jwks()


def _print_jwks() -> None:
    from serai.exchange.foreign import jwk_of
    from serai.exchange.keyring import own_keys
    from serai.exchange.keys import Use

    found = own_keys().valid(Use.FOREIGN, at=int(time.time()))
    click.echo(json.dumps({"keys": [jwk_of(key) for key in found]}, indent=1))


@keys.command()
@click.argument("kid")
@click.option("--hours", default=0, show_default=True, help="How long it stays valid.")
def end(kid: str, hours: int) -> None:
    """End an ES256 key for another protocol. Keys that sign or seal here end by rotation."""
    _begin()
    now = int(time.time())
    _change("end", at=now, end=now + hours * 3600, kid=kid)
    click.echo(f"{kid} ends. {_COPY}")


@keys.command()
@click.argument("kid")
@click.option("--reason", required=True)
@click.option("--since", default="", help="When it was lost, as 2026-11-26T10:00Z; now when left out.")
@_TOKEN
def revoke(kid: str, reason: str, since: str, label: str) -> None:
    """Revoke a key that others may have: what is dated after that moment is refused by every peer.

    Works on a stopped node whose token is lost, when another signing key lies in the key file.
    """
    _begin(is_emergency=True)
    try:
        at = int(datetime.fromisoformat(since).timestamp()) if since else int(time.time())
    except ValueError:
        raise click.UsageError(f"“{since}” is no moment. Write it as 2026-11-26T10:00Z.") from None
    added = _change("revoke", at=at, kid=kid, reason=reason, label=label)
    click.echo(f"{kid} is revoked. {_COPY}")
    if added == 1:
        click.echo("No new key was made: the token did not answer. Make one soon: serai exchange keys rotate", err=True)
