"""Every write to notices that a person asks for. Reading marks are a reader's own bookmarks and leave no audit row."""

from django.db import transaction

from serai.kernel import audit, clock
from serai.kernel.models import MailState, Notice, NoticeWish, Wish
from serai.kernel.roles import Actor
from serai.site.notices.errors import NoSuchNotice
from serai.site.notices.wishes import wish_of


@transaction.atomic
def set_wish(*, account: str, wish: Wish, actor: Actor, reason: str = "") -> None:
    """Set what an account wants; what waits to be mailed is looked at again under the new wish."""
    if wish_of(account) is wish:
        return
    NoticeWish.objects.update_or_create(account=account, defaults={"mail": wish})
    Notice.objects.filter(account=account, is_duty=False, mail=MailState.WAITING).update(mail_at=clock.now())
    audit.record("notices:wish:set", subject=f"account {account}", actor=actor, reason=reason, wish=str(wish))


def read_notice(*, number: int, actor: Actor) -> Notice:
    """Mark one of the actor's own notices as read and return it; raise NoSuchNotice for anything else."""
    notice = Notice.objects.filter(pk=number, account=actor.account).first() if actor.account else None
    if notice is None:
        raise NoSuchNotice
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=clock.now())
    return notice


def read_all(*, up_to: int, actor: Actor) -> int:
    """Mark the actor's notices as read, up to the newest one that was shown; return how many."""
    if not actor.account:
        return 0
    return Notice.objects.filter(account=actor.account, pk__lte=up_to, read_at=None).update(read_at=clock.now())


@transaction.atomic
def retry_given_up(*, actor: Actor) -> int:
    """Try the mails that were given up once more, from the beginning; return of how many notices."""
    count = Notice.objects.filter(mail=MailState.GIVEN_UP).update(
        mail=MailState.WAITING, mail_at=clock.now(), attempts=0, claim="", claimed_until=None
    )
    if count:
        audit.record("notices:mail:retry", subject="mails given up", actor=actor, count=count)
    return count
