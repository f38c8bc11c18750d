"""Schedules as large as asked for, written by SQL: fifty zones, each booked four times a day, around today.

A thousandth part would have been made by the application's own services, and a million would take them hours. So rows
are written as the services would have left them: every constraint of the schema is checked on the way in, foreign keys
among them, and what the audit would note of each is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bench.stage.server import Server

ZONES = 50
ORGANISATIONS = 20
HOURS_APART = 6

_FOUNDATION = """
INSERT INTO modules_zone (slug, name, activities, position, module_id)
SELECT 'stage-' || n, 'Stage ' || n, ARRAY['filming','television','music','sports'], 10 + n, id
FROM modules_module, generate_series(1, {zones} - (SELECT count(*) FROM modules_zone)) AS n;
INSERT INTO bookings_user (password, is_superuser, first_name, last_name, is_staff, is_active, date_joined, email)
SELECT '!', false, 'P', n::text, false, true, now(), 'p' || n || '@bench.see1.example'
FROM generate_series(1, {organisations}) AS n;
INSERT INTO bookings_organisation (id, name, time_zone)
SELECT md5('organisation' || n)::uuid, 'Company ' || n, 'Europe/Rome' FROM generate_series(1, {organisations}) AS n;
INSERT INTO bookings_membership (organisation_id, user_id, role)
SELECT md5('organisation' || substr(last_name, 1))::uuid, id, 'owner' FROM bookings_user WHERE first_name = 'P';
INSERT INTO bookings_production (id, organisation_id, title, activity, confidential, created_at)
SELECT md5('production' || n)::uuid, md5('organisation' || n)::uuid, 'Production ' || n, 'music', false, now()
FROM generate_series(1, {organisations}) AS n;
"""

_BOOKINGS = """
CREATE TEMPORARY TABLE made AS
WITH place AS (
    SELECT n, turn, zone.id AS zone_id, 1 + n %% {organisations} AS company, module.id AS module_id,
           date_trunc('day', now()) + (turn * {hours} + 2) * interval '1 hour' AS starts_at
    FROM generate_series({first}, {last}) AS n
    CROSS JOIN LATERAL (SELECT (n / {zones}) AS half) AS h
    CROSS JOIN LATERAL (SELECT CASE WHEN half %% 2 = 0 THEN half / 2 ELSE -(half + 1) / 2 END AS turn) AS t
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM modules_zone) AS zone
        ON zone.place = n %% {zones}
    CROSS JOIN modules_module AS module
)
SELECT md5('booking' || n)::uuid AS id, place.*, starts_at + interval '4 hours' AS ends_at,
       CASE WHEN starts_at + interval '4 hours' <= now() THEN 'completed'
            WHEN n %% 10 < 7 THEN 'confirmed' ELSE 'requested' END AS status,
       person.id AS user_id, phase.id AS phase_id, card.id AS card_id
FROM place
JOIN bookings_user AS person ON person.email = 'p' || company || '@bench.see1.example'
CROSS JOIN LATERAL (SELECT id FROM modules_phase WHERE module_id = place.module_id
                    ORDER BY starts_at <= place.starts_at DESC, starts_at DESC LIMIT 1) AS phase
CROSS JOIN LATERAL (SELECT id FROM bookings_ratecard WHERE module_id = place.module_id ORDER BY id LIMIT 1) AS card;
INSERT INTO bookings_booking (
    id, reference, organisation_id, production_id, module_id, phase_id, activity, starts_at, ends_at, crew, power_kw,
    downlink_mbps, conditions, status, rank, concurrence, attention, rate_card_id, price, price_total, currency,
    version, created_at, updated_at, created_by_id
)
SELECT id, 'B-' || n, md5('organisation' || company)::uuid, md5('production' || company)::uuid, module_id, phase_id,
       'music', starts_at, ends_at, 0, 0, 0, '{{}}', status, 1, '', ARRAY[]::varchar[], card_id,
       '{{"currency": "USD", "total": "600000.00", "lines": []}}', 600000, 'USD', 1, now(), now(), user_id
