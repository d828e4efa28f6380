"""Lists of the register that somebody wants to come back to."""

from django.db import transaction
from django.http import QueryDict

from serai.kernel import audit, clock
from serai.kernel.errors import Refused
from serai.kernel.roles import Actor
from serai.register.followup.errors import BadSearch, NoSuchSearch
from serai.register.followup.models import SavedSearch
from serai.register.index import FACETS

MOST = 50
_KEPT = {"q", "order", *FACETS}


def save_search(*, name: str, query: str, actor: Actor) -> SavedSearch:
    """Keep a list under a name; the same name again replaces it."""
    name = " ".join(name.split())
    asked = QueryDict(query.removeprefix("?")[:2000], mutable=True)
    for key in [key for key in asked if key not in _KEPT or not any(asked.getlist(key))]:
        del asked[key]
    kept = asked.urlencode()
    if not actor.account:
        raise Refused
    if not 1 <= len(name) <= 80 or not kept or len(kept) > 600:
        raise BadSearch
    with transaction.atomic():
        row, _ = SavedSearch.objects.update_or_create(
            account=actor.account, name=name, defaults={"query": kept, "made_at": clock.now()}
        )
        if SavedSearch.objects.filter(account=actor.account).count() > MOST:
            raise BadSearch
        audit.record("followup:search:save", subject=f"search {row.pk}", actor=actor)
        return row


def delete_search(*, number: int, actor: Actor) -> None:
    """Forget a saved search of one's own."""
    with transaction.atomic():
        deleted, _ = SavedSearch.objects.filter(pk=number, account=actor.account).delete()
        if not deleted:
            raise NoSuchSearch
        audit.record("followup:search:delete", subject=f"search {number}", actor=actor)
