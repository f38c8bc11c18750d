"""The windows that a producer is offered instead: what would change, then one click to accept or decline."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bookings import measures, replanning
from bookings.exceptions import Refusal
from bookings.lifecycle.instead import quote_take_over
from bookings.models import Proposal
from bookings.querysets import ProposalQuerySet
from bookings.web.actions import version_in
from bookings.web.bookings import visible_booking
from bookings.web.reader import Reader, reader_of
from bookings.wording import zone_names, zones_in_words

PAGE = 20


@login_required
@never_cache
@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    """Those that wait for an answer first, the most urgent on top, each with its price, to be answered here."""
    reader = reader_of(request)
    page = Paginator(_visible(reader).open_first(), PAGE).get_page(request.GET.get("page"))
    name_zones(page, {proposal.booking.module_id for proposal in page})
    for proposal in page:
        if proposal.is_open and _is_theirs(reader, proposal):
            proposal.asks = _costs(reader, proposal)
    return render(request, "web/proposal_list.html", {"page": page})


@login_required
@never_cache
@require_safe
def proposal_page(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Where the booking is, where it would go, and what that costs."""
    reader = reader_of(request)
    proposal = _proposal(reader, proposal_id)
    name_zones([proposal], {proposal.booking.module_id})
    context: dict[str, Any] = {
        "proposal": proposal,
        "booking": proposal.booking,
        "ends": (proposal.hold and proposal.hold.hold_expires_at) or proposal.answer_by,
        "may": reader.actor.may_book_for(proposal.booking.organisation_id),
    }
    if proposal.is_open:
        context |= _costs(reader, proposal)
    return render(request, "web/proposal.html", context)


@login_required
@require_POST
def proposal_answer(request: HttpRequest, proposal_id: UUID, answer: str) -> HttpResponse:
    reader = reader_of(request)
    proposal = _proposal(reader, proposal_id)
    if answer not in ANSWERS:
        raise Http404(_("There is nothing called “%(answer)s” to say to a proposal.") % {"answer": answer})
    if not reader.actor.may_book_for(proposal.booking.organisation_id):
        raise PermissionDenied(_("You may look at this organisation’s bookings, but not change them."))
    do, done = ANSWERS[answer]
    try:
        do(actor=reader.actor, proposal_id=proposal_id, at=timezone.now(), version=version_in(request))
    except Refusal as refusal:
        measures.refused(refusal.code, "page")
        messages.error(request, refusal.detail)
        return redirect("proposal", proposal_id)
    booking = visible_booking(reader, proposal.booking_id)
    messages.success(request, done() % {"booking": booking, "status": booking.get_status_display()})
    return redirect("booking", booking.pk)


ANSWERS: dict[str, tuple[Callable[..., Proposal], Callable[[], str]]] = {
    "accept": (
        replanning.accept,
        lambda: _("%(booking)s is moved to the window that was kept for it: %(status)s now."),
    ),
    "decline": (replanning.decline, lambda: _("Declined. %(booking)s stays where it is.")),
}


def _visible(reader: Reader) -> ProposalQuerySet:
    found: ProposalQuerySet = (
        Proposal.objects.visible_to(reader.actor)
        .select_related("rebooking", "hold", "booking__production", "booking__organisation", "booking__module")
        .prefetch_related("booking__zones")
    )
    return found


def _is_theirs(reader: Reader, proposal: Proposal) -> bool:
    """Whether the list asks this reader. Staff answer for a producer on the offer's own page."""
    return not reader.user.is_staff and reader.actor.may_book_for(proposal.booking.organisation_id)


def _proposal(reader: Reader, proposal_id: UUID) -> Proposal:
    found: Proposal | None = _visible(reader).filter(pk=proposal_id).first()
    if found is None:
        raise Http404(_("There is no such proposal among yours."))
    return found


def _costs(reader: Reader, proposal: Proposal) -> dict[str, Any]:
    """What the booking would cost there; where it cannot be said, why not."""
    at = timezone.now()
    try:
        price = quote_take_over(
            actor=reader.actor, booking_id=proposal.booking_id, zones=proposal.zones, window=proposal.span, at=at
        )
    except Refusal as refusal:
        return {"refusal": refusal}
    return {"price": price, "costs_otherwise": price != dict(proposal.booking.price)}


def name_zones(proposals: Iterable[Proposal], modules: Collection[int]) -> None:
    """Give each proposal the names of its zones; no query for each."""
    named = {module: zone_names(module) for module in modules}
    for proposal in proposals:
        proposal.zone_names = zones_in_words(proposal.zones, named[proposal.booking.module_id])
