"""How often a key may ask: counted in Redis, so that all processes count together.

Two counters of whole periods stand for a sliding window: the last period counts by the part of it that the window
still covers. What is refused is not counted. Where Redis is away nobody is throttled: better that than nobody served.
"""

from __future__ import annotations

import logging
import math
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
from modules.api.answering import answer_with

PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
"""By their first letter, as the REST framework reads a rate."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rate:
    limit: int
    period_s: int

    @classmethod
    def read(cls, text: str) -> Rate | None:
        """`1200/minute`, or `1200` alone for the same; nothing at all for no limit."""
        if not text.strip():
            return None
        limit, slash, period = text.strip().partition("/")
        unit = period.strip()[:1] if slash else "m"
        if not limit.strip().isdecimal() or int(limit) < 1 or unit not in PERIODS:
            raise ImproperlyConfigured(f"API_THROTTLE must read like 1200/minute, not {text!r}.")
        return cls(int(limit), PERIODS[unit])


def limit_headers(rate: Rate, left: int, resets_s: int) -> dict[str, str]:
    """What a caller is told of their limit, as the IETF's draft on RateLimit headers writes it."""
    return {
        "RateLimit-Policy": f'"key";q={rate.limit};w={rate.period_s}',
        "RateLimit": f'"key";r={left};t={resets_s}',
    }


class KeyThrottle(BaseThrottle):
    """`API_THROTTLE` requests for each key, and for each person in a browser."""

    _wait: float | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        rate = Rate.read(settings.API_THROTTLE)
        if rate is None:
            return True
        try:
            self._wait, left, resets_s = _count(_caller(request), rate, timezone.now().timestamp())
            answer_with(request, limit_headers(rate, left, resets_s))
        except (RedisError, OSError, ValueError) as error:  # ValueError: flushed between two commands
            log.warning("Requests are not counted, for Redis is not there: %s", error)
            return True
        return self._wait is None

    def wait(self) -> float | None:
        return self._wait


def _caller(request: Request) -> str:
    return f"key:{request.auth.pk}" if isinstance(request.auth, ApiKey) else f"user:{request.user.pk}"


def _count(caller: str, rate: Rate, now_s: float) -> tuple[float | None, int, int]:
    """Count one request: None, or the seconds after which it would be allowed and it is not counted.

    And how many are left now, and the seconds until the period ends.
    """
    period, elapsed_s = int(now_s // rate.period_s), now_s % rate.period_s
    key = f"throttle:{caller}:{period}"
    cache.add(key, 0, timeout=2 * rate.period_s + 1)
    count = cache.incr(key)
    before = int(cache.get(f"throttle:{caller}:{period - 1}") or 0)
    used, resets_s = before * (1 - elapsed_s / rate.period_s) + count, math.ceil(rate.period_s - elapsed_s)
    if used <= rate.limit:
        return None, int(rate.limit - used), resets_s
    cache.decr(key)
    return _wait_s(before, count - 1, elapsed_s, rate), 0, resets_s


def _wait_s(before: int, count: int, elapsed_s: float, rate: Rate) -> float:
    """Until the window has slid far enough for one more."""
    if count + 1 <= rate.limit:
        return rate.period_s * (1 - (rate.limit - count - 1) / before) - elapsed_s
    return rate.period_s * (2 - (rate.limit - 1) / count) - elapsed_s
