"""Certificates for trials: a small authority of the node's own. In service a proxy in front of the node has real ones.

NODE/tls/authority.pem   its certificate, which peers keep from the introduction on and a browser may be given
NODE/tls/authority.key   its key, readable by the owner only
NODE/tls/server.pem      key and certificate that the node serves with; made anew at each start
"""

from pathlib import Path
from typing import Final

from django.conf import settings

FOLDER: Final = "tls"
AUTHORITY: Final = "authority.pem"
AUTHORITY_KEY: Final = "authority.key"
SERVER: Final = "server.pem"


def own_authority() -> str:
    """Return the certificate of the node's own authority as PEM; empty when the node does not serve by it."""
    return read_authority(Path(settings.HOME.folder)) if settings.SERVES_TLS else ""


def read_authority(node_folder: Path) -> str:
    """Return the certificate of the authority of the node in a folder; empty when there is none."""
    try:
        return (node_folder / FOLDER / AUTHORITY).read_text()
    except FileNotFoundError:
        return ""
