"""`serai exchange proof` and `verify`: the second runs on any machine, without a node."""

import sys
from pathlib import Path

import click


@click.command()
@click.argument("peer")
@click.argument("lane")
@click.argument("epoch", type=int)
@click.argument("seq", type=int)
@click.option("--received", is_flag=True, help="A message that the peer sent to us, instead of one that we sent.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def proof(peer: str, lane: str, epoch: int, seq: int, received: bool, output: Path | None) -> None:
    """Export the proof of one message: who signed it, who took it in, where it stands in the log."""
    click.get_current_context().find_root().obj()
    from django.conf import settings

    from serai.exchange.exporting import export_message
    from serai.exchange.queries import get_message
    from serai.exchange.signer.current import open_here_if_silent

    open_here_if_silent(Path(settings.HOME.folder))
    text = export_message(get_message(peer=peer, lane=lane, epoch=epoch, seq=seq, is_sent=not received))
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n")
        click.echo(f"Proof: {output}. Check it anywhere: serai exchange verify {output.name}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--fingerprint", "given", multiple=True, metavar="CODE=DIGITS", help="A node's fingerprint, known otherwise."
)
def verify(file: Path, given: tuple[str, ...]) -> None:
    """Check a proof file. Needs no node; exit 1 when it does not hold."""
    from serai.exchange.proof import check_proof, tell

    known = dict[str, str]()
    for one in given:
        code, _, digits = one.partition("=")
        if not digits:
            raise click.UsageError("Write --fingerprint KZ=12345…, the node's code and its sixty digits.")
        known[code] = digits
    verdict = check_proof(file.read_bytes(), fingerprints=known)
    for line in tell(verdict):
        click.echo(line)
    sys.exit(0 if verdict.is_good else 1)
