"""Errors of follow-up over HTTP.

BadInput
├── NoToken            401   nothing says who asks
├── NoKey, BadKey            a write without the name by which its repeat is known again
├── NoFileName, OneFile      a file that cannot be taken as it was sent
└── OtherParty               a correction in somebody else's name
Refused
└── TokenTooNarrow           the account may, its token may not
Conflict
└── KeyOfAnother             a repeat that is none
"""

from serai.kernel.errors import BadInput, Conflict, Refused, gettext_noop


class NoToken(BadInput):
    code = "no_token"
    http_status = 401
    template = gettext_noop(
        "This address needs a token. Send the header “Authorization: Bearer serai_…”; "
        "make a token at /account/tokens/ when you are signed in."
    )


class NoKey(BadInput):
    code = "no_key"
    template = gettext_noop(
        "The header Idempotency-Key is missing. Send one of 1 to 100 characters, new for each thing you do "
        "and the same when you repeat a request that got no answer."
    )


class BadKey(BadInput):
    code = "bad_key"
    template = gettext_noop(
        "The header Idempotency-Key cannot be used: it has 1 to 100 visible ASCII characters and no spaces. "
        "A random UUID is a good one."
    )


class KeyOfAnother(Conflict):
    code = "key_of_another"
    template = gettext_noop(
        "The key “{key}” was sent before with a different request. Nothing was done. Choose a new key for a new request."
    )


class NoFileName(BadInput):
    code = "no_file_name"
    template = gettext_noop(
        "The file has no name. Send it in the header File-Name, percent-encoded where it is not ASCII, such as report.pdf."
    )


class OneFile(BadInput):
    code = "one_file"
    template = gettext_noop(
        "Send one file at a time: its bytes as the whole body, or as the only part, named “file”, of a multipart form."
    )


class OtherParty(BadInput):
    code = "other_party"
    template = gettext_noop(
        "Figure {number} was given by {party}. A correction stays with that party; leave “party” out, or name the same one."
    )


class TokenTooNarrow(Refused):
    code = "token_too_narrow"
    template = gettext_noop(
        "Your token does not allow this: it lacks the limit “{limit}”. Make one that has it at /account/tokens/."
    )
