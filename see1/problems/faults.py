"""What is answered where we are at fault or out of reach, to programs as a problem and to people as a page.

Either gives the request's id, by which whoever is on call finds the lines of log. Nothing here touches the database
or the session: they may be what is broken.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy

from bookings.tracing import current_request_id
from see1.languages import language_asked
from see1.problems.catalogue import KINDS
from see1.problems.document import Problem, plain_response

API = "/api/"
RETRY_AFTER_S = 5
OUTAGES = (OperationalError, InterfaceError)
"""The database is away, starting, out of connections, or gave up waiting for a lock: in a moment it may be well."""

_SENTENCES = {
    "internal_error": gettext_lazy(
        "It is our fault, not yours, and it has been written down. What you were doing was not half "
        "done: it either happened or it did not. Look at your bookings before you try again."
    ),
    "unavailable": gettext_lazy(
        "SEE-1 Bookings cannot reach its database at the moment. What was booked is safe. Try again in a few seconds."
    ),
}


def fault_response(request: HttpRequest, code: str) -> HttpResponse:
    """The answer to `request`, which failed by our fault."""
    headers = {"Retry-After": str(RETRY_AFTER_S)} if code == "unavailable" else {}
    with translation.override(language_asked(request)):  # not the account's: the session may be what is broken
        title, sentence = str(KINDS[code].title), str(_SENTENCES[code])
        if not request.path_info.startswith(API):
            return page(KINDS[code].status, title, sentence, headers=headers)
        extra = {"request_id": current_request_id()}
        return plain_response(Problem(KINDS[code], sentence, extra=extra, headers=headers), request.path)


def page(status: int, title: str, sentence: str, *, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A page that needs nothing but its own template."""
    context = {"status": status, "title": title, "sentence": sentence, "request_id": current_request_id()}
    response = HttpResponse(render_to_string("fault.html", context), status=status, headers=dict(headers or {}))
    response["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`; called while the exception is being handled."""
    return fault_response(request, "unavailable" if isinstance(sys.exception(), OUTAGES) else "internal_error")


def too_many(request: HttpRequest) -> HttpResponse:
    """For whoever did the same thing too often, of those that are limited by account or network address."""
    return page(429, "Too many tries", "That was tried too often from here. Wait some minutes, then try again.")
