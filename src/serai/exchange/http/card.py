"""What a node says of itself to anyone who asks: its code, realm, keys and what it understands."""

from collections.abc import Mapping

from django.conf import settings

from serai import __version__
from serai.exchange.envelope import LANES
from serai.exchange.handlers import known_types
from serai.exchange.http.tls import own_authority
from serai.exchange.keys import fingerprint_of
from serai.exchange.signer.place import read_statements


def own_card() -> Mapping[str, object]:
    """Return the card. Whoever reads it must compare the fingerprint with the node's operator."""
    statements = read_statements(settings.HOME.folder)
    return {
        "v": 1,
        "node": settings.IDENTITY.code,
        "realm": str(settings.IDENTITY.realm),
        "fingerprint": fingerprint_of(statements[0]),
        "keys": [raw.decode() for raw in statements],
        "lanes": list(LANES),
        "types": known_types(),
        "software": __version__,
        "certificate": own_authority(),
    }
