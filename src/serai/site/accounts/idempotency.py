"""Answers to the writes of programs, kept for two days: whoever repeats a write gets the answer to the first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from serai.kernel import clock
from serai.kernel.locks import take_lock
from serai.site.accounts.models import IdempotentAnswer

if TYPE_CHECKING:  # the worker sweeps without the API in its memory
    from serai.register.followup.api.once import Answer, Write

KEPT: Final = timedelta(hours=48)


def keep_answer(write: "Write", act: "Callable[[], Answer]") -> "Answer":
    """Do a write and keep its answer, in one transaction; for a repeat return the answer kept. Raises KeyOfAnother.

    Of two at once under one key the second waits and finds the answer of the first. What `act` raises is not kept.
    """
    from serai.register.followup.api.errors import KeyOfAnother  # noqa: PLC0415
    from serai.register.followup.api.once import Answer  # noqa: PLC0415

    with transaction.atomic():
        take_lock(f"answer:{write.account}:{write.key}")
        kept = IdempotentAnswer.objects.filter(account_id=write.account, key=write.key).first()
        if kept is None:
            answer = act()
            IdempotentAnswer.objects.create(
                account_id=write.account,
                key=write.key,
                fingerprint=write.fingerprint,
                status=answer.status,
                body=answer.body,
                at=clock.now(),
            )
            return answer
        if kept.fingerprint != write.fingerprint:
            raise KeyOfAnother(key=write.key)
        return Answer(kept.status, kept.body, is_repeat=True)


def sweep_answers(now: datetime) -> int:
    """Delete answers that were kept long enough; return how many."""
    return IdempotentAnswer.objects.filter(at__lt=now - KEPT).delete()[0]
