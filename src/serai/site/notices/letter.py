"""What a mail says: plain text in its reader's language, with a Message-ID that is the same whenever it is sent again."""

import hashlib
from collections.abc import Sequence
from email.utils import parseaddr
from itertools import chain
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext, ngettext, override

from serai.kernel.countries import NAMES
from serai.kernel.languages import format_moment
from serai.kernel.models import Notice
from serai.kernel.notices import sentence_of
from serai.kernel.reader import current_language
from serai.site.home import Realm
from serai.site.notices import links
from serai.site.notices.addressees import Addressee, one_line

_LONGEST_SUBJECT: Final = 120
_MOST_IN_DIGEST: Final = 200
_SIGNATURE: Final = "-- "  # what mail programs know to begin a signature


def write_letter(notice: Notice, to: Addressee) -> EmailMessage:
    """Write a mail about one notice."""
    with override(to.language):
        sentence = one_line(sentence_of(notice))
        body = [sentence, links.absolute(notice.path, to.language)]
        body += _say_duty() if notice.is_duty else _say_wish(to, gettext("You get each notice as a mail of its own."))
        return _compose(sentence, body, to, keys=[notice.key], may_end=not notice.is_duty)


def write_digest(notices: Sequence[Notice], to: Addressee) -> EmailMessage:
    """Write the daily mail: grouped by the matter they lead to, newest last."""
    with override(to.language):
        subject = ngettext("{count} new notice", "{count} new notices", len(notices)).format(count=len(notices))
        body = [*_say_left_out(len(notices) - _MOST_IN_DIGEST, to), *_say_matters(notices[-_MOST_IN_DIGEST:], to)]
        body += _say_wish(to, gettext("You get your notices once a day."))
        return _compose(subject, body, to, keys=[notice.key for notice in notices], may_end=True)


def _say_left_out(count: int, to: Addressee) -> list[str]:
    if count <= 0:
        return []
    sentence = ngettext(
        "{count} older notice is not repeated here; you find it on your page:",
        "{count} older notices are not repeated here; you find them on your page:",
        count,
    )
    return [f"{sentence.format(count=count)} {links.absolute(links.NOTICES, to.language)}"]


def _say_matters(notices: Sequence[Notice], to: Addressee) -> list[str]:
    """Return one paragraph a matter; the one with the newest notice is the last."""
    matters: dict[str, list[str]] = {}
    for notice in notices:
        lines = matters.pop(notice.path, [])
        line = f"{one_line(sentence_of(notice))} ({format_moment(notice.at, to.language)})"
        matters[notice.path] = [*lines, line]
    return ["\n".join([*lines, links.absolute(path, to.language)]) for path, lines in matters.items()]


def _say_duty() -> list[str]:
    return [
        gettext(
            "This mail is part of your duties here, or concerns the safety of your account. "
            "Such mails come whatever your wishes are; the page of your wishes says how to hand a duty over:"
        )
        + f"\n{links.absolute(links.WISHES, current_language())}"
    ]


def _say_wish(to: Addressee, how: str) -> list[str]:
    change, end = gettext("To change that:"), gettext("To end such mails without signing in:")
    wishes = links.absolute(links.WISHES, to.language)
    return [f"{how}\n{change} {wishes}\n{end} {_unsubscribe(to)}"]


def _unsubscribe(to: Addressee) -> str:
    return links.absolute(links.unsubscribe_path(to.account), to.language)


def _compose(subject: str, body: Sequence[str], to: Addressee, *, keys: Sequence[str], may_end: bool) -> EmailMessage:
    identity = settings.IDENTITY
    is_training = identity.realm is Realm.TRAINING
    node = NAMES[to.language].get(identity.code, identity.code)
    warning = [gettext("This mail comes from a training node: what it tells may be simulated.")] if is_training else []
    mark = gettext("[Training]") + " " if is_training else ""
    headers = {
        "Message-ID": _message_id(to.account, keys),
        "Auto-Submitted": "auto-generated",
        "X-Serai-Realm": str(identity.realm),
    }
    if may_end:
        headers |= {"List-Unsubscribe": f"<{_unsubscribe(to)}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    signature = f"{_SIGNATURE}\n" + gettext("Serai, node: {node}").format(node=node)
    return EmailMessage(
        subject=mark + _shorten(f"Serai: {subject}"),
        body="\n\n".join(chain(warning, body, [signature])) + "\n",
        to=[to.to],
        headers=headers,
    )


def _shorten(subject: str) -> str:
    return subject if len(subject) <= _LONGEST_SUBJECT else subject[: _LONGEST_SUBJECT - 1].rstrip() + "…"


def _message_id(account: str, keys: Sequence[str]) -> str:
    """Return the identifier of a mail: the same content to the same person has the same one, and tells nothing."""
    told = "\n".join([settings.IDENTITY.node_id, account, *sorted(keys)])
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{hashlib.sha256(told.encode()).hexdigest()[:40]}@{host}>"
