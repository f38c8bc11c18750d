"""How often a log-in may fail, counted in Redis by all processes.

Counted are the tries at an account from one network address, those from the address at any account, and those at the
account from everywhere, of which there may be many more: whoever guesses from elsewhere must not lock a person out. A
browser that the account was used in before is counted by itself and by nothing else, so its owner comes in even while
many machines guess at it at once; and by a passkey always.

The count is taken before the password is compared, so that many tries at once cannot slip through between, and a
log-in that succeeds is taken off again. It stands in front of whatever asks Django to authenticate: the page, the
admin, and what may come. Unknown accounts count like known ones, so nobody learns which there are. Where Redis is
away nobody is counted: better that than nobody let in; each time a line of log says so.
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from allauth.account.signals import authentication_step_completed, password_reset
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from see1 import metrics
from see1.addresses import client_address
from see1.known_devices import account_of, device_of
from see1.logging_config import get_logger

WINDOW_S = 15 * 60
EVERYWHERE = 10
"""As many times the tries at an account from one address may it see from all together, but for its own devices."""
KNOWN_FROM_NOW_ON = "see1.known_device"
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
        for counter in _counters(request, str(name), now_s):
            if counter.limit and _count(counter.key) > counter.limit:
                metrics.THROTTLED_LOG_INS.labels(by=counter.by).inc()
                log.warning("log_in_throttled", by=counter.by, address=client_address(request))
                raise TooManyLogIns(WINDOW_S - int(now_s) % WINDOW_S)


class Counter(NamedTuple):
    """`by` says of what; one that is `whose` own is cleared by a password that is right."""

    by: str
    key: str
    limit: int
    whose: str = ""


def _counters(request: HttpRequest, name: str, now_s: float) -> list[Counter]:
    """What is counted. The account as a whole comes last: what was refused before does not count for it."""
    period, account = int(now_s) // WINDOW_S, account_of(name)
    each = settings.LOG_IN_TRIES_PER_ACCOUNT
    if device := device_of(request, account):
        return [Counter("device", f"log-in:device:{device}:{account}:{period}", each, "device")]
    address = client_address(request)
    counters = [Counter("account", f"log-in:account:{account}:{address}:{period}", each, "account")]
    if address:
        counters.append(Counter("address", f"log-in:address:{address}:{period}", settings.LOG_IN_TRIES_PER_ADDRESS))
    return [*counters, Counter("everywhere", f"log-in:account:{account}:{period}", each * EVERYWHERE)]


def _count(key: str) -> int:
    try:
        cache.add(key, 0, timeout=WINDOW_S + 60)
        return cache.incr(key)
    except (RedisError, OSError, ValueError) as error:  # ValueError: flushed between the two commands
        log.warning("log_ins_not_counted", error=str(error))
        return 0


def _forgive(request: HttpRequest, user: AbstractBaseUser, method: str, **_: Any) -> None:
    """A password that is right clears what is its own, and is taken off the rest; second factors count apart."""
    if method != "password":
        return
    try:
        for counter in _counters(request, user.get_username(), time.time()):
            if counter.whose:
                cache.delete(counter.key)
            elif cache.get(counter.key):
                cache.decr(counter.key)
    except (RedisError, OSError, ValueError) as error:
        log.warning("log_ins_not_counted", error=str(error))


def _open_again(request: HttpRequest, user: AbstractBaseUser, **_: Any) -> None:
    """Whoever reads the account's mail has set a new password here: this browser is its owner's."""
    _remember(request, user)
    try:
        for counter in _counters(request, user.get_username(), time.time()):
            if counter.by != "address":
                cache.delete(counter.key)
    except (RedisError, OSError) as error:
        log.warning("log_ins_not_counted", error=str(error))


def _remember(request: HttpRequest | None, user: AbstractBaseUser, **_: Any) -> None:
    """For `see1.middleware.log_ins`, which writes the cookie."""
    if request is not None:
        request.META[KNOWN_FROM_NOW_ON] = account_of(user.get_username())


authentication_step_completed.connect(_forgive, dispatch_uid="see1.log_in_limits")
password_reset.connect(_open_again, dispatch_uid="see1.log_in_limits.reset")
user_logged_in.connect(_remember, dispatch_uid="see1.log_in_limits.device")
