"""The archive as the log sees it: leaf hashes computed anew from the bytes that are kept."""

from collections.abc import Mapping, Sequence

from serai.exchange.models import Envelope, Receipt
from serai.kernel.merkle import hash_leaf


def rehash_envelopes(keys: Sequence[int]) -> Mapping[int, bytes]:
    """Return key → leaf hash of envelopes."""
    rows = Envelope.objects.filter(pk__in=list(keys)).values_list("pk", "raw")
    return {key: hash_leaf(bytes(raw)) for key, raw in rows}


def rehash_receipts(keys: Sequence[int]) -> Mapping[int, bytes]:
    """Return key → leaf hash of receipts."""
    rows = Receipt.objects.filter(pk__in=list(keys)).values_list("pk", "raw")
    return {key: hash_leaf(bytes(raw)) for key, raw in rows}
