"""Why somebody is not let in, or not yet.

TooManyRequests
└── TooManyTries      guessing, or something that looks like it
Refused
├── ClosedAccount     the person is known, the account is closed
├── NeedsFreshLink    nothing but an old sign-in link says who this is
└── FormNotOurs       a form without the mark that this node gave it
"""

from typing import ClassVar

from serai.kernel.errors import Refused, TooManyRequests, gettext_noop


class TooManyTries(TooManyRequests):
    code: ClassVar[str] = "too_many_tries"
    template: ClassVar[str] = gettext_noop(
        "Too many tries have failed, so this node waits before it takes another. Try again after {time} UTC."
    )


class ClosedAccount(Refused):
    code: ClassVar[str] = "closed_account"
    template: ClassVar[str] = gettext_noop(
        "This account is closed. If that is a mistake, write to the operator of this node."
    )


class NeedsFreshLink(Refused):
    code: ClassVar[str] = "needs_fresh_link"
    template: ClassVar[str] = gettext_noop(
        "You signed in by a link more than ten minutes ago, and your account has neither a password nor a second step "
        "by which to confirm that it is you. Ask the operator of this node for a new link."
    )


class FormNotOurs(Refused):
    code: ClassVar[str] = "form_not_ours"
    template: ClassVar[str] = gettext_noop(
        "This form is too old, or your browser keeps no cookies. Nothing was changed. Open the page again and repeat."
    )
