"""Why something from outside was refused: written down here for operators, a bounded number, while the sender is told one thing."""

import logging
import time
from typing import Final

from django.db import DatabaseError

from serai.exchange.models import Refusal
from serai.kernel import clock
from serai.kernel.bucket import Bucket
from serai.kernel.errors import SeraiError

KEPT: Final = 1000
_PER_MINUTE: Final = 120  # a flood must fill neither the disk nor the log
_bucket: Final = Bucket(per_minute=_PER_MINUTE)
_log = logging.getLogger("serai.exchange")


def note(error: SeraiError, *, claimed: str) -> None:
    """Write a refusal down; of a flood only some."""
    if _bucket.take("all", at=time.monotonic()):
        return
    _log.warning("refused", extra={"peer": claimed, "code": error.code})
    try:
        row = Refusal.objects.create(at=clock.now(), peer=claimed, code=error.code, reason=str(error)[:300])
        if row.pk % 50 == 0:
            Refusal.objects.filter(pk__lte=row.pk - KEPT).delete()
    except DatabaseError:  # what could not be written down was refused all the same
        _log.exception("a refusal could not be written down")
