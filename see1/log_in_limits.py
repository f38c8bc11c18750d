"""How often a log-in may fail: for each account and for each network address, counted in Redis by all processes.

The count is taken before the password is compared, so that many tries at once cannot slip through between, and a
log-in that succeeds is taken off again. It stands in front of whatever asks Django to authenticate: the page, the
admin, and what may come. Unknown accounts count like known ones, so nobody learns which there are. Where Redis is
away nobody is counted: better that than nobody let in; each time a line of log says so.
"""

from __future__ import annotations

import hashlib
import time
from typing import Any

from allauth.account.signals import authentication_step_completed, password_reset
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from see1 import metrics
from see1.addresses import client_address
from see1.logging_config import get_logger

WINDOW_S = 15 * 60
log = get_logger(__name__)


class TooManyLogIns(Exception):
    """No more tries for now; `wait_s` until there are."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"Too many log-ins failed; {wait_s} s to wait.")
        self.wait_s = wait_s


class LimitedLogIns:
    """A backend that knows nobody; it only says when enough is enough."""

    def authenticate(self, request: HttpRequest | None, username: str | None = None, **credentials: Any) -> None:
        name = username or credentials.get("email")
        if request is None or not name:
            return
        now_s = time.time()
        for by, key, limit in _counters(request, str(name), now_s):
            if limit and _count(key) > limit:
                metrics.THROTTLED_LOG_INS.labels(by=by).inc()
                log.warning("log_in_throttled", by=by, address=client_address(request))
                raise TooManyLogIns(WINDOW_S - int(now_s) % WINDOW_S)


def _counters(request: HttpRequest, name: str, now_s: float) -> list[tuple[str, str, int]]:
    """What is counted: by which, under which key, up to how many."""
    period = int(now_s) // WINDOW_S
    account = hashlib.sha256(name.strip().lower().encode(errors="replace")).hexdigest()
    counters = [("account", f"log-in:account:{account}:{period}", settings.LOG_IN_TRIES_PER_ACCOUNT)]
    if address := client_address(request):
        counters.append(("address", f"log-in:address:{address}:{period}", settings.LOG_IN_TRIES_PER_ADDRESS))
    return counters


def _count(key: str) -> int:
    try:
        cache.add(key, 0, timeout=WINDOW_S + 60)
        return cache.incr(key)
    except (RedisError, OSError, ValueError) as error:  # ValueError: flushed between the two commands
        log.warning("log_ins_not_counted", error=str(error))
        return 0


def _forgive(request: HttpRequest, user: AbstractBaseUser, method: str, **_: Any) -> None:
    """A password that is right clears its account, and is taken off its address; second factors count by themselves."""
    if method != "password":
        return
    try:
        for by, key, _limit in _counters(request, user.get_username(), time.time()):
            if by == "account":
                cache.delete(key)
            elif cache.get(key):
                cache.decr(key)
    except (RedisError, OSError, ValueError) as error:
        log.warning("log_ins_not_counted", error=str(error))


def _open_again(request: HttpRequest, user: AbstractBaseUser, **_: Any) -> None:
    """A new password ends the wait of its account: whoever reads its mail need not have it twice."""
    try:
        cache.delete(_counters(request, user.get_username(), time.time())[0][1])
    except (RedisError, OSError) as error:
        log.warning("log_ins_not_counted", error=str(error))


authentication_step_completed.connect(_forgive, dispatch_uid="see1.log_in_limits")
password_reset.connect(_open_again, dispatch_uid="see1.log_in_limits.reset")
