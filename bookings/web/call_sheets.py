"""Call sheets: what everybody on a window needs on one sheet of paper.

For one booking, or for all that a production has ahead. A browser prints them, to paper or to a PDF.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from bookings.clocks import GMT, own_text
from bookings.models import Booking, Production
from bookings.papers.call_sheet import Sheet, ahead
from bookings.papers.rundown import Moment
from bookings.web.bookings import visible_booking
from bookings.web.orbit_strip import Strip, strip
from bookings.web.reader import reader_of
from bookings.web.tags import own_window

MOST_SHEETS = 40


@dataclass(frozen=True)
class PrintedSheet(Sheet):
    """With what only paper needs."""

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

    @cached_property
    def strip(self) -> Strip | None:
        known = self.rundown.outlook
        return strip(known, self.booking.span, self.rundown.asked) if known else None


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
    reader = reader_of(request)
    production = Production.objects.visible_to(reader.actor).filter(pk=production_id).first()
    if production is None:
        raise Http404(gettext("There is no such production among yours."))
    found = ahead(Booking.objects.visible_to(reader.actor), production, at=timezone.now()).order_by("starts_at", "id")
    return _page(request, list(found[:MOST_SHEETS]), title=production.title)


def _page(request: HttpRequest, bookings: list[Booking], *, title: str) -> HttpResponse:
    sheets = [PrintedSheet.of(booking) for booking in bookings]
    return render(request, "web/call_sheet.html", {"sheets": sheets, "title": title, "printed_at": timezone.now()})
