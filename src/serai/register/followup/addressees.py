"""Whom a request reaches: the focal point of the party on the entry, else its general one, else all who hold the role."""

from serai.kernel.people import find_holders
from serai.kernel.roles import Role, Scope
from serai.register.followup.models import FocalPoint
from serai.register.models import Entry


def find_addressees(party: Scope, entry: Entry) -> list[str]:
    """Return the accounts, none when nobody answers for the party."""
    holders = [person.account for person in find_holders(Role.FOCAL_POINT, party)]
    named = find_named(party, entry)
    return [named] if named in holders else holders


def find_named(party: Scope, entry: Entry) -> str | None:
    """Return the account named for the party on the entry, or for all of the party's entries."""
    rows = FocalPoint.objects.filter(party=party, ended_at=None).filter(entry_id__in=[entry.pk])
    found = rows.values_list("account", flat=True).first()
    return (
        found
        or FocalPoint.objects.filter(party=party, ended_at=None, entry=None).values_list("account", flat=True).first()
    )
