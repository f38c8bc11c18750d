"""The bars of a timeline's rows, as its script reads them: what `schedule` says, without a model for each.

A week of fifty zones is fourteen hundred bars. PostgreSQL says where others stand (its multiranges are the algebra of
`modules.intervals`) and how instants are written; what is left to do here is words, which depend on the reader.
A test holds both to the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.actors import Actor
from bookings.models.booking import LAST_RANK, Attention
from bookings.web.schedule import SHOWN
from bookings.web.wording import mark_for, state_for
from modules.instants import write_instant
from modules.intervals import Span
from modules.lagging import reading
from modules.models import Closure, Module, Zone
from modules.ranges import instants_us

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NIL = "00000000-0000-0000-0000-000000000000"
Bar = dict[str, Any]

# A join would have PostgreSQL read the whole table of bookings for a week's claims. A claim begins with its booking, so
# where the earliest of these claims begins bounds the part of the organisation's index in which its bookings stand.
_BARS = """
WITH standing AS MATERIALIZED (
    SELECT zone_id, booking_id, period, rank FROM bookings_claim
    WHERE rank IS NOT NULL AND period && %(span)s AND zone_id = ANY (%(zones)s)
), mine AS MATERIALIZED (
    SELECT id FROM bookings_booking
    WHERE NOT %(sees_all)s AND organisation_id = ANY (%(organisations)s::uuid[])
        AND starts_at >= (SELECT min(lower(period)) FROM standing) AND starts_at < upper(%(span)s)
), here AS MATERIALIZED (
    SELECT zone_id, booking_id, period, rank, %(sees_all)s OR booking_id IN (SELECT id FROM mine) AS is_own
    FROM standing
), taken AS (
    SELECT zone_id,
        coalesce(range_agg(period) FILTER (WHERE NOT is_own), '{{}}')
            - coalesce(range_agg(period) FILTER (WHERE is_own AND rank = 1), '{{}}') AS by_others,
        coalesce(range_agg(period) FILTER (WHERE rank >= %(last_rank)s), '{{}}') AS to_the_last
    FROM here GROUP BY zone_id
), others AS (
    SELECT zone_id, 'unavailable' AS mark, unnest(by_others - to_the_last) AS period FROM taken
    UNION ALL SELECT zone_id, 'full', unnest(by_others * to_the_last) FROM taken
)
SELECT zone_id, mark, string_agg(timestamptz_send(lower(period)), ''), string_agg(timestamptz_send(upper(period)), ''),
    NULL, NULL, NULL::uuid, NULL, NULL::int, NULL, NULL, NULL::varchar[]
FROM others GROUP BY zone_id, mark
UNION ALL
SELECT zone_id, status, NULL, NULL, {starts}, {ends}, id, reference, rank, title, {until}, attention
FROM (SELECT zone_id, booking_id, max(upper(period)) OVER (PARTITION BY booking_id) AS until
      FROM here WHERE is_own) AS own
CROSS JOIN LATERAL (
    SELECT id, reference, status, rank, starts_at, ends_at, attention, production_id, arrival
    FROM bookings_booking AS booking WHERE booking.id = own.booking_id AND booking.status = ANY (%(shown)s)
        AND booking.starts_at < upper(%(span)s) AND booking.ends_at > lower(%(span)s)
    OFFSET 0
) AS booking
CROSS JOIN LATERAL (SELECT title FROM bookings_production AS production
                    WHERE production.id = booking.production_id OFFSET 0) AS production
"""


def _written(instant: str) -> str:
    return f"""to_json(date_trunc('second', {instant} AT TIME ZONE 'UTC')) #>> '{{}}' || 'Z'"""


_SQL = _BARS.format(starts=_written("starts_at"), ends=_written("ends_at"), until=_written("until"))


def read_bars(actor: Actor, module: Module, span: Span, zones: Sequence[Zone]) -> dict[int, list[Bar]]:
    """By zone id, each zone's bars in order of start: closures, one's own bookings, and where others stand."""
    bars: dict[int, list[Bar]] = {zone.pk: [] for zone in zones}
    if not zones:
        return bars
    for zone_id, bar in _closed(module, span, bars):
        bars[zone_id].append(bar)
    said = _Words()
    for zone_id, mark, lowers, uppers, *own in _rows(actor, span, list(bars)):
        if lowers is None:
            bars[zone_id].append(said.own(mark, *own))
        else:
            bars[zone_id] += said.others(mark, instants_us(lowers).tolist(), instants_us(uppers).tolist())
    for lane in bars.values():
        lane.sort(key=_in_order)
    return bars


def _in_order(bar: Bar) -> tuple[str, str, str, int]:
    return bar["from"], bar["to"], bar["mark"], bar.get("rank") or 0


def _rows(actor: Actor, span: Span, zone_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    with reading().cursor() as cursor:
        cursor.execute(
            _SQL,
            {
                "sees_all": actor.is_staff,
                "organisations": list(actor.organisation_ids),
                "span": DateTimeTZRange(span.starts_at, span.ends_at, "[)"),
                "zones": list(zone_ids),
                "last_rank": LAST_RANK,
                "shown": [str(status) for status in SHOWN],
            },
        )
        return list(cursor.fetchall())


def _closed(module: Module, span: Span, zone_ids: dict[int, list[Bar]]) -> list[tuple[int, Bar]]:
    closures = module.closures.standing().overlapping(span).prefetch_related("zones")
    return [
        (zone_id, _closure_bar(closure))
        for closure in closures
        for zone_id in ({zone.pk for zone in closure.zones.all()} or set(zone_ids)) & set(zone_ids)
    ]


def _closure_bar(closure: Closure) -> Bar:
    return {
        "mark": "closed",
        "from": write_instant(closure.starts_at),
        "to": write_instant(closure.ends_at),
        "state": _("Closed: %(kind)s") % {"kind": closure.get_kind_display()},
        "id": f"closure-{closure.pk}",
        "certainty": closure.certainty,
    }


class _Words:
    """Each word is looked up once and each instant written once, however many bars say it."""

    def __init__(self) -> None:
        self._unavailable = _("Unavailable")
        self._mark: Callable[[str, int | None], str] = cache(mark_for)
        self._state: Callable[[str, int | None], str] = cache(state_for)
        self._why: Callable[[str], str] = cache(lambda reason: str(Attention(reason).label))
        self._written: Callable[[int], str] = cache(lambda us: write_instant(EPOCH + timedelta(microseconds=us)))
        self._before, self._after = reverse("booking", args=[NIL]).split(NIL)

    def others(self, mark: str, starts_us: Sequence[int], ends_us: Sequence[int]) -> list[Bar]:
        state, written = self._unavailable, self._written
        return [
            {"mark": mark, "from": written(start_us), "to": written(end_us), "state": state}
            for start_us, end_us in zip(starts_us, ends_us, strict=True)
        ]

    def own(self, status: str, starts_at: str, ends_at: str, booking_id: UUID, *details: Any) -> Bar:
        reference, rank, title, until, attention = details
        return {
            "mark": self._mark(status, rank),
            "from": starts_at,
            "to": ends_at,
            "state": self._state(status, rank),
            "id": booking_id.hex,
            "reference": reference,
            "rank": rank,
            "title": title,
            "url": f"{self._before}{booking_id}{self._after}",
            "until": until,
            "attention": [self._why(reason) for reason in attention],
        }
