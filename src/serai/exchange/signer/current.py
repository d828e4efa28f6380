"""Which signer this process asks: the node's own process on its socket, unless another was set (tests, the command line)."""

from functools import lru_cache
from pathlib import Path

from serai.exchange.signer.interface import Signer
from serai.exchange.signer.place import is_listening

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


def open_here_if_silent(node_folder: Path, *, is_emergency: bool = False) -> None:
    """At the command line of a node that does not run, open the keys in this process."""
    from serai.exchange.signer.soft import open_signer  # noqa: PLC0415  # a web process never opens the keys

    if not is_listening(node_folder):
        use_signer(open_signer(node_folder, is_emergency=is_emergency))
