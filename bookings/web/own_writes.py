"""Who has just written reads what they wrote: for a while, their browser's pages do not come from a replica."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from modules.lagging import REPLICA, WROTE_COOKIE

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class OwnWrites:
    """Marks the browser for as long as the replica may be behind. Does nothing where there is no replica."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if REPLICA in settings.DATABASES and request.method not in SAFE:
            response.set_cookie(
                WROTE_COOKIE,
                "1",
                max_age=settings.REPLICA_MAX_LAG_S + 5,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response
