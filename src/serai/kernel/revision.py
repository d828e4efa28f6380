"""A number per context that moves with each change: the key of every cache that is built from tables."""

from django.db.models import F

from serai.kernel.models import ContextRevision


def bump_revision(context: str) -> None:
    """Raise the number; call it in the transaction that changes the context's tables."""
    if not ContextRevision.objects.filter(context=context).update(number=F("number") + 1):
        ContextRevision.objects.create(context=context, number=1)


def get_revision(context: str) -> int:
    """Return the number; 0 when nothing was ever written."""
    return get_revisions(context)[0]


def get_revisions(*contexts: str) -> tuple[int, ...]:
    """Return the numbers of several contexts with one question."""
    found = dict(ContextRevision.objects.filter(context__in=contexts).values_list("context", "number"))
    return tuple(found.get(context, 0) for context in contexts)
