"""What people are told about their own account: every change of how they sign in, at once, in case it was not theirs."""

from typing import Final

from serai.kernel.errors import gettext_noop
from serai.kernel.notices import NoticeKind, define


def _duty(code: str, sentence: str) -> NoticeKind:
    return define(NoticeKind(code=f"accounts:{code}", sentence=sentence, is_duty=True))


PASSWORD: Final = _duty(
    "password",
    gettext_noop(
        "The password of your account was set or changed. If it was not you, write to the operator of this node at once."
    ),
)
STEP_ADDED: Final = _duty(
    "step-added",
    gettext_noop(
        "A second step was added to your account. If it was not you, write to the operator of this node at once."
    ),
)
STEP_ENDED: Final = _duty(
    "step-ended",
    gettext_noop(
        "A second step was taken from your account. If it was not you, write to the operator of this node at once."
    ),
)
CODES_MADE: Final = _duty(
    "codes-made",
    gettext_noop(
        "New recovery codes were made for your account; the former ones are void. "
        "If it was not you, write to the operator of this node at once."
    ),
)
LINK_USED: Final = _duty(
    "link-used",
    gettext_noop(
        "Somebody signed in to your account by a one-time link. If it was not you, write to the operator of this node at once."
    ),
)
