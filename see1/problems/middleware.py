"""Around the whole API: bodies too large are refused before anyone reads them, and whatever error the framework
answers by itself, in HTML or in text, leaves as a problem document."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from bookings.tracing import current_request_id
from see1.languages import language_asked
from see1.problems.catalogue import Kind, kind_of
from see1.problems.document import MEDIA_TYPE, Problem, plain_response, simple

API = "/api/"
MOST_READ_AND_DROPPED = 32 * 1024 * 1024
"""So much of a refused body is read, so that its sender is there to hear the answer; then the line is cut."""
PIECE = 256 * 1024
KEPT_HEADERS = ("Allow", "WWW-Authenticate", "Retry-After")


class ProblemMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(API):
            return self._get_response(request)
        if _length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            _drop(request)
            with translation.override(language_asked(request)):
                return plain_response(simple("payload_too_large", _("The body is larger than 1 MiB.")), request.path)
        response = self._get_response(request)
        if response.status_code >= 400 and not _is_problem(response):
            with translation.override(language_asked(request)):
                return _as_problem(request, response)
        return response


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _drop(request: HttpRequest) -> None:
    left = MOST_READ_AND_DROPPED
    try:
        while left > 0 and (piece := request.read(PIECE)):
            left -= len(piece)
    except OSError:
        return


def _is_problem(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith(MEDIA_TYPE)


def _as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    kind = kind_of("", response.status_code)
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    extra = {"request_id": current_request_id()} if response.status_code >= 500 else {}
    own = Kind(kind.code, response.status_code, kind.title)
    problem = Problem(own, f"{kind.title}.", extra=extra, headers=headers)
    return plain_response(problem, request.path)
