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
    """Whether a path leads to pages for people who sign in.

    >>> is_private("/zh-hans/account/"), is_private("/work/"), is_private("/register/")
    (True, True, False)
    """
    return inner_path(path).startswith(("work/", "account/"))
