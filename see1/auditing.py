"""Tells PostgreSQL, with every statement that writes, who acts and from where, for the audit that its triggers write.

The setting lasts as long as the statement's transaction and goes along in the same message, so it costs no round
trip, and holds behind a pooler that gives a connection to somebody else after each transaction.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import structlog
from django.db.backends.signals import connection_created
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import LazyObject

from bookings.models import ApiKey, User
from bookings.tracing import current_request_id
from modules.planned import WRITES
from see1.addresses import client_address
from see1.redaction import redacted

SETTING = "see1.audit"
_WRITES = re.compile(
    rf"\s*({WRITES}|(INSERT|UPDATE|DELETE|WITH\b.*\b(INSERT|UPDATE|DELETE))\b)", re.IGNORECASE | re.DOTALL
)
_LONGEST = 300
_asking: ContextVar[HttpRequest | None] = ContextVar("see1_audit_request", default=None)


def connect() -> None:
    """Listen to new connections. Once, when the application starts."""
    connection_created.connect(_attach, dispatch_uid="see1.auditing")


class AuditMiddleware:
    """Remembers whose request is being answered, until it is. Who they are is looked at when something is written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _asking.set(request)
        try:
            return self._get_response(request)
        finally:
            _asking.reset(token)


def _attach(connection: Any, **_: Any) -> None:
    if connection.vendor == "postgresql" and _tell not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _tell)


def _tell(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if many or not isinstance(sql, str) or not _WRITES.match(sql):
        return execute(sql, params, many, context)
    said = json.dumps(_context()).replace("'", "''")
    if params is not None:
        said = said.replace("%", "%%")
    return execute(f"SELECT set_config('{SETTING}', '{said}', true); {sql}", params, many, context)


def _context() -> dict[str, Any]:
    request = _asking.get()
    return {**(_of(request) if request is not None else _of_process()), "request": current_request_id()}


def _of(request: HttpRequest) -> dict[str, Any]:
    key = getattr(request, "auth", None)
    key = key if isinstance(key, ApiKey) else None
    user = key.user if key else _person(request)
    return {
        "actor": (f"key “{key.name}” of {user}" if key else str(user or ""))[:_LONGEST],
        "user": user.pk if user else None,
        "key": key.pk if key else None,
        "via": _via(request.path),
        "address": client_address(request),
        "doing": _plain(redacted(f"{request.method} {request.path}")),  # some addresses are keys
    }


def _person(request: HttpRequest) -> User | None:
    """Never fetched for this: whoever writes was looked at before."""
    user = request.__dict__.get("user")
    if isinstance(user, LazyObject):
        user = getattr(request, "_cached_user", None)
    return user if isinstance(user, User) else None


def _plain(text: str) -> str:
    """Without what JSON can say and PostgreSQL's text cannot hold."""
    return text.encode("ascii", "backslashreplace").decode().replace("\x00", "")[:_LONGEST]


def _via(path: str) -> str:
    return next((name for name in ("admin", "api") if path.startswith(f"/{name}/")), "page")


def _of_process() -> dict[str, Any]:
    """A task, or a command on the server."""
    task = structlog.contextvars.get_contextvars().get("task")
    if task:
        return {"actor": "SEE-1 Bookings", "via": "task", "doing": _plain(str(task))}
    called = " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]]) if sys.argv else ""
    return {"actor": "", "via": "command", "doing": _plain(called)}
