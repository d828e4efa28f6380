"""When somebody lost the device of her second step, and the recovery codes with it."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from serai.kernel import audit, clock
from serai.kernel.notices import notify
from serai.kernel.roles import Actor
from serai.site.accounts.actions import end_sessions
from serai.site.accounts.models import Account
from serai.site.accounts.notices import STEP_ENDED
from serai.site.accounts.rights import check_may_change_grants


def take_second_step(*, account: Account, actor: Actor) -> bool:
    """Take every second step from another's account; return whether there was one.

    Whoever asked for it may be somebody else, so its person is told by mail, and her sessions end. She signs in by a
    link and sets a new one up.
    """
    check_may_change_grants(actor, account)
    with transaction.atomic():
        if not Authenticator.objects.filter(user=account).delete()[0]:
            return False
        subject = f"account {account.pk}"
        audit.record("accounts:second-step:end", subject=subject, actor=actor, type="all")
        key = f"second-step:end:{clock.now():%Y%m%dT%H%M%S.%f}"
        notify(STEP_ENDED, accounts=[str(account.pk)], key=key, path="/account/")
        end_sessions(account=account, actor=actor)
        return True
