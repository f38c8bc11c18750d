"""How often a key may ask: counted in Redis, so that all processes count together.

Two counters of whole periods stand for a sliding window: the last period counts by the part of it that the window
still covers. What is refused is not counted. Where Redis is away nobody is throttled: better that than nobody served.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from bookings.models import ApiKey

PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rate:
    limit: int
    period_s: int

    @classmethod
    def read(cls, text: str) -> Rate | None:
        """`1200/minute`; nothing at all for no limit."""
        if not text.strip():
            return None
        limit, _, period = text.strip().partition("/")
        if not limit.isdecimal() or int(limit) < 1 or period not in PERIODS:
            raise ImproperlyConfigured(f"API_THROTTLE must read like 1200/minute, not {text!r}.")
        return cls(int(limit), PERIODS[period])


class KeyThrottle(BaseThrottle):
    """`API_THROTTLE` requests for each key, and for each person in a browser."""

    _wait: float | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        rate = Rate.read(settings.API_THROTTLE)
        if rate is None:
            return True
        try:
            self._wait = _count(_caller(request), rate, timezone.now().timestamp())
        except (RedisError, OSError, ValueError) as error:  # ValueError: flushed between two commands
            log.warning("Requests are not counted, for Redis is not there: %s", error)
            return True
        return self._wait is None

    def wait(self) -> float | None:
        return self._wait


def _caller(request: Request) -> str:
    return f"key:{request.auth.pk}" if isinstance(request.auth, ApiKey) else f"user:{request.user.pk}"


def _count(caller: str, rate: Rate, now_s: float) -> float | None:
    """Count one request; or the seconds after which it would be allowed, and do not."""
    period, elapsed_s = int(now_s // rate.period_s), now_s % rate.period_s
    key = f"throttle:{caller}:{period}"
    cache.add(key, 0, timeout=2 * rate.period_s + 1)
    count = cache.incr(key)
    before = int(cache.get(f"throttle:{caller}:{period - 1}") or 0)
    if before * (1 - elapsed_s / rate.period_s) + count <= rate.limit:
        return None
    cache.decr(key)
    return _wait_s(before, count - 1, elapsed_s, rate)


def _wait_s(before: int, count: int, elapsed_s: float, rate: Rate) -> float:
    """Until the window has slid far enough for one more."""
    if count + 1 <= rate.limit:
        return rate.period_s * (1 - (rate.limit - count - 1) / before) - elapsed_s
    return rate.period_s * (2 - (rate.limit - 1) / count) - elapsed_s
