"""Programs that call the API by a token, for tests: real accounts, real tokens."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.test import Client

from serai.kernel.roles import Actor, Grant, Role, Scope

BASE = "/api/v1/follow-up"
LIMITS = ("read", "ask", "submit", "decide")


@dataclass
class Program:
    """Calls as one account; every write under a key of its own unless one is given."""

    account: str
    token: str

    def get(self, path: str, **query: Any) -> Any:
        return Client().get(f"{BASE}{path}", query, headers=self.headers)

    def post(self, path: str, body: object = None, *, key: str = "", raw: bytes | None = None) -> Any:
        sent = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        return Client().post(
            f"{BASE}{path}",
            sent,
            content_type="application/json",
            headers=self.headers | {"Idempotency-Key": key or str(uuid.uuid4())},
        )

    def send(self, content: bytes, name: str, *, key: str = "") -> Any:
        """Send a file as the whole body."""
        return Client().post(
            f"{BASE}/evidence",
            content,
            content_type="application/octet-stream",
            headers=self.headers | {"Idempotency-Key": key or str(uuid.uuid4()), "File-Name": name},
        )

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def open_program(name: str, *grants: tuple[Role, str], limits: tuple[str, ...] = LIMITS) -> Program:
    """Open an account with these roles and make a token for it."""
    from serai.site.accounts.actions import open_account

    account = open_account(
        email=f"{name}@example.org",
        name=name.title(),
        grants=[Grant(role, Scope(scope)) for role, scope in grants],
        actor=Actor.operator(),
    )
    return Program(str(account.pk), token_for(str(account.pk), limits))


def token_for(account: str, limits: tuple[str, ...]) -> str:
    """Make another token for an account."""
    from serai.site.accounts.actions import get_account, make_token

    return make_token(account=get_account(account), name="tests", limits=limits, days=300, actor=Actor.operator())
