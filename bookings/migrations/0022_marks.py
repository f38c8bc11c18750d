"""What leaves marks for the days that bookings stand on, and for all days where a production is renamed."""

from django.db import migrations

from modules.migrations import marking

CLAIMED = """
SELECT zone.module_id, lower(claim.period) AS starts_at, upper(claim.period) AS ends_at
FROM {rows} AS claim JOIN modules_zone AS zone ON zone.id = claim.zone_id
"""
BOOKED = "SELECT module_id, starts_at, ends_at FROM {rows} AS booking"
DAYS = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO modules_mark (module_id, day, mark)
    SELECT module_id, day, modules_new_mark() FROM (
        SELECT DISTINCT module_id, first + n AS day
        FROM (
            SELECT module_id, (starts_at AT TIME ZONE 'UTC')::date AS first,
                   ((ends_at - interval '1 microsecond') AT TIME ZONE 'UTC')::date AS last
            FROM ({spans}) AS span
        ) AS days
        CROSS JOIN LATERAL generate_series(0, last - first) AS n
    ) AS touched;
    RETURN NULL;
END $$;
"""
OLD, NEW = "OLD TABLE AS old_rows", "NEW TABLE AS new_rows"
SEEN = {"insert": (NEW,), "update": (OLD, NEW), "delete": (OLD,)}


def days_marked(table: str, event: str, said: str) -> migrations.RunSQL:
    """A mark for each day that the rows touched, as they were and as they are."""
    seen, name = SEEN[event], f"{table}_marks_{event}"
    spans = " UNION ALL ".join(said.format(rows=rows.split()[-1]) for rows in seen)
    return migrations.RunSQL(
        f"DROP TRIGGER IF EXISTS {name} ON {table}; DROP FUNCTION IF EXISTS {name}();"
        + DAYS.format(name=name, spans=spans)
        + f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} REFERENCING {' '.join(seen)} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
        f"DROP FUNCTION {name}() CASCADE",
    )


class Migration(migrations.Migration):
    atomic = False  # or each table would be held until the last was had

    dependencies = [("bookings", "0021_fee_kept"), ("modules", "0006_marks")]

    operations = [
        *(days_marked("bookings_claim", event, CLAIMED) for event in SEEN),
        days_marked("bookings_booking", "update", BOOKED),
        marking("bookings_production"),
    ]
