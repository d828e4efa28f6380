"""What is written down when somebody signs in or out, or changes how she does: one audit row each, and a notice."""

from typing import Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from serai.kernel import audit, clock
from serai.kernel.notices import NoticeKind, notify
from serai.kernel.roles import Actor, ActorKind
from serai.site.accounts import notices
from serai.site.accounts.actions import end_sessions
from serai.site.accounts.models import Account

# allauth names a change by the mail it would send.
_CHANGES: Final[dict[str, tuple[str, str, NoticeKind]]] = {
    "account/email/password_set": ("password:set", "", notices.PASSWORD),
    "account/email/password_changed": ("password:change", "", notices.PASSWORD),
    "account/email/password_reset": ("password:reset", "", notices.PASSWORD),
    "mfa/email/totp_activated": ("second-step:add", "totp", notices.STEP_ADDED),
    "mfa/email/totp_deactivated": ("second-step:end", "totp", notices.STEP_ENDED),
    "mfa/email/webauthn_added": ("second-step:add", "webauthn", notices.STEP_ADDED),
    "mfa/email/webauthn_removed": ("second-step:end", "webauthn", notices.STEP_ENDED),
    "mfa/email/recovery_codes_generated": ("recovery-codes:make", "", notices.CODES_MADE),
}


@transaction.atomic
def record_sign_in(account: Account, *, by: list[str]) -> None:
    """Write down a sign-in and the steps it took."""
    audit.record("accounts:session:start", subject=f"account {account.pk}", actor=_actor(account), by=by)


@transaction.atomic
def record_sign_out(user: AbstractBaseUser | AnonymousUser) -> None:
    """Write down that somebody signed out."""
    if isinstance(user, Account):
        audit.record("accounts:session:end", subject=f"account {user.pk}", actor=_actor(user))


@transaction.atomic
def record_change(name: str, account: Account, *, keep: str) -> None:
    """Write down a change of how somebody signs in, and tell her. A new password ends every session but `keep`."""
    action, step, notice = _CHANGES[name]
    details = {"type": step} if step else {}
    audit.record(f"accounts:{action}", subject=f"account {account.pk}", actor=_actor(account), **details)
    _tell(account, notice)
    if notice is notices.PASSWORD:
        end_sessions(account=account, except_key=keep, actor=_actor(account))


def _tell(account: Account, notice: NoticeKind) -> None:
    key = f"{notice.code}:{clock.now():%Y%m%dT%H%M%S.%f}"
    notify(notice, accounts=[str(account.pk)], key=key, path="/account/")


def _actor(account: Account) -> Actor:
    return Actor(kind=ActorKind.ACCOUNT, name=str(account.pk))
