"""Call sheets: what everybody on a window needs on one sheet of paper.

For one booking, or for all that a production has ahead. A browser prints them, to paper or to a PDF.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta, tzinfo
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from bookings.models import Booking, Production
from bookings.states import ACTIVE, Status
from bookings.web.bookings import visible_booking
from bookings.web.reader import GMT, reader_of, zone_named
from bookings.web.rundown import Moment, Rundown, rundown
from bookings.web.tags import own_text, own_window
from modules.intervals import Span
from modules.models import Closure

AROUND = timedelta(hours=24)
MOST_SHEETS = 40
FIRM = frozenset({Status.CONFIRMED, Status.COMPLETED})


@dataclass(frozen=True)
class Sheet:
    """One booking as its people see it: on GMT, and by the clock of its organisation."""

    booking: Booking
    rundown: Rundown
    closures: list[Closure]
    zone: tzinfo

    @property
    def is_firm(self) -> bool:
        """Whether the window is theirs; else the sheet says loudly that it is not."""
        return self.booking.status in FIRM

    @property
    def is_over(self) -> bool:
        """Whether it was cancelled, declined, released or expired."""
        return self.booking.status not in ACTIVE | FIRM

    @property
    def lives_by_gmt(self) -> bool:
        return self.zone == GMT

    @property
    def own_window(self) -> str:
        return own_window(self.booking.starts_at, self.booking.ends_at, self.zone)

    @property
    def rows(self) -> list[tuple[Moment, str]]:
        """Each moment with the same instant by the organisation's own clock."""
        return [(moment, own_text(moment.at, self.zone)) for moment in self.rundown.moments]


@login_required
@require_safe
def of_booking(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    reader = reader_of(request)
    booking = visible_booking(reader, booking_id)
    return _page(request, [booking], title=booking.reference)


@login_required
@require_safe
def of_production(request: HttpRequest, production_id: UUID) -> HttpResponse:
    """What a production has ahead, a sheet each."""
    reader, now = reader_of(request), timezone.now()
    production = Production.objects.visible_to(reader.actor).filter(pk=production_id).first()
    if production is None:
        raise Http404(gettext("There is no such production among yours."))
    ahead = (
        Booking.objects.visible_to(reader.actor)
        .with_details()
        .select_related("phase__rules")
        .filter(production=production, status__in=ACTIVE, ends_at__gt=now)
        .order_by("starts_at", "id")
    )
    return _page(request, list(ahead[:MOST_SHEETS]), title=production.title)


def _page(request: HttpRequest, bookings: list[Booking], *, title: str) -> HttpResponse:
    sheets = [_sheet(booking) for booking in bookings]
    return render(request, "web/call_sheet.html", {"sheets": sheets, "title": title, "printed_at": timezone.now()})


def _sheet(booking: Booking) -> Sheet:
    zone = zone_named(booking.organisation.time_zone)
    return Sheet(booking, rundown(booking, zone), _closures_around(booking), zone)


def _closures_around(booking: Booking) -> list[Closure]:
    span = Span(booking.starts_at - AROUND, booking.ends_at + AROUND)
    return list(booking.module.closures.standing().overlapping(span).prefetch_related("zones"))
