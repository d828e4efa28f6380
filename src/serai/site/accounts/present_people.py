"""People as the operators' pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.paginator import Paginator
from django.db.models import Max
from django.utils.translation import gettext

from serai.kernel.countries import STATES, sort_parties
from serai.kernel.people import find_people
from serai.kernel.reader import current_language
from serai.kernel.roles import EVERYWHERE
from serai.register.followup.parties import body_party, name_parties, state_party
from serai.register.models import Body
from serai.site.accounts.models import Account, RoleGrant

PER_PAGE: Final = 100
Choices = list[tuple[str, str | list[tuple[str, str]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A role that somebody holds. `where` is empty for the whole node."""

    role: str
    scope: str
    where: str
    given_at: datetime
    given_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A person in the list."""

    account: Account
    held: list[Held]
    last_seen: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """A page of the list, in the order of names."""

    rows: list[Row]
    total: int
    page: int
    pages: int


def list_people(page: str) -> ListPage:
    """Return a page of all accounts, the closed ones too; a page that is none is the nearest one."""
    found = Account.objects.annotate(seen=Max("sessions__seen_at")).order_by("name", "pk")
    pages = Paginator(found.prefetch_related("grants"), PER_PAGE)
    shown = pages.get_page(page)
    names = _name_scopes(grant for account in shown for grant in account.grants.all())
    rows = [
        Row(
            account=account,
            held=[_held(grant, names, {}) for grant in _in_order(account.grants.all())],
            last_seen=_later(getattr(account, "seen", None), account.last_login),
        )
        for account in shown
    ]
    return ListPage(rows=rows, total=pages.count, page=shown.number, pages=pages.num_pages)


def list_held(account: Account) -> list[Held]:
    """Return what somebody was granted, and by whom."""
    grants = _in_order(account.grants.all())
    names = _name_scopes(grants)
    givers = {key: person.name for key, person in find_people([grant.given_by for grant in grants]).items()}
    return [_held(grant, names, givers) for grant in grants]


def _in_order(grants: Iterable[RoleGrant]) -> list[RoleGrant]:
    return sorted(grants, key=lambda grant: (grant.role, grant.scope))


def _name_scopes(grants: Iterable[RoleGrant]) -> dict[str, str]:
    scopes = {grant.scope for grant in grants}
    return name_parties(sorted(scopes - {EVERYWHERE}), current_language())


def _held(grant: RoleGrant, names: dict[str, str], givers: dict[str, str]) -> Held:
    return Held(
        role=grant.role,
        scope=grant.scope,
        where=names.get(grant.scope, ""),
        given_at=grant.given_at,
        given_by=givers.get(grant.given_by, grant.given_by),
    )


def _later(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment), default=None)


def scope_choices() -> Choices:
    """Return where a role may hold: the whole node, states and bodies, each in the reader's order."""
    language = current_language()
    states = [state_party(code) for code in sort_parties(STATES, language)]
    named = name_parties(states, language)
    bodies = sorted((body.text("name", language), body.pk) for body in Body.objects.all())
    return [
        (EVERYWHERE, gettext("The whole node")),
        (gettext("States"), [(scope, named[scope]) for scope in states]),
        (gettext("Bodies"), [(body_party(key), name) for name, key in bodies]),
    ]
