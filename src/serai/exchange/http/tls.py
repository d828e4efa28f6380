"""Certificates for trials: a small authority of the node's own. In service a proxy in front of the node has real ones."""

from pathlib import Path

from django.conf import settings


def own_authority() -> str:
    """Return the certificate of the node's own authority as PEM; empty when it serves without one."""
    try:
        return Path(settings.HOME.folder, "tls", "authority.pem").read_text()
    except FileNotFoundError:
        return ""
