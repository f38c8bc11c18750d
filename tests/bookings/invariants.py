"""What is always true of bookings, read in plain SQL and computed anew: no code is shared with the core."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain, combinations, pairwise
from typing import Any

from django.db import connection

TURNAROUND = timedelta(minutes=30)
ACTIVE = ("held", "requested", "confirmed")
LIMITS = {"crew": Decimal(6), "power_kw": Decimal(12), "downlink_mbps": Decimal(300)}
BEFORE_WINDOW = {"30_days": 720, "7_days": 168, "24_hours": 24, "1_hour": 1}
BEFORE_EXPIRY = {"48_hours": 48, "6_hours": 6}

OVERLAPS_AT_A_RANK = """
    SELECT one.booking_id, other.booking_id, one.zone_id, one.rank
      FROM bookings_claim AS one
      JOIN bookings_claim AS other
        ON one.zone_id = other.zone_id AND one.rank = other.rank
       AND one.id < other.id AND one.period && other.period
"""
OCCUPANTS_THAT_OVERLAP = """
    SELECT one.reference, other.reference, zone.slug
      FROM bookings_booking AS one
      JOIN bookings_claim AS mine ON mine.booking_id = one.id
      JOIN modules_zone AS zone ON zone.id = mine.zone_id
      JOIN bookings_claim AS theirs ON theirs.zone_id = mine.zone_id
      JOIN bookings_booking AS other ON other.id = theirs.booking_id
     WHERE one.id < other.id
       AND (one.status IN ('requested', 'confirmed') OR (one.status = 'held' AND one.rank = 1))
       AND (other.status IN ('requested', 'confirmed') OR (other.status = 'held' AND other.rank = 1))
       AND one.starts_at < other.ends_at + interval '30 minutes'
       AND other.starts_at < one.ends_at + interval '30 minutes'
"""


def rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


@dataclass(frozen=True)
class Row:
    """A booking as its row and its claims say it is."""

    pk: str
    status: str
    rank: int | None
    arrival: int
    starts_at: datetime
    ends_at: datetime
    hold_expires_at: datetime | None
    crew: Decimal
    power_kw: Decimal
    downlink_mbps: Decimal
    version: int
    attention: list[str]
    created_by: int
    zones: frozenset[int]
    ranks: frozenset[int | None]
    periods: frozenset[tuple[datetime, datetime]]

    def crosses(self, other: Row) -> bool:
        """Whether both want some zone at some instant, turnaround included."""
        apart = self.ends_at + TURNAROUND <= other.starts_at or other.ends_at + TURNAROUND <= self.starts_at
        return not apart and bool(self.zones & other.zones)


def bookings() -> list[Row]:
    """All of them, in the order of arrival."""
    found = rows(
        """
        SELECT booking.id::text, status, booking.rank, arrival, starts_at, ends_at, hold_expires_at, crew, power_kw,
               downlink_mbps, version, attention, created_by_id, array_agg(zone_id), array_agg(claim.rank),
               array_agg(lower(period)), array_agg(upper(period))
          FROM bookings_booking AS booking JOIN bookings_claim AS claim ON claim.booking_id = booking.id
         GROUP BY booking.id ORDER BY arrival
        """
    )
    return [
        Row(
            *row[:7],
            *(Decimal(value) for value in row[7:10]),
            *row[10:13],
            frozenset(row[13]),
            frozenset(row[14]),
            frozenset(zip(row[15], row[16], strict=True)),
        )
        for row in found
    ]


def check(now: datetime) -> None:
    """Everything, at `now`, once the clock's work is done."""
    found = bookings()
    check_one_occupant()
    check_claims(found)
    check_ranks(found)
    check_capacity(found)
    check_nothing_is_overdue(found, now)
    check_challenges(found)
    check_history(found)
    check_prices()
    check_reminders(found, now)
    check_closures(found, now)


def check_one_occupant() -> None:
    assert rows(OVERLAPS_AT_A_RANK) == []
    assert rows(OCCUPANTS_THAT_OVERLAP) == []


def check_claims(found: list[Row]) -> None:
    """Claims say what their booking says; one that is over claims nothing."""
    for row in found:
        standing = row.rank if row.status in ACTIVE else None
        assert row.ranks <= {standing, 1 if row.status == "completed" else standing}, row
        assert row.periods == {(row.starts_at, row.ends_at + TURNAROUND)}, row


def check_ranks(found: list[Row]) -> None:
    """A rank is one more than the highest it overlaps among those that came before, and never more than 3."""
    standing = [row for row in found if row.status in ACTIVE]
    for place, row in enumerate(standing):
        highest = max((before.rank or 0 for before in standing[:place] if before.crosses(row)), default=0)
        assert row.rank == highest + 1 <= 3, (row, standing)
        assert row.rank == 1 or row.status == "held"


def check_capacity(found: list[Row]) -> None:
    """What occupies together, and the worst that can come to, stays within what the module has."""
    standing = [row for row in found if row.status in ACTIVE and "over_capacity" not in row.attention]
    for instant in {row.starts_at for row in standing}:
        present = [row for row in standing if row.starts_at <= instant < row.ends_at]
        for name, limit in LIMITS.items():
            for choice in _zone_disjoint(present):
                assert sum(getattr(row, name) for row in choice) <= limit, (name, instant, choice)


