"""The audit, and the triggers that write it.

One function writes the line of any table: the columns that differ, before and after, so a column that comes later is
recorded without a change here. Each trigger says what the function cannot know of its table: of what thing a row is
(a rate is part of its card), which columns are no news, and which are secret, of which only the change is told.

No line can be changed, deleted or emptied away, not even by the role that owns the table.
"""

from typing import Any

from django.db import migrations, models

WRITE = """
CREATE FUNCTION see1_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    thing CONSTANT text := TG_ARGV[0];
    key_column CONSTANT text := TG_ARGV[1];
    part CONSTANT text := TG_ARGV[2];
    no_news CONSTANT text[] := string_to_array(TG_ARGV[3], ',');
    secret CONSTANT text[] := string_to_array(TG_ARGV[4], ',');
    old_row jsonb := '{}';
    new_row jsonb := '{}';
    old_said jsonb;
    new_said jsonb;
    told jsonb;
    whole jsonb;
BEGIN
    IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW); END IF;
    SELECT coalesce(jsonb_object_agg(key, CASE WHEN key = ANY (secret) THEN '"(secret)"' ELSE value END), '{}')
        INTO old_said FROM jsonb_each(old_row - no_news)
        WHERE new_row -> key IS DISTINCT FROM value AND NOT (TG_OP = 'DELETE' AND value = 'null');
    SELECT coalesce(jsonb_object_agg(key, CASE WHEN key = ANY (secret) THEN '"(secret)"' ELSE value END), '{}')
        INTO new_said FROM jsonb_each(new_row - no_news)
        WHERE old_row -> key IS DISTINCT FROM value AND NOT (TG_OP = 'INSERT' AND value = 'null');
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
CREATE FUNCTION see1_audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit is only added to: % is refused.', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE OR DELETE ON bookings_auditentry
    FOR EACH ROW EXECUTE FUNCTION see1_audit_stays();
CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON bookings_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION see1_audit_stays();
"""
UNDO = """
DROP FUNCTION see1_audit() CASCADE;
DROP FUNCTION see1_audit_stays() CASCADE;
"""

OWN = "id"
WATCHED: tuple[tuple[str, str, str, str, str, str], ...] = (
    # table, of which thing, by which column, which part of it, no news, secret
    ("bookings_user", "bookings.user", OWN, "", "last_login", "password"),
    ("bookings_user_groups", "bookings.user", "user_id", "group", "", ""),
    ("bookings_user_user_permissions", "bookings.user", "user_id", "permission", "", ""),
    ("bookings_notificationchoice", "bookings.user", "user_id", "notification choice", "", ""),
    ("auth_group", "auth.group", OWN, "", "", ""),
    ("auth_group_permissions", "auth.group", "group_id", "permission", "", ""),
    ("bookings_organisation", "bookings.organisation", OWN, "", "", ""),
    ("bookings_membership", "bookings.organisation", "organisation_id", "member", "", ""),
    ("bookings_production", "bookings.production", OWN, "", "", ""),
    ("bookings_apikey", "bookings.apikey", OWN, "", "last_used_at", "sha256"),
    ("bookings_booking", "bookings.booking", OWN, "", "version,updated_at,checked,checked_elements_id", ""),
    ("bookings_claim", "bookings.booking", "booking_id", "zone", "id,period,rank", ""),
    ("bookings_ratecard", "bookings.ratecard", OWN, "", "", ""),
    ("bookings_rate", "bookings.ratecard", "card_id", "rate", "", ""),
    ("bookings_cancellationterm", "bookings.ratecard", "card_id", "cancellation term", "", ""),
    ("bookings_webhookendpoint", "bookings.webhookendpoint", OWN, "", "", "secret,previous_secret"),
    ("bookings_calendarfeed", "bookings.calendarfeed", OWN, "", "", "secret"),
    ("modules_module", "modules.module", OWN, "", "revision", ""),
    ("modules_zone", "modules.zone", OWN, "", "", ""),
    ("modules_place", "modules.place", OWN, "", "", ""),
    ("modules_phase", "modules.phase", OWN, "", "", ""),
    ("modules_flightrules", "modules.flightrules", OWN, "", "", ""),
    ("modules_zonerule", "modules.flightrules", "rules_id", "zone rule", "", ""),
    ("modules_closure", "modules.closure", OWN, "", "revision", ""),
    ("modules_closure_zones", "modules.closure", "closure_id", "zone", "", ""),
    ("modules_closuremargin", "modules.closuremargin", OWN, "", "", ""),
    ("modules_ephemerisfile", "modules.ephemerisfile", OWN, "", "content", ""),
    ("modules_trajectoryevent", "modules.trajectoryevent", OWN, "", "", ""),
    ("modules_orbitelements", "modules.orbitelements", OWN, "", "", ""),
    ("modules_downlinkprovider", "modules.downlinkprovider", OWN, "", "", ""),
    ("modules_downlinkprovider_stations", "modules.downlinkprovider", "downlinkprovider_id", "station", "", ""),
    ("modules_relay", "modules.downlinkprovider", "provider_id", "relay", "", ""),
    (
        "modules_elementfeed", "modules.elementfeed", OWN, "",
        "etag,last_modified,next_try_at,failures,last_success_at,problem", "",
    ),
)  # fmt: skip


def trigger(table: str, *arguments: str) -> str:
    said = ", ".join(f"'{each}'" for each in arguments)
    return (
        f"CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION see1_audit({said});\n"
    )


def let_staff_look(apps: Any, schema_editor: Any) -> None:
    """Every group of staff may ask who changed what it may look at; the audit shows it nothing else."""
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="bookings", model="auditentry"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename="view_auditentry", defaults={"name": "Can view audit entry"}
    )
    for name in ("Scheduler", "Finance", "Flight rules", "Support"):
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("modules", "0004_orbit_elements_and_downlink"),
        ("bookings", "0013_notifications"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(editable=False)),
                (
                    "verb",
                    models.CharField(
                        choices=[("added", "added"), ("changed", "changed"), ("deleted", "deleted")], max_length=10
                    ),
                ),
                ("model", models.CharField(help_text="Of the thing, as “bookings.ratecard”.", max_length=100)),
                ("object_id", models.CharField(max_length=64)),
                (
                    "part",
                    models.CharField(
                        blank=True, help_text="Which of the thing's parts; empty: itself.", max_length=100
                    ),
                ),
                ("label", models.CharField(blank=True, help_text="What it was called then.", max_length=200)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("actor", models.CharField(blank=True, help_text="Who, in words.", max_length=300)),
                ("user_id", models.BigIntegerField(null=True)),
                ("key_id", models.BigIntegerField(null=True)),
                (
                    "via",
                    models.CharField(blank=True, help_text="page, api, admin, task, command or sql", max_length=10),
                ),
                (
                    "address",
                    models.CharField(
                        blank=True, help_text="The network address that it was asked from.", max_length=64
                    ),
                ),
                (
                    "doing",
                    models.CharField(
                        blank=True, help_text="The page, the endpoint, the task or the command.", max_length=300
                    ),
                ),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("role", models.CharField(help_text="The database role that wrote.", max_length=64)),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit",
                "ordering": ["-id"],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["model", "object_id", "-id"], name="audit_by_thing"),
                    models.Index(fields=["user_id", "-id"], name="audit_by_user"),
                    models.Index(fields=["at"], name="audit_by_time"),
                ],
            },
        ),
        migrations.RunSQL(WRITE, UNDO),
        migrations.RunPython(let_staff_look, migrations.RunPython.noop),
    ]
