"""Which signer this process asks: the node's own process on its socket, unless another was set (tests, the command line)."""

from functools import lru_cache
from pathlib import Path

from serai.exchange.signer.interface import Signer

_set: Signer | None = None


def use_signer(signer: Signer | None) -> None:
    """Set the signer of this process; None goes back to the node's own."""
    global _set  # noqa: PLW0603  # one signer a process is the point
    _set = signer


def current_signer() -> Signer:
    """Return the signer to ask."""
    return _set if _set is not None else _client()


@lru_cache(maxsize=1)
def _client() -> Signer:
    from django.conf import settings  # noqa: PLC0415  # the signer's own process runs without Django

    from serai.exchange.signer.client import SignerClient  # noqa: PLC0415

    return SignerClient(Path(settings.HOME.folder))
