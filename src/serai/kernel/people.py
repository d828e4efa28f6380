"""The people a node knows, as contexts may ask for them. Accounts are the site's; it registers its directory here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from serai.kernel.roles import Role, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account."""

    account: str
    name: str
    email: str
    language: str


class Directory(Protocol):
    """What the site must offer."""

    def find(self, accounts: Collection[str]) -> Mapping[str, Person]:
        """Return the people of these accounts, closed accounts too: history names them."""
        ...

    def holders(self, role: Role, scope: Scope) -> list[Person]:
        """Return the people, accounts open, whose grant of the role reaches the scope; by name."""
        ...


class _Nobody:
    """The directory of a node without accounts."""

    def find(self, accounts: Collection[str]) -> Mapping[str, Person]:  # noqa: ARG002  # the protocol's form
        return {}

    def holders(self, role: Role, scope: Scope) -> list[Person]:  # noqa: ARG002  # the protocol's form
        return []


_directory: Directory = _Nobody()


def use_directory(directory: Directory) -> None:
    """Set whom the contexts ask; called once, when the node's parts are wired."""
    global _directory  # noqa: PLW0603  # one directory a process is the point
    _directory = directory


def find_people(accounts: Collection[str]) -> Mapping[str, Person]:
    """Return account → person."""
    return _directory.find(accounts)


def find_holders(role: Role, scope: Scope) -> list[Person]:
    """Return who holds a role that reaches a scope, by name."""
    return _directory.holders(role, scope)
