"""People who sign in, for tests: accounts as an operator opens them, browsers at addresses, codes of an app."""

import base64
import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.test import Client

from serai.kernel.roles import EVERYWHERE, Role, Scope

PASSWORD = "seven camels cross at dawn"


def open_account(
    email: str = "editor@example.org", *, role: Role | None = None, password: str = PASSWORD, **values: Any
) -> Any:
    """Return an account, with a password unless it is empty, and with a role for the whole node if one is named."""
    from serai.kernel import clock
    from serai.site.accounts.models import Account, RoleGrant

    account = Account(email=email, made_at=clock.now(), **{"name": "Aigerim Editor", **values})
    account.set_password(password or None)
    account.save()
    if role:
        RoleGrant.objects.create(
            account=account, role=role, scope=Scope(EVERYWHERE), given_at=clock.now(), given_by="tests"
        )
    return account


def add_app(account: Any) -> str:
    """Give an account an app with codes; return its key."""
    from allauth.mfa.models import Authenticator

    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": secret})
    return secret


def code_of(secret: str, *, ahead: int = 0) -> str:
    """Return the code that the app shows now, or some half minutes ahead."""
    import time

    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def make_link(account: Any, *, minutes: int = 10) -> str:
    """Return the path of a sign-in link of an account."""
    from serai.kernel import clock
    from serai.site.accounts.models import SignInLink

    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        hash=hashlib.sha256(token.encode()).hexdigest(),
        account=account,
        expires_at=clock.now() + timedelta(minutes=minutes),
    )
    return f"/account/link/{token}"


def browser(address: str = "192.0.2.1", **defaults: Any) -> Client:
    """Return a browser at an address."""
    return Client(REMOTE_ADDR=address, **defaults)


def try_password(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    """Send the sign-in form."""
    return client.post("/account/sign-in/", {"login": email, "password": password, **more})


def signed_in(account: Any, *, password: str = PASSWORD, address: str = "192.0.2.1") -> Client:
    """Return a browser in which an account without a second step has signed in by its password."""
    client = browser(address)
    assert try_password(client, account.email, password).status_code == 302
    return client


def is_signed_in(client: Client) -> bool:
    """Whether the browser's next page is a person's."""
    return client.get("/account/").status_code == 200
