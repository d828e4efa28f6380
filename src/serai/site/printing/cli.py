"""`serai register brief`: the printed brief at the command line.

It hangs below the register's group, but stands here: a context may not know the site. `register` is the group with it.
"""

from pathlib import Path

import click

from serai.register.cli import register


@register.command()
@click.argument("name", metavar="BODY|STATE")
@click.option("--language", type=click.Choice(["en", "ru", "zh-hans"]), default="en")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where the PDF goes.")
def brief(name: str, language: str, output: Path) -> None:
    """Print the brief of a body (customs-dg) or of a state (KZ) as PDF."""
    click.get_current_context().obj()
    from serai.kernel.countries import STATES
    from serai.register.queries import get_body
    from serai.site.printing.compiler import render
    from serai.site.printing.data import make_brief, read_state

    subject = read_state(name) if name in STATES else get_body(name)
    content = render("brief", make_brief(subject, language), language)
    try:
        output.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}. Choose another --output.") from None
    click.echo(f"{output}: {len(content):,} bytes")


__all__ = ["register"]
