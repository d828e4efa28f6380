"""`serai audit`: the trail of everything that was done on the node."""

import json
import sys

import click


@click.group()
def audit() -> None:
    """Check the audit trail."""


@audit.command()
@click.option(
    "--checkpoint", metavar="SIZE:ROOT", help="A size and root kept outside; only with one can a cut-off tail be told."
)
@click.option("--json", "as_json", is_flag=True)
def verify(checkpoint: str | None, as_json: bool) -> None:
    """Recompute the whole log and compare it with its checkpoints; exit 1 on a fault."""
    from serai.site.start import check_identity, start_django

    known = _read_checkpoint(checkpoint) if checkpoint else None
    start_django()
    check_identity()
    from serai.kernel import audit as trail

    with click.progressbar(length=1, label="Verifying", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        report = trail.verify(known=known)
        bar.update(1)
    if as_json:
        click.echo(
            json.dumps(
                {"leaves": report.leaves, "waiting": report.waiting, "root": report.root, "faults": report.faults}
            )
        )
    else:
        for fault in report.faults:
            click.echo(f"FAULT {fault}")
        click.echo(
            f"{report.leaves} rows sealed, {report.waiting} waiting, {len(report.faults)} faults; checkpoint {report.leaves}:{report.root}"
        )
    sys.exit(1 if report.faults else 0)


def _read_checkpoint(text: str) -> tuple[int, str]:
    size, _, root = text.partition(":")
    if not size.isdigit() or len(root) != 64 or set(root) - set("0123456789abcdef"):
        raise click.UsageError("A checkpoint is SIZE:ROOT, as `serai audit verify` prints it.")
    return int(size), root
