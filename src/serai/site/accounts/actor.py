"""The actor behind a web request: who signed in, with what they were granted; or whom a token acts for."""

from django.http import HttpRequest

from serai.kernel.roles import Actor, ActorKind
from serai.site.accounts.models import Account
from serai.site.accounts.places import is_private


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor; the public when nobody is signed in. Asked once a request.

    A browser's session counts on the pages of /work/, /exchange/ and /account/ alone: only there its limits are kept, public pages
    never read it, and what programs ask of the API is never done in the name of a browser that passes by.
    """
    found = getattr(request, "actor", None)
    if isinstance(found, Actor):
        return found
    actor = make_actor(getattr(request, "user", None)) if is_private(request.path_info) else Actor.public()
    request.actor = actor  # type: ignore[attr-defined]  # kept for the rest of the request
    return actor


def make_actor(user: object, *, limits: frozenset[str] | None = None) -> Actor:
    """Return what acts for an account, inside the limits of its token if one is used; a closed one is the public."""
    if not isinstance(user, Account) or not user.is_active:
        return Actor.public()
    grants = frozenset(grant.as_grant for grant in user.grants.all())
    return Actor(kind=ActorKind.ACCOUNT, name=str(user.pk), grants=grants, limits=limits)
