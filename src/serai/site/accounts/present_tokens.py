"""Tokens as their person and the operators see them."""

from dataclasses import dataclass
from datetime import date, datetime

from serai.kernel import clock
from serai.site.accounts.models import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownToken:
    """A token that was not ended. Its secret was shown once, and is not kept."""

    number: int
    name: str
    limits: list[str]
    made_at: datetime
    expires_at: datetime
    last_used: date | None
    has_expired: bool


def list_tokens(account: Account) -> list[ShownToken]:
    """Return the tokens of an account that nobody has ended, the newest first."""
    now = clock.now()
    return [
        ShownToken(
            number=row.pk,
            name=row.name,
            limits=row.limits,
            made_at=row.made_at,
            expires_at=row.expires_at,
            last_used=row.last_used,
            has_expired=row.expires_at <= now,
        )
        for row in account.tokens.filter(ended_at=None).order_by("-made_at", "-pk")
    ]
