"""People to tell, and what a test tells them."""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from serai.kernel import clock, people
from serai.kernel.errors import BadInput, TooManyRequests
from serai.kernel.models import Notice
from serai.kernel.notices import Field, NoticeKind, define, notify
from serai.kernel.people import Person
from serai.kernel.roles import Role, Scope
from tests.integration.notices.mail_server import MailServer

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
# Sentences that are in the translation files already: what is tested is that they are translated.
NEWS = define(NoticeKind(code="test:news", sentence=BadInput.template))
DUTY = define(NoticeKind(code="test:duty", sentence=TooManyRequests.template, is_duty=True))
Tell = Callable[..., Notice]


class KnownPeople:
    """A directory of the people that a test opens."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}

    def find(self, accounts: Collection[str]) -> Mapping[str, Person]:
        return {account: self.people[account] for account in accounts if account in self.people}

    def holders(self, role: Role, scope: Scope) -> list[Person]:
        return []

    def add(self, name: str = "Aigerim", email: str = "aigerim@example.org", language: str = "en") -> str:
        """Open an account; return its id."""
        account = str(uuid.uuid4())
        self.people[account] = Person(account=account, name=name, email=email, language=language)
        return account


@pytest.fixture
def known_people() -> Iterator[KnownPeople]:
    before, directory = people._directory, KnownPeople()
    people.use_directory(directory)
    yield directory
    people.use_directory(before)


@pytest.fixture
def reader(known_people: KnownPeople) -> str:
    """An account that reads English."""
    return known_people.add()


@pytest.fixture
def tell() -> Tell:
    """Tell an account something, at noon unless said otherwise."""

    def told(
        account: str,
        key: str = "k",
        *,
        kind: NoticeKind = NEWS,
        at: datetime = NOON,
        path: str = "/work/",
        **fields: Field,
    ) -> Notice:
        with clock.frozen(at), transaction.atomic():
            notify(kind, accounts=[account], key=key, path=path, **fields)
        return Notice.objects.get(account=account, key=key)

    return told


@pytest.fixture(autouse=True)
def _address_of_node(settings: Any) -> None:
    settings.SERAI_URL = "https://serai.example.org"
    settings.DEFAULT_FROM_EMAIL = "Serai <serai@serai.example.org>"


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    """A mail server on this machine, and the node set to use it."""
    with MailServer() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = running.address
        settings.EMAIL_TIMEOUT = 0.5
        yield running


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server that nodes of other processes are set to use."""
    with MailServer() as running:
        host, port = running.address
        monkeypatch.setenv("SERAI_SMTP", f"smtp://{host}:{port}")
        monkeypatch.setenv("SERAI_MAIL_FROM", "Serai <serai@example.org>")
        yield running
