"""Error pages for people: with DEBUG on Django answers 404 for developers, and the demo is not theirs."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from bookings.web.context import is_demo

NOT_OURS = ("/api/", "/static/", "/admin/")


class ErrorPages:
    """In the demo, answer 404 with the page that production would show."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 404 and is_demo() and not request.path.startswith(NOT_OURS):
            return render(request, "404.html", {"exception": getattr(request, "_not_found", "")}, status=404)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, Http404):
            request._not_found = str(exception)  # type: ignore[attr-defined]  # kept for the page
