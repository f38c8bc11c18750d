"""Move or change a booking: what it would cost and where it would stand first, then yes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import lifecycle
from bookings.drafts import Draft
from bookings.exceptions import HoldRanksFull, NotAllowed, NotFound, Refusal, SlotTaken, StaleVersion
from bookings.lifecycle.actions import draft_of
from bookings.models import Booking
from bookings.states import ACTIVE, Status
from bookings.web.actions import version_in
from bookings.web.booking_forms import BookingForm, asked_in_query, data_of
from bookings.web.bookings import visible_booking
from bookings.web.outlook import Outlook, crew_sleeps, is_live_without_downlink, outlook_of_change, standing_elsewhere
from bookings.web.reader import Reader, reader_of
from bookings.web.refusals import offers, status_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_booking(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    reader = reader_of(request)
    booking = visible_booking(reader, booking_id)
    if not reader.actor.may_book_for(booking.organisation_id):
        raise PermissionDenied(_("You may look at this organisation's bookings, but not change them."))
    if Status(booking.status) not in ACTIVE:
        messages.warning(
            request,
            _("%(booking)s is %(status)s: it can no longer change.")
            % {"booking": booking.reference, "status": booking.get_status_display()},
        )
        return redirect("booking", booking.pk)
    if request.method == "POST":
        return _answer(request, reader, booking)
    data = data_of(booking)
    if request.GET:
        asked = asked_in_query(request.GET, reader)
        for name in ("starts_at", "ends_at", "zones"):
            if asked.get(name):
                data.setlist(name, asked.getlist(name))
    form = BookingForm(data, reader=reader, module=booking.module)
    return _look(request, reader, booking, form) if form.is_valid() else _page(request, booking, form)


def _answer(request: HttpRequest, reader: Reader, booking: Booking) -> HttpResponse:
    form = BookingForm(request.POST, reader=reader, module=booking.module)
    if not form.is_valid():
        return _page(request, booking, form, status=400)
    if request.POST.get("intent") != "change" or form.switched:
        return _look(request, reader, booking, form)
    at, changes = timezone.now(), form.changes()
    try:
        price = lifecycle.quote_change(actor=reader.actor, booking_id=booking.pk, changes=changes, at=at)
        if str(price["total"]) != form.cleaned_data["agreed_total"]:
            return _look(request, reader, booking, form, price_changed=True)
        changed = lifecycle.change(
            actor=reader.actor, booking_id=booking.pk, changes=changes, at=at, version=version_in(request)
        )
    except Refusal as refusal:
        return _refused(request, booking, form, refusal)
    is_lost = (booking.status, changed.status) == (Status.CONFIRMED, Status.REQUESTED)
    lost = _("%(booking)s is changed. It is no longer confirmed, until staff confirm it anew.")
    said = lost if is_lost else _("%(booking)s is changed.")
    messages.success(request, said % {"booking": booking.reference})
    return redirect("booking", booking.pk)


def _look(request: HttpRequest, reader: Reader, booking: Booking, form: BookingForm, **context: Any) -> HttpResponse:
    """The form with what the change would do to price, place, reminders: as it would really come out."""
    changes, at, wanted = form.changes(), timezone.now(), _wanted(form, booking)
    context["crew_sleeps"] = crew_sleeps(wanted, booking.module)
    context["is_live_without_downlink"] = is_live_without_downlink(wanted)
    if wanted == draft_of(booking):
        seen = Outlook(booking.price, booking.rank or 1, booking.price)
        return _page(request, booking, form, outlook=seen, is_same=True, **context)
    try:
        preview = lifecycle.preview_change(actor=reader.actor, booking_id=booking.pk, changes=changes, at=at)
    except Refusal as refusal:
        return _refused(request, booking, form, refusal)
    return _page(
        request, booking, form, outlook=outlook_of_change(preview, draft_of(booking), wanted), is_same=False, **context
    )


def _wanted(form: BookingForm, booking: Booking) -> Draft:
    return form.draft(conditions={} if form.cleaned_data["drop_conditions"] else booking.conditions)


def _refused(request: HttpRequest, booking: Booking, form: BookingForm, refusal: Refusal) -> HttpResponse:
    if isinstance(refusal, NotAllowed):
        raise PermissionDenied(refusal.detail)
    if isinstance(refusal, NotFound):
        raise Http404(refusal.detail)
    if isinstance(refusal, StaleVersion):
        return _stale(request, booking, form)
    wanted = _wanted(form, booking)
    form.refuse(refusal)
    status = status_of(refusal) if request.method == "POST" else 200
    context = {"refusal": refusal, "offers": offers(refusal, wanted, booking.module)}
    if isinstance(refusal, SlotTaken | HoldRanksFull):
        context["standing"] = standing_elsewhere(wanted, booking)
    return _page(request, booking, form, status=status, **context)


def _stale(request: HttpRequest, booking: Booking, form: BookingForm) -> HttpResponse:
    """What was typed stays; the form now builds on the booking as it is, which is shown above it."""
    data = request.POST.copy()
    data["version"] = str(booking.version)
    data["agreed_total"] = ""
    fresh = BookingForm(data, reader=reader_of(request), module=booking.module)
    fresh.is_valid()
    fresh.add_error(
        None,
        _("%(booking)s has changed since you read it; above is how it stands now. Nothing was done.")
        % {"booking": booking.reference},
    )
    return _page(request, booking, fresh, status=412)


def _page(
    request: HttpRequest, booking: Booking, form: BookingForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {
        "booking": booking,
        "form": form,
        "module": booking.module,
        "intent": "change",
        "has_productions": True,
        "action_url": request.path,
    }
    if request.headers.get("HX-Request"):  # a look, whatever it shows: htmx takes in no answer but a good one
        return render(request, "web/booking_form.html", context)
    return render(request, "web/booking_change.html", context, status=status)
