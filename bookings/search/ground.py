"""All that a search stands on, read in a fixed number of queries whatever the span."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from bookings import capacity, occupancy
from bookings.exceptions import FieldError, Invalid
from bookings.search.grid import Instants
from modules.intervals import Span
from modules.models import Closure, Module, Phase, Zone
from modules.ranges import instants_us
from modules.schedule import schedule_of


@dataclass(frozen=True, slots=True)
class Ground:
    """A module's zones (in order), phases, standing closures, claims by zone and loads, about a span."""

    module: Module
    zones: Sequence[Zone]
    phases: Sequence[Phase]
    closures: Sequence[Closure]
    claims: dict[int, tuple[Instants, Instants]]
    loads: Sequence[capacity.Load]


# Lapsed holds are looked up once, not with each claim: there are few, and an index names them.
_CLAIMS = """
SELECT zone_id,
    string_agg(timestamptz_send(lower(period)), ''::bytea), string_agg(timestamptz_send(upper(period)), ''::bytea)
FROM bookings_claim
WHERE rank IS NOT NULL AND period && %s AND zone_id = ANY (%s)
    AND booking_id NOT IN (SELECT id FROM bookings_booking WHERE status = 'held' AND hold_expires_at <= %s)
    AND booking_id IS DISTINCT FROM %s
GROUP BY zone_id
"""


def survey(
    module: Module,
    zones: Sequence[Zone],
    span: Span,
    *,
    at: datetime,
    but: UUID | None = None,
    weighed: bool = True,
    revision: UUID | None = None,
) -> Ground:
    """What stands about `span`. Holds that have lapsed by `at` do not: whoever books there clears them.

    `but` names a booking that is to move, and so is not in its own way. Loads are left out where nothing is `weighed`;
    `revision` of the module where it was just read.
    """
    phases = [phase for phase in schedule_of(module.pk, revision=revision).phases if phase.overlaps(span)]
    longest = max((phase.rules.turnaround for phase in phases), default=timedelta(0))
    closures = module.closures.standing().overlapping(span).prefetch_related("zones")
    return Ground(
        module=module,
        zones=zones,
        phases=phases,
        closures=list(closures),
        claims=_claims(zones, occupancy.buffered(span, longest), at, but),
        loads=capacity.loads(module.pk, span, but=but, at=at) if weighed else (),
    )


def zones_of(module: Module, slugs: Sequence[str], *, revision: UUID | None = None) -> list[Zone]:
    """The zones named, in the module's order; all where none is."""
    known = schedule_of(module.pk, revision=revision).zones
    missing = set(slugs) - {zone.slug for zone in known}
    if missing:
        names = ", ".join(zone.slug for zone in known)
        detail = _("%(module)s has no zone “%(zone)s”; it has: %(zones)s.") % {
            "module": module.name,
            "zone": min(missing),
            "zones": names,
        }
        raise Invalid([FieldError("zone", "unknown_zone", detail)])
    return [zone for zone in known if not slugs or zone.slug in slugs]


def _claims(zones: Sequence[Zone], span: Span, at: datetime, but: UUID | None) -> dict[int, tuple[Instants, Instants]]:
    period = DateTimeTZRange(span.starts_at, span.ends_at, "[)")
    with connection.cursor() as cursor:
        cursor.execute(_CLAIMS, [period, [zone.pk for zone in zones], at, but])
        return {zone_id: (instants_us(lowers), instants_us(uppers)) for zone_id, lowers, uppers in cursor.fetchall()}
