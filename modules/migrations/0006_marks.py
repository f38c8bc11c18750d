"""Marks of what changed for calendars, and what leaves them for all days: see `modules.models.mark`."""

from django.db import migrations, models

from modules.migrations import marking

FUNCTIONS = """
CREATE FUNCTION modules_new_mark() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT (random() * 4503599627370496)::bigint
$$;
CREATE FUNCTION modules_mark_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO modules_mark (mark) VALUES (modules_new_mark());
    RETURN NULL;
END $$;
"""
NO_FUNCTIONS = "DROP FUNCTION modules_mark_all(); DROP FUNCTION modules_new_mark();"
TABLES = (
    "modules_closure",
    "modules_closure_zones",
    "modules_orbitelements",
    "modules_ephemerisfile",
    "modules_trajectoryevent",
    "modules_trajectoryeventrevision",
    "modules_downlinkprovider",
    "modules_downlinkprovider_stations",
    "modules_relay",
    "modules_place",
)


class Migration(migrations.Migration):
    atomic = False  # or each table would be held until the last was had

    dependencies = [("modules", "0005_withdrawn_ephemerides")]

    operations = [
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("module_id", models.BigIntegerField(help_text="Empty where it is of all.", null=True)),
                ("day", models.DateField(help_text="In GMT; empty where it is of all days.", null=True)),
                ("mark", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["module_id", "day"], include=("mark",), name="mark_by_day")],
            },
        ),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        *(marking(table) for table in TABLES),
    ]
