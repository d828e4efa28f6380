"""`serai notices`: what the operator does about mails."""

import click


@click.group()
def notices() -> None:
    """Mails about notices."""


@notices.command()
@click.pass_context
def retry(context: click.Context) -> None:
    """Try the mails once more that were given up."""
    context.obj()  # brings the node up
    from serai.kernel.roles import Actor
    from serai.site.notices.actions import retry_given_up

    count = retry_given_up(actor=Actor.operator())
    click.echo(f"{count} notices are mailed again by the worker." if count else "No mail was given up.")
