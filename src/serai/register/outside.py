"""What others published on an entry's matter, shown beside it. Who can give it says so in `site/wiring.py`.

Outside figures are never the entry's value: they change neither its state nor its figures.
"""

from collections.abc import Callable

from django.utils.safestring import SafeString

Outside = Callable[[], SafeString]  # a part of a page in the reader's language, headed by an h3
_OUTSIDE: dict[str, Outside] = {}


def register_outside(code: str, give: Outside) -> None:
    """Let a function give the outside figures of an entry."""
    _OUTSIDE[code] = give


def outside_of(code: str) -> SafeString:
    """Return the outside figures of an entry as a part of its page; empty where nobody has any."""
    return _OUTSIDE[code]() if code in _OUTSIDE else SafeString()
