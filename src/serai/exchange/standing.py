"""The node's own standing in the exchange."""

from serai.exchange.models import Standing


def find_standing() -> Standing:
    """Return the standing as it is written, or that of a node which was never restored."""
    return Standing.objects.first() or Standing()
