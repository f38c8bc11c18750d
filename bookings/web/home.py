"""The first page: what needs a look, what comes next, what is about to run out."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings.models import Booking, Challenge, Proposal
from bookings.states import Status
from bookings.web.reader import module_of, reader_of
from bookings.web.search_forms import SearchForm
from modules.intervals import Span

SOON = timedelta(days=7)
FEW = 6


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    reader, module, now = reader_of(request), module_of(request), timezone.now()
    mine = Booking.objects.visible_to(reader.actor).with_details()
    holds = mine.filter(status=Status.HELD, hold_expires_at__gt=now)
    challenged = holds.filter(challenges_met__outcome=Challenge.Outcome.OPEN).distinct()
    ahead = Span(now, now + SOON)
    offered = Proposal.objects.visible_to(reader.actor).filter(state=Proposal.State.OPEN, answer_by__gt=now)
    context = {
        "module": module,
        "today_of_year": f"{now:%j}",
        "phase": module.phases.at(now).with_rules().first(),
        "attention": mine.active().filter(ends_at__gt=now).exclude(attention=[])[:FEW],
        "challenged": challenged.order_by("hold_expires_at")[:FEW],
        "offers_open": offered.count(),
        "expiring": holds.filter(hold_expires_at__lte=now + SOON)
        .exclude(challenges_met__outcome=Challenge.Outcome.OPEN)
        .order_by("hold_expires_at")[:FEW],
        "next_windows": mine.filter(status__in=[Status.REQUESTED, Status.CONFIRMED], ends_at__gt=now)[:FEW],
        "closures": module.closures.standing().overlapping(ahead).prefetch_related("zones")[:FEW],
        "to_confirm": mine.filter(status=Status.REQUESTED, starts_at__gt=now)[:FEW] if reader.actor.decides else [],
        "search": SearchForm(module=module, initial=SearchForm.usual(now)),
    }
    return render(request, "web/home.html", context)
