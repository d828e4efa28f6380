"""What may be wrong with what a reader asks of notices.

NotFound
├── NoSuchNotice
└── LinkNotOurs
BadInput
└── NoSuchWish
"""

from serai.kernel.errors import BadInput, NotFound, gettext_noop


class NoSuchNotice(NotFound):
    code = "no_such_notice"
    template = gettext_noop("You have no such notice. Your notices are listed under Work.")


class LinkNotOurs(NotFound):
    code = "link_not_ours"
    template = gettext_noop("This link was not made by this node, or was cut short. Copy it whole from the mail.")


class NoSuchWish(BadInput):
    code = "no_such_wish"
    template = gettext_noop("Choose when mails are to come: at once, once a day, or never. Nothing was changed.")
