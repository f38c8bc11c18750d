"""What every page knows: who reads it, what time it is, whether this is the demo."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from bookings import notifications
from bookings.web.reader import reader_of


def page(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "reader": reader_of(request) if signed_in else None,
        "now": timezone.now(),
        "unread": partial(_unread, request),
        "is_demo": is_demo(),
    }


def _unread(request: HttpRequest) -> int:
    """How much news waits; asked only by a page that shows it."""
    return notifications.count_unread(reader_of(request).everywhere, at=timezone.now())


def is_demo() -> bool:
    """The demo never runs without DEBUG: its log-ins are known to everybody."""
    return bool(settings.DEMO and settings.DEBUG)
