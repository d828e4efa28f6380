"""Compile the planner's kernels ahead of the first question: `python -m serai.corridors.warm`, once at set-up.

numba keeps what it compiled beside this package, or, where nobody may write there, in the folder that NUMBA_CACHE_DIR names.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

_PACKAGE = Path(__file__).parent


def is_warm() -> bool:
    """Whether a compiled search is kept somewhere; it may be of an older version, and is then made anew when it is asked for."""
    return any(any(folder.rglob("kernel._run-*.nbi")) for folder in _folders())


def _folders() -> Iterator[Path]:
    yield _PACKAGE / "search"
    if kept := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(kept)


def keep_kernels_in(folder: Path) -> None:
    """Name a folder for compiled kernels when nobody may write beside the package. Processes started after this heed it."""
    if not os.access(_PACKAGE / "search", os.W_OK):
        os.environ.setdefault("NUMBA_CACHE_DIR", str(folder))


def warm() -> None:
    """Plan one consignment: all that is compiled is compiled by it."""
    from serai.corridors import Asked, Network, plan, read_enquiry
    from serai.corridors.matrix import Figure, matrix

    network = Network.load()
    enquiry = read_enquiry(
        network, Asked(origin="cn-xi-an", destination="uz-tashkent"), now=datetime(2026, 1, 5, tzinfo=UTC)
    )
    plan(network, enquiry)
    list(matrix(network, enquiry.consignment, ["cn-xi-an"], ["uz-tashkent"], figure=Figure.HOURS, near=enquiry.ready))


if __name__ == "__main__":
    warm()
