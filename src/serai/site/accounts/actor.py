"""The actor behind a web request: who signed in, with what they were granted; or whom a token acts for."""

from django.http import HttpRequest

from serai.kernel.roles import Actor, ActorKind
from serai.site.accounts.models import Account


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor; the public when nobody is signed in. Asked once a request."""
    found = getattr(request, "actor", None)
    if isinstance(found, Actor):
        return found
    actor = make_actor(getattr(request, "user", None))
    request.actor = actor  # type: ignore[attr-defined]  # kept for the rest of the request
    return actor


def make_actor(user: object) -> Actor:
    """Return what acts for an account; a closed one is the public."""
    if not isinstance(user, Account) or not user.is_active:
        return Actor.public()
    grants = frozenset(grant.as_grant for grant in user.grants.all())
    return Actor(kind=ActorKind.ACCOUNT, name=str(user.pk), grants=grants)
