"""What the module has for all together: crew, power, downlink.

Capacity counts the worst that can come: at any instant at most one claim a zone can end up occupying, so the most
that may be asked of the module is the heaviest choice of bookings that share no zone, waiting holds included.
Whoever is promoted later, what the module has is never exceeded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.exceptions import FieldError, OverCapacity
from bookings.states import ACTIVE, Status
from bookings.wording import number
from modules.intervals import Span
from modules.models import FlightRules

MOST_WEIGHED = 12  # entangled bookings at one instant that are weighed exactly: at most 2^12 choices


@dataclass(frozen=True, slots=True)
class Load:
    """What one booking asks of the module while it runs."""

    zones: frozenset[int]
    span: Span
    crew: int
    power_kw: Decimal
    downlink_mbps: int


MEASURES = (
    ("crew", "crew_limit", gettext_lazy("crew")),
    ("power_kw", "power_limit_kw", gettext_lazy("kW of power")),
    ("downlink_mbps", "downlink_limit_mbps", gettext_lazy("Mbit/s of downlink")),
)


def loads(module_id: int, span: Span, *, but: UUID | None = None, at: datetime | None = None) -> list[Load]:
    """What active bookings ask for during `span`, those that ask for nothing left out.

    With `at`, holds that have lapsed by then are left out too.
    """
    return [load for pk, load in loads_by_booking(module_id, span, at=at).items() if pk != but]


def loads_by_booking(module_id: int, span: Span, *, at: datetime | None = None) -> dict[UUID, Load]:
    """The same, by booking."""
    during = DateTimeTZRange(span.starts_at, span.ends_at, "[)")
    with connection.cursor() as cursor:
        cursor.execute(
            _LOADS,
            {"module": module_id, "span": during, "active": sorted(ACTIVE), "held": str(Status.HELD), "at": at},
        )
        return {
            pk: Load(frozenset(zones), Span(starts_at, ends_at), *asked)
            for pk, zones, starts_at, ends_at, *asked in cursor.fetchall()
        }


# From the claims, which an index finds by their period, to their bookings one by one: the other way round PostgreSQL
# reads every booking that began before the span, and the more the longer the module has flown.
_LOADS = """
SELECT booking.id, claim.zones, starts_at, ends_at, crew, power_kw, downlink_mbps
FROM (SELECT booking_id, array_agg(zone_id) AS zones FROM bookings_claim
      WHERE rank IS NOT NULL AND period && %(span)s GROUP BY booking_id) AS claim
CROSS JOIN LATERAL (
    SELECT id, starts_at, ends_at, crew, power_kw, downlink_mbps FROM bookings_booking AS booking
    WHERE booking.id = claim.booking_id AND module_id = %(module)s AND status = ANY (%(active)s)
        AND starts_at < upper(%(span)s) AND ends_at > lower(%(span)s)
        AND NOT (crew = 0 AND power_kw = 0 AND downlink_mbps = 0)
        AND (%(at)s::timestamptz IS NULL OR status <> %(held)s OR hold_expires_at > %(at)s)
    OFFSET 0
) AS booking
"""


def worst(present: Sequence[Load], measure: str) -> Decimal:
    """The most that `present`, all at one instant, can come to ask for: the heaviest zone-disjoint choice.

    Bookings that share no zone, not even through others, are weighed apart; so fifty zones cost fifty small
    sums. Where many are entangled, each zone's heaviest is counted: never too little, at times too much.
    """
    return sum((_heaviest(group, measure) for group in _entangled(present)), Decimal(0))


def _entangled(present: Sequence[Load]) -> list[list[Load]]:
    groups: list[tuple[set[int], list[Load]]] = []
    for load in present:
        linked = [group for group in groups if group[0] & load.zones]
        groups = [group for group in groups if group not in linked]
        zones = set(load.zones).union(*(group[0] for group in linked))
        groups.append((zones, [load, *(other for group in linked for other in group[1])]))
    return [members for _, members in groups]


def _heaviest(group: Sequence[Load], measure: str) -> Decimal:
    if not group:
        return Decimal(0)
    if len(group) > MOST_WEIGHED:
        zones = {zone for load in group for zone in load.zones}
        return sum((max(_weight(x, measure) for x in group if zone in x.zones) for zone in zones), Decimal(0))
    first, rest = group[0], group[1:]
    apart = [load for load in rest if not load.zones & first.zones]
    return max(_heaviest(rest, measure), _weight(first, measure) + _heaviest(apart, measure))


def _weight(load: Load, measure: str) -> Decimal:
    return Decimal(getattr(load, measure))


def check_capacity(asked: Load, others: Sequence[Load], rules: FlightRules) -> None:
    """Raise OverCapacity where `asked` and `others` can together ask for more than the module has."""
    instants = {asked.span.starts_at} | {o.span.starts_at for o in others if o.span.starts_at in asked.span}
    apart = [other for other in others if not other.zones & asked.zones]
    for measure, limit_name, unit in MEASURES:
        own, limit = Decimal(getattr(asked, measure)), Decimal(getattr(rules, limit_name))
        if not own:
            continue
        most = max(worst([o for o in apart if instant in o.span], measure) for instant in sorted(instants))
        if own + most > limit:
            left = max(limit - most, Decimal(0)).normalize()
            detail = _(
                "Left at that time, of %(limit)s %(unit)s: %(left)s. Ask for no more, or choose another time."
            ) % {
                "limit": number(limit),
                "unit": unit,
                "left": number(left),
            }
            raise OverCapacity(detail, errors=[FieldError(measure, "over_capacity", detail)])
