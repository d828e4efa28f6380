"""What people are told: a row per account, written in the transaction of the change, read on a page and sent by mail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext

from serai.kernel import clock
from serai.kernel.errors import gettext_noop
from serai.kernel.languages import ENGLISH, format_date
from serai.kernel.models import Notice
from serai.kernel.reader import current_language

# What fills a place of a sentence: a text, a day, or one text per language, each told as its reader reads.
Field = str | date | Mapping[str, str]
_LONGEST_KEY: Final = 100
_LONGEST_PATH: Final = 200
_DAY: Final = "day"  # a day is kept as {"day": "2026-11-24"}, beside {"en": …, "ru": …}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeKind:
    """A sort of notice. `sentence` has `{field}` places and is translated for its reader.

    A duty is sent at once and cannot be turned off while it lasts; anything else follows the reader's wishes.
    """

    code: str
    sentence: str
    is_duty: bool = False


_kinds: Final[dict[str, NoticeKind]] = {}
_UNKNOWN: Final = gettext_noop("There is something new for you.")  # of a kind that other software wrote


def define(kind: NoticeKind) -> NoticeKind:
    """Make a kind known; contexts do this when their module is imported."""
    _kinds[kind.code] = kind
    return kind


def notify(kind: NoticeKind, *, accounts: Iterable[str], key: str, path: str, **fields: Field) -> None:
    """Tell these accounts once: the same key again does nothing. Must run inside the change's transaction.

    `path` is where the matter is found, without a language prefix: "/work/requests/12/".
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(f"{kind.code}: a notice belongs to the change's transaction")
    if not path.startswith("/") or path.startswith("//") or len(path) > _LONGEST_PATH:
        raise ValueError(f"{path!r} is no path of this node")
    if not 0 < len(key) <= _LONGEST_KEY:
        raise ValueError(f"a notice's key has 1 to {_LONGEST_KEY} characters: {key!r}")
    now, kept = clock.now(), {name: _keep(value) for name, value in fields.items()}
    rows = [
        Notice(
            key=key, account=account, kind=kind.code, is_duty=kind.is_duty, path=path, fields=kept, at=now, mail_at=now
        )
        for account in dict.fromkeys(accounts)
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def is_told(accounts: Iterable[str], key: str) -> bool:
    """Whether any of these accounts was told under the key."""
    return Notice.objects.filter(account__in=list(accounts), key=key).exists()


def sentence_of(notice: Notice) -> str:
    """Return what a notice says, in the active language."""
    kind = _kinds.get(notice.kind)
    sentence = kind.sentence if kind else _UNKNOWN
    return gettext(sentence).format_map(_Told({name: _tell(value) for name, value in notice.fields.items()}))


class _Told(dict[str, str]):
    """Fields of a sentence. One that an older row lacks must not keep the notice from its reader."""

    def __missing__(self, name: str) -> str:
        return "…"


def _keep(value: Field) -> object:
    if isinstance(value, date):
        return {_DAY: f"{value:%Y-%m-%d}"}
    return dict(value) if isinstance(value, Mapping) else value


def _tell(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    language = current_language()
    if _DAY in value:
        return format_date(date.fromisoformat(value[_DAY]), language)
    return str(value.get(language) or value.get(ENGLISH, ""))
