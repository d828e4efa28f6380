"""Sessions in the node's own store, each with whose it is, since when, and on what kind of device."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from serai.kernel import clock
from serai.site.accounts.models import Account, Session, SignInLink


class SessionStore(DatabaseStore):
    """Django's database sessions on our table."""

    @classmethod
    def get_model_class(cls) -> Any:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row of a session; an account that does not exist gives a session of nobody."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]  # of our model, named above
        now = clock.now()
        before = Session.objects.filter(pk=row.session_key).values_list("started_at", "account").first()
        key = data.get("_auth_user_id")
        row.account_id = Account.objects.filter(pk=key).values_list("pk", flat=True).first() if key else None
        # A session begins with its sign-in: what a stranger's browser had before does not count.
        is_same = before is not None and before[1] == row.account_id
        row.started_at = before[0] if before is not None and is_same else now
        row.seen_at = now
        row.device = str(data.get("device", ""))[:60]
        return row


def sweep_sessions(now: datetime) -> int:
    """Remove sessions that are past their end; return how many."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]


def sweep_links(now: datetime) -> int:
    """Remove sign-in links that nobody can use any more; return how many."""
    return SignInLink.objects.filter(expires_at__lt=now).delete()[0]
