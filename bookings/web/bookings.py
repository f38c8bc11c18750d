"""One's bookings: the list, and the page of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from bookings import lifecycle
from bookings.models import Booking, Challenge, Proposal
from bookings.papers.quote import Paper, of_booking
from bookings.querysets import BookingQuerySet
from bookings.states import ACTIVE, Status
from bookings.web.history import story
from bookings.web.orbit_strip import strip_of
from bookings.web.reader import Reader, reader_of

PAGE_SIZE = 25
SCOPES = {
    "upcoming": gettext_lazy("Upcoming"),
    "active": gettext_lazy("All active"),
    "past": gettext_lazy("Past and ended"),
    "all": gettext_lazy("All"),
}


@login_required
@require_safe
def booking_list(request: HttpRequest) -> HttpResponse:
    reader, now = reader_of(request), timezone.now()
    scope = request.GET.get("show", "upcoming")
    wanted = [s for s in request.GET.getlist("status") if s in Status.values]
    found = _scoped(Booking.objects.visible_to(reader.actor), scope, now)
    found = found.filter(status__in=wanted) if wanted else found
    order = "-starts_at" if scope == "past" else "starts_at"
    page = Paginator(found.with_details().attention_first(order, "id"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "scopes": SCOPES,
        "scope": scope if scope in SCOPES else "upcoming",
        "statuses": Status.choices,
        "wanted": wanted,
    }
    return render(request, "web/booking_list.html", context)


def _scoped(bookings: BookingQuerySet, scope: str, now: datetime) -> BookingQuerySet:
    if scope == "all":
        return bookings
    if scope == "active":
        return bookings.active()
    if scope == "past":
        return bookings.filter(~Q(status__in=ACTIVE) | Q(ends_at__lte=now))
    return bookings.active().filter(ends_at__gt=now)


@login_required
@require_safe
def booking_page(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    reader = reader_of(request)
    booking = visible_booking(reader, booking_id)
    context = page_context(reader, booking, timezone.now()) | {"strip": strip_of(booking)}
    return render(request, "web/booking.html", context)


@login_required
@require_safe
def quote_pdf(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    """The price as it was quoted, to print or to send on."""
    booking = visible_booking(reader_of(request), booking_id)
    return handed_out(of_booking(booking, at=timezone.now()))


def handed_out(paper: Paper) -> HttpResponse:
    answer = HttpResponse(paper.as_pdf(), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{paper.file_name}"'
    return answer


def visible_booking(reader: Reader, booking_id: UUID) -> Booking:
    booking: Booking | None = (
        Booking.objects.visible_to(reader.actor)
        .with_details()
        .select_related("phase__rules")
        .filter(pk=booking_id)
        .first()
    )
    if booking is None:
        raise Http404(_("There is no such booking among yours. Its address may be mistyped, or it is another's."))
    return booking


def page_context(reader: Reader, booking: Booking, now: datetime) -> dict[str, Any]:
    """All that the page of a booking says."""
    open_now = Challenge.Outcome.OPEN
    waiting = booking.status == Status.HELD and (booking.rank or 0) > 1
    return {
        "booking": booking,
        "is_active": booking.status in ACTIVE,
        "proposal": Proposal.objects.about(booking).first(),
        "module": booking.module,
        "story": story(booking, reader.zone),
        "actions": actions_for(reader, booking, now),
        "can_challenge": waiting and lifecycle.can_challenge(booking),
        "is_challenged": booking.challenges_met.filter(outcome=open_now).exists(),
        "challenges_made": list(booking.challenges_made.filter(outcome=open_now)),
        "lapsed": bool(booking.hold_expires_at and booking.hold_expires_at <= now),
    }


def actions_for(reader: Reader, booking: Booking, now: datetime) -> list[str]:
    """What its people can do with the booking now, the likeliest first. Lifecycle has the last word."""
    if not reader.actor.may_book_for(booking.organisation_id):
        return []
    if booking.status == Status.HELD:
        if booking.hold_expires_at and booking.hold_expires_at <= now:
            return []
        first = ["request"] if booking.rank == 1 else ["challenge"]
        return [*first, "change", "release", "cancel"]
    if booking.status in (Status.REQUESTED, Status.CONFIRMED) and booking.ends_at > now:
        return ["change", "cancel"]
    return []