def _zone_disjoint(present: list[Row]) -> Iterator[tuple[Row, ...]]:
    choices = chain.from_iterable(combinations(present, count) for count in range(1, len(present) + 1))
    for choice in choices:
        if sum(len(row.zones) for row in choice) == len(frozenset().union(*(row.zones for row in choice))):
            yield choice


def check_nothing_is_overdue(found: list[Row], now: datetime) -> None:
    for row in found:
        if row.status == "held":
            assert row.hold_expires_at is not None
            assert row.hold_expires_at > now, row
        else:
            assert row.hold_expires_at is None
        if row.status == "requested":
            assert row.starts_at > now, row
        if row.status == "confirmed":
            assert row.ends_at > now, row


def check_challenges(found: list[Row]) -> None:
    """An open challenge is by a hold that stands behind, and no hold outlives an open challenge's deadline."""
    by_pk = {row.pk: row for row in found}
    for challenger_pk, challenged_pk, deadline in rows(
        "SELECT challenger_id::text, challenged_id::text, deadline FROM bookings_challenge WHERE outcome = 'open'"
    ):
        challenger, challenged = by_pk[challenger_pk], by_pk[challenged_pk]
        assert challenger.status == challenged.status == "held", (challenger, challenged)
        assert challenger.arrival > challenged.arrival
        assert challenger.crosses(challenged)
        assert challenged.hold_expires_at <= deadline
    ends = "SELECT id::text, hold_until, hold_expires_at FROM bookings_booking WHERE status = 'held'"
    for pk, hold_until, hold_expires_at in rows(ends):
        deadlines = rows(
            "SELECT min(deadline) FROM bookings_challenge WHERE outcome = 'open' AND challenged_id = %s", pk
        )
        assert hold_expires_at == min(end for end in (hold_until, deadlines[0][0]) if end is not None)


def check_history(found: list[Row]) -> None:
    """Every version has its line, each line goes on where the one before ended, and the last one says what is."""
    lines: dict[str, list[tuple[str, str, str, int]]] = {}
    for pk, action, before, after in rows(
        "SELECT booking_id::text, action, from_status, to_status FROM bookings_transition ORDER BY id"
    ):
        lines.setdefault(pk, []).append((action, before, after, 0))
    for row in found:
        history = lines[row.pk]
        assert history[0][:2] == ("create", "")
        assert [line[0] for line in history].count("create") == 1
        assert all(one[2] == other[1] for one, other in pairwise(history)), history
        assert history[-1][2] == row.status
        assert len(history) == row.version, (row, history)


def check_prices() -> None:
    wrong = rows(
        """
        SELECT reference, price, price_total FROM bookings_booking
         WHERE price_total <> (SELECT coalesce(sum((line->>'amount')::numeric), 0)
                                 FROM jsonb_array_elements(price->'lines') AS line)
            OR price_total <> (price->>'total')::numeric OR currency <> price->>'currency'
            OR (SELECT count(*) FROM jsonb_array_elements(price->'lines') AS line
                 WHERE line->>'code' = 'zone_hour'
                   AND round((line->>'quantity')::numeric * 3600)
                       = round(extract(epoch FROM ends_at - starts_at)))
               <> (SELECT count(*) FROM bookings_claim WHERE booking_id = bookings_booking.id)
        """
    )
    assert wrong == []


def check_reminders(found: list[Row], now: datetime) -> None:
    """Exactly the reminders that a booking wants and whose time is still to come are pending."""
    wanted = set()
    for row in found:
        anchor, kinds = row.starts_at, {}
        if row.status in ("requested", "confirmed"):
            kinds = {f"reminder_{name}": hours for name, hours in BEFORE_WINDOW.items()}
        elif row.status == "held":
            anchor = row.hold_expires_at
            kinds = {f"expiry_{name}": hours for name, hours in BEFORE_EXPIRY.items()}
        for kind, hours in kinds.items():
            due_at = anchor - timedelta(hours=hours)
            if due_at > now:
                wanted.add((row.pk, kind, row.created_by, due_at))
    pending = rows(
        "SELECT booking_id::text, kind, recipient_id, due_at FROM bookings_mail"
        " WHERE state = 'pending' AND (kind LIKE 'reminder%%' OR kind LIKE 'expiry%%')"
    )
    assert sorted(pending) == sorted(wanted)


def check_closures(found: list[Row], now: datetime) -> None:
    """An active booking bears the flag of a closure where, and only where, one stands in its way."""
    shut = rows(
        """
        SELECT starts_at, ends_at, (SELECT coalesce(array_agg(zone_id), '{}') FROM modules_closure_zones AS zones
                                     WHERE zones.closure_id = closure.id)
          FROM modules_closure AS closure WHERE withdrawn_at IS NULL
        """
    )
    for row in found:
        if row.status not in ACTIVE or row.ends_at <= now:
            continue
        met = any(
            row.starts_at < ends_at and starts_at < row.ends_at and (not zones or row.zones & set(zones))
            for starts_at, ends_at, zones in shut
        )
        assert ("closure" in row.attention) == met, (row, shut)


def snapshot() -> list[list[tuple[Any, ...]]]:
    """All that an action could have an effect on."""
    return [
        rows(f"SELECT to_jsonb(it)::text FROM {table} AS it ORDER BY 1")  # noqa: S608 - fixed names
        for table in (
            *("bookings_booking", "bookings_claim", "bookings_challenge", "bookings_transition", "bookings_mail"),
            *("bookings_webhookdelivery", "modules_closure", "modules_closurerevision"),
        )
    ]
