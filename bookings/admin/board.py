"""Today's board, on the admin's first page: what waits for staff, what is about to happen.

Each panel holds a few lines and leads to the list that has them all. Only what one may see is fetched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from bookings.admin.hold_filter import SOON
from bookings.admin.reading import gmt, window
from bookings.models import Booking, Challenge
from bookings.models.booking import Attention
from bookings.states import Status
from bookings.wording import duration
from modules.models import Closure, OrbitElements, TrajectoryEvent

FEW = 8
AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing on the board: its name and page, what it is, when."""

    name: str
    page: str
    about: str
    when: str


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    icon: str
    page: str
    empty: str
    count: int
    lines: list[Line]

    @property
    def more(self) -> int:
        """How many the list has that do not stand here."""
        return self.count - len(self.lines)


def board(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's hook for the first page."""
    at = timezone.now()
    context["panels"] = [panel for panel in _panels(request, at) if panel is not None]
    context["now_gmt"] = gmt(at)
    return context


def _panels(request: HttpRequest, at: datetime) -> Iterable[Panel | None]:
    may = request.user.has_perm
    if may("bookings.view_booking"):
        yield _to_confirm()
        yield _needing_attention()
        yield _expiring(at)
        yield _challenges()
    if may("modules.view_closure"):
        yield _closures(at)
    if may("modules.view_trajectoryevent"):
        yield _events()
    if may("modules.view_orbitelements"):
        yield _ages(at)
        yield _elements()


def _to_confirm() -> Panel:
    waiting = Booking.objects.filter(status=Status.REQUESTED)
    return _of_bookings(
        "To confirm", "inbox", "status__in=requested", "Nothing waits for an answer.", waiting.order_by("starts_at")
    )


def _needing_attention() -> Panel:
    flagged = Booking.objects.active().exclude(attention=[]).order_by("starts_at")
    return _of_bookings("Need attention", "flag", "attention=any", "No booking needs a look.", flagged)


def _of_bookings(title: str, icon: str, query: str, empty: str, found: Any) -> Panel:
    page = f"{reverse('admin:bookings_booking_changelist')}?{query}"
    lines = [
        Line(b.reference, _page("booking", b), _about(b), window(b.starts_at, b.ends_at))
        for b in found.select_related("organisation", "production")[:FEW]
    ]
    return Panel(title, icon, page, empty, found.count(), lines)


def _about(booking: Booking) -> str:
    flags = ", ".join(str(Attention(each).label) for each in booking.attention)
    return f"{booking.organisation} · {booking.production}" + (f" · {flags}" if flags else "")


def _expiring(at: datetime) -> Panel:
    found = Booking.objects.ending_within(SOON, at)
    soonest = found.select_related("organisation", "production").order_by("hold_expires_at")[:FEW]
    lines = [Line(b.reference, _page("booking", b), _about(b), f"until {gmt(b.hold_expires_at)}") for b in soonest]
    page = f"{reverse('admin:bookings_booking_changelist')}?hold=soon"
    return Panel("Holds that end within a week", "hourglass_bottom", page, "No hold ends soon.", found.count(), lines)


def _challenges() -> Panel:
    found = Challenge.objects.filter(outcome=Challenge.Outcome.OPEN)
    soonest = found.select_related("challenger__organisation", "challenged__organisation").order_by("deadline")[:FEW]
    lines = [
        Line(
            c.challenged.reference,
            _page("booking", c.challenged),
            f"{c.challenged.organisation}, challenged by {c.challenger.reference} ({c.challenger.organisation})",
            f"until {gmt(c.deadline)}",
        )
        for c in soonest
    ]
    page = f"{reverse('admin:bookings_booking_changelist')}?hold=challenged"
    return Panel("Open challenges", "swords", page, "Nobody is challenged.", found.count(), lines)


def _closures(at: datetime) -> Panel:
    found = Closure.objects.standing().filter(ends_at__gt=at, starts_at__lt=at + AHEAD)
    next_ones = found.select_related("module").prefetch_related("zones").order_by("starts_at")[:FEW]
    lines = [
        Line(
            capfirst(c.get_kind_display()),
            reverse("admin:modules_closure_change", args=[c.pk]),
            f"{c.module} · {', '.join(zone.name for zone in c.zones.all()) or 'all zones'}"
            + (f" · {c.note}" if c.note else ""),
            window(c.starts_at, c.ends_at),
        )
        for c in next_ones
    ]
    page = f"{reverse('admin:modules_closure_changelist')}?standing=yes"
    return Panel("Coming closures", "event_busy", page, "Nothing is closed in the next 60 days.", found.count(), lines)


def _events() -> Panel:
    found = TrajectoryEvent.objects.exclude(review="")
    lines = [
        Line(e.name, reverse("admin:modules_trajectoryevent_change", args=[e.pk]), e.review, gmt(e.occurs_at))
        for e in found.order_by("occurs_at")[:FEW]
    ]
    page = f"{reverse('admin:modules_trajectoryevent_changelist')}?to_review=yes"
    return Panel("Trajectory events to look at", "orbit", page, "Every event is clear.", found.count(), lines)


def _ages(at: datetime) -> Panel:
    """Each module's newest elements and how old they are: predictions grow worse with every day."""
    newest = (
        OrbitElements.objects.accepted().filter(epoch__lte=at).order_by("module_id", "-epoch").distinct("module_id")
    )
    lines = [
        Line(
            e.module.name,
            reverse("admin:modules_orbitelements_change", args=[e.pk]),
            f"{'nominal, no real ones yet' if e.nominal else e.source} · epoch {gmt(e.epoch)}",
            f"{duration(at - e.epoch) or 'no time'} old",
        )
        for e in newest.select_related("module")[:FEW]
    ]
    page = reverse("admin:modules_orbitelements_changelist")
    return Panel("Age of the orbit elements", "history_toggle_off", page, "No elements are loaded.", len(lines), lines)


def _elements() -> Panel:
    found = OrbitElements.objects.filter(status=OrbitElements.Status.QUARANTINED)
    lines = [
        Line(str(e), reverse("admin:modules_orbitelements_change", args=[e.pk]), e.review, gmt(e.epoch))
        for e in found.order_by("-epoch")[:FEW]
    ]
    page = f"{reverse('admin:modules_orbitelements_changelist')}?status__exact=quarantined"
    return Panel("Orbit elements in quarantine", "satellite_alt", page, "Every set agrees.", found.count(), lines)


def _page(model: str, thing: Any) -> str:
    return reverse(f"admin:bookings_{model}_change", args=[thing.pk])
