"""How often somebody may ask: counted in memory, or in Redis for several processes."""

import hashlib
import logging
import threading
import time
from dataclasses import dataclass, field
from functools import cache

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from eventweek.kernel.errors import Refusal

_log = logging.getLogger(__name__)
_RETRY_S = 30.0
_SWEEP_S = 5.0


class _Memory(MemoryStorage):
    """Counts in this process. Expired ones never count; they are swept away every few seconds while requests come.

    The library's own sweep starts a thread at each request and looks at every key a hundred times a second.
    """

    def _MemoryStorage__schedule_expiry(self) -> None:  # noqa: N802
        if not self.timer.is_alive():
            self.timer = threading.Timer(_SWEEP_S, self._MemoryStorage__expire_events)  # type: ignore[attr-defined]
            self.timer.daemon = True
            self.timer.start()


@dataclass
class _Counts:
    """Where the counts are: Redis while it answers, else this process."""

    memory: SlidingWindowCounterRateLimiter = field(default_factory=lambda: SlidingWindowCounterRateLimiter(_Memory()))
    shared: SlidingWindowCounterRateLimiter | None = None
    shared_again_at: float = 0.0


_counts = _Counts()


def init_limits(redis_url: str) -> None:
    """Count from nothing: in the Redis of that address, in this process when it is empty."""
    global _counts
    _counts = _Counts(shared=SlidingWindowCounterRateLimiter(_redis(redis_url)) if redis_url else None)


def limited(name: str, rates: str, key: str) -> None:
    """Count one request of `key` under `name`; `rates` such as `10/minute;60/hour`.

    The key is a phone, an e-mail or a device; an address only as a flood guard with a high rate, because a campus or a
    mobile carrier is one address. It is kept as a hash.
    Raises: Refusal limit.reached with `seconds` until the next try.
    """
    own = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:32]
    for rate in _read(rates):
        left = _hit(rate, name, own)
        if left:
            raise Refusal("limit.reached", seconds=left)


@cache
def _read(rates: str) -> list[RateLimitItem]:
    return parse_many(rates)


def _hit(rate: RateLimitItem, name: str, key: str) -> int:
    """Return 0 when the request may go on, else the seconds to wait."""
    if _counts.shared and time.monotonic() >= _counts.shared_again_at:
        try:
            return _count(_counts.shared, rate, name, key)
        except RedisError as error:
            _counts.shared_again_at = time.monotonic() + _RETRY_S
            _log.warning("limits: Redis is gone, counting in this process", extra={"cause": type(error).__name__})
    return _count(_counts.memory, rate, name, key)


def _count(limiter: SlidingWindowCounterRateLimiter, rate: RateLimitItem, name: str, key: str) -> int:
    if limiter.hit(rate, name, key):
        return 0
    return max(1, round(limiter.get_window_stats(rate, name, key).reset_time - time.time()))


def _redis(url: str) -> Storage:
    return RedisStorage(url, socket_timeout=0.5, socket_connect_timeout=0.5)
