"""`If-Match`: whoever changes a booking says which version they read."""

from __future__ import annotations

from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from rest_framework.request import Request

from bookings.api.exceptions import VersionRequired
from bookings.models import Booking

NO_VERSION = 0
"""The version of no booking: they are counted from 1."""


def version_read(request: Request, booking: Booking) -> int | None:
    """The version that must still be current; None for any (`*`). Weak tags never match."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise VersionRequired(
            _("Say with If-Match which version of %(booking)s you read: its ETag, as GET answers it.")
            % {"booking": booking.reference}
        )
    if header == "*":
        return None
    return booking.version if booking.etag in parse_etags(header) else NO_VERSION
