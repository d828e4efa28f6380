"""A number per context that moves with each change: the key of every cache that is built from tables."""

from django.db.models import F

from serai.kernel.models import ContextRevision


def bump_revision(context: str) -> None:
    """Raise the number; call it in the transaction that changes the context's tables."""
    if not ContextRevision.objects.filter(context=context).update(number=F("number") + 1):
        ContextRevision.objects.create(context=context, number=1)


def get_revision(context: str) -> int:
    """Return the number; 0 when nothing was ever written."""
    return ContextRevision.objects.filter(context=context).values_list("number", flat=True).first() or 0
