"""What follow-up tells people."""

from typing import Final

from serai.kernel.errors import gettext_noop
from serai.kernel.languages import LANGUAGES
from serai.kernel.notices import NoticeKind, define
from serai.register.models import Entry

ASKED: Final = define(
    NoticeKind(
        code="followup:asked",
        sentence=gettext_noop("An update on entry {entry}, “{title}”, is asked of {party}. Please answer by {due}."),
        is_duty=True,
    )
)
REMINDED: Final = define(
    NoticeKind(
        code="followup:reminded",
        sentence=gettext_noop("Reminder: the update on entry {entry}, “{title}”, asked of {party}, is due on {due}."),
        is_duty=True,
    )
)
SILENT: Final = define(
    NoticeKind(
        code="followup:silent",
        sentence=gettext_noop(
            "The update on entry {entry}, “{title}”, asked of {party}, was due on {due} and nothing was received yet."
        ),
        is_duty=True,
    )
)
REQUEST_WITHDRAWN: Final = define(
    NoticeKind(
        code="followup:request-withdrawn",
        sentence=gettext_noop(
            "The request for an update on entry {entry}, “{title}”, was withdrawn. Nothing is to be done."
        ),
    )
)
TO_REVIEW: Final = define(
    NoticeKind(
        code="followup:to-review",
        sentence=gettext_noop("Number {number} on entry {entry}, “{title}”, waits for a second pair of eyes."),
    )
)
ANSWERED: Final = define(
    NoticeKind(
        code="followup:answered",
        sentence=gettext_noop("{party} answered the request on entry {entry}, “{title}”. The answer is in review."),
    )
)
RETURNED: Final = define(
    NoticeKind(
        code="followup:returned",
        sentence=gettext_noop("Number {number} on entry {entry}, “{title}”, was returned to you: {reason}"),
        is_duty=True,
    )
)
PUBLISHED: Final = define(
    NoticeKind(
        code="followup:published",
        sentence=gettext_noop("Number {number} on entry {entry}, “{title}”, was published."),
    )
)
NAMED: Final = define(
    NoticeKind(
        code="followup:named",
        sentence=gettext_noop(
            "You were named as focal point of {party} on {entry}. Requests will reach you here and by mail."
        ),
    )
)


def title_in_all_languages(entry: Entry) -> dict[str, str]:
    """Return language → title of an entry: a notice is told in its reader's language, whoever caused it."""
    return {language: entry.text("title", language) for language in LANGUAGES}
