"""Every write of accounts. The trail names accounts by their ids: no name, address or secret stands in it."""

import secrets
import unicodedata
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from serai.kernel import audit, clock
from serai.kernel.languages import ENGLISH, known
from serai.kernel.locks import take_lock
from serai.kernel.notices import notify
from serai.kernel.roles import EVERYWHERE, Actor, Grant, Role
from serai.register.followup.rights import LIMITS
from serai.site.accounts import notices
from serai.site.accounts.errors import (
    AccountClosed,
    BadEmail,
    BadLimits,
    BadName,
    EmailTaken,
    LastOperator,
    LinkNotUsable,
    NoSuchAccount,
    NoSuchSession,
    NoSuchToken,
)
from serai.site.accounts.models import Account, ApiToken, RoleGrant, Session, SignInLink
from serai.site.accounts.rights import (
    check_grant,
    check_may_change_grants,
    check_may_make_token,
    check_operator,
    check_self_or_operator,
)

LINK_LIFETIME: Final = timedelta(minutes=10)
MOST_TOKEN_DAYS: Final = 365
TOKEN_MARK: Final = "serai_"  # noqa: S105  # how a token begins, so that scanners of leaked secrets know it
_LONGEST_EMAIL: Final = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
_LONGEST_NAME: Final = 120
_UNSEEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn"}  # controls, marks that turn or hide text, halves, private, unassigned


def get_account(key: str) -> Account:
    """Return an account by its id or its address; raise NoSuchAccount."""
    rows = Account.objects.filter(email=key.strip().lower()) if "@" in key else None
    try:
        row = rows.first() if rows is not None else Account.objects.filter(pk=key).first()
    except ValidationError:
        row = None
    if row is None:
        raise NoSuchAccount(account=key[:80])
    return row


def open_account(
    *, email: str, name: str, actor: Actor, language: str = ENGLISH, grants: Iterable[Grant] = ()
) -> Account:
    """Open an account without a password: its person signs in by a one-time link first. Raises EmailTaken, BadEmail."""
    check_operator(actor)
    email, name = _read_email(email), _read_name(name)
    wanted = sorted(set(grants), key=lambda grant: (grant.role, grant.scope))
    for grant in wanted:
        check_grant(grant)
    with transaction.atomic():
        row = Account(email=email, name=name, language=known(language), made_at=clock.now())
        row.set_unusable_password()
        _save(row)
        audit.record("accounts:account:open", subject=_subject(row), actor=actor)
        for grant in wanted:
            _give(row, grant, actor)
        return row


def _read_email(text: str) -> str:
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise BadEmail(given=email[:80]) from None
    if len(email) > _LONGEST_EMAIL:
        raise BadEmail(given=email[:80])
    return email


def _read_name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= _LONGEST_NAME or any(unicodedata.category(sign) in _UNSEEN for sign in name):
        raise BadName
    return name


def _save(row: Account) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise EmailTaken(email=row.email) from None


def change_account(*, account: Account, name: str, language: str, actor: Actor, email: str = "") -> None:
    """Change how a person is called and in which language they are written to; an operator also the address."""
    check_self_or_operator(actor, account)
    name, email = _read_name(name), _read_email(email or account.email)
    if email != account.email:
        check_operator(actor)
    with transaction.atomic():
        row = _hold(account)
        before = (row.name, row.language, row.email)
        row.name, row.language, row.email = name, known(language), email
        changed = [part for part, old in zip(_PARTS, before, strict=True) if getattr(row, part) != old]
        if not changed:
            return
        _save(row)
        audit.record("accounts:account:change", subject=_subject(row), actor=actor, changed=changed)
    account.name, account.language, account.email = row.name, row.language, row.email


_PARTS: Final = ("name", "language", "email")


def _hold(account: Account) -> Account:
    """Return the account as it is now, and keep others from changing it until the transaction ends."""
    return Account.objects.select_for_update().get(pk=account.pk)


def _hold_open(account: Account) -> Account:
    row = _hold(account)
    if row.closed_at is not None:
        raise AccountClosed(name=row.name)
    return row


def grant_role(*, account: Account, grant: Grant, actor: Actor) -> None:
    """Give a role; the same again does nothing."""
    check_may_change_grants(actor, account)
    check_grant(grant)
    with transaction.atomic():
        _hold_open(account)
        if not account.grants.filter(role=grant.role, scope=grant.scope).exists():
            _give(account, grant, actor)


def _give(account: Account, grant: Grant, actor: Actor) -> None:
    account.grants.create(role=grant.role, scope=grant.scope, given_at=clock.now(), given_by=actor.name)
    audit.record("accounts:grant:give", subject=_subject(account), actor=actor, role=grant.role, scope=grant.scope)


def revoke_role(*, account: Account, grant: Grant, actor: Actor) -> None:
    """Take a role away; one that is not held is left alone."""
    check_may_change_grants(actor, account)
    with transaction.atomic():
        take_lock("accounts-operators")
        if grant.role is Role.OPERATOR:
            _check_not_last(account)
        if account.grants.filter(role=grant.role, scope=grant.scope).delete()[0]:
            audit.record(
                "accounts:grant:take", subject=_subject(account), actor=actor, role=grant.role, scope=grant.scope
            )


