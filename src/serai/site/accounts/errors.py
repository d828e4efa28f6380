"""Errors of accounts.

Refused
├── NotAnOperator
├── OwnGrants
└── OwnTokensOnly
NotFound
├── NoSuchAccount, NoSuchSession, NoSuchToken
└── LinkNotUsable
BadInput
└── BadEmail, BadName, BadScope, BadLimits, BadToken (401)
Conflict
├── EmailTaken
├── LastOperator
└── AccountClosed
"""

from serai.kernel.errors import BadInput, Conflict, NotFound, Refused, gettext_noop


class NotAnOperator(Refused):
    code = "not_an_operator"
    template = gettext_noop("Only an operator of this node may manage accounts. Ask one.")


class OwnGrants(Refused):
    code = "own_grants"
    template = gettext_noop("Nobody changes their own roles, or closes their own account. Ask another operator.")


class OwnTokensOnly(Refused):
    code = "own_tokens_only"
    template = gettext_noop(
        "A token acts as its person, so only that person makes one: signed in, under My account, Keys for programs."
    )


class NoSuchAccount(NotFound):
    code = "no_such_account"
    template = gettext_noop("There is no account “{account}”. The list of people shows all of them.")


class NoSuchSession(NotFound):
    code = "no_such_session"
    template = gettext_noop("There is no such session; it may have ended already.")


class NoSuchToken(NotFound):
    code = "no_such_token"
    template = gettext_noop("There is no such token; it may have ended already.")


class LinkNotUsable(NotFound):
    code = "link_not_usable"
    template = gettext_noop(
        "This sign-in link cannot be used: it was used already, is older than ten minutes, or was never made. Ask for a new one."
    )


class BadEmail(BadInput):
    code = "bad_email"
    template = gettext_noop("“{given}” is not an e-mail address.")


class BadName(BadInput):
    code = "bad_name"
    template = gettext_noop(
        "A name has 1 to 120 characters, all of them visible. Write the name by which colleagues know the person."
    )


class BadScope(BadInput):
    code = "bad_scope"
    template = gettext_noop(
        "The role {role} cannot be given for “{scope}”. A focal point speaks for one state or body; operators and auditors "
        "serve the whole node; a state is written state:KZ, a body body:customs-dg."
    )


class BadLimits(BadInput):
    code = "bad_limits"
    template = gettext_noop(
        "A token needs a name, one to {most} days to live, and at least one of these limits: {limits}."
    )


class BadToken(BadInput):
    code = "bad_token"
    http_status = 401
    template = gettext_noop(
        "The token is not valid: it has ended, expired, or never was. Make a new one at /account/tokens/."
    )


class EmailTaken(Conflict):
    code = "email_taken"
    template = gettext_noop("An account with the address {email} exists already. One person has one account.")


class LastOperator(Conflict):
    code = "last_operator"
    template = gettext_noop("This is the last operator of the node. Open another one first.")


class AccountClosed(Conflict):
    code = "account_closed"
    template = gettext_noop("The account of {name} is closed. Reopen it first.")
