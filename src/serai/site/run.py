"""What `serai node run` does: checks, sets up when asked, says where the node is and who may sign in, then serves."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from serai.kernel.errors import Conflict, gettext_noop
from serai.site.apart import do_apart, end_with
from serai.site.home import Identity, NodeHome, Realm


class NotTraining(Conflict):
    code = "not_training"
    template = gettext_noop(
        "The node in {folder} is a service node; sample accounts belong to training nodes. Set SERAI_HOME to another folder."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How a node is to be served."""

    host: str
    port: int
    processes: int
    log: Path | None
    is_set_up: bool  # make what is missing: the node, its tables, its register
    has_samples: bool  # sample accounts, and a link for each
    has_tls: bool
    has_worker: bool
    neighbours: Path | None  # other training nodes on this machine
    parent: int  # the process that keeps this one; 0 for none

    @property
    def url(self) -> str:
        """Where the node listens; on all addresses, this machine's own."""
        host = {"0.0.0.0": "127.0.0.1", "::": "127.0.0.1"}.get(self.host, self.host)  # noqa: S104  # compared, not bound
        host = f"[{host}]" if ":" in host else host
        return f"{'https' if self.has_tls else 'http'}://{host}:{self.port}"


def run_node(run: Run) -> None:
    """Serve the node in SERAI_HOME until stopped."""
    from serai.site.heap import keep_one_arena
    from serai.site.logs import set_up_logs
    from serai.site.port import check_port_free
    from serai.site.signing import check_keys

    keep_one_arena()
    if run.parent:
        end_with(run.parent)
    check_port_free(run.host, run.port)
    home = NodeHome.default()
    if run.is_set_up and not home.exists():
        realm = Realm.TRAINING if run.has_samples else Realm.SERVICE
        do_apart(lambda: home.init(code="SEC", realm=realm))
    set_up_logs(run.log)
    identity = home.read_identity()
    check_keys(home.folder)
    if (run.has_samples or run.neighbours) and identity.realm is not Realm.TRAINING:
        raise NotTraining(folder=home.folder)
    with home.in_use():
        _bring_up(home, run)
        _announce(home, identity, run)
        from serai.site.server import serve

        serve(
            host=run.host,
            port=run.port,
            processes=run.processes,
            log=run.log,
            with_worker=run.has_worker,
            certificate=_make_certificate(home, identity) if run.has_tls else None,
        )


def _bring_up(home: NodeHome, run: Run) -> None:
    """Start Django and bring the store up, or end with NeedsSetup."""
    if run.has_tls:
        os.environ["SERAI_TLS"] = "1"  # the settings read it
    from serai.site.start import start_django

    start_django()
    do_apart(lambda: _bring_up_store(home, is_set_up=run.is_set_up))
    if run.neighbours:
        _meet_neighbours(run.neighbours)


def _bring_up_store(home: NodeHome, *, is_set_up: bool) -> None:
    from serai.kernel import storage
    from serai.site.doctor.store import check_fit
    from serai.site.start import NeedsSetup, check_identity, has_fresh_static, has_unapplied_migrations, set_up_store

    check_fit()
    if is_set_up:
        with home.setting_up():
            set_up_store()
            _load_register()
    elif has_unapplied_migrations() or not has_fresh_static():
        raise NeedsSetup
    check_identity()
    storage.clear_fault()


def _load_register() -> None:
    from serai.kernel.roles import Actor
    from serai.register.actions import load_catalogue

    load_catalogue(actor=Actor.operator())


def _meet_neighbours(file: Path) -> None:
    from serai.site.neighbours import introduce_neighbours

    do_apart(lambda: introduce_neighbours(file))


def _make_certificate(home: NodeHome, identity: Identity) -> Path:
    """Return the file of a fresh certificate for the names that the node answers to."""
    from django.conf import settings

    from serai.exchange.http.tls import FOLDER, SERVER

    def make() -> None:
        from serai.exchange.http.certificates import make_certificates
        from serai.kernel import clock

        with home.setting_up():
            make_certificates(home.folder, node=identity.code, hosts=settings.ALLOWED_HOSTS, now=clock.now())

    do_apart(make)
    return home.folder / FOLDER / SERVER


def _announce(home: NodeHome, identity: Identity, run: Run) -> None:
    """Say where the node is, and print sign-in links when it is set up."""
    from django.conf import settings
    from django.db import connections

    from serai.exchange.http.tls import AUTHORITY, FOLDER

    if not os.environ.get("SERAI_URL"):  # links in mails lead to where this node serves
        settings.SERAI_URL = run.url
    click.echo(f"Serai: node {identity.code} ({identity.realm}) on {run.url} – stop with Ctrl+C")
    if run.has_tls:
        click.echo(f"Browsers trust it once they are given {home.folder / FOLDER / AUTHORITY}")
    if run.is_set_up:
        with home.setting_up():
            _print_links(base=str(settings.SERAI_URL), with_samples=run.has_samples)
    sys.stdout.flush()
    connections.close_all()


def _print_links(*, base: str, with_samples: bool) -> None:
    """Print sign-in links: of the sample accounts, else of an operator who has never signed in."""
    from serai.kernel.roles import Actor
    from serai.site.accounts import first
    from serai.site.accounts.actions import make_sign_in_link

    if with_samples:
        click.echo("Sign-in links, each for one person, once, within ten minutes (one browser profile a person):")
        for sample, token in first.make_sample_links():
            click.echo(f"  {sample.key:9} {first.link_address(token, base=base)}")
        return
    first.open_first_operator()
    operator = first.find_new_operator()
    if operator is not None:
        token = make_sign_in_link(account=operator, actor=Actor.operator())
        click.echo("The first operator signs in once by this link, within ten minutes, then sets a password:")
        click.echo(f"  {first.link_address(token, base=base)}")
        click.echo("To try the daily work with sample people instead: ./dev run --training")
