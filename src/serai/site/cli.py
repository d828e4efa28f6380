"""The `serai` command. Groups are imported only when called, so that `--help` answers at once."""

import importlib
import sys
from typing import Any, Final

import click

from serai import __version__

# group → where its click command lives, and its line in --help
_GROUPS: Final = {
    "node": ("serai.site.node_cli:node", "Make, run, check, back up and restore a node."),
    "account": ("serai.site.accounts.cli:account", "People, roles, sign-in links, sessions and tokens."),
    "register": ("serai.site.printing.cli:register", "Load, check, read and export the register."),
    "exchange": ("serai.exchange.cli:exchange", "Introduce nodes, follow messages, prove what was exchanged."),
    "corridors": ("serai.corridors.cli:corridors", "Plan consignments; check the network they are planned on."),
    "notices": ("serai.site.notices.cli:notices", "Try mails again that were given up."),
    "audit": ("serai.site.audit_cli:audit", "Check the audit trail."),
    "messages": ("serai.site.messages_cli:messages", "Compile and check translations."),
    "check": ("serai.site.check_cli:check", "Run every context's data checks."),
    "bench": ("serai.site.bench_cli:bench", "Measure against the goals."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click passes it
        return list(_GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click passes it
        if cmd_name not in _GROUPS:
            return None
        module, _, name = _GROUPS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click passes it
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _GROUPS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="serai")
@click.pass_context
def cli(context: click.Context) -> None:
    """Serai: what was agreed, and the systems that carry it.

    The node's folder is named by SERAI_HOME. Exit codes: 0 good, 1 a finding, 2 wrong usage.
    """
    context.obj = _start


def _start() -> None:
    """Bring the node up for a command of a context."""
    from serai.site.home import NodeHome
    from serai.site.start import check_identity, start_django

    home = NodeHome.default()
    home.read_identity()
    click.get_current_context().with_resource(home.in_use())  # a restore must wait until the command is done
    start_django()
    check_identity()


def main() -> Any:
    """Run the command; an error of ours is one sentence, not a traceback."""
    from serai.site.telling import tell

    try:
        return cli.main(prog_name="serai", standalone_mode=True)
    except Exception as error:
        if not (sentence := tell(error)):
            raise
        click.echo(sentence, err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
