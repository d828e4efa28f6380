"""When an account wants mails beside its duties."""

from collections.abc import Collection

from serai.kernel.models import NoticeWish, Wish
from serai.site.notices.errors import NoSuchWish


def find_wishes(accounts: Collection[str]) -> dict[str, NoticeWish]:
    """Return account → its wish; daily unless it said otherwise."""
    said = NoticeWish.objects.in_bulk(accounts)
    return {account: said.get(account) or NoticeWish(account=account) for account in accounts}


def wish_of(account: str) -> Wish:
    """Return what one account wants."""
    return Wish(find_wishes([account])[account].mail)


def read_wish(text: str) -> Wish:
    """Return a wish; raise NoSuchWish."""
    try:
        return Wish(text)
    except ValueError:
        raise NoSuchWish from None
