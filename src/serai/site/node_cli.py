"""`serai node`: the life of a node at the command line."""

import json
import os
import sys
from pathlib import Path

import click

from serai.kernel.countries import Party
from serai.site.home import NodeHome, Realm


@click.group()
def node() -> None:
    """Make, run, check, back up and restore a node."""


@node.command()
@click.option("--code", default="SEC", show_default=True, help=f"Node code: {', '.join(Party)}, or XA, XB for trials.")
@click.option("--realm", type=click.Choice([realm.value for realm in Realm]), default="service", show_default=True)
@click.option("--operator", metavar="EMAIL", default="", help="Address of the first operator.")
@click.option("--operator-name", metavar="NAME", default="", help="Name of the first operator.")
@click.option("--json", "as_json", is_flag=True, help="Print the identity as JSON.")
def init(code: str, realm: str, operator: str, operator_name: str, as_json: bool) -> None:
    """Make a node in SERAI_HOME, its store and its first operator. Code and realm are fixed for good.

    The same again does nothing. Nobody has a password: the operator signs in by a link that is printed on demand.
    """
    home = NodeHome.default()
    try:
        identity = home.init(code=code, realm=Realm(realm))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    opened = _set_up(home, email=operator, name=operator_name)
    if as_json:
        click.echo(
            json.dumps(
                {"folder": str(home.folder), "code": identity.code, "realm": identity.realm, "id": identity.node_id}
            )
        )
    else:
        click.echo(f"Node {identity.code} in the {identity.realm} realm: {home.folder}")
        if opened:
            click.echo(
                f"First operator: {opened}, without a password. While the node runs: serai account link {opened}"
            )


def _set_up(home: NodeHome, *, email: str = "", name: str = "") -> str:
    """Bring the store up and open the first operator's account; return its address, empty when there was one."""
    from serai.site.start import check_identity, set_up_store, start_django

    with home.in_use(), home.setting_up():
        start_django()
        from serai.site.doctor.store import check_fit

        check_fit()
        set_up_store()
        check_identity()
        from serai.site.accounts.first import open_first_operator

        opened = open_first_operator(email=email, name=name)
    return opened.email if opened else ""


@node.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--setup", is_flag=True, help="First make the node if there is none, its tables and its register.")
@click.option(
    "--training", is_flag=True, help="Several training nodes in folders of their own, introduced to each other."
)
@click.option("--with", "more", metavar="CODES", default="", help="With --training: more nodes, such as XA,XB.")
@click.option("--samples", is_flag=True, help="A training node with sample accounts; prints a sign-in link for each.")
@click.option("--tls", is_flag=True, help="For trials: serve HTTPS by a certificate of the node's own.")
@click.option("--no-worker", is_flag=True, help="Serve pages only; run `serai node worker` elsewhere.")
@click.option("--neighbours", type=click.Path(path_type=Path), hidden=True)
@click.option("--parent", type=int, default=0, hidden=True)
@click.option("--log", type=click.Path(path_type=Path), help="Write logs to this file instead of standard error.")
def run(  # the options of a command are its arguments
    host: str,
    port: int,
    processes: int,
    setup: bool,
    training: bool,
    more: str,
    samples: bool,
    tls: bool,
    no_worker: bool,
    neighbours: Path | None,
    parent: int,
    log: Path | None,
) -> None:
    """Serve the node until stopped."""
    from serai.site.run import Run, run_node

    if more and not training:
        raise click.UsageError("--with names further nodes of --training")
    if training:
        from serai.site.federation import plan_federation, run_federation

        try:
            planned = plan_federation(NodeHome.default().folder, more=more, host=host, first_port=port, has_tls=tls)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        sys.exit(run_federation(planned))
    run_node(
        Run(
            host=host,
            port=port,
            processes=processes,
            log=log,
            is_set_up=setup or samples,
            has_samples=samples,
            has_tls=tls,
            has_worker=not no_worker,
            neighbours=neighbours,
            parent=parent,
        )
    )


@node.command()
@click.option("--log", type=click.Path(path_type=Path), help="Write logs to this file instead of standard error.")
@click.option("--once", is_flag=True, help="Do what there is to do now, then stop.")
def worker(log: Path | None, once: bool) -> None:
    """Run the node's background work until stopped. Several at once are fine."""
    from serai.site.heap import keep_one_arena
    from serai.site.logs import set_up_logs
    from serai.site.start import check_identity, start_django

    keep_one_arena()
    set_up_logs(log)
    start_django()
    check_identity()
    from serai.site.signing import keep_signer
    from serai.site.worker import Worker

    home = NodeHome.default()
    with home.in_use():
        if once:
            Worker().turn()
            return
        keeper = keep_signer(home.folder)
        try:
            Worker().run()
        finally:
            if keeper:
                keeper.stop(grace_s=5)


@node.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(as_json: bool) -> None:
    """Say in sentences what is wrong with the node; exit 1 when anything is."""
    from serai.site.doctor import examine

    findings = examine(NodeHome.default())
    wrong = [finding for finding in findings if not finding.is_good]
    if as_json:
        click.echo(
            json.dumps(
                [
                    {"check": f.check, "good": f.is_good, "caution": f.is_caution, "sentence": f.sentence}
                    for f in findings
                ],
                indent=1,
            )
        )
    else:
        for finding in findings:
            mark = "WRONG" if not finding.is_good else "LOOK " if finding.is_caution else "ok  "
            click.echo(f"{mark} {finding.check}: {finding.sentence}")
    sys.exit(1 if wrong else 0)


@node.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def backup(file: Path | None, as_json: bool) -> None:
    """Write a backup of the store, while the node runs. It holds no keys."""
    from serai.site.backup.errors import BackupFailed, told_as
    from serai.site.start import check_identity, start_django

    with told_as(BackupFailed):
        start_django()
        check_identity()
    from serai.site.backup.make import make_backup

    made = make_backup(NodeHome.default(), file, progress=_progress)
    click.echo(
        json.dumps({"file": str(made.file), "bytes": made.size})
        if as_json
        else f"Backup: {made.file} ({made.size:,} bytes)"
    )


@node.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, yes: bool) -> None:
    """Put a backup in place of the store. The node must be stopped; a kill half-way changes nothing."""
    from serai.exchange.signer.place import keys_folder
    from serai.site.backup.restore import restore_backup

    home = NodeHome.default()
    if not yes and home.exists():
        click.confirm(f"Replace the store in {home.folder} by {file}?", abort=True)
    restored = restore_backup(home, file, progress=_progress)
    kept = f"; the former store is kept in {restored.former}" if restored.former else ""
    click.echo(f"Restored node {restored.code} from {file}{kept}")
    if not keys_folder(home.folder).exists():
        click.echo(
            f"A backup holds no keys. Put the folder {keys_folder(home.folder)} back from its own copy, then start."
        )


def _progress(sentence: str) -> None:
    if os.isatty(2):
        click.echo(f"  {sentence} …", err=True)
