"""How long work tells how far it is."""

from collections.abc import Callable

Progress = Callable[[str], None]


def by_tenths(progress: Progress, doing: str) -> Callable[[int, int], None]:
    """Return a function of (done, total) that tells each tenth once.

    >>> tell = by_tenths(print, "Copying")
    >>> tell(1, 100); tell(57, 100); tell(58, 100); tell(100, 100)
    Copying, 0 %
    Copying, 50 %
    Copying, 100 %
    """
    told = -1

    def tell(done: int, total: int) -> None:
        nonlocal told
        tenth = 10 * done // total if total else 10
        if tenth > told:
            told = tenth
            progress(f"{doing}, {tenth * 10} %")

    return tell
