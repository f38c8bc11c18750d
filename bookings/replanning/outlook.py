"""What the schedule, as it now is, means for the bookings in it: read only, in a fixed number of queries.

Each booking is held against the same rules as on the day it was asked for, lead time and past left out. Only those
that touch the given time are looked at, and all that they are held against is read once for all of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from bookings import capacity, rules
from bookings.exceptions import OverCapacity, RuleBroken
from bookings.lifecycle.actions import draft_of
from bookings.models import Booking, Claim
from bookings.models.booking import Attention
from modules.intervals import Span, Spans
from modules.models import Closure, Module, Phase, Zone

MEANING = {
    "closed": Attention.CLOSURE,
    "crew_limit": Attention.OVER_CAPACITY,
    "power_limit": Attention.OVER_CAPACITY,
    "downlink_limit": Attention.OVER_CAPACITY,
    "outside_phase": Attention.PHASE_CHANGED,
    "crosses_phase": Attention.PHASE_CHANGED,
    "activity_not_allowed": Attention.PHASE_CHANGED,
    "zone_not_equipped": Attention.PHASE_CHANGED,
    "too_short": Attention.PHASE_CHANGED,
    "too_long": Attention.PHASE_CHANGED,
}
"""Which flag a broken rule raises. Lead time, and that a window is past, are no fault of the schedule."""

OWN = frozenset(MEANING.values())


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a booking now breaks, by the rule's code, in a sentence; or, for no flag, what else is to tell."""

    attention: Attention | None
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a booking looks like under the schedule as it is: the phase it lies in, and what it breaks."""

    booking: Booking
    phase: Phase
    findings: tuple[Finding, ...]

    @property
    def attention(self) -> frozenset[Attention]:
        """The flags it should bear; those that the schedule does not decide stay as they are."""
        kept = {Attention(each) for each in self.booking.attention} - OWN
        return frozenset({finding.attention for finding in self.findings if finding.attention} | kept)

    @property
    def changes(self) -> bool:
        """Whether the booking does not say so already."""
        return self.attention != set(self.booking.attention) or self.phase.pk != self.booking.phase_id


def outlooks(module: Module, touched: Spans, *, at: datetime) -> Iterator[Outlook]:
    """Each active booking that is not over and touches `touched`, in the order of time."""
    bookings = _touching(module, touched, at)
    if not bookings:
        return
    hull = Span(min(b.starts_at for b in bookings), max(b.ends_at for b in bookings))
    ground = _Ground(module, hull)
    phases = {phase.pk: phase for phase in ground.phases}
    zones = _zones_of(module, bookings)
    for booking in bookings:
        booking.module, booking.phase = module, phases[booking.phase_id]
        yield ground.outlook(booking, zones.get(booking.pk, []), at)


def _touching(module: Module, touched: Spans, at: datetime) -> list[Booking]:
    if not touched:
        return []
    overlapping = Q()
    for span in touched:
        overlapping |= Q(starts_at__lt=span.ends_at, ends_at__gt=span.starts_at)
    found = Booking.objects.active().filter(overlapping, module=module, ends_at__gt=at)
    bare = found.defer("price", "checked")  # long, and asked for by nobody here
    return list(bare.order_by("starts_at", "arrival"))


def _zones_of(module: Module, bookings: Sequence[Booking]) -> dict[UUID, list[Zone]]:
    """The zones of each booking, in their order. A module has few, so one object serves them all."""
    zones = {zone.pk: zone for zone in Zone.objects.filter(module=module).order_by("position", "slug")}
    claimed: dict[UUID, set[int]] = {}
    for booking_id, zone_id in Claim.objects.filter(booking__in=bookings).values_list("booking_id", "zone_id"):
        claimed.setdefault(booking_id, set()).add(zone_id)
    return {pk: [zone for zone in zones.values() if zone.pk in ids] for pk, ids in claimed.items()}


class _Ground:
    """All that the bookings of a stretch of time are held against, read once."""

    def __init__(self, module: Module, hull: Span) -> None:
        self.phases = list(Phase.objects.filter(module=module).with_rules())
        self.elsewhere: dict[int, Finding] = {}  # by phase: the same sentence for thousands
        standing = module.closures.standing().overlapping(hull).prefetch_related("zones")
        self.closures: Sequence[Closure] = list(standing)
        by_booking = capacity.loads_by_booking(module.pk, hull)
        self.loads = sorted(by_booking.items(), key=lambda item: item[1].span)
        self.starts = [load.span.starts_at for _, load in self.loads]
        self.longest = max((load.span.duration for load in by_booking.values()), default=timedelta(0))

    def outlook(self, booking: Booking, zones: Sequence[Zone], at: datetime) -> Outlook:
        phase = rules.phase_of(booking.span, self.phases)
        findings = [*self._broken(booking, zones, phase, at)]
        if phase is not None:
            findings += self._moved(booking, phase, findings)
            findings += self._overloaded(booking, zones, phase)
        return Outlook(booking, phase or booking.phase, tuple(findings))

    def _broken(self, booking: Booking, zones: Sequence[Zone], phase: Phase | None, at: datetime) -> Iterator[Finding]:
        closures = [closure for closure in self.closures if _meets(closure, booking)]
        try:
            draft = draft_of(booking, zones)
            rules.check(draft, zones=zones, phase=phase, closures=closures, at=at, lead=False)
        except RuleBroken as broken:
            for error in broken.errors:
                if error.code in MEANING:
                    yield Finding(MEANING[error.code], error.code, error.detail)

    def _moved(self, booking: Booking, phase: Phase, findings: Sequence[Finding]) -> Iterator[Finding]:
        """Whether it keeps every rule, but in another phase than the one it was agreed in."""
        agreed = booking.agreed_phase_id or booking.phase_id
        if agreed != phase.pk and not any(finding.attention == Attention.PHASE_CHANGED for finding in findings):
            if phase.pk not in self.elsewhere:
                self.elsewhere[phase.pk] = _lies_in(phase)
            yield self.elsewhere[phase.pk]

    def _overloaded(self, booking: Booking, zones: Sequence[Zone], phase: Phase) -> Iterator[Finding]:
        load = capacity.Load(
            frozenset(zone.pk for zone in zones), booking.span, booking.crew, booking.power_kw, booking.downlink_mbps
        )
        try:
            capacity.check_capacity(load, self._beside(booking.pk, booking.span), phase.rules)
        except OverCapacity as refusal:
            yield Finding(Attention.OVER_CAPACITY, refusal.code, refusal.detail)

    def _beside(self, pk: UUID, span: Span) -> list[capacity.Load]:
        first = bisect_left(self.starts, span.starts_at - self.longest)
        last = bisect_left(self.starts, span.ends_at)
        return [load for other, load in self.loads[first:last] if other != pk and load.span.overlaps(span)]


def _lies_in(phase: Phase) -> Finding:
    sentence = _(
        "The window now lies in the %(phase)s phase, under its rules. The price stays as quoted until it is changed."
    )
    return Finding(Attention.PHASE_CHANGED, "other_phase", sentence % {"phase": phase.get_kind_display()})


def _meets(closure: Closure, booking: Booking) -> bool:
    return closure.starts_at < booking.ends_at and booking.starts_at < closure.ends_at
