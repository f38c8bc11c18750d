"""Where PostgreSQL is away, requests are answered 503 with `Retry-After`, and the next one tries anew.

A view's exception is met on its way out. What fails in a middleware (the session, say) Django has turned into a 500
before anyone sees it; the signal that it sends then tells the two apart.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from see1.logging_config import get_logger
from see1.problems.faults import OUTAGES, fault_response

log = get_logger(__name__)


class OutageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if response.status_code == 500 and getattr(request, "_met_outage", False):
            return fault_response(request, "unavailable")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not isinstance(exception, OUTAGES):
            return None
        log.error("database_unavailable", error=str(exception).strip(), kind=type(exception).__name__)
        return fault_response(request, "unavailable")


def _note(request: HttpRequest | None = None, **_: Any) -> None:
    if request is not None and isinstance(sys.exception(), OUTAGES):
        request._met_outage = True  # type: ignore[attr-defined]  # read by the middleware above


got_request_exception.connect(_note, dispatch_uid="see1.middleware.outages")
