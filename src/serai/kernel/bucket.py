"""Token buckets: how much one asker may ask of one process, in flat memory. Pure."""

import threading
from collections import OrderedDict


class Bucket:
    """Token buckets by address, the least recently seen forgotten first, so that memory stays flat."""

    def __init__(self, *, per_minute: int, most_addresses: int = 20_000) -> None:
        self.rate = per_minute / 60
        self.size = max(1.0, per_minute / 6)  # ten seconds' worth may come at once
        self.most_addresses = most_addresses
        self._seen: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_of(self, address: str, *, at: float) -> float:
        """Return how many seconds there is no token for; take none."""
        with self._lock:
            tokens = self._tokens(*self._seen.get(address, (self.size, at)), at)
        return max(0.0, 1 - tokens) / self.rate

    def _tokens(self, tokens: float, last: float, at: float) -> float:
        return min(self.size, tokens + (at - last) * self.rate)

    def take(self, address: str, *, at: float) -> float:
        """Take one token; return 0, or the seconds to wait when there is none."""
        with self._lock:
            tokens = self._tokens(*self._seen.pop(address, (self.size, at)), at)
            allowed = tokens >= 1
            self._seen[address] = (tokens - 1 if allowed else tokens, at)
            if len(self._seen) > self.most_addresses:
                self._seen.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / self.rate
