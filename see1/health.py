"""Whether we live, and whether what we stand on can be reached."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from see1.celery import app

PATIENCE_S = 2.0
log = logging.getLogger(__name__)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Alive: this process answers."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready: the database, the broker and a worker can be reached; 503 says which one cannot."""
    reached = {"database": _reached(_database), "broker": _reached(_broker)}
    reached["worker"] = reached["broker"] and _reached(_worker)
    ready = all(reached.values())
    checks = {name: "reachable" if there else "unreachable" for name, there in reached.items()}
    return JsonResponse({"status": "ready" if ready else "not ready", **checks}, status=200 if ready else 503)


def _reached(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, RedisError, OperationalError, OSError) as error:
        log.warning("Not ready: %s", error)
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _broker() -> bool:
    if not settings.CELERY_BROKER_URL.startswith(("redis:", "rediss:")):
        with app.connection_for_write(connect_timeout=PATIENCE_S) as broker:
            broker.ensure_connection(max_retries=1)
            return True
    options = {"socket_connect_timeout": PATIENCE_S, "socket_timeout": PATIENCE_S, "retry": Retry(NoBackoff(), 0)}
    with Redis.from_url(settings.CELERY_BROKER_URL, **options) as redis:
        return bool(redis.ping())


def _worker() -> bool:
    """One answer is enough; nobody waits for the rest."""
    return bool(app.control.ping(timeout=PATIENCE_S, limit=1))
