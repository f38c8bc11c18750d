"""Reads that may lag a little go to the replica, where there is one.

A view says of itself that it may (`may_lag`): calendars, the timeline, utilisation. What decides a booking never does.
The primary is asked all the same by whoever has just written (`fresh=True`), and wherever the replica cannot be reached
or is too far behind, which is looked at every few seconds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest

from modules.models import Module

REPLICA = "replica"
LOOK_EVERY_S = 2.0
WROTE_COOKIE = "see1_wrote"
"""Borne for a while by the browser that wrote; see `bookings.web.own_writes`."""

log = logging.getLogger(__name__)

_P = ParamSpec("_P")
_R = TypeVar("_R")
_may_lag: ContextVar[bool] = ContextVar("may_lag", default=False)
_looked: dict[str, Any] = {"at": -LOOK_EVERY_S, "usable": False}

# Behind only where something was received that is not yet replayed: a primary at rest sends nothing to replay.
_LAG = """
SELECT CASE WHEN NOT pg_is_in_recovery() OR pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
       ELSE coalesce(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 0) END
"""


class ReplicaRouter:
    """Django's router: reads that may lag to the replica, all else to the primary."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return REPLICA if _may_lag.get() else DEFAULT_DB_ALIAS

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


def reading() -> BaseDatabaseWrapper:
    """The connection that a read goes through here, for those written in SQL."""
    return connections[router.db_for_read(Module)]


def may_lag(view: Callable[Concatenate[HttpRequest, _P], _R]) -> Callable[Concatenate[HttpRequest, _P], _R]:
    """A view that reads only, and may show what was true some seconds ago to those who have not just written."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        with reads_may_lag(fresh=WROTE_COOKIE in request.COOKIES):
            return view(request, *args, **kwargs)

    return wrapped


@contextmanager
def reads_may_lag(*, fresh: bool = False) -> Iterator[None]:
    """Inside, reads go to the replica if it is usable; `fresh` is for who must see what they wrote."""
    lags = REPLICA in settings.DATABASES and not fresh and _is_usable()
    token = _may_lag.set(lags)
    try:
        yield
    finally:
        _may_lag.reset(token)


def _is_usable() -> bool:
    now = time.monotonic()
    if now - _looked["at"] >= LOOK_EVERY_S:
        usable = _look()
        if usable != _looked["usable"]:
            log.warning("The replica is %s.", "asked again" if usable else "not asked: away, or too far behind")
        _looked.update(at=time.monotonic(), usable=usable)
    return bool(_looked["usable"])


def _look() -> bool:
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(_LAG)
            return float(cursor.fetchone()[0]) <= settings.REPLICA_MAX_LAG_S
    except DatabaseError:
        connections[REPLICA].close()
        return False
