"""The people of the node, as the contexts ask for them."""

import uuid
from collections.abc import Collection, Mapping

from django.db.models import Q

from serai.kernel.people import Person
from serai.kernel.roles import EVERYWHERE, Role, Scope
from serai.site.accounts.models import Account


class AccountDirectory:
    """Answers from the tables of accounts."""

    def find(self, accounts: Collection[str]) -> Mapping[str, Person]:
        keys = [key for key in accounts if _is_id(key)]
        rows = Account.objects.filter(pk__in=keys) if keys else []
        return {str(row.pk): _person(row) for row in rows}

    def holders(self, role: Role, scope: Scope) -> list[Person]:
        reach = Q(grants__scope=scope)
        if role is not Role.FOCAL_POINT:  # who speaks for a party holds the role for that party
            reach |= Q(grants__scope=EVERYWHERE)
        rows = Account.objects.filter(reach, grants__role=role, closed_at=None).distinct().order_by("name", "pk")
        return [_person(row) for row in rows]


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _person(row: Account) -> Person:
    return Person(account=str(row.pk), name=row.name, email="" if row.closed_at else row.email, language=row.language)
