"""People for tests of follow-up: a directory in memory, and the actors that accounts make."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from serai.kernel.people import Person
from serai.kernel.roles import Actor, ActorKind, Grant, Role, Scope


@dataclass
class MemoryDirectory:
    """Keeps people and their grants; what the site's own directory does with tables."""

    people: dict[str, Person] = field(default_factory=dict)
    grants: dict[str, frozenset[Grant]] = field(default_factory=dict)

    def add(self, name: str, *grants: tuple[Role, str]) -> Actor:
        """Make a person who holds these roles, and return what acts for them."""
        held = frozenset(Grant(role, Scope(scope)) for role, scope in grants)
        self.people[name] = Person(account=name, name=name.title(), email=f"{name}@example.invalid", language="en")
        self.grants[name] = held
        return Actor(kind=ActorKind.ACCOUNT, name=name, grants=held)

    def find(self, accounts: Collection[str]) -> Mapping[str, Person]:
        return {account: self.people[account] for account in accounts if account in self.people}

    def holders(self, role: Role, scope: Scope) -> list[Person]:
        return [
            self.people[name]
            for name, grants in sorted(self.grants.items())
            if any(
                grant.role is role and (grant.scope == scope if role is Role.FOCAL_POINT else grant.covers(scope))
                for grant in grants
            )
        ]
