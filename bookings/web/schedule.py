"""What a calendar shows of a module: phases, closures, one's own bookings, and where others stand.

Of others' bookings only this is read, and only this leaves here: in which zone time is taken, turnaround included,
and whether one more hold could wait behind. Neighbouring ones are merged, so not even their number is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from bookings.actors import Actor
from bookings.models import Booking, Claim
from bookings.models.booking import LAST_RANK
from bookings.states import ACTIVE, Status
from bookings.web.wording import mark_of
from modules.intervals import Span, Spans
from modules.models import Closure, Module, Phase, Zone

SHOWN = (*sorted(ACTIVE), Status.COMPLETED)


@dataclass(frozen=True)
class Entry:
    """One thing in a zone's lane. `mark` names its pattern."""

    span: Span
    mark: str
    booking: Booking | None = None
    closure: Closure | None = None
    turnaround_until: datetime | None = None
    lead: timedelta = timedelta(0)  # how long ahead of it one must ask

    def overlaps(self, span: Span) -> bool:
        return self.span.overlaps(span)


@dataclass(frozen=True)
class Schedule:
    """A module's time within `span`. `lanes` is by zone id, each in order of start."""

    module: Module
    span: Span
    zones: Sequence[Zone]
    phases: Sequence[Phase]
    lanes: dict[int, list[Entry]] = field(default_factory=dict)

    def phases_in(self, span: Span) -> list[Phase]:
        return [p for p in self.phases if p.starts_at < span.ends_at and (not p.ends_at or p.ends_at > span.starts_at)]


def read_schedule(actor: Actor, module: Module, span: Span, zones: Sequence[Zone] | None = None) -> Schedule:
    """Everything that `actor` may see of `module` (of `zones`, if given) within `span`; seven queries at most."""
    zones = list(module.zones.all()) if zones is None else zones
    bookings = list(
        Booking.objects.visible_to(actor)
        .with_details()
        .filter(Exists(Claim.objects.filter(booking=OuterRef("pk"), zone__in=zones)), module=module, status__in=SHOWN)
        .overlapping(span)
        .order_by("starts_at", "rank", "arrival")
    )
    claims = _claims(actor, zones, span)
    lanes: dict[int, list[Entry]] = {zone.pk: [] for zone in zones}
    for closure in module.closures.standing().overlapping(span).prefetch_related("zones"):
        shut = {zone.pk for zone in closure.zones.all()} or set(lanes)
        for zone_id in shut & set(lanes):
            lanes[zone_id].append(Entry(Span(closure.starts_at, closure.ends_at), "closed", closure=closure))
    until = _turnarounds(claims)
    for booking in bookings:
        for zone_id, entry in _own_entries(booking, until.get(booking.pk)):
            if zone_id in lanes:
                lanes[zone_id].append(entry)
    phases = list(module.phases.overlapping(span).with_rules())
    for zone_id, entry in _unavailable(claims):
        lanes[zone_id].append(replace(entry, lead=_lead(phases, entry.span)))
    for lane in lanes.values():
        lane.sort(key=lambda entry: (entry.span, entry.mark))
    return Schedule(module, span, zones, phases, lanes)


def _lead(phases: Iterable[Phase], span: Span) -> timedelta:
    inside = (p for p in phases if p.is_bookable and p.starts_at <= span.starts_at)
    return max((p.rules.lead_time for p in inside if not p.ends_at or span.starts_at < p.ends_at), default=timedelta(0))


@dataclass(frozen=True)
class _Claimed:
    zone_id: int
    booking_id: UUID
    span: Span
    rank: int
    is_own: bool


def _claims(actor: Actor, zones: Sequence[Zone], span: Span) -> list[_Claimed]:
    sees_all = actor.sees_all("booking")
    rows = (
        Claim.objects.standing()
        .touching(span)
        .filter(zone__in=zones)
        .values_list("zone_id", "booking_id", "period", "rank", "booking__organisation_id")
    )
    return [
        _Claimed(zone, pk, Span(period.lower, period.upper), rank, sees_all or owner in actor.organisation_ids)
        for zone, pk, period, rank, owner in rows
    ]


def _turnarounds(claims: Iterable[_Claimed]) -> dict[UUID, datetime]:
    """Until when each booking keeps its zones."""
    until: dict[UUID, datetime] = {}
    for claim in claims:
        until[claim.booking_id] = max(claim.span.ends_at, until.get(claim.booking_id, claim.span.ends_at))
    return until


def _own_entries(booking: Booking, until: datetime | None) -> Iterable[tuple[int, Entry]]:
    for zone in booking.zone_list:
        yield zone.pk, Entry(booking.span, mark_of(booking), booking=booking, turnaround_until=until)


def _unavailable(claims: Sequence[_Claimed]) -> Iterable[tuple[int, Entry]]:
    """Where others stand, outside what one occupies oneself; told apart by whether one more hold can wait."""
    by_zone: dict[int, list[_Claimed]] = {}
    for claim in claims:
        by_zone.setdefault(claim.zone_id, []).append(claim)
    for zone_id, here in by_zone.items():
        mine = Spans(c.span for c in here if c.is_own and c.rank == 1)
        taken = Spans(c.span for c in here if not c.is_own) - mine
        full = Spans(c.span for c in here if c.rank >= LAST_RANK)
        for span in taken - full:
            yield zone_id, Entry(span, "unavailable")
        for span in taken & full:
            yield zone_id, Entry(span, "full")
