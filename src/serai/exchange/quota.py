"""How much other machines may ask of this process, and how much of a peer's next batch it can take."""

import shutil
import time
from typing import Final

from django.conf import settings

from serai.exchange.receiver import MOST
from serai.kernel.bucket import Bucket

BAD_PER_MINUTE: Final = 600
_BATCH_S: Final = 2.0  # a batch that takes longer keeps the store from everybody else
_LITTLE_DISK: Final = 64 * 1024 * 1024
_LITTLE: Final = 10


class Quotas:
    """Counts requests. `code` is who seems to have signed one, as long as the signature was not checked.

    A node is counted together with the network it writes from: whoever only pretends to be it, elsewhere, uses up
    nothing of what is its own.
    """

    def __init__(self, *, per_minute: int, bad_per_minute: int = BAD_PER_MINUTE) -> None:
        self._signed = Bucket(per_minute=per_minute)
        self._bad = Bucket(per_minute=bad_per_minute)

    def take(self, code: str, network: str) -> float:
        """Count a request; return how many seconds its sender must wait, 0 when it need not. No `code`: a stranger's."""
        at = time.monotonic()
        if not code:
            return self._bad.take(network, at=at)
        return self._bad.wait_of(f"{code} {network}", at=at) or self._signed.take(f"{code} {network}", at=at)

    def note_bad(self, code: str, network: str) -> None:
        """Count a request that a peer seemed to have signed and that was refused."""
        self._bad.take(f"{code} {network}", at=time.monotonic())


class Pace:
    """How long messages took lately; tells how many of them the next batch may hold."""

    def __init__(self) -> None:
        self._message_s = 0.0

    def note(self, took_s: float, messages: int) -> None:
        self._message_s += (took_s / max(1, messages) - self._message_s) / 4

    def credit(self) -> int:
        """Return the most messages that the next batch may hold, at least one."""
        most = MOST if shutil.disk_usage(settings.HOME.folder).free > _LITTLE_DISK else _LITTLE
        return max(1, min(most, int(_BATCH_S / self._message_s))) if self._message_s else most


quotas: Final = Quotas(per_minute=settings.EXCHANGE_REQUESTS_PER_MINUTE)
pace: Final = Pace()
