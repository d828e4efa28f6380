"""Which addresses belong to people who sign in."""

from serai.kernel.languages import LANGUAGES


def inner_path(path: str) -> str:
    """Return a path without the prefix of a language.

    >>> inner_path("/ru/work/requests/3/"), inner_path("/account/"), inner_path("/rules")
    ('work/requests/3/', 'account/', 'rules')
    """
    first, _, rest = path.lstrip("/").partition("/")
    return rest if first in LANGUAGES else path.lstrip("/")


def is_private(path: str) -> bool:
    """Whether a path leads to pages for people who sign in. Nodes ask below /exchange/v1/, and have no session.

    >>> is_private("/zh-hans/account/"), is_private("/exchange/"), is_private("/exchange/v1/node"), is_private("/register/")
    (True, True, False, False)
    """
    inner = inner_path(path)
    return inner.startswith(("work/", "account/", "exchange/")) and not inner.startswith("exchange/v1/")
