"""Staff's pages of bulk re-booking: which bookings need another window, what each would be offered, what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings import measures, replanning
from bookings.clocks import GMT
from bookings.exceptions import FieldError, Invalid, Refusal
from bookings.models import Organisation, Proposal, Rebooking
from bookings.models.booking import Attention
from bookings.replanning import MOST, SHORTEST
from bookings.web.fields import text_in
from bookings.web.proposals import name_zones
from bookings.web.reader import Reader, module_of, reader_of
from bookings.web.times import NotATime, for_input, parse_instant

PAGE = 50
LONGEST_REASON = 1000
USUAL_TIME = timedelta(days=7)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rebooking_list(request: HttpRequest) -> HttpResponse:
    """The bookings that need another window, and the rounds so far; POST plans a round."""
    reader, now = _staff(request), timezone.now()
    if request.method == "POST":
        return _plan(request, reader, now)
    return _list(request, now)


def _list(request: HttpRequest, now: datetime, refusal: Invalid | None = None) -> HttpResponse:
    module, asked = module_of(request), request.POST or request.GET
    why, organisation = asked.get("why", ""), asked.get("organisation", "")
    seeking = _seeking(request, now)
    page = Paginator(seeking, PAGE).get_page(asked.get("page"))
    rounds = Rebooking.objects.filter(module=module).annotate(bookings=Count("proposals"))
    context = {
        "module": module,
        "page": page,
        "rounds": rounds[:20],
        "reasons": Attention.choices,
        "why": why,
        "organisation": organisation,
        "organisations": Organisation.objects.filter(pk__in=replanning.seeking(module, at=now).values("organisation")),
        "most": min(MOST, page.paginator.count),
        "takes_rounds": page.paginator.count > MOST,
        "reason": asked.get("reason", ""),
        "answer_by": asked.get("answer_by") or for_input(_round(now + USUAL_TIME), GMT),
        "ticked": request.POST.getlist("bookings"),
        "refusal": refusal,
    }
    return render(request, "web/rebooking_list.html", context, status=400 if refusal else 200)


def _plan(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    _may(reader)
    try:
        round_ = replanning.plan(
            module_of(request),
            _chosen(request, now),
            reason=text_in(request, "reason", longest=LONGEST_REASON),
            answer_by=_instant(request.POST.get("answer_by", "")),
            actor=reader.actor,
            at=now,
        )
    except Invalid as refusal:
        measures.refused(refusal.code, "page")
        return _list(request, now, refusal)
    return redirect("rebooking", round_.pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def rebooking_page(request: HttpRequest, rebooking_id: int) -> HttpResponse:
    """What each booking would be, or was, offered, in the order of their turns."""
    reader, now = _staff(request), timezone.now()
    round_ = _round_of(rebooking_id)
    proposals = round_.proposals.select_related(
        "hold", "booking__organisation", "booking__production", "booking__module"
    ).prefetch_related("booking__zones")
    state = request.GET.get("show", "")
    if state in Proposal.State.values:
        proposals = proposals.filter(state=state)
    counted = dict(round_.proposals.order_by().values_list("state").annotate(Count("pk")))
    page = Paginator(proposals, PAGE).get_page(request.GET.get("page"))
    name_zones(page, {round_.module_id})
    context = {
        "round": round_,
        "page": page,
        "states": [(value, label, counted[value]) for value, label in Proposal.State.choices if value in counted],
        "state": state,
        "planned": counted.get(Proposal.State.PLANNED, 0),
        "may": reader.actor.decides,
        **(_next_round(round_, now) if round_.is_offered else {}),
    }
    return render(request, "web/rebooking.html", context)


def _next_round(round_: Rebooking, now: datetime) -> dict[str, Any]:
    """How many bookings are left for another round, and the list's address with what this one said filled in."""
    said = {"module": round_.module.slug, "reason": round_.reason}
    if round_.answer_by >= now + SHORTEST:
        said["answer_by"] = for_input(round_.answer_by, GMT)
    return {"left": replanning.seeking(round_.module, at=now).count(), "next_query": urlencode(said)}


@login_required
@require_POST
def rebooking_offer(request: HttpRequest, rebooking_id: int) -> HttpResponse:
    reader = _staff(request)
    _may(reader)
    _round_of(rebooking_id)
    try:
        done = replanning.offer(rebooking_id, actor=reader.actor, at=timezone.now())
    except Refusal as refusal:
        measures.refused(refusal.code, "page")
        messages.error(request, refusal.detail)
    else:
        held = done.proposals.filter(state=Proposal.State.OPEN).count()
        said = ngettext("%(count)d window is held and offered.", "%(count)d windows are held and offered.", held)
        messages.success(request, said % {"count": held})
    return redirect("rebooking", rebooking_id)


@login_required
@require_POST
def proposal_withdraw(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    reader = _staff(request)
    _may(reader)
    proposal = Proposal.objects.filter(pk=proposal_id).first()
    if proposal is None:
        raise Http404(_("There is no such proposal."))
    try:
        replanning.withdraw(actor=reader.actor, proposal_id=proposal_id, at=timezone.now())
    except Refusal as refusal:
        measures.refused(refusal.code, "page")
        messages.error(request, refusal.detail)
    else:
        messages.success(request, _("Withdrawn. The window is free again."))
    return redirect("rebooking", proposal.rebooking_id)


def _staff(request: HttpRequest) -> Reader:
    """Producers learn nothing of these pages, not even that there are any."""
    reader = reader_of(request)
    if not reader.user.is_staff:
        raise Http404(_("There is no such page."))
    if not reader.user.has_perm("bookings.view_booking"):
        raise PermissionDenied(_("These pages show bookings, which you may not see."))
    return reader


def _may(reader: Reader) -> None:
    if not reader.actor.decides:
        raise PermissionDenied(_("Only SEE-1 staff who handle bookings re-book them."))


def _round_of(rebooking_id: int) -> Rebooking:
    found: Rebooking | None = Rebooking.objects.select_related("module").filter(pk=rebooking_id).first()
    if found is None:
        raise Http404(_("There is no such re-booking."))
    return found


def _seeking(request: HttpRequest, now: datetime) -> Any:
    """The bookings that need another window, narrowed as was asked."""
    asked = request.POST or request.GET
    found = replanning.seeking(module_of(request), at=now)
    if asked.get("why") in Attention.values:
        found = found.filter(attention__contains=[asked["why"]])
    organisation = _uuid(asked.get("organisation", ""))
    found = found.filter(organisation=organisation) if organisation else found
    return found.select_related("organisation", "production", "module", "phase").prefetch_related("zones")


def _chosen(request: HttpRequest, now: datetime) -> list[UUID]:
    """Those that are ticked, or the first of all that are listed."""
    if request.POST.get("which") == "all":
        return list(_seeking(request, now).values_list("pk", flat=True)[:MOST])
    return [found for text in request.POST.getlist("bookings") if (found := _uuid(text))]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text, GMT)
    except NotATime as error:
        raise Invalid([FieldError("answer_by", "invalid", str(error))]) from None


def _round(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)