FROM made;
INSERT INTO bookings_claim (booking_id, zone_id, period, rank)
SELECT id, zone_id, tstzrange(starts_at, ends_at + interval '30 minutes'), 1 FROM made ORDER BY starts_at, zone_id;
INSERT INTO bookings_transition (booking_id, at, action, from_status, to_status, actor, user_id, via, detail)
SELECT id, now(), 'create', '', 'requested', 'Bench', user_id, 'api', '{{"rank": 1}}' FROM made;
INSERT INTO bookings_mail (
    booking_id, recipient_id, kind, once_key, context, due_at, state, attempts, last_error, message_id, created_at
)
SELECT id, user_id, 'reminder_24_hours', 'reminder_24_hours:' || id || ':' || user_id || ':'
           || to_char(starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'), '{{}}',
       starts_at - interval '24 hours',
       CASE WHEN starts_at - interval '24 hours' <= now() THEN 'sent' ELSE 'pending' END,
       0, '', gen_random_uuid(), now()
FROM made;
DROP TABLE made;
"""

AT_ONCE = 100_000


def found(server: Server) -> None:
    """Fifty zones, and companies that book."""
    server.sql(_FOUNDATION.format(zones=ZONES, organisations=ORGANISATIONS))


def fill(server: Server, total: int) -> None:
    """Bookings up to `total`, from today outwards both ways, so that more of them leaves this week as it is."""
    ((first,),) = server.sql("SELECT count(*) FROM bookings_booking WHERE reference LIKE 'B-%'")
    if total - first > AT_ONCE:
        with _indexed_at_once(server):
            _write(server, first, total)
    else:
        _write(server, first, total)
    server.sql("VACUUM (ANALYZE)")
    ((strays,),) = server.sql(_STRAYS)
    if strays:
        raise RuntimeError(f"{strays} rows name something that is not there.")


def _write(server: Server, first: int, total: int) -> None:
    while first < total:
        last = min(first + AT_ONCE, total) - 1
        placed = {"first": first, "last": last, "zones": ZONES, "hours": HOURS_APART, "organisations": ORGANISATIONS}
        server.sql(
            "SET session_replication_role = replica;"  # no audit; foreign keys are looked at below
            + _BOOKINGS.format(**placed).replace("%%", "%")
            + "SET session_replication_role = origin"
        )
        first = last + 1


@contextmanager
def _indexed_at_once(server: Server) -> Iterator[None]:
    """Inside, the tables have but their primary keys; afterwards what they had, built and checked over all rows.

    Row by row, the exclusion constraint and the other indexes cost far more than the rows themselves.
    """
    kept = server.sql(_KEPT)
    server.sql(*(drop for drop, _ in kept))
    yield
    server.sql("SET maintenance_work_mem = '1GB'", *(make for _, make in kept))


_KEPT = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype IN ('u', 'x') AND conrelid = ANY ({tables})
UNION ALL
SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid = ANY ({tables})
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
""".format(tables="ARRAY['bookings_booking', 'bookings_claim', 'bookings_transition', 'bookings_mail']::regclass[]")


_STRAYS = """
SELECT count(*) FROM bookings_claim AS claim
LEFT JOIN bookings_booking AS booking ON booking.id = claim.booking_id
LEFT JOIN modules_zone AS zone ON zone.id = claim.zone_id
LEFT JOIN bookings_production AS production ON production.id = booking.production_id
LEFT JOIN bookings_organisation AS organisation ON organisation.id = booking.organisation_id
LEFT JOIN modules_phase AS phase ON phase.id = booking.phase_id
LEFT JOIN bookings_user AS person ON person.id = booking.created_by_id
WHERE booking.id IS NULL OR zone.id IS NULL OR production.id IS NULL OR organisation.id IS NULL OR phase.id IS NULL
OR person.id IS NULL
"""
