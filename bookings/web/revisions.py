"""Staff's pages of the schedule's revisions: what a change would do, page by page; then do it, or take it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bookings import measures, replanning
from bookings.exceptions import Refusal, StalePreview
from bookings.models import RevisedBooking, ScheduleRevision, User
from bookings.web.fields import text_in
from bookings.web.reader import reader_of
from bookings.web.refusals import offers_of
from bookings.web.revision_words import MOST_LINES, lines, title_of
from bookings.wording import zone_names
from modules.exceptions import ModuleError

PAGE = 20
MOST_OFFERS = 2
LONGEST_REASON = 1000
RIGHTS: Mapping[str, str] = {
    "revise_phase": "modules.change_phase",
    "add_phase": "modules.add_phase",
    "change_rules": "modules.change_flightrules",
    "declare_closure": "modules.add_closure",
    "change_closure": "modules.change_closure",
    "withdraw_closure": "modules.change_closure",
    "accept_event": "modules.change_trajectoryevent",
    "dismiss_event": "modules.change_trajectoryevent",
    "accept_elements": "modules.change_orbitelements",
    "quarantine_elements": "modules.change_orbitelements",
    "load_elements": "modules.add_orbitelements",
    "load_ephemeris": "modules.add_ephemerisfile",
}
"""The right that the admin asks for where it does the same; taking back asks for the right to what is taken back."""


@login_required
@require_safe
def revision_list(request: HttpRequest) -> HttpResponse:
    _staff(request)
    found = ScheduleRevision.objects.select_related("module", "takes_back").defer("content", "changes", "asked")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [{"revision": revision, "title": title_of(revision)} for revision in page]
    return render(request, "web/revision_list.html", {"page": page, "rows": rows})


@login_required
@never_cache
@require_safe
def revision_page(request: HttpRequest, revision_id: int) -> HttpResponse:
    """What the revision changes, whom it touches, what they are told and where they could go."""
    user = _staff(request)
    revision = _revision(revision_id)
    outcome, organisation = request.GET.get("show", ""), request.GET.get("organisation", "")
    found = _touched(revision, outcome, organisation)
    sought = request.GET.get("windows", "")
    if request.headers.get("HX-Request") and sought:
        return _windows(request, revision, found, sought)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    said = lines(revision)
    context = {
        "revision": revision,
        "title": title_of(revision),
        "lines": said[:MOST_LINES],
        "more_lines": len(said) - MOST_LINES,
        "page": page,
        "rows": _rows(revision, page, sought),
        "reach_days": replanning.REACHES[-1].days,
        "outcomes": _outcomes(revision),
        "outcome": outcome,
        "organisation": organisation,
        "organisations": _organisations(revision),
        "may": may_apply(user, revision),
        "is_stale": "stale" in request.GET or _is_overtaken(revision),
        "taken_back_by": revision.taken_back_by.filter(state=ScheduleRevision.State.APPLIED).first(),
    }
    return render(request, "web/revision.html", context)


@login_required
@require_POST
def revision_act(request: HttpRequest, revision_id: int, action: str) -> HttpResponse:
    """Apply it, preview it anew, or preview taking it back."""
    user = _staff(request)
    revision = _revision(revision_id)
    if action not in DEEDS:
        raise Http404(_("There is nothing called “%(action)s” to do with a revision.") % {"action": action})
    if not may_apply(user, revision):
        raise PermissionDenied(_("You may look at this revision, but not change the schedule by it."))
    try:
        after = DEEDS[action](request, revision)
    except (Refusal, ModuleError) as refusal:
        measures.refused(refusal.code, "page")
        messages.error(request, refusal.detail)
        page = reverse("revision", args=[revision.pk])
        return redirect(f"{page}?stale" if isinstance(refusal, StalePreview) else page)
    return redirect("revision", after.pk)


def _is_overtaken(revision: ScheduleRevision) -> bool:
    """Whether another revision was applied since this one was previewed, so that it may no longer do what it shows."""
    applied = ScheduleRevision.objects.filter(module=revision.module_id, state=ScheduleRevision.State.APPLIED)
    return not revision.is_applied and applied.filter(applied_at__gt=revision.prepared_at).exists()


def _apply(request: HttpRequest, revision: ScheduleRevision) -> ScheduleRevision:
    done = replanning.apply_preview(revision.pk, actor=reader_of(request).actor, at=timezone.now())
    messages.success(request, f"{_applied(done)} {_told(done.told)}")
    return done


def _again(request: HttpRequest, revision: ScheduleRevision) -> ScheduleRevision:
    return replanning.preview_again(revision.pk, actor=reader_of(request).actor, at=timezone.now())


def _back(request: HttpRequest, revision: ScheduleRevision) -> ScheduleRevision:
    reason = text_in(request, "reason", longest=LONGEST_REASON)
    return replanning.preview_return(revision.pk, reason=reason, actor=reader_of(request).actor, at=timezone.now())


DEEDS = {"apply": _apply, "again": _again, "back": _back}


def may_apply(user: User, revision: ScheduleRevision) -> bool:
    """Whether the admin would let them do the same."""
    while revision.takes_back is not None:
        revision = revision.takes_back
    return user.has_perm(RIGHTS[revision.verb])


def _applied(done: ScheduleRevision) -> str:
    return _("%(revision)s is applied.") % {"revision": done}


def _told(count: int) -> str:
    if not count:
        return _("Nobody needed to be told.")
    return ngettext("%(count)d person is told.", "%(count)d people are told.", count) % {"count": count}


def _staff(request: HttpRequest) -> User:
    """Producers learn nothing of revisions, not even that there are any."""
    user = reader_of(request).user
    if not user.is_staff:
        raise Http404(_("There is no such page."))
    if not user.has_perm("bookings.view_booking"):
        raise PermissionDenied(_("Revisions show bookings, which you may not see."))
    return user


def _revision(revision_id: int) -> ScheduleRevision:
    found: ScheduleRevision | None = (
        ScheduleRevision.objects.select_related("module", "takes_back").defer("content").filter(pk=revision_id).first()
    )
    if found is None:
        raise Http404(_("There is no such revision."))
    return found


def _touched(revision: ScheduleRevision, outcome: str, organisation: str) -> QuerySet[RevisedBooking]:
    found = revision.bookings.select_related(
        "booking__organisation", "booking__production", "booking__module", "booking__phase"
    ).prefetch_related("booking__zones")
    if outcome in RevisedBooking.Outcome.values:
        found = found.filter(outcome=outcome)
    names = {name for name, _count in _organisations(revision)}
    return found.filter(booking__organisation__name=organisation) if organisation in names else found


def _windows(
    request: HttpRequest, revision: ScheduleRevision, found: QuerySet[RevisedBooking], sought: str
) -> HttpResponse:
    """Where one booking could go, for its place in the page."""
    try:
        touched = found.get(booking=UUID(sought))
    except (ValueError, RevisedBooking.DoesNotExist) as error:
        raise Http404(_("This revision touches no such booking.")) from error
    [row] = _rows(revision, [touched], sought)
    context = {"revision": revision, "row": row, "reach_days": replanning.REACHES[-1].days}
    return render(request, "web/revision_windows.html", context)


def _rows(revision: ScheduleRevision, page: Iterable[RevisedBooking], sought: str) -> list[dict[str, Any]]:
    """Each booking; where it could go for the one that is `sought` alone, for that is a search over months."""
    touched = list(page)
    seeking = [row.booking for row in touched if row.attention_after and f"{row.booking_id}" == sought]
    windows = replanning.nearest_windows(revision, seeking, at=timezone.now()) if seeking else {}
    names = zone_names(revision.module_id) if windows else {}
    offers = {pk: offers_of(found, names)[:MOST_OFFERS] for pk, found in windows.items()}
    return [{"touched": row, "booking": row.booking, "offers": offers.get(row.booking_id)} for row in touched]


def _outcomes(revision: ScheduleRevision) -> list[tuple[str, str, int]]:
    counts = {"flagged": revision.flagged, "cleared": revision.cleared, "stays": revision.staying}
    return [(name, str(label), counts[name]) for name, label in RevisedBooking.Outcome.choices if counts[name]]


def _organisations(revision: ScheduleRevision) -> list[tuple[str, int]]:
    """Whom it touches, and in how many bookings, the most first."""
    counted = revision.bookings.order_by().values_list("booking__organisation__name").annotate(Count("pk"))
    return sorted(counted, key=lambda pair: (-pair[1], pair[0]))
