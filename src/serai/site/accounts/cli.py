"""`serai account`: people and their roles at the command line, for whoever runs the machine."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from serai.kernel.roles import Actor, Grant, Role, Scope, parse_scope

if TYPE_CHECKING:
    from serai.site.accounts.models import Account


class OnNode(click.Command):
    """A command that needs the node up; its --help does without."""

    def invoke(self, ctx: click.Context) -> Any:
        ctx.obj()
        return super().invoke(ctx)


class OnNodeGroup(click.Group):
    command_class = OnNode


@click.group(cls=OnNodeGroup)
def account() -> None:
    """Open accounts, give roles, make sign-in links, end sessions and tokens.

    KEY is the e-mail of an account, or its id.
    """


def _get(key: str) -> "Account":
    from serai.site.accounts.actions import get_account

    return get_account(key)


def _actor() -> Actor:
    return Actor.operator()


def _read_grant(text: str) -> Grant:
    """Read `editor`, `reviewer:state:KZ` or `focal-point:body:customs-dg`."""
    from serai.register.models import Body

    role, _, scope = text.partition(":")
    try:
        found = Grant(Role(role), parse_scope(scope))
    except ValueError:
        roles = ", ".join(Role)
        raise click.UsageError(f"{text!r} is not a role. Write {roles}; with a scope: reviewer:state:KZ.") from None
    if scope.startswith("body:") and not Body.objects.filter(pk=scope.removeprefix("body:")).exists():
        raise click.UsageError(f"The register knows no body {scope.removeprefix('body:')!r}.")
    return found


def _write_grant(role: str, scope: Scope | str) -> str:
    return f"{role}:{scope}" if scope else role


def _describe(row: "Account") -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "email": row.email,
        "name": row.name,
        "language": row.language,
        "roles": [_write_grant(grant.role, grant.scope) for grant in row.grants.order_by("role", "scope")],
        "closed": row.closed_at.isoformat() if row.closed_at else None,
        "last_sign_in": row.last_login.isoformat() if row.last_login else None,
    }


def _describe_tokens(row: "Account") -> list[dict[str, Any]]:
    return [
        {
            "number": token.pk,
            "name": token.name,
            "limits": token.limits,
            "expires": token.expires_at.isoformat(),
            "last_used": token.last_used.isoformat() if token.last_used else None,
        }
        for token in row.tokens.filter(ended_at=None).order_by("pk")
    ]


@account.command("open")
@click.argument("email")
@click.option("--name", required=True, help="How colleagues know the person.")
@click.option("--language", type=click.Choice(["en", "ru", "zh-hans"]), default="en", show_default=True)
@click.option("--role", "roles", multiple=True, help="editor, reviewer:state:KZ, focal-point:body:customs-dg, …")
@click.option("--json", "as_json", is_flag=True)
def open_command(email: str, name: str, language: str, roles: tuple[str, ...], as_json: bool) -> None:
    """Open an account without a password; its person signs in by a link first."""
    from serai.site.accounts.actions import open_account

    grants = [_read_grant(role) for role in roles]
    row = open_account(email=email, name=name, language=language, grants=grants, actor=_actor())
    if as_json:
        click.echo(json.dumps(_describe(row), ensure_ascii=False))
    else:
        click.echo(f"Account {row.pk} for {row.email}. Sign-in link: serai account link {row.email}")


@account.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_command(as_json: bool) -> None:
    """List all accounts."""
    from serai.site.accounts.models import Account

    rows = [_describe(row) for row in Account.objects.prefetch_related("grants").order_by("name", "pk")]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        closed = "  (closed)" if row["closed"] else ""
        click.echo(f"{row['email']:36} {row['name']:28} {', '.join(row['roles'])}{closed}")
    click.echo(f"{len(rows)} accounts", err=True)


@account.command()
@click.argument("key")
@click.option("--email", default="", help="The new address.")
@click.option("--name", default="", help="How colleagues know the person.")
@click.option("--language", type=click.Choice(["en", "ru", "zh-hans"]))
def change(key: str, email: str, name: str, language: str | None) -> None:
    """Change a person's address, name or language."""
    from serai.site.accounts.actions import change_account

    row = _get(key)
    change_account(account=row, email=email, name=name or row.name, language=language or row.language, actor=_actor())


