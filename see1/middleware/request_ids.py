"""Every request has an id: a caller's own `X-Request-ID` where it is a sane one, else one that we draw.

It goes back in the answer, stands in every line of log that the request causes, and is kept with what the request
promises, so that a mail that went out a month later still says which request it came from.
"""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from bookings.tracing import REQUEST_ID_LENGTH
from see1 import metrics
from see1.logging_config import get_logger, level_of

HEADER = "X-Request-ID"
_SANE = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{7,{REQUEST_ID_LENGTH - 1}}}")
_QUIET = ("/healthz/", "/readyz/", "/metrics/", "/static/")
"""Asked all day long by machines; only their failures are worth a line."""

log = get_logger("see1.request")


class RequestIdMiddleware:
    """Outermost of all, so that whatever the others answer has its id and its line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = accepted(request.headers.get(HEADER)) or uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]  # for whatever answers this request
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            began = time.monotonic()
            response = self._get_response(request)
            response[HEADER] = request_id
            _note(request, response, time.monotonic() - began)
        return response


def accepted(offered: str | None) -> str | None:
    """A caller's id, unless it is too long, too short to tell requests apart, or could forge a line of log."""
    return offered if offered and _SANE.fullmatch(offered) else None


def request_id_of(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))


def _note(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    metrics.note_request(request, response.status_code, seconds)
    if request.path.startswith(_QUIET) and response.status_code < 500:
        return
    log.log(
        level_of(response.status_code),
        "request",
        method=request.method,
        path=request.get_full_path()[:500],
        status=response.status_code,
        ms=round(seconds * 1000, 1),
        **_caller(request),
    )


def _caller(request: HttpRequest) -> dict[str, int]:
    """Who asked, where that is known already: a line of log is not worth a query."""
    key, user = getattr(request, "auth", None), getattr(request, "_cached_user", None)
    found = {"key_id": getattr(key, "pk", None), "user_id": getattr(user, "pk", None)}
    return {name: pk for name, pk in found.items() if pk is not None}
