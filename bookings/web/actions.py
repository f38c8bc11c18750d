"""What is done to a booking from its page: request, release, cancel, challenge. Each says first what it means."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from bookings import lifecycle
from bookings.exceptions import NotAllowed, NotFound, Refusal, StaleVersion
from bookings.lifecycle.actions import draft_of
from bookings.models import Booking
from bookings.ratecards import fee_to_cancel
from bookings.states import Action
from bookings.web.bookings import page_context, visible_booking
from bookings.web.fields import text_in
from bookings.web.reader import Reader, reader_of
from bookings.web.refusals import offers, status_of
from bookings.wording import cancelling_cost

LONGEST_REASON = 500
FEE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?", re.ASCII)


@dataclass(frozen=True)
class Verb:
    run: Callable[..., Booking]
    ask: Promise
    yes: Promise
    done: Promise


VERBS = {
    "request": Verb(
        lifecycle.request,
        gettext_lazy("Request this window?"),
        gettext_lazy("Request it"),
        gettext_lazy("Requested. Staff answer next."),
    ),
    "release": Verb(
        lifecycle.release,
        gettext_lazy("Release this hold?"),
        gettext_lazy("Release it"),
        gettext_lazy("Released. Whoever waited moves up."),
    ),
    "challenge": Verb(
        lifecycle.challenge,
        gettext_lazy("Challenge the holds before yours?"),
        gettext_lazy("Challenge them"),
        gettext_lazy("Challenged. Each hold before yours must now request in time, or it expires."),
    ),
    "cancel": Verb(
        lifecycle.cancel, gettext_lazy("Cancel this booking?"), gettext_lazy("Cancel it"), gettext_lazy("Cancelled.")
    ),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, booking_id: UUID, action: str) -> HttpResponse:
    """Ask, then do."""
    if action not in VERBS:
        raise Http404(_("There is nothing called “%(action)s” to do with a booking.") % {"action": action})
    reader = reader_of(request)
    booking = visible_booking(reader, booking_id)
    if not reader.actor.may_book_for(booking.organisation_id):
        raise PermissionDenied(_("You may look at this organisation's bookings, but not change them."))
    if request.method == "POST":
        return _do(request, reader, booking, action)
    return _ask(request, reader, booking, action)


def _do(request: HttpRequest, reader: Reader, booking: Booking, action: str) -> HttpResponse:
    verb = VERBS[action]
    extra: dict[str, Any] = {}
    if verb.run is lifecycle.cancel:
        extra = {"reason": text_in(request, "reason", longest=LONGEST_REASON), "agreed_fee": _fee_shown(request)}
    try:
        done = verb.run(
            actor=reader.actor,
            booking_id=booking.pk,
            at=timezone.now(),
            version=version_in(request),
            **extra,
        )
    except StaleVersion as refusal:
        messages.warning(
            request, _("%(refusal)s This is how it stands now; nothing was done.") % {"refusal": refusal.detail}
        )
        return redirect("booking", booking.pk)
    except NotFound as refusal:
        raise Http404(refusal.detail) from refusal
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.detail) from refusal
    except Refusal as refusal:
        booking = visible_booking(reader, booking.pk)
        return _ask(request, reader, booking, action, refusal=refusal, status=status_of(refusal))
    messages.success(request, f"{booking.reference}: {verb.done}{_cost_of(done)}")
    return redirect("booking", booking.pk)


def _cost_of(booking: Booking) -> str:
    """What giving it up cost, as its history has it, behind a space; nothing of what was not cancelled."""
    line = booking.transitions.filter(action=Action.CANCEL).last()
    return f" {cancelling_cost(line.detail)}" if line else ""


def _fee_shown(request: HttpRequest) -> Decimal:
    """Nobody pays more than was shown to them: the page says which fee it showed."""
    text = request.POST.get("fee", "")
    return Decimal(text) if FEE.fullmatch(text) else Decimal(0)


def _ask(
    request: HttpRequest,
    reader: Reader,
    booking: Booking,
    action: str,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = page_context(reader, booking, timezone.now())
    context |= {
        "action": action,
        "verb": VERBS[action],
        "refusal": refusal,
        "offers": offers(refusal, draft_of(booking), booking.module),
        "fee": fee_to_cancel(booking, at=timezone.now()) if action == "cancel" else None,
        "challenge_time": booking.phase.rules.challenge_time,
    }
    return render(request, "web/booking_action.html", context, status=status)


def version_in(request: HttpRequest) -> int:
    """The version that the form was read with; one that names none is stale by definition."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