@account.command()
@click.argument("key")
def show(key: str) -> None:
    """Show one account with its tokens, as JSON."""
    row = _get(key)
    click.echo(json.dumps(_describe(row) | {"tokens": _describe_tokens(row)}, ensure_ascii=False, indent=1))


@account.command()
@click.argument("key")
@click.option("--url", default="", help="Address of the node; SERAI_URL by default.")
def link(key: str, url: str) -> None:
    """Print a link that signs the person in: once, within ten minutes. The node must be running."""
    from django.conf import settings

    from serai.site.accounts.actions import make_sign_in_link
    from serai.site.accounts.first import link_address

    row = _get(key)
    token = make_sign_in_link(account=row, actor=_actor())
    click.echo(link_address(token, base=url or settings.SERAI_URL))
    click.echo(f"For {row.name}; works once, for ten minutes.", err=True)


@account.command()
@click.argument("key")
@click.argument("role")
def grant(key: str, role: str) -> None:
    """Give a role."""
    from serai.site.accounts.actions import grant_role

    grant_role(account=_get(key), grant=_read_grant(role), actor=_actor())


@account.command()
@click.argument("key")
@click.argument("role")
def revoke(key: str, role: str) -> None:
    """Take a role away."""
    from serai.site.accounts.actions import revoke_role

    revoke_role(account=_get(key), grant=_read_grant(role), actor=_actor())


@account.command()
@click.argument("key")
@click.option("--reason", default="", help="Kept in the audit trail.")
def close(key: str, reason: str) -> None:
    """Close an account; its sessions, links and tokens end."""
    from serai.site.accounts.actions import close_account

    close_account(account=_get(key), reason=reason, actor=_actor())


@account.command()
@click.argument("key")
def reopen(key: str) -> None:
    """Let a closed account sign in again."""
    from serai.site.accounts.actions import reopen_account

    reopen_account(account=_get(key), actor=_actor())


@account.command()
@click.argument("key")
@click.option("--json", "as_json", is_flag=True)
def sessions(key: str, as_json: bool) -> None:
    """List where a person is signed in."""
    rows = [
        {"device": row.device, "started": row.started_at.isoformat(), "seen": row.seen_at.isoformat()}
        for row in _get(key).sessions.order_by("-seen_at")
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['device'] or 'unknown device':30} since {row['started'][:16]}, seen {row['seen'][:16]}")
    click.echo(f"{len(rows)} sessions", err=True)


@account.command("end-sessions")
@click.argument("key")
def end_sessions_command(key: str) -> None:
    """Sign a person out everywhere, and make known devices strangers again."""
    from serai.site.accounts.actions import end_sessions

    click.echo(f"{end_sessions(account=_get(key), actor=_actor())} sessions ended")


@account.command()
@click.argument("key")
@click.option("--name", required=True, help="What uses it.")
@click.option(
    "--limit", "limits", multiple=True, required=True, help="read, ask, submit, decide; may be given several times."
)
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 365))
def token(key: str, name: str, limits: tuple[str, ...], days: int) -> None:
    """Make a token for programs and print it, this once."""
    from serai.site.accounts.actions import make_token

    click.echo(make_token(account=_get(key), name=name, limits=limits, days=days, actor=_actor()))
    if sys.stderr.isatty():
        click.echo("Keep it like a password: it is not shown again.", err=True)


@account.command("end-token")
@click.argument("number", type=click.IntRange(1))
def end_token_command(number: int) -> None:
    """End a token, by the number that `serai account show` gives."""
    from serai.site.accounts.actions import end_token

    end_token(number=number, actor=_actor())