def _check_not_last(account: Account) -> None:
    """Raise LastOperator when no other open account manages the node."""
    others = RoleGrant.objects.filter(role=Role.OPERATOR, scope=EVERYWHERE, account__closed_at=None)
    is_one = account.closed_at is None and account.grants.filter(role=Role.OPERATOR, scope=EVERYWHERE).exists()
    if is_one and not others.exclude(account=account).exists():
        raise LastOperator


def close_account(*, account: Account, reason: str, actor: Actor) -> None:
    """Close an account: its sessions, links and tokens end now. Its name stays in history."""
    check_may_change_grants(actor, account)
    with transaction.atomic():
        take_lock("accounts-operators")
        row = _hold(account)
        if row.closed_at is not None:
            return
        _check_not_last(row)
        row.closed_at = account.closed_at = clock.now()
        row.save(update_fields=["closed_at"])
        Session.objects.filter(account=account).delete()
        SignInLink.objects.filter(account=account).delete()
        account.tokens.filter(ended_at=None).update(ended_at=clock.now())
        audit.record("accounts:account:close", subject=_subject(account), actor=actor, reason=reason.strip()[:500])


def reopen_account(*, account: Account, actor: Actor) -> None:
    """Let a closed account sign in again, with the roles it had."""
    check_may_change_grants(actor, account)
    with transaction.atomic():
        row = _hold(account)
        if row.closed_at is None:
            return
        row.closed_at = account.closed_at = None
        row.save(update_fields=["closed_at"])
        audit.record("accounts:account:reopen", subject=_subject(account), actor=actor)


def end_session(*, key: str, actor: Actor) -> None:
    """End one session: one's own, or anybody's for an operator."""
    with transaction.atomic():
        row = Session.objects.select_related("account").filter(pk=key).exclude(account=None).first()
        if row is None or row.account is None:
            raise NoSuchSession
        check_self_or_operator(actor, row.account)
        row.delete()
        audit.record("accounts:session:end", subject=_subject(row.account), actor=actor)


def end_sessions(*, account: Account, actor: Actor, except_key: str = "") -> int:
    """End all sessions of an account but one, and forget its known devices; return how many ended."""
    check_self_or_operator(actor, account)
    with transaction.atomic():
        ended = Session.objects.filter(account=account).exclude(pk=except_key).delete()[0]
        account.trusted_since = clock.now()
        account.save(update_fields=["trusted_since"])
        audit.record("accounts:sessions:end", subject=_subject(account), actor=actor, ended=ended)
        return ended


def make_sign_in_link(*, account: Account, actor: Actor, lifetime: timedelta = LINK_LIFETIME) -> str:
    """Return the token of a link that signs the account in once, within its lifetime. Links made before are void."""
    check_operator(actor)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        _hold_open(account)
        SignInLink.objects.filter(account=account).delete()
        SignInLink.objects.create(hash=_hash(token), account=account, expires_at=clock.now() + lifetime)
        audit.record("accounts:link:make", subject=_subject(account), actor=actor)
    return token


def use_sign_in_link(token: str) -> Account:
    """Return whom a link signs in; it works once. Raises LinkNotUsable, the same for every reason."""
    with transaction.atomic():
        now = clock.now()
        rows = SignInLink.objects.filter(hash=_hash(token), used_at=None, expires_at__gt=now)
        # One statement on one table decides who of two at once may use it: with a join, PostgreSQL lets all who wait
        # for the row have it, since it asks the joined conditions only of what it saw before.
        if rows.update(used_at=now) != 1:
            raise LinkNotUsable
        link = SignInLink.objects.select_related("account").get(hash=_hash(token))
        if link.account.closed_at is not None:
            raise LinkNotUsable
        actor = Actor.system("sign-in link")
        audit.record("accounts:link:use", subject=_subject(link.account), actor=actor)
        # Whoever makes links could use one: its person must learn of it.
        notify(notices.LINK_USED, accounts=[str(link.account_id)], key=f"link:{link.hash[:32]}", path="/account/")
        return link.account


def make_token(*, account: Account, name: str, limits: Iterable[str], days: int, actor: Actor) -> str:
    """Return a new key for programs, shown this once. It acts as the account, inside its limits."""
    check_may_make_token(actor, account)
    name, kept = " ".join(name.split()), sorted(set(limits), key=LIMITS.index) if set(limits) <= set(LIMITS) else []
    if not 1 <= len(name) <= 80 or not kept or not 1 <= days <= MOST_TOKEN_DAYS:
        raise BadLimits(most=MOST_TOKEN_DAYS, limits=", ".join(LIMITS))
    token = TOKEN_MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        _hold_open(account)
        now = clock.now()
        row = account.tokens.create(
            hash=_hash(token), name=name, limits=kept, made_at=now, expires_at=now + timedelta(days=days)
        )
        audit.record("accounts:token:make", subject=_subject(account), actor=actor, token=row.pk, limits=kept)
    return token


def end_token(*, number: int, actor: Actor) -> None:
    """End a token of one's own, or anybody's for an operator."""
    with transaction.atomic():
        rows = ApiToken.objects.select_related("account").select_for_update(of=("self",))
        row = rows.filter(pk=number, ended_at=None).first()
        if row is None:
            raise NoSuchToken
        check_self_or_operator(actor, row.account)
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
        audit.record("accounts:token:end", subject=_subject(row.account), actor=actor, token=row.pk)


def hash_of_token(token: str) -> str:
    """Return what is kept of a token."""
    return _hash(token)


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _subject(account: Account) -> str:
    return f"account {account.pk}"
