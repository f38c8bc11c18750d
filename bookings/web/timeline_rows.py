"""The rows of the timeline: for each zone its bars, or where those would be too many, its use.

The same queries as the calendar's, and the same rule: of others' bookings only this is read, where time is taken.
The number of queries does not depend on how much there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from bookings.actors import Actor
from bookings.models import Claim
from bookings.web.schedule import Entry, read_schedule
from bookings.web.timeline_bars import Bar, read_bars
from bookings.web.timeline_frame import edges
from bookings.web.timeline_use import Bucket, buckets
from modules.intervals import Span
from modules.models import Module, Phase, Zone
from modules.schedule import Schedule

MOST_BARS = 250
"""A row on screen. A span is asked for with a margin on both sides, so thrice as many are sent."""

MOST_SENT = 3 * MOST_BARS


@dataclass(frozen=True)
class Row:
    """One zone: `entries`, or `use` where there are too many."""

    zone: Zone
    entries: Sequence[Entry] = ()
    use: Sequence[Bucket] = ()

    @property
    def is_dense(self) -> bool:
        return bool(self.use)


@dataclass(frozen=True)
class Timeline:
    """What `actor` may see of a module within a span."""

    module: Module
    span: Span
    resolution: str
    phases: Sequence[Phase]
    rows: Sequence[Row]


@dataclass(frozen=True)
class Drawing:
    """The same as its script draws it: of each zone its bars, or its use where there are too many."""

    module: Module
    span: Span
    resolution: str
    phases: Sequence[Phase]
    zones: Sequence[Zone]
    bars: Mapping[int, Sequence[Bar]]
    use: Mapping[int, Sequence[Bucket]]


def read_drawing(actor: Actor, schedule: Schedule, span: Span, resolution: str, *, most: int = MOST_SENT) -> Drawing:
    module = schedule.module
    dense = _dense(schedule.zones, span, most)
    return Drawing(
        module,
        span,
        resolution,
        phases=[phase for phase in schedule.phases if phase.overlaps(span)],
        zones=schedule.zones,
        bars=read_bars(actor, module, span, [zone for zone in schedule.zones if zone.pk not in dense]),
        use=_use(actor, module, [zone for zone in schedule.zones if zone.pk in dense], span, resolution),
    )


def read_timeline(actor: Actor, module: Module, span: Span, resolution: str, *, most: int = MOST_SENT) -> Timeline:
    zones = list(module.zones.all())
    dense = _dense(zones, span, most)
    sparse = [zone for zone in zones if zone.pk not in dense]
    schedule = read_schedule(actor, module, span, sparse)
    use = _use(actor, module, [zone for zone in zones if zone.pk in dense], span, resolution)
    rows = [
        Row(zone, use=use[zone.pk]) if zone.pk in dense else Row(zone, entries=schedule.lanes[zone.pk])
        for zone in zones
    ]
    return Timeline(module, span, resolution, list(schedule.phases), rows)


def _dense(zones: Sequence[Zone], span: Span, most: int) -> set[int]:
    claims = Claim.objects.standing().touching(span).filter(zone__in=zones)
    counts = claims.order_by().values_list("zone_id").annotate(count=Count("pk"))
    return {zone_id for zone_id, count in counts if count > most}


def _use(actor: Actor, module: Module, zones: Sequence[Zone], span: Span, resolution: str) -> dict[int, list[Bucket]]:
    if not zones:
        return {}
    own: dict[int, list[Span]] = {zone.pk: [] for zone in zones}
    others: dict[int, list[Span]] = {zone.pk: [] for zone in zones}
    claims = Claim.objects.occupying().touching(span).filter(zone__in=zones)
    sees_all = actor.sees_all("booking")
    for zone_id, period, owner in claims.values_list("zone_id", "period", "booking__organisation_id").iterator():
        mine = sees_all or owner in actor.organisation_ids
        (own if mine else others)[zone_id].append(Span(period.lower, period.upper))
    shut = _shut(module, zones, span)
    cuts = edges(span, resolution)
    return {zone.pk: buckets(cuts, own=own[zone.pk], others=others[zone.pk], closed=shut[zone.pk]) for zone in zones}


def _shut(module: Module, zones: Sequence[Zone], span: Span) -> dict[int, list[Span]]:
    shut: dict[int, list[Span]] = {zone.pk: [] for zone in zones}
    for closure in module.closures.standing().overlapping(span).prefetch_related("zones"):
        named = {zone.pk for zone in closure.zones.all()} or set(shut)
        for zone_id in named & set(shut):
            shut[zone_id].append(Span(closure.starts_at, closure.ends_at))
    return shut
