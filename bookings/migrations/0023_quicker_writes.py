"""Less to write with each booking: indexes that no question needs, and a shorter way for the audit of a new row.

The indexes that go are those of foreign keys that another index begins with (a booking's module and organisation, a
claim's booking), of columns that are empty in nearly every row (only the others are indexed now), and of patterns
(`LIKE`) that nobody searches references and keys by. A mail's `message_id` is drawn at random and asked for by nobody.

CONCURRENTLY, so that nobody who books waits for it.
"""

from importlib import import_module

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

GONE = (
    ("bookings_booking", "module_id", "bookings_booking_module_id_578f33d4"),
    ("bookings_booking", "organisation_id", "bookings_booking_organisation_id_2a755cd9"),
    ("bookings_booking", "agreed_phase_id", "bookings_booking_agreed_phase_id_4a5b68db"),
    ("bookings_booking", "checked_elements_id", "bookings_booking_checked_elements_id_05d19187"),
    ("bookings_claim", "booking_id", "bookings_claim_booking_id_e5c5e553"),
    ("bookings_booking", "reference varchar_pattern_ops", "bookings_booking_reference_af3214d4_like"),
    ("bookings_mail", "once_key varchar_pattern_ops", "bookings_mail_once_key_ad5fbb07_like"),
)

AUDIT = """
CREATE OR REPLACE FUNCTION see1_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    thing CONSTANT text := TG_ARGV[0];
    key_column CONSTANT text := TG_ARGV[1];
    part CONSTANT text := TG_ARGV[2];
    no_news CONSTANT text[] := string_to_array(TG_ARGV[3], ',');
    secret CONSTANT text[] := string_to_array(TG_ARGV[4], ',');
    old_row jsonb := '{}';
    new_row jsonb := '{}';
    old_said jsonb := '{}';
    new_said jsonb := '{}';
    told jsonb;
    whole jsonb;
BEGIN
    IF TG_OP = 'INSERT' THEN
        new_row := to_jsonb(NEW);
        SELECT coalesce(jsonb_object_agg(key, CASE WHEN key = ANY (secret) THEN '"(secret)"' ELSE value END), '{}')
            INTO new_said FROM jsonb_each(new_row - no_news) WHERE value <> 'null';
    ELSE
        old_row := to_jsonb(OLD);
        IF TG_OP = 'UPDATE' THEN new_row := to_jsonb(NEW); END IF;
        SELECT coalesce(jsonb_object_agg(key, CASE WHEN key = ANY (secret) THEN '"(secret)"' ELSE value END), '{}')
            INTO old_said FROM jsonb_each(old_row - no_news)
            WHERE new_row -> key IS DISTINCT FROM value AND NOT (TG_OP = 'DELETE' AND value = 'null');
        SELECT coalesce(jsonb_object_agg(key, CASE WHEN key = ANY (secret) THEN '"(secret)"' ELSE value END), '{}')
            INTO new_said FROM jsonb_each(new_row - no_news)
            WHERE old_row -> key IS DISTINCT FROM value;
    END IF;
    IF old_said = '{}' AND new_said = '{}' THEN RETURN NULL; END IF;
    whole := CASE TG_OP WHEN 'DELETE' THEN old_row ELSE new_row END;
    told := coalesce(nullif(current_setting('see1.audit', true), '')::jsonb, '{"via": "sql"}');
    INSERT INTO bookings_auditentry (
        at, verb, model, object_id, part, label, before, after,
        actor, user_id, key_id, via, address, doing, request_id, role
    ) VALUES (
        clock_timestamp(),
        CASE TG_OP WHEN 'INSERT' THEN 'added' WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END,
        thing, whole ->> key_column, part,
        left(coalesce(whole ->> 'reference', whole ->> 'name', whole ->> 'title', whole ->> 'email', whole ->> 'slug',
                      whole ->> 'url', whole ->> 'kind', ''), 200),
        old_said, new_said,
        coalesce(told ->> 'actor', ''), (told ->> 'user')::bigint, (told ->> 'key')::bigint,
        coalesce(told ->> 'via', ''), coalesce(told ->> 'address', host(inet_client_addr()), ''),
        coalesce(told ->> 'doing', ''), coalesce(told ->> 'request', ''), current_user
    );
    RETURN NULL;
END
$$;
"""


BEFORE = (
    import_module("bookings.migrations.0014_audit")
    .WRITE.partition("CREATE FUNCTION see1_audit_stays")[0]
    .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
)

PROTECT = django.db.models.deletion.PROTECT
WITHOUT_INDEX = (
    ("booking", "organisation", {"to": "bookings.organisation", "on_delete": PROTECT, "related_name": "bookings"}),
    ("booking", "module", {"to": "modules.module", "on_delete": PROTECT, "related_name": "bookings"}),
    (
        "booking",
        "agreed_phase",
        {
            "to": "modules.phase",
            "on_delete": PROTECT,
            "null": True,
            "blank": True,
            "related_name": "+",
            "help_text": "The phase it was agreed in, where a revision has put it into another since; else empty.",
        },
    ),
    (
        "booking",
        "checked_elements",
        {
            "to": "modules.orbitelements",
            "on_delete": PROTECT,
            "null": True,
            "blank": True,
            "editable": False,
            "related_name": "+",
        },
    ),
    (
        "claim",
        "booking",
        {"to": "bookings.booking", "on_delete": django.db.models.deletion.CASCADE, "related_name": "claims"},
    ),
)


def dropped(table: str, columns: str, name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
        f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {table} ({columns})",
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("bookings", "0022_marks")]

    operations = [
        AddIndexConcurrently(
            "booking",
            models.Index(
                fields=["agreed_phase"],
                name="booking_agreed_phase",
                condition=models.Q(agreed_phase__isnull=False),
            ),
        ),
        AddIndexConcurrently(
            "booking",
            models.Index(
                fields=["checked_elements"],
                name="booking_checked_elements",
                condition=models.Q(checked_elements__isnull=False),
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[dropped(*each) for each in GONE],
            state_operations=[
                migrations.AlterField(model, name, models.ForeignKey(db_index=False, **said))
                for model, name, said in WITHOUT_INDEX
            ],
        ),
        migrations.RunSQL(AUDIT, BEFORE),
    ]
