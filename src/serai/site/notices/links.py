"""Addresses in mails and on pages: absolute, in a language, and the one by which mails are ended without signing in.

Written out, not looked up: the worker would have to load every page of the node to look one up. A test compares them.
"""

from typing import Final

from django.conf import settings
from django.core.signing import BadSignature, Signer

from serai.kernel.languages import ENGLISH
from serai.site.notices.errors import LinkNotOurs

NOTICES: Final = "/work/notices/"
WISHES: Final = f"{NOTICES}wishes/"
_UNSUBSCRIBE: Final = f"{NOTICES}unsubscribe/"
_SALT: Final = "serai.site.notices.unsubscribe"


def in_language(path: str, language: str) -> str:
    """Return a path with its language's prefix; English pages have none.

    >>> in_language("/work/", "en"), in_language("/work/", "zh-hans")
    ('/work/', '/zh-hans/work/')
    """
    return path if language == ENGLISH else f"/{language}{path}"


def absolute(path: str, language: str) -> str:
    """Return the address of a page as it stands in a mail."""
    return f"{settings.SERAI_URL}{in_language(path, language)}"


def unsubscribe_path(account: str) -> str:
    """Return where an account's mails are ended by whoever holds the address. It does not expire: mails are kept long."""
    return f"{_UNSUBSCRIBE}{Signer(salt=_SALT, sep='.').sign(account)}/"


def read_unsubscribe_token(token: str) -> str:
    """Return the account that the token of such an address names; raise LinkNotOurs."""
    try:
        return Signer(salt=_SALT, sep=".").unsign(token)
    except BadSignature:
        raise LinkNotOurs from None
