"""Statements that PostgreSQL plans once for each connection, rather than each time they are sent.

For a short statement over several tables planning takes five times as long as answering. `PREPARE` lives as long as
the connection, so it is used where connections are our own (`DATABASE_POOLED` is 0); through a pool in transaction mode
each statement goes out in full, as it always may. PostgreSQL itself looks after plans that became wrong: after new
statistics or another shape of a table it plans anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import count
from typing import Any

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, OperationalError, connections
from django.db.backends.signals import connection_created

WRITES = "EXECUTE write_"
"""How a message begins that writes by a planned statement, for whoever tells writing from reading by its text."""

_PLACE = re.compile(r"%(.)")
_CHANGED = "cached plan must not change result type"


def connect() -> None:
    """Keep plans on new connections, whatever the values. Once, when the application starts.

    PostgreSQL cannot tell how few claims a window overlaps before it sees the window, so it would plan that question
    each time; it comes to the same plan.
    """
    connection_created.connect(_keep_plans, dispatch_uid="modules.planned")


def _keep_plans(connection: Any, **_: Any) -> None:
    if connection.vendor == "postgresql" and not _is_pooled(connection):
        with connection.connection.cursor() as cursor:
            cursor.execute("SET plan_cache_mode = force_generic_plan")


def _is_pooled(connection: Any) -> bool:
    return bool(connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"))


def planned(sql: str) -> str:
    """What to send in the place of `sql`, with the same parameters: planned on this connection, where that lasts."""
    here = connections[DEFAULT_DB_ALIAS]
    if _is_pooled(here):
        return sql
    name, prepare, execute = _named(sql)
    if not here.health_check_done:  # type: ignore[attr-defined]  # Django's own, which its stubs do not tell of
        here.close_if_health_check_failed()
    raw, known = getattr(here, "_see1_planned", _NOTHING)
    if raw is None or raw is not here.connection:
        here.ensure_connection()
        raw, known = here.connection, set[str]()
        here._see1_planned = (raw, known)  # type: ignore[attr-defined]  # kept with the connection
    if name not in known:
        with here.wrap_database_errors, raw.cursor() as cursor:
            cursor.execute(prepare)
        known.add(name)
    return execute


_NOTHING: tuple[Any, set[str]] = (None, set())
"""The connection that was planned on, and the names that it knows; a new one knows none."""


def send(sql: str, parameters: Sequence[Any]) -> list[Sequence[Any]]:
    """Send a message that may name planned statements; the rows of its last statement.

    Where a migration has changed the kind of a column, its plan fails, as a database does that is away for a moment:
    whoever asked is told to ask again, and the connection that has the plan is closed.
    """
    here = connections[DEFAULT_DB_ALIAS]
    with here.cursor() as cursor:
        try:
            cursor.execute(sql, parameters)
        except NotSupportedError as error:
            if _CHANGED not in str(error):
                raise
            here.close_at = 0  # with the request
            raise OperationalError("The database was changed a moment ago.") from error
        return list(cursor.fetchall()) if cursor.description else []


@lru_cache(maxsize=512)
def _named(sql: str) -> tuple[str, str, str]:
    """A name that says whether it writes, how to prepare it, and how to send it."""
    places = count(1)
    numbered = _PLACE.sub(lambda found: "%" if found[1] == "%" else f"${next(places)}", sql)
    number = next(places) - 1
    kind = "read" if sql.lstrip().upper().startswith("SELECT") else "write"
    name = f"{kind}_{blake2b(sql.encode(), digest_size=12).hexdigest()}"
    given = f"({', '.join(['%s'] * number)})" if number else ""
    return name, f"PREPARE {name} AS {numbered}", f"EXECUTE {name}{given}"
