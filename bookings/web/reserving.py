"""Hold or request a window: its times and price first, then yes."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bookings import lifecycle
from bookings.drafts import Draft
from bookings.exceptions import NotAllowed, Refusal
from bookings.models import Booking
from bookings.papers.quote import of_draft
from bookings.ratecards import card_for
from bookings.search.nearest import nearest
from bookings.states import Status
from bookings.web.booking_forms import BookingForm, asked_in_query, stand_in_production
from bookings.web.bookings import handed_out
from bookings.web.once import made_by, once
from bookings.web.outlook import crew_sleeps, is_live_without_downlink, outlook
from bookings.web.reader import Reader, module_of, reader_of
from bookings.web.refusals import offers, offers_near, status_of
from bookings.web.wording import place_in_line

INTENTS = {"hold": Status.HELD, "request": Status.REQUESTED}
NEEDED = ("starts_at", "ends_at", "zones")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_booking(request: HttpRequest) -> HttpResponse:
    reader = _booker(request)
    return _answer(request, reader) if request.method == "POST" else _ask(request, reader)


@login_required
@require_POST
def quote_pdf(request: HttpRequest) -> HttpResponse:
    """What the window that the form says would cost, to print or to send on. Nothing is booked."""
    reader = _booker(request)
    form = BookingForm(request.POST, reader=reader, module=module_of(request))
    if not form.is_valid():
        return _page(request, form, status=400)
    draft = form.draft()
    try:
        paper = of_draft(draft, form.module, actor=reader.actor, at=timezone.now())
    except Refusal as refusal:
        return _refused(request, form, draft, refusal)
    return handed_out(paper)


def _booker(request: HttpRequest) -> Reader:
    reader = reader_of(request)
    if not reader.may_book:
        raise PermissionDenied(_("You may look at your organisation's bookings, but not make any. Ask its owner."))
    return reader


def _ask(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The form as its address fills it in. A production not chosen yet is not held against anybody."""
    data = asked_in_query(request.GET, reader)
    data["token"] = str(uuid.uuid4())
    module = module_of(request)
    if not all(request.GET.get(name) for name in NEEDED):
        initial = {name: data.getlist(name) if name == "zones" else data.get(name) for name in data}
        return _page(request, BookingForm(initial=initial, reader=reader, module=module))
    form = BookingForm(data, reader=reader, module=module)
    form.full_clean()
    if not data.get("production"):
        form.errors.pop("production", None)
        form.cleaned_data["production"] = stand_in_production(reader)
    if form.errors or form.cleaned_data["production"] is None:
        return _page(request, form)
    return _look(request, reader, form)


def _answer(request: HttpRequest, reader: Reader) -> HttpResponse:
    form = BookingForm(request.POST, reader=reader, module=module_of(request))
    intent = request.POST.get("intent", "")
    if not form.is_valid():
        return _page(request, form, status=400)
    if intent not in INTENTS or form.switched:
        return _look(request, reader, form)
    if already := made_by(reader.user, form.cleaned_data["token"]):
        return redirect("booking", already)
    return _place(request, reader, form, intent)


def _look(request: HttpRequest, reader: Reader, form: BookingForm, **context: Any) -> HttpResponse:
    """The form with what the window costs and who stands there already."""
    draft, at = form.draft(), timezone.now()
    try:
        quote = lifecycle.quote(actor=reader.actor, draft=draft, at=at)
    except Refusal as refusal:
        return _refused(request, form, draft, refusal)
    seen = outlook(draft, quote.as_json(), form.module, reader.actor.organisation_ids)
    if not seen.is_free:
        context["offers"] = offers_near(nearest(draft, form.module, at=at), draft, form.module)
    context["crew_sleeps"] = crew_sleeps(draft, form.module)
    context["is_live_without_downlink"] = is_live_without_downlink(draft)
    return _page(request, form, outlook=seen, rate_card=card_for(form.module, at), **context)


def _place(request: HttpRequest, reader: Reader, form: BookingForm, intent: str) -> HttpResponse:
    """Hold or request what the form says, if its price is still the one that was agreed to."""
    at, draft = timezone.now(), form.draft()
    try:
        quote = lifecycle.quote(actor=reader.actor, draft=draft, at=at)
        if str(quote.total) != form.cleaned_data["agreed_total"]:
            return _look(request, reader, form, price_changed=True)
        booking = _reserve(reader, form, draft, INTENTS[intent], at)
    except Refusal as refusal:
        return _refused(request, form, draft, refusal)
    messages.success(request, _said(booking))
    return redirect("booking", booking.pk)


def _reserve(reader: Reader, form: BookingForm, draft: Draft, status: Status, at: datetime) -> Booking:
    def make() -> Booking:
        return lifecycle.reserve(actor=reader.actor, draft=draft, status=status, at=at)

    booking_id = once(reader.user, form.cleaned_data["token"], make, at=at)
    booking: Booking = Booking.objects.visible_to(reader.actor).get(pk=booking_id)
    return booking


def _said(booking: Booking) -> str:
    if booking.status == Status.HELD:
        return _("Held: %(booking)s, %(place)s.") % {"booking": booking.reference, "place": place_in_line(booking.rank)}
    return _("Requested: %(booking)s. Staff answer next, and you are told by mail.") % {"booking": booking.reference}


def _refused(request: HttpRequest, form: BookingForm, draft: Draft, refusal: Refusal) -> HttpResponse:
    if isinstance(refusal, NotAllowed):
        raise PermissionDenied(refusal.detail)
    form.refuse(refusal)
    status = status_of(refusal) if request.method == "POST" else 200
    return _page(request, form, refusal=refusal, offers=offers(refusal, draft, form.module), status=status)


def _page(request: HttpRequest, form: BookingForm, *, status: int = 200, **context: Any) -> HttpResponse:
    reader = reader_of(request)
    context |= {
        "form": form,
        "module": form.module,
        "intent": request.POST.get("intent") or request.GET.get("intent") or "hold",
        "has_productions": reader.productions().exists(),
        "action_url": reverse("booking_new"),
    }
    if request.headers.get("HX-Request"):  # a look, whatever it shows: htmx takes in no answer but a good one
        return render(request, "web/booking_form.html", context)
    return render(request, "web/booking_new.html", context, status=status)
