"""An operator who is signed in with her second step, as the pages ask of her in service."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from serai.kernel.roles import Role
from tests.signing_in import add_app, browser, code_of, open_account, try_password


@dataclass(frozen=True)
class OperatorAtWork:
    """Her account and her browser."""

    account: Any
    client: Client
    secret: str

    def post(self, path: str, **values: Any) -> Any:
        """Send a form and follow it to the page that comes of it."""
        return self.client.post(path, values, follow=True)


@pytest.fixture
def operator(db: None) -> OperatorAtWork:
    account = open_account("operator@example.org", role=Role.OPERATOR, name="Olga Operator")
    secret, client = add_app(account), browser("198.51.100.7")
    try_password(client, account.email)
    client.post("/account/sign-in/code/", {"code": code_of(secret)})
    return OperatorAtWork(account, client, secret)
