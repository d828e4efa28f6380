"""`serai check`: every context's data checks in one go."""

import sys

import click

from serai.register.cli import run_checks


@click.command()
@click.option(
    "--text", type=click.Path(exists=True, dir_okay=False), help="The declaration's text, for the checks of wording."
)
def check(text: str | None) -> None:
    """Run every context's data checks; exit 1 when one finds something."""
    sys.exit(1 if run_checks(text=text) else 0)
